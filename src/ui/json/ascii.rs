//! JSON in which no character is left that a terminal might obey.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::super::clean::clean;

/// The object on one line, without its end.
pub fn line(object: &Value) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(256);
    object.serialize(&mut Serializer::with_formatter(&mut line, Tame))?;
    Ok(line)
}

/// Writes as short as can be, with an escape for each character that is not simply shown.
struct Tame;

impl Formatter for Tame {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut buffer = [0; 4];
        for c in fragment.chars() {
            let text: &str = c.encode_utf8(&mut buffer);
            if clean(text) == text {
                out.write_all(text.as_bytes())?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        CompactFormatter.write_char_escape(out, escape)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        for (text, written) in [
            ("Räum \"日\" \\", r#""Räum \"日\" \\""#),
            ("a\nb\x1b[31m", r#""a\nb\u001b[31m""#),
            ("\u{9b}2J\u{7f}\u{202e}\u{e0041}", r#""\u009b2J\u007f\u202e\udb40\udc41""#),
        ] {
            assert_eq!(String::from_utf8(line(&text.into()).unwrap()).unwrap(), written);
        }
    }

    proptest! {
        #[test]
        fn it_is_read_as_it_was_meant(text in any::<String>()) {
            let written = line(&text.clone().into()).unwrap();
            let written = String::from_utf8(written).unwrap();
            prop_assert!(!written.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
