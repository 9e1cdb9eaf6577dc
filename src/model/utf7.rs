//! Modified UTF-7, in which IMAP writes folder names (RFC 3501, section 5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const ENGINE: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// The name as people read it. What isn't modified UTF-7 comes back as it was.
pub fn decode(name: &str) -> String {
    try_decode(name).unwrap_or_else(|| name.to_owned())
}

fn try_decode(name: &str) -> Option<String> {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find('&') {
        let (plain, shifted) = rest.split_at(start);
        let (code, after) = shifted[1..].split_once('-')?;
        text.push_str(plain);
        if code.is_empty() {
            text.push('&');
        } else {
            text.push_str(&decode_utf16(code)?);
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
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

    proptest! {
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
