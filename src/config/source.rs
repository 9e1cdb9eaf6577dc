//! The file with the command line's overrides, read value by value; every mistake is kept with the place where it stands.

use std::path::Path;

use super::interpolate::{interpolate, references};
use super::options::{OPTIONS, is_secret};
use super::raw::{self, Entry, Section, Sections, find};
use super::value::Environment;

/// How much of a value is shown in a message, in characters.
const SHOWN: usize = 60;

/// Where a remark belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    File,
    CommandLine,
    Line(usize),
}

/// The configuration as it is being read.
pub struct Source<'a> {
    /// The sections, overrides included.
    pub sections: Sections,
    /// What values may refer to.
    pub environment: &'a Environment<'a>,
    file: String,
    mistakes: Vec<(At, String)>,
    warnings: Vec<(At, String)>,
}

impl<'a> Source<'a> {
    /// Reads the text of the file at `path`.
    pub fn new(text: &str, path: &Path, environment: &'a Environment<'a>) -> Self {
        let raw = raw::read(text);
        let remarks =
            |all: Vec<raw::Remark>| all.into_iter().map(|remark| (At::Line(remark.line), remark.text)).collect();
        Self {
            sections: raw.sections,
            environment,
            file: path.display().to_string(),
            mistakes: remarks(raw.errors),
            warnings: remarks(raw.warnings),
        }
    }

    /// Applies `[section:]option=value`; the section is `general` when none is named, and an underscore in its name may
    /// stand for a space.
    pub fn set(&mut self, text: &str) {
        let Some((place, value)) = text.split_once('=') else {
            return self.mistakes.push((At::CommandLine, "expected [section:]option=value".to_owned()));
        };
        let (section, key) = place.rsplit_once(':').unwrap_or(("general", place));
        let spaced = |name: &str| name.replace('_', " ");
        let named = self.sections.keys().find(|name| **name == section);
        let known = named.or_else(|| self.sections.keys().find(|name| spaced(name) == spaced(section)));
        let section = known.cloned().unwrap_or_else(|| spaced(section));
        if !self.sections.contains_key(&section) && !["general", "mbnames", "DEFAULT"].contains(&&*section) {
            let hint = did_you_mean(&section, self.sections.keys().map(String::as_str));
            self.warnings.push((At::CommandLine, format!("the file has no section [{section}]{hint}")));
        }
        let entry = Entry { value: value.trim().to_owned(), line: 0 };
        self.sections.entry(section).or_default().entries.insert(key.trim().to_lowercase(), entry);
    }

    /// The value with its references followed; `None` when it is absent, empty or wrong.
    pub fn text(&mut self, section: &str, key: &str) -> Option<String> {
        match self.peek(section, key)? {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(message) => {
                self.wrong(section, key, &message);
                None
            }
        }
    }

    /// The value with its references followed, or why that can't be done; nothing is remarked on.
    pub fn peek(&self, section: &str, key: &str) -> Option<Result<String, String>> {
        let entry = find(&self.sections, section, key)?;
        Some(interpolate(&self.sections, section, key, &entry.value))
    }

    /// The value just as it stands there, where what looks like a reference is none; `None` when it is absent.
    pub fn raw(&self, section: &str, key: &str) -> Option<String> {
        find(&self.sections, section, key).map(|entry| entry.value.clone())
    }

    /// The value as `parse` understands it; `None` when it is absent, empty or wrong.
    pub fn read<T>(&mut self, section: &str, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(section, key)?;
        parse(&text).map_err(|message| self.wrong(section, key, &message)).ok()
    }

    /// The same for a value that must be there; `expected` says what is missing.
    pub fn required<T>(
        &mut self,
        section: &str,
        key: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let before = self.mistakes.len();
        let found = self.read(section, key, parse);
        if found.is_none() && self.mistakes.len() == before {
            self.missing(section, key, expected);
        }
        found
    }

    /// Where the value of an option stands, for a message about it that is made later.
    pub fn place(&self, section: &str, key: &str) -> String {
        let line = find(&self.sections, section, key).map_or(0, |entry| entry.line);
        let at = if line == 0 { "command line".to_owned() } else { format!("{}:{line}", self.file) };
        format!("{at}: [{section}] {key}")
    }

    /// How many mistakes there are so far.
    pub fn count(&self) -> usize {
        self.mistakes.len()
    }

    /// Remarks on a value that makes no sense.
    pub fn wrong(&mut self, section: &str, key: &str, message: &str) {
        let (at, text) = self.remark(section, key, message);
        self.mistakes.push((at, text + self.comment(section, key)));
    }

    /// What is said of a value that seems to end in a comment, as Python 2 let it.
    fn comment(&self, section: &str, key: &str) -> &'static str {
        let seems = |value: &str| [" ;", " #", "\t;", "\t#"].iter().any(|mark| value.contains(mark));
        let one = find(&self.sections, section, key).is_some_and(|entry| !is_secret(key) && seems(&entry.value));
        if one { "; a comment has a line of its own" } else { "" }
    }

    /// Remarks on values of these options that seem to end in a comment, and are taken for what they are as a whole.
    pub fn comments(&mut self, section: &str, keys: &[&str]) {
        for key in keys {
            let here = self.sections.get(section).is_some_and(|section| section.entries.contains_key(*key));
            if here && !self.comment(section, key).is_empty() {
                self.doubtful(section, key, "all of this is the value; a comment has a line of its own");
            }
        }
    }

    /// Remarks on a value that may not do what its writer thinks.
    pub fn doubtful(&mut self, section: &str, key: &str, message: &str) {
        self.warnings.push(self.remark(section, key, message));
    }

    /// Remarks on a value that should be there.
    pub fn missing(&mut self, section: &str, key: &str, expected: &str) {
        let entries = self.sections.get(section).map(|section| &section.entries);
        let unknown = entries.into_iter().flat_map(|entries| entries.keys().map(String::as_str));
        let unknown = unknown.filter(|key| OPTIONS.iter().all(|option| !option.is(key)));
        let hint = nearest(key, unknown).map_or_else(String::new, |near| format!("; did you mean it by {near}?"));
        self.mistakes.push((self.header(section), format!("[{section}] {key} is missing: expected {expected}{hint}")));
    }

    /// Remarks on an option, whatever its value; an unknown one's is not shown, since it could be anything.
    pub fn doubtful_option(&mut self, section: &str, key: &str, message: &str) {
        let at = self.remark(section, key, message).0;
        self.warnings.push((at, format!("[{section}] {key}: {message}")));
    }

    /// Remarks on an option whose value makes no sense and may hold a secret.
    pub fn wrong_option(&mut self, section: &str, key: &str, message: &str) {
        let at = self.remark(section, key, message).0;
        self.mistakes.push((at, format!("[{section}] {key}: {message}")));
    }

    /// Remarks on a section as a whole.
    pub fn doubtful_section(&mut self, section: &str, message: &str) {
        self.warnings.push((self.header(section), format!("[{section}]: {message}")));
    }

    /// Remarks on a section that makes no sense.
    pub fn wrong_section(&mut self, section: &str, message: &str) {
        self.mistakes.push((self.header(section), format!("[{section}]: {message}")));
    }

    /// Remarks on something that the command line asks for.
    pub fn wrong_request(&mut self, message: String) {
        self.mistakes.push((At::CommandLine, message));
    }

    /// The names that a section's values refer to, in lower case.
    pub fn referred(&self, section: &str) -> Vec<String> {
        let places = [section, "DEFAULT"].into_iter().filter_map(|name| self.sections.get(name));
        places.flat_map(|place| place.entries.values()).flat_map(|entry| references(&entry.value)).collect()
    }

    /// Every mistake, then every warning, as lines for a person in the order of the file.
    pub fn finish(self) -> (Vec<String>, Vec<String>) {
        let lines = |mut remarks: Vec<(At, String)>| {
            remarks.sort();
            remarks.dedup();
            let line = |(at, text)| match at {
                At::File => format!("{}: {text}", self.file),
                At::CommandLine => format!("command line: {text}"),
                At::Line(number) => format!("{}:{number}: {text}", self.file),
            };
            // A name from the file must not end the line or speak to the terminal.
            let clean = |line: String| line.replace(char::is_control, "\u{fffd}");
            remarks.into_iter().map(line).map(clean).collect()
        };
        (lines(self.mistakes), lines(self.warnings))
    }

    fn header(&self, section: &str) -> At {
        match self.sections.get(section) {
            Some(Section { line, .. }) if *line > 0 => At::Line(*line),
            _ => At::File,
        }
    }

    fn remark(&self, section: &str, key: &str, message: &str) -> (At, String) {
        let Some(entry) = find(&self.sections, section, key) else {
            return (self.header(section), format!("[{section}] {key}: {message}"));
        };
        let at = if entry.line == 0 { At::CommandLine } else { At::Line(entry.line) };
        (at, format!("[{section}] {key} = {}: {message}", shown(key, &entry.value)))
    }
}

/// The value as a message may show it: one short line, and nothing of a secret.
fn shown(key: &str, value: &str) -> String {
    if is_secret(key) {
        return "(not shown)".to_owned();
    }
    let short: String = value.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    // A path or a name reads better as it was written.
    let short = short.replace("\\\"", "\"").replace("\\'", "'").replace("\\\\", "\\");
    if value.chars().count() > SHOWN { short + "…" } else { short }
}

/// The candidate that `word` is most probably a misspelling of.
pub fn nearest<'n>(word: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = word.to_lowercase();
    let near = candidates.into_iter().map(|name| (strsim::osa_distance(&lower, &name.to_lowercase()), name));
    near.min().filter(|(distance, _)| *distance <= (lower.chars().count() / 3).max(1)).map(|(_, name)| name)
}

/// A question that offers the nearest candidate; empty when none is near.
pub fn did_you_mean<'n>(word: &str, candidates: impl IntoIterator<Item = &'n str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("remotehots", ["remoteuser", "remotehost"]), Some("remotehost"));
        assert_eq!(nearest("Wrok", ["Home", "Work"]), Some("Work"));
        assert_eq!(nearest("elephant", ["sep", "type"]), None);
    }

    #[test]
    fn values_are_shown_on_one_short_line() {
        assert_eq!(shown("k", "a\nb \"c\" d\\e"), "a\\nb \"c\" d\\e");
        assert_eq!(shown("k", &"x".repeat(70)), "x".repeat(60) + "…");
        assert_eq!(shown("remotepass", "hunter2"), "(not shown)");
        assert!(!shown("k", "\u{1b}[31m").contains('\u{1b}'));
    }

    #[test]
    fn overrides_find_their_section() {
        let python = |_: Option<&Path>, _: &str, _: &str| Err(String::new());
        let environment = Environment { home: None, variable: &|_| None, is_file: &|_| true, python: &python };
        let text = "[Account my_work]\nautorefresh = 5\n[general]\nui = basic";
        let mut source = Source::new(text, Path::new("f"), &environment);
        for text in ["UI=quiet", "Account_my_work:autorefresh = 1", "Repository_R:sep=/"] {
            source.set(text);
        }
        for (section, key, wanted) in
            [("general", "ui", "quiet"), ("Account my_work", "autorefresh", "1"), ("Repository R", "sep", "/")]
        {
            assert_eq!(source.text(section, key).as_deref(), Some(wanted));
        }
        source.set("nonsense");
        assert_eq!(source.finish().0, ["command line: expected [section:]option=value"]);
    }
}
