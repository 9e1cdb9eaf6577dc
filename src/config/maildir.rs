//! `[Repository X]` of type Maildir: a tree of Maildirs.

use std::path::PathBuf;

use super::repository::{common, kind};
use super::settings::MaildirSettings;
use super::source::Source;
use super::value;
use crate::model::flags::Keyword;

/// The tree in this section; `windows`: its account wants names for file systems without colons. `None` when a mistake was remarked
/// on.
pub fn maildir(source: &mut Source, section: &str, windows: bool) -> Option<MaildirSettings> {
    kind(source, section)?;
    let common = common(source, section);
    let (root, separator) = (root(source, section), separator(source, section));
    let letters = letters(source, section);
    let mut switch = |key| source.read(section, key, value::boolean).unwrap_or(false);
    let (dated_by_header, named_by_date) = (switch("utime_from_header"), switch("filename_use_mail_timestamp"));
    let keep_atime = switch("restoreatime");
    let plain = MaildirSettings::plain(common, root?);
    Some(MaildirSettings { separator, windows, letters, dated_by_header, named_by_date, keep_atime, ..plain })
}

/// The directory of a Maildir repository and its separator, without a remark on mistakes.
pub fn peek_root(source: &Source, section: &str) -> Option<(PathBuf, char)> {
    let text = source.peek(section, "localfolders")?.ok().filter(|text| !text.is_empty())?;
    let root = value::path(&text, source.environment).ok()?;
    let separator = source.peek(section, "sep").and_then(Result::ok).and_then(|text| text.chars().next());
    Some((root, separator.unwrap_or('.')))
}

fn root(source: &mut Source, section: &str) -> Option<PathBuf> {
    let environment = source.environment;
    let root = source.required(section, "localfolders", "the directory that holds the folders", |text| {
        value::path(text, environment)
    })?;
    if root.is_relative() {
        let message = "a relative path means another place wherever the program is started; / or ~/ in front is safer";
        source.doubtful(section, "localfolders", message);
    }
    Some(root)
}

fn separator(source: &mut Source, section: &str) -> char {
    let read = source.read(section, "sep", |text| {
        let mut letters = text.chars();
        letters.next().filter(|_| letters.next().is_none()).ok_or_else(|| "expected one character".to_owned())
    });
    read.unwrap_or('.')
}

/// The keywords that small letters stand for.
fn letters(source: &mut Source, section: &str) -> Vec<(char, Keyword)> {
    let mut found: Vec<(char, Keyword)> = Vec::new();
    for letter in 'a'..='z' {
        let key = format!("customflag_{letter}");
        let Some(word) = source.read(section, &key, keyword) else { continue };
        match found.iter().find(|(_, other)| other.eq_ignore_ascii_case(&word)) {
            Some((other, _)) => {
                let message = format!("customflag_{other} stands for the same keyword; expected one letter for it");
                source.wrong(section, &key, &message);
            }
            None => found.push((letter, word)),
        }
    }
    found
}

/// A keyword that servers take (an atom of RFC 3501, section 9).
fn keyword(text: &str) -> Result<Keyword, String> {
    let wrong = |c: char| !c.is_ascii_graphic() || "(){%*\"\\]".contains(c);
    if text.contains(wrong) {
        return Err(
            "expected a keyword as servers have them: letters, digits and signs such as $ and -, no spaces".to_owned()
        );
    }
    Ok(text.into())
}
