//! The names of files in `OfflineIMAP`'s Maildirs, as bytes: reading, building and changing them. Pure.
//!
//! `<seconds>_<n>.<pid>.<host>,U=<uid>,FMD5=<digest>:2,<flags>`, where the digest is the MD5 of the folder's visible
//! name. Every name is valid. What stands before `:2,` is the *base*: it stays the same while flags change, so it is
//! what a file is found again by.

use std::fmt::Write;

use crate::model::flags::System;
use crate::model::ids::Uid;

const INFO: &[u8] = b":2,";
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
    letters(split(name).1)
        .iter()
        .filter_map(|letter| System::from_letter(char::from(*letter)))
        .fold(System::NONE, |all, flag| all | flag)
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

/// The name with these system flags instead of its own; everything else in it stays.
pub fn with_flags(name: &[u8], flags: System) -> Vec<u8> {
    let (base, info) = split(name);
    let old = letters(info);
    let rest = info.get(old.len()..).unwrap_or_default();
    let unknown = old.iter().copied().filter(|letter| System::from_letter(char::from(*letter)).is_none());
    let mut letters: Vec<u8> = known_letters(flags).chain(unknown).collect();
    letters.sort_unstable();
    letters.dedup();
    [base, INFO, &letters, rest].concat()
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
pub fn with_uid(name: &[u8], uid: Uid, digest: &str) -> Vec<u8> {
    let (base, _) = split(name);
    let mut numbered = unnumbered(base);
    numbered.extend_from_slice(format!(",U={uid},FMD5={digest}").as_bytes());
    numbered.extend_from_slice(name.get(base.len()..).filter(|info| !info.is_empty()).unwrap_or(INFO));
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
pub fn build(unique: &[u8], uid: Option<Uid>, digest: &str, flags: System) -> Vec<u8> {
    let mut name = unique.to_vec();
    if let Some(uid) = uid {
        name.extend_from_slice(format!(",U={uid},FMD5={digest}").as_bytes());
    }
    name.extend_from_slice(INFO);
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

fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.windows(INFO.len()).position(|window| window == INFO) {
        Some(at) => (&name[..at], &name[at + INFO.len()..]),
        None => (name, &[]),
    }
}

fn letters(info: &[u8]) -> &[u8] {
    let end = info.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(info.len());
    &info[..end]
}

fn known_letters(flags: System) -> impl Iterator<Item = u8> {
    System::TABLE.into_iter().filter(move |row| flags.contains(row.0)).map(|row| row.1 as u8)
}

#[cfg(test)]
mod tests;
