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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: &str = "7e33429f656f1e6e9d79b29c3f82c57e";

    fn number(name: &str) -> Option<u32> {
        uid(name.replace('@', OURS).as_bytes(), OURS).map(Uid::get)
    }

    #[test]
    fn a_uid_counts_only_in_its_own_folder() {
        for (name, expected) in [
            ("1_0.2.host,U=17,FMD5=@:2,S", Some(17)),
            ("1_0.2.host,FMD5=@,U=17", Some(17)),
            ("1_0.2.host,S=55,U=17,X,FMD5=@:2,", Some(17)),
            ("1_0.2.host,U=4294967295,FMD5=@:2,", Some(u32::MAX)),
            ("1_0.2.host,U=4294967296,FMD5=@:2,", None),
            ("1_0.2.host,U=99999999999999999999999,FMD5=@:2,", None),
            ("1_0.2.host,U=0,FMD5=@:2,", None),
            ("1_0.2.host,U=-1,FMD5=@:2,", None),
            ("1_0.2.host,U=+1,FMD5=@:2,", None),
            ("1_0.2.host,U=,FMD5=@:2,", None),
            ("1_0.2.host,U=3,U=4,FMD5=@:2,", Some(3)),
            ("1_0.2.host,U=3,FMD5=00000000000000000000000000000000:2,", None),
            ("1_0.2.host,U=3:2,", None),
            ("1_0.2.host,FMD5=@:2,", None),
            ("1_0.2.host:2,S,U=3,FMD5=@", None),
            ("U=3,FMD5=@", None),
            ("", None),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
    }

    #[test]
    fn flags_are_the_letters_after_the_info() {
        for (name, expected) in [
            ("a:2,", System::NONE),
            ("a", System::NONE),
            ("a:2,FS", System::FLAGGED | System::SEEN),
            ("a:2,SSaZ9", System::SEEN),
            ("a:1,S", System::NONE),
            ("aS,F:2,T,S", System::DELETED),
            ("a:2,DFRST", System::ALL),
        ] {
            assert_eq!(flags(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn changing_flags_leaves_the_rest() {
        for (name, expected) in [
            ("a", "a:2,FS"),
            ("a,S=9:2,Dab", "a,S=9:2,FSab"),
            ("a:2,T,extra", "a:2,FS,extra"),
            ("a:1,x", "a:1,x:2,FS"),
            ("a:2,\u{e9}", "a:2,FS\u{e9}"),
        ] {
            let changed = with_flags(name.as_bytes(), System::FLAGGED | System::SEEN);
            assert_eq!(String::from_utf8_lossy(&changed), expected);
        }
    }

    #[test]
    fn numbering_replaces_only_the_number() {
        let uid = Uid::new(5).unwrap();
        for (name, expected) in [
            ("a:2,Sx", "a,U=5,FMD5=@:2,Sx"),
            ("a", "a,U=5,FMD5=@:2,"),
            ("a,S=9,U=1,FMD5=old,W=2:2,", "a,S=9,W=2,U=5,FMD5=@:2,"),
        ] {
            let numbered = with_uid(name.as_bytes(), uid, OURS);
            assert_eq!(String::from_utf8_lossy(&numbered), expected.replace('@', OURS));
        }
    }

    #[test]
    fn a_name_without_its_number_is_otherwise_the_same() {
        for (name, expected) in
            [("a,S=9,U=1,FMD5=old,W=2:2,Sx", "a,S=9,W=2:2,Sx"), ("a,U=1", "a"), ("a:2,U=1", "a:2,U=1"), ("a", "a")]
        {
            assert_eq!(String::from_utf8_lossy(&without_uid(name.as_bytes())), expected);
        }
    }

    #[test]
    fn text_keeps_bytes_apart() {
        assert_eq!(to_text(b"1_0.2.h,S=3"), "1_0.2.h,S=3");
        assert_eq!(to_text(b"a%\xff b"), "a%25%FF%20b");
    }

    proptest! {
        #[test]
        fn what_is_built_is_read(unique in "[0-9]{1,10}_[0-9]{1,5}\\.[0-9]{1,7}\\.[a-z.-]{0,20}", number: u32, bits in 0u8..32) {
            let (number, set) = (Uid::new(number), System::from_bits(bits));
            let name = build(unique.as_bytes(), number, OURS, set);
            prop_assert_eq!(uid(&name, OURS), number);
            prop_assert_eq!(flags(&name), set);
            prop_assert_eq!(super::unique(&name), unique.as_bytes());
        }

        #[test]
        fn any_name_keeps_its_base_and_its_unknown_letters(name in proptest::collection::vec(any::<u8>(), 0..60), bits in 0u8..32) {
            let set = System::from_bits(bits);
            let changed = with_flags(&name, set);
            prop_assert_eq!(base(&changed), base(&name));
            prop_assert_eq!(flags(&changed), set);
            let unknown = |name: &[u8]| -> Vec<u8> {
                let mut some: Vec<u8> = split(name).1.iter().copied().filter(|b| !b"DFRST".contains(b)).collect();
                some.sort_unstable();
                some.dedup();
                some
            };
            prop_assert_eq!(unknown(&changed), unknown(&name));
        }

        #[test]
        fn any_letters_survive(old in "[A-Za-z]{0,20}", bits in 0u8..32) {
            let changed = with_flags(format!("a:2,{old}").as_bytes(), System::from_bits(bits));
            for letter in old.bytes().filter(|b| !b"DFRST".contains(b)) {
                prop_assert!(letters(split(&changed).1).contains(&letter));
            }
        }

        #[test]
        fn a_number_can_be_given_to_any_name(name in proptest::collection::vec(any::<u8>(), 0..60), number in 1u32..) {
            let number = Uid::new(number).unwrap();
            let numbered = with_uid(&name, number, OURS);
            prop_assert_eq!(uid(&numbered, OURS), Some(number));
            prop_assert_eq!(flags(&numbered), flags(&name));
        }
    }
}
