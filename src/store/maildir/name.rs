//! The names of files in `OfflineIMAP`'s Maildirs, as bytes: reading, building and changing them. Pure.
//!
//! `<seconds>_<n>.<pid>.<host>,U=<uid>,FMD5=<digest>:2,<flags>`, where the digest is the MD5 of the folder's visible
//! name. Every name is valid. What stands before `:2,` is the *base*: it stays the same while flags change, so it is
//! what a file is found again by. Where a file system has no colons, `!2,` stands there (`maildir-windows-compatible`); both
//! are understood everywhere.

use std::fmt::Write;

use crate::model::flags::System;
use crate::model::ids::Uid;

/// What begins the flags in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// `:2,`, as everywhere.
    #[default]
    Colon,
    /// `!2,`, for file systems without colons.
    Exclamation,
}

impl Form {
    fn info(self) -> &'static [u8; 3] {
        match self {
            Self::Colon => b":2,",
            Self::Exclamation => b"!2,",
        }
    }

    /// The form for a name in which this follows the flags: what looks like other flags must not become some.
    fn before(self, rest: &[u8]) -> Self {
        if rest.starts_with(Self::Colon.info()) { Self::Colon } else { self }
    }
}

/// Small letters that a name gets, and those that mean something at all, as [bits](letter_bit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Custom {
    /// Those it gets.
    pub set: u32,
    /// Those that mean something; the others in a name stay.
    pub known: u32,
}

/// Bytes that begin the flags.
const INFO: usize = 3;
const UID: &[u8] = b"U=";
const DIGEST: &[u8] = b"FMD5=";

/// The name up to its flags.
pub fn base(name: &[u8]) -> &[u8] {
    split(name).0
}

/// The base up to its first comma: what is unique about the file, whatever number it carries.
pub fn unique(name: &[u8]) -> &[u8] {
    let base = base(name);
    base.split(|byte| *byte == b',').next().unwrap_or(base)
}

/// When the file was made, in seconds since 1970: by convention the name begins with it.
pub fn made(name: &[u8]) -> Option<i64> {
    let end = name.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(name.len());
    std::str::from_utf8(&name[..end]).ok()?.parse().ok()
}

/// The flags that the name's letters stand for; letters that stand for none are passed over.
pub fn flags(name: &[u8]) -> System {
    letters(name)
        .filter_map(|letter| System::from_letter(char::from(*letter)))
        .fold(System::NONE, |all, flag| all | flag)
}

/// The small letters among them, as [bits](letter_bit).
pub fn custom(name: &[u8]) -> u32 {
    letters(name).fold(0, |all, letter| all | letter_bit(*letter))
}

/// The bit of a small letter; 0 for anything else.
pub fn letter_bit(letter: u8) -> u32 {
    if letter.is_ascii_lowercase() { 1 << (letter - b'a') } else { 0 }
}

/// The UID that the name carries in the folder with this digest. Another folder's UID means nothing here; of several
/// the first counts, as in `OfflineIMAP`.
pub fn uid(name: &[u8], digest: &str) -> Option<Uid> {
    let fields = || base(name).split(|byte| *byte == b',').skip(1);
    fields().filter_map(|field| field.strip_prefix(DIGEST)).find(|value| *value == digest.as_bytes())?;
    let digits = fields().find_map(|field| field.strip_prefix(UID))?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok().and_then(Uid::new)
}

/// The name with these flags and small letters instead of its own; everything else in it stays.
pub fn with_flags(name: &[u8], flags: System, custom: Custom, form: Form) -> Vec<u8> {
    let known =
        |letter: u8| System::from_letter(char::from(letter)).is_some() || custom.known & letter_bit(letter) != 0;
    let unknown = letters(name).copied().filter(|letter| !known(*letter));
    let small = (b'a'..=b'z').filter(|letter| custom.set & letter_bit(*letter) != 0);
    let mut letters: Vec<u8> = known_letters(flags).chain(small).chain(unknown).collect();
    letters.sort_unstable();
    letters.dedup();
    let rest = rest(name);
    [base(name), form.before(rest).info(), &letters, rest].concat()
}

/// The name with its flags begun in this form; `None` where that is so already, or where it has none.
pub fn in_form(name: &[u8], form: Form) -> Option<Vec<u8>> {
    let (base, rest) = (base(name), rest(name));
    let form = form.before(rest);
    let there = name.get(base.len()..base.len() + INFO)?;
    let mut letters: Vec<u8> = letters(name).copied().collect();
    if second(name).is_some() {
        letters.sort_unstable();
        letters.dedup();
    } else if there == form.info() {
        return None;
    }
    Some([base, form.info(), &letters, rest].concat())
}

/// The name without UID and folder; its other fields and its flags stay.
pub fn without_uid(name: &[u8]) -> Vec<u8> {
    let (base, _) = split(name);
    let mut rest = unnumbered(base);
    rest.extend_from_slice(name.get(base.len()..).unwrap_or_default());
    rest
}

fn unnumbered(base: &[u8]) -> Vec<u8> {
    let mut fields = base.split(|byte| *byte == b',');
    let mut kept = fields.next().unwrap_or_default().to_vec();
    for field in fields.filter(|field| !field.starts_with(UID) && !field.starts_with(DIGEST)) {
        kept.push(b',');
        kept.extend_from_slice(field);
    }
    kept
}

/// The name with this UID of the folder with this digest; its other fields and its flags stay.
pub fn with_uid(name: &[u8], uid: Uid, digest: &str, form: Form) -> Vec<u8> {
    let (base, _) = split(name);
    let mut numbered = unnumbered(base);
    numbered.extend_from_slice(format!(",U={uid},FMD5={digest}").as_bytes());
    numbered.extend_from_slice(name.get(base.len()..).filter(|info| !info.is_empty()).unwrap_or(form.info()));
    numbered
}

/// The name with another folder's digest in place of this one; everything else in it stays.
pub fn with_digest(name: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (base, _) = split(name);
    let mut fields = base.split(|byte| *byte == b',');
    let mut changed = fields.next().unwrap_or_default().to_vec();
    for field in fields {
        changed.push(b',');
        match field.strip_prefix(DIGEST) {
            Some(value) if value == from.as_bytes() => {
                changed.extend_from_slice(DIGEST);
                changed.extend_from_slice(to.as_bytes());
            }
            _ => changed.extend_from_slice(field),
        }
    }
    changed.extend_from_slice(name.get(base.len()..).unwrap_or_default());
    changed
}

/// A new file's name.
pub fn build(unique: &[u8], uid: Option<Uid>, digest: &str, flags: System, form: Form) -> Vec<u8> {
    let mut name = unique.to_vec();
    if let Some(uid) = uid {
        name.extend_from_slice(format!(",U={uid},FMD5={digest}").as_bytes());
    }
    name.extend_from_slice(form.info());
    name.extend(known_letters(flags));
    name
}

/// Bytes of a name as text that gives them back: what isn't printable ASCII is written as `%` and two digits.
pub fn to_text(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name {
        if byte.is_ascii_graphic() && *byte != b'%' {
            text.push(char::from(*byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// What stands before the first beginning of flags, in either form, and what stands after it.
fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.windows(INFO).position(|window| matches!(window, [b':' | b'!', b'2', b','])) {
        Some(at) => (&name[..at], &name[at + INFO..]),
        None => (name, &[]),
    }
}

/// All letters, in the order in which they stand there.
fn letters(name: &[u8]) -> impl Iterator<Item = &u8> {
    run(split(name).1).iter().chain(second(name).map(run).unwrap_or_default())
}

/// What follows the letters.
fn rest(name: &[u8]) -> &[u8] {
    let last = second(name).unwrap_or(split(name).1);
    last.get(run(last).len()..).unwrap_or_default()
}

/// What a mail reader that knows only colons has put behind flags in the other form, beginning anew.
fn second(name: &[u8]) -> Option<&[u8]> {
    let (base, info) = split(name);
    let other = name.get(base.len()..)?.starts_with(Form::Exclamation.info());
    info.get(run(info).len()..).filter(|_| other)?.strip_prefix(Form::Colon.info())
}

fn run(info: &[u8]) -> &[u8] {
    let end = info.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(info.len());
    &info[..end]
}

fn known_letters(flags: System) -> impl Iterator<Item = u8> {
    System::TABLE.into_iter().filter(move |row| flags.contains(row.0)).map(|row| row.1 as u8)
}

#[cfg(test)]
mod tests;
