//! Modified UTF-7, in which `IMAP4rev1` writes mailbox names (RFC 3501 section 5.1.3).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// The name as a person reads it. What is not valid modified UTF-7 comes back as it was.
pub fn decode(name: &str) -> String {
    try_decode(name).unwrap_or_else(|| name.to_owned())
}

/// The name as `IMAP4rev1` writes it.
pub fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut shifted = Vec::new();
    for c in name.chars() {
        if !matches!(c, ' '..='~') {
            shifted.extend(c.encode_utf16(&mut [0; 2]).iter().copied());
            continue;
        }
        flush(&mut shifted, &mut out);
        out.push(c);
        if c == '&' {
            out.push('-');
        }
    }
    flush(&mut shifted, &mut out);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    if units.is_empty() {
        return;
    }
    out.push('&');
    let (mut bits, mut count) = (0u32, 0);
    for unit in units.drain(..) {
        bits = (bits << 16) | u32::from(unit);
        count += 16;
        while count >= 6 {
            count -= 6;
            out.push(sextet(bits >> count));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        out.push(sextet(bits << (6 - count)));
    }
    out.push('-');
}

fn sextet(bits: u32) -> char {
    char::from(ALPHABET[(bits & 63) as usize])
}

fn try_decode(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = name;
    while let Some((plain, shifted)) = rest.split_once('&') {
        out.push_str(plain);
        let (run, after) = shifted.split_once('-')?;
        if run.is_empty() {
            out.push('&');
        } else {
            out.push_str(&decode_run(run)?);
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn decode_run(run: &str) -> Option<String> {
    let (mut bits, mut count) = (0u32, 0);
    let mut units = Vec::new();
    for byte in run.bytes() {
        let value = ALPHABET.iter().position(|&known| known == byte)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push(u16::try_from(bits >> count).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    // What is left over only fills the last sextet: fewer than six bits, all zero.
    if count >= 6 || bits != 0 {
        return None;
    }
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_both_forms() {
        for (shown, wire) in [
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("R&D", "R&-D"),
            ("台北", "&U,BTFw-"),
            ("\u{1f4ec}", "&2D3c7A-"),
        ] {
            assert_eq!(encode(shown), wire);
            assert_eq!(decode(wire), shown);
        }
    }

    #[test]
    fn what_is_invalid_stays_as_it_was() {
        for wire in ["R&D", "&", "&AP-", "&A-", "&APx-", "&2D0-", "&!!!-"] {
            assert_eq!(decode(wire), wire);
        }
    }

    proptest! {
        #[test]
        fn every_name_survives(name in any::<String>()) {
            let wire = encode(&name);
            prop_assert!(wire.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(decode(&wire), name);
        }

        #[test]
        fn nothing_panics(wire in "[&A-Za-z,+ü-]{0,20}") {
            decode(&wire);
        }
    }
}
