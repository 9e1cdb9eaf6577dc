//! Modified UTF-7, in which IMAP writes folder names (RFC 3501, section 5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const ENGINE: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// The name as people read it. What isn't modified UTF-7 comes back as it was.
pub fn decode(name: &str) -> String {
    try_decode(name).unwrap_or_else(|| name.to_owned())
}

/// The name as people read it, if [`encode`] gives the very same name back. A name that doesn't come back could not be told
/// from another one, and one with control characters in it is no name to read.
pub fn read(name: &str) -> Option<String> {
    try_decode(name).filter(|text| encode(text) == name && !text.contains(char::is_control))
}

/// A name as IMAP writes it, whether it was written down like that or as people read it.
pub fn written(name: &str) -> String {
    if read(name).is_some() { name.to_owned() } else { encode(name) }
}

/// The name with all that is modified UTF-7 in it decoded, piece by piece: whatever way a name is spelt, or half of it, this is
/// the same.
pub fn loose(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find('&') {
        let (plain, shifted) = rest.split_at(start);
        text.push_str(plain);
        let code = shifted[1..].split_once('-').and_then(|(code, after)| Some((decode_shift(code)?, after)));
        let (piece, after) = code.unwrap_or_else(|| ("&".to_owned(), &shifted[1..]));
        text.push_str(&piece);
        rest = after;
    }
    text + rest
}

fn try_decode(name: &str) -> Option<String> {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find('&') {
        let (plain, shifted) = rest.split_at(start);
        let (code, after) = shifted[1..].split_once('-')?;
        text.push_str(plain);
        text.push_str(&decode_shift(code)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// What stands between `&` and `-`.
fn decode_shift(code: &str) -> Option<String> {
    if code.is_empty() { Some("&".to_owned()) } else { decode_utf16(code) }
}

fn decode_utf16(code: &str) -> Option<String> {
    let bytes = ENGINE.decode(code).ok()?;
    let (units, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
    String::from_utf16(&units).ok()
}

/// A name as IMAP writes it.
pub fn encode(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let mut foreign: Vec<u8> = Vec::new();
    for letter in text.chars() {
        if matches!(letter, ' '..='~') {
            shift(&mut name, &mut foreign);
            name.push(letter);
            if letter == '&' {
                name.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(letter.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    shift(&mut name, &mut foreign);
    name
}

fn shift(name: &mut String, foreign: &mut Vec<u8>) {
    if !foreign.is_empty() {
        name.push('&');
        name.push_str(&ENGINE.encode(&*foreign));
        name.push('-');
        foreign.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        for (name, text) in [
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("A&-B", "A&B"),
            ("&2D3eCg-", "😊"),
            ("INBOX", "INBOX"),
        ] {
            assert_eq!(decode(name), text);
            assert_eq!(encode(text), name);
        }
    }

    #[test]
    fn nonsense_comes_back_as_it_was() {
        for name in ["&", "a&b", "&A*B-", "&AA-", "&2AA-", "Entwürfe &-"] {
            let decoded = decode(name);
            assert!(decoded == name || name.contains("&-"), "{name} {decoded}");
        }
    }

    #[test]
    fn only_what_comes_back_is_read() {
        for (name, text) in [("Entw&APw-rfe", "Entwürfe"), ("A&-B", "A&B"), ("plain.name", "plain.name")] {
            assert_eq!(read(name).as_deref(), Some(text));
        }
        // Printable letters in base64, a shift that goes on for no reason, letters beyond ASCII, halves, and controls.
        for name in ["&AC8-", "&AGE-", "&APw-&APY-", "Entwürfe", "&2AA-", "&", "&AAo-", "a\tb", "&AAAAAA-"] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    #[test]
    fn who_writes_a_name_down_may_spell_it_either_way() {
        for text in ["Entwürfe", "Entw&APw-rfe"] {
            assert_eq!(written(text), "Entw&APw-rfe");
        }
        assert_eq!((written("A&B"), written("INBOX")), ("A&-B".to_owned(), "INBOX".to_owned()));
    }

    #[test]
    fn a_name_is_known_in_either_spelling_and_in_both_at_once() {
        for name in ["Entw&APw-rfe/M&AOQ-rz", "Entwürfe/März", "Entwürfe/M&AOQ-rz"] {
            assert_eq!(loose(name), "Entwürfe/März");
        }
        for (name, text) in [("A&-B", "A&B"), ("A&B", "A&B"), ("&", "&"), ("a &A*- & b-", "a &A*- & b-")] {
            assert_eq!(loose(name), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same_again(name in ".*") {
            if let Some(text) = read(&name) {
                prop_assert_eq!(encode(&text), name);
            }
        }

        #[test]
        fn every_text_comes_back(text in "\\PC*") {
            prop_assert_eq!(decode(&encode(&text)), text);
        }

        #[test]
        fn no_name_is_too_strange(name in ".*") {
            decode(&name);
        }
    }
}
