//! The text of an offlineimaprc as sections and keys, with the line on which each stands.

use std::collections::BTreeMap;

/// One value as it was written, its continuation lines joined by line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The value, before interpolation.
    pub value: String,
    /// The line of its key, counted from 1.
    pub line: usize,
}

/// A file's sections; names of sections as written, keys in lower case.
pub type Sections = BTreeMap<String, BTreeMap<String, Entry>>;

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
    let mut raw = Raw::default();
    let mut section: Option<String> = None;
    let mut key: Option<String> = None;
    for (index, full) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let (number, line) = (index + 1, full.trim());
        if line.is_empty() || full.starts_with(['#', ';']) {
            continue;
        }
        if full.starts_with([' ', '\t'])
            && let Some(entry) = open_entry(&mut raw.sections, section.as_ref(), key.as_ref())
        {
            let value = entry.value.trim_end_matches('\\').trim_end().len();
            entry.value.truncate(value);
            entry.value.push('\n');
            entry.value.push_str(line);
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            key = None;
            section = Some(name.to_owned());
            if raw.sections.contains_key(name) {
                raw.warnings
                    .push(Remark { line: number, text: format!("[{name}] stands here again; both are merged") });
            }
            raw.sections.entry(name.to_owned()).or_default();
        } else {
            key = read_key(&mut raw, section.as_ref(), line, number);
        }
    }
    raw
}

fn open_entry<'a>(sections: &'a mut Sections, section: Option<&String>, key: Option<&String>) -> Option<&'a mut Entry> {
    sections.get_mut(section?)?.get_mut(key?)
}

fn read_key(raw: &mut Raw, section: Option<&String>, line: &str, number: usize) -> Option<String> {
    let mut complain = |text: String| raw.errors.push(Remark { line: number, text });
    let Some((key, value)) = line.split_once(['=', ':']) else {
        complain(format!("expected [section] or option = value, found {line:?}"));
        return None;
    };
    let key = key.trim().to_lowercase();
    let Some(section) = section else {
        complain(format!("{key} stands before the first [section]"));
        return None;
    };
    let entry = Entry { value: value.trim().to_owned(), line: number };
    raw.sections.entry(section.clone()).or_default().insert(key.clone(), entry);
    Some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> (String, usize) {
        let raw = read(text);
        assert_eq!(raw.errors, []);
        let entry = &raw.sections["s"]["k"];
        (entry.value.clone(), entry.line)
    }

    #[test]
    fn values_are_kept_as_written() {
        for (text, wanted, line) in [
            ("[s]\nk = v", "v", 2),
            ("\u{feff}[s]\r\nK: v\r\n", "v", 2),
            ("[s]\n# c\n; c\n\nk=a # b ; \"c\" \\d", "a # b ; \"c\" \\d", 5),
            ("[s]\nk = a,\n  b", "a,\nb", 2),
            ("[s]\nk = a \\\n  b", "a\nb", 2),
            ("[s]\nk = a\n# between\n  b=c", "a\nb=c", 2),
            ("[s]\nj = 1\n[t]\n[s]\nk = 2", "2", 5),
        ] {
            assert_eq!(value(text), (wanted.to_owned(), line), "{text:?}");
        }
    }

    #[test]
    fn mistakes_name_their_line_and_swallow_nothing() {
        let raw = read("x = 1\n[s]\nnonsense\nk = v\n[s]");
        assert_eq!(raw.errors.iter().map(|remark| remark.line).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(raw.warnings.iter().map(|remark| remark.line).collect::<Vec<_>>(), [5]);
        assert_eq!(raw.sections["s"]["k"].line, 4);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(?s)[\\[\\]=:#; \\\\\n\ta-zü%]{0,80}") {
            read(&text);
        }
    }
}
