//! rust-ini reads the normalised text: sections and keys without continuations, comments and quotes to interpret.
//!
//! Names and values go through it in an encoding of our own, so that nothing of what they hold means anything to it.

use std::fmt::Write as _;

use ini::{Ini, ParseOption};

/// Begins an encoded character; its number follows in hexadecimal, then a full stop.
const MARK: char = '~';

/// A section's header, as a line.
pub fn header(name: &str) -> String {
    format!("[{}]\n", encode(name))
}

/// A key and its value, as a line.
pub fn pair(key: &str, value: &str) -> String {
    format!("{}={}\n", encode(key), encode(value))
}

/// Every section, key and value, in the order of the text.
///
/// # Errors
/// What rust-ini has to say about a text that it can't read; it quotes nothing of it.
pub fn read(text: &str) -> Result<Vec<(String, String, String)>, String> {
    let option = ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() };
    let ini = Ini::load_from_str_opt(text, option).map_err(|error| error.to_string())?;
    let pairs = ini.iter().flat_map(|(section, properties)| {
        let section = section.map(decode).unwrap_or_default();
        properties.iter().map(move |(key, value)| (section.clone(), decode(key), decode(value)))
    });
    Ok(pairs.collect())
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_alphanumeric() || " ._-/@%()".contains(letter) {
            out.push(letter);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "{MARK}{:x}.", u32::from(letter));
        }
    }
    out
}

fn decode(text: &str) -> String {
    let mut parts = text.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some((number, rest)) = part.split_once('.') {
            out.extend(u32::from_str_radix(number, 16).ok().and_then(char::from_u32));
            out.push_str(rest);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_lost(section in "\\PC{1,9}", key in "\\PC{1,9}", value in "(?s).{0,40}|[\\\\\n'\"#;=:\\[\\]~. a]{0,12}") {
            // What the normalising pass hands over has no space around it.
            let (section, key, value) = (section.trim(), key.trim(), value.trim());
            prop_assume!(!section.is_empty() && !key.is_empty());
            let text = header(section) + &pair(key, value) + &header("t") + &pair("last", "1");
            let last = ("t".to_owned(), "last".to_owned(), "1".to_owned());
            prop_assert_eq!(read(&text), Ok(vec![(section.to_owned(), key.to_owned(), value.to_owned()), last]));
        }
    }
}
