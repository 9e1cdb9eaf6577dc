//! The text of an offlineimaprc as sections and keys, with the line on which each stands.
//!
//! A pass over the lines settles what rust-ini knows differently from Python's `ConfigParser`: continued values, comments,
//! repeated names and lines that make no sense. rust-ini reads what comes out of it.

use std::collections::BTreeMap;
use std::fmt;

use super::ini;
use super::options::OPTIONS;

/// One value as it was written, its continuation lines joined by line feeds. Debug doesn't show it: it may be a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The value, before interpolation.
    pub value: String,
    /// The line of its key, counted from 1; 0 when it was given on the command line.
    pub line: usize,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("line", &self.line).finish_non_exhaustive()
    }
}

/// One section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The line of its first header, counted from 1; 0 when it was made on the command line.
    pub line: usize,
    /// Its values by their key, in lower case.
    pub entries: BTreeMap<String, Entry>,
}

/// A file's sections by name, as written.
pub type Sections = BTreeMap<String, Section>;

/// A remark on one line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub text: String,
}

/// What the text says, and every remark on its form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw {
    /// What was understood.
    pub sections: Sections,
    /// Lines that make no sense.
    pub errors: Vec<Remark>,
    /// Lines that may not mean what their writer thinks.
    pub warnings: Vec<Remark>,
}

/// Reads the text; what can't be understood is remarked on and left out.
pub fn read(text: &str) -> Raw {
    let mut pass = Pass::default();
    for (index, full) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        pass.line(full, index + 1);
    }
    pass.close();
    match ini::read(&pass.text) {
        Ok(pairs) => pairs.into_iter().for_each(|(section, key, value)| pass.fill(&section, &key, value)),
        Err(error) => pass.raw.errors.push(Remark { line: 0, text: error }),
    }
    pass.raw
}

/// The section's entry, or what `[DEFAULT]` says for all sections.
pub fn find<'a>(sections: &'a Sections, section: &str, key: &str) -> Option<&'a Entry> {
    [section, "DEFAULT"].iter().find_map(|place| sections.get(*place)?.entries.get(key))
}

/// The pass over the lines.
#[derive(Default)]
struct Pass {
    /// What rust-ini will read.
    text: String,
    /// Sections and keys with their lines; values come from rust-ini.
    raw: Raw,
    section: Option<String>,
    open: Option<Open>,
}

/// A value that the next lines may continue.
struct Open {
    key: String,
    value: String,
    indent: usize,
}

impl Pass {
    fn line(&mut self, full: &str, number: usize) {
        let line = full.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            return;
        }
        let indent = full.len() - full.trim_start().len();
        if let Some(open) = self.open.as_mut().filter(|open| indent > open.indent) {
            let value = open.value.trim_end_matches('\\').trim_end().len();
            open.value.truncate(value);
            open.value.push('\n');
            open.value.push_str(line);
            return;
        }
        self.close();
        match line.strip_prefix('[') {
            Some(rest) => self.header(rest, number),
            None => self.key(line, indent, number),
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.text += &ini::pair(&open.key, open.value.trim());
        }
    }

    fn header(&mut self, rest: &str, line: usize) {
        let name = rest.split_once(']').map(|(name, _)| name.trim()).filter(|name| !name.is_empty());
        self.section = name.map(str::to_owned);
        let Some(name) = name else {
            return self.complain(line, "expected a section's name between [ and ]".to_owned());
        };
        if self.raw.sections.contains_key(name) {
            let text = format!("[{name}] stands here again; both are merged");
            self.raw.warnings.push(Remark { line, text });
        }
        self.raw.sections.entry(name.to_owned()).or_insert_with(|| Section { line, ..Section::default() });
        self.text += &ini::header(name);
    }

    fn key(&mut self, line: &str, indent: usize, number: usize) {
        let Some((key, value)) = line.split_once(['=', ':']) else {
            // Nothing but a known name is repeated: such a line may hold a password.
            let word = line.split_whitespace().next().unwrap_or_default().to_lowercase();
            let known = OPTIONS.iter().find(|option| option.is(&word));
            let found = known.map_or_else(String::new, |option| format!("{} stands without =: ", option.name));
            return self.complain(number, format!("{found}expected [section] or option = value"));
        };
        let key = key.trim().to_lowercase();
        let Some(section) = self.section.as_ref().and_then(|name| self.raw.sections.get_mut(name)) else {
            return self.complain(number, "expected a [section] before the first option".to_owned());
        };
        if key.is_empty() {
            return self.complain(number, "expected an option's name before the = or :".to_owned());
        }
        let entry = Entry { value: String::new(), line: number };
        if let Some(earlier) = section.entries.insert(key.clone(), entry) {
            let text = format!("{key} stands in line {} already; what stands here counts", earlier.line);
            self.raw.warnings.push(Remark { line: number, text });
        }
        self.open = Some(Open { key, value: value.trim().to_owned(), indent });
    }

    fn complain(&mut self, line: usize, text: String) {
        self.raw.errors.push(Remark { line, text });
    }

    fn fill(&mut self, section: &str, key: &str, value: String) {
        if let Some(entry) = self.raw.sections.get_mut(section).and_then(|section| section.entries.get_mut(key)) {
            entry.value = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> (String, usize) {
        let raw = read(text);
        assert_eq!(raw.errors, []);
        let entry = &raw.sections["s"].entries["k"];
        (entry.value.clone(), entry.line)
    }

    #[test]
    fn values_are_kept_as_written() {
        for (text, wanted, line) in [
            ("[s]\nk = v", "v", 2),
            ("\u{feff}[s]\r\nK: v\r\n", "v", 2),
            ("[s] # c\nk = v", "v", 2),
            ("[s]\n# c\n; c\n\nk=a # b ; \"c\" \\d", "a # b ; \"c\" \\d", 5),
            ("[s]\nk = 'quoted'", "'quoted'", 2),
            ("[s]\nk = a\\", "a\\", 2),
            ("[s]\nk = a=b:c", "a=b:c", 2),
            ("[s]\nk =\nj = 1", "", 2),
            ("[s]\nk = a,\n  b", "a,\nb", 2),
            ("[s]\nk =\n  b", "b", 2),
            ("[s]\nk = a \\\n  b", "a\nb", 2),
            ("[s]\nk = a\n# between\n  b=c", "a\nb=c", 2),
            ("[s]\nk = a\n  # dropped\n  [b]", "a\n[b]", 2),
            ("[s]\nj = 1\n[t]\n[s]\nk = 2", "2", 5),
            ("[s]\nk = 1\nk = 2", "2", 3),
            ("[s]\n  j = 1\n  k = 2", "2", 3),
        ] {
            assert_eq!(value(text), (wanted.to_owned(), line), "{text:?}");
        }
    }

    #[test]
    fn mistakes_name_their_line_and_swallow_nothing() {
        let raw = read("x = 1\n[s]\nnonsense\nk = v\n[s]\nk = w\n= 1\n[t\nk = 2");
        assert_eq!(raw.errors.iter().map(|remark| remark.line).collect::<Vec<_>>(), [1, 3, 7, 8, 9]);
        assert_eq!(raw.warnings.iter().map(|remark| remark.line).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(raw.sections["s"].entries["k"], Entry { value: "w".to_owned(), line: 6 });
    }

    #[test]
    fn a_line_without_an_equals_sign_shows_no_password() {
        for (text, wanted) in [
            ("[s]\nremotepass hunter2", "remotepass stands without =: expected [section] or option = value"),
            ("[s]\nremotepass\n  =\nhunter2", "remotepass stands without =: expected [section] or option = value"),
            ("[s]\nremotepass =\nhunter2", "expected [section] or option = value"),
        ] {
            let raw = read(text);
            assert_eq!(raw.errors[0].text, wanted);
            assert!(!format!("{raw:?}").contains("hunter2"), "{text:?}");
        }
        assert!(!format!("{:?}", read("[s]\nremotepass = hunter2")).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(?s)[\\[\\]=:#; \\\\\n\ta-zü%~'\"]{0,80}|.{0,80}") {
            let raw = read(&text);
            prop_assert!(raw.errors.iter().all(|remark| remark.line > 0), "{:?}", raw.errors);
        }
    }
}
