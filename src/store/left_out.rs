//! Header fields that are left out of what is sent to a server (`filterheaders`).
//!
//! A message that was sent without them is the same message. So wherever messages are recognised by content, both sides are
//! taken as they would be without these fields, whichever of them has them.

use std::sync::Arc;

/// Names of fields, in lower case; usually none.
pub type Names = Arc<[String]>;

/// The longest name that is looked at, in bytes; a line that is longer without a colon is no field.
const LONGEST: usize = 256;

/// Takes fields out of a message, fed in pieces of any size, in either form.
#[derive(Debug, Default)]
pub struct Without {
    names: Names,
    at: At,
    /// The beginning of a line, of which it isn't known yet what it is.
    begun: Vec<u8>,
    /// Whether the field that was last begun is left out, and its further lines with it.
    dropping: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum At {
    /// In a line whose kind isn't known yet.
    Begin,
    /// In the rest of one.
    Rest,
    /// Behind the header, or where nothing is to be left out.
    #[default]
    Body,
}

impl Without {
    /// Without the fields of these names.
    pub fn new(names: &Names) -> Self {
        let at = if names.is_empty() { At::Body } else { At::Begin };
        Self { names: names.clone(), at, begun: Vec::new(), dropping: false }
    }

    /// Appends to `out` what stays of `data`.
    pub fn feed(&mut self, data: &[u8], out: &mut Vec<u8>) {
        for (place, byte) in data.iter().enumerate() {
            match self.at {
                At::Body => return out.extend_from_slice(&data[place..]),
                At::Begin => self.begin(*byte, out),
                At::Rest => {
                    if !self.dropping {
                        out.push(*byte);
                    }
                    if *byte == b'\n' {
                        self.at = At::Begin;
                    }
                }
            }
        }
    }

    /// Appends what was held back; the message is complete.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.begun);
    }

    fn begin(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.begun.push(byte);
        let (folded, empty) = (self.begun.len() == 1 && matches!(byte, b' ' | b'\t'), byte == b'\n');
        if empty && matches!(*self.begun, [b'\n'] | [b'\r', b'\n']) {
            (self.at, self.dropping) = (At::Body, false);
        } else if folded {
            self.at = At::Rest;
        } else if byte == b':' {
            (self.at, self.dropping) = (At::Rest, self.is_left_out());
        } else if empty || self.begun.len() > LONGEST {
            (self.at, self.dropping) = (if empty { At::Begin } else { At::Rest }, false);
        } else {
            return;
        }
        if self.dropping {
            self.begun.clear();
        } else {
            out.append(&mut self.begun);
        }
    }

    fn is_left_out(&self) -> bool {
        let name = self.begun.strip_suffix(b":").unwrap_or(&self.begun).trim_ascii_end();
        self.names.iter().any(|left_out| left_out.as_bytes().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn without(names: &[&str], pieces: &[&[u8]]) -> String {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let (mut without, mut out) = (Without::new(&names.into()), Vec::new());
        for piece in pieces {
            without.feed(piece, &mut out);
        }
        without.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_are_left_out_with_their_further_lines_and_nothing_else_is() {
        for (message, wanted) in [
            ("A: 1\r\nX-B: 2\r\nC: 3\r\n\r\nX-B: 4\r\n", "A: 1\r\nC: 3\r\n\r\nX-B: 4\r\n"),
            ("x-b : 2\r\n\tmore\r\n more\r\nC: 3\r\n\r\n", "C: 3\r\n\r\n"),
            ("X-B: 2\nX-B: 3\nX-Bc: 4\nA: X-B: 5\n\nbody", "X-Bc: 4\nA: X-B: 5\n\nbody"),
            ("A: 1\r\n X-B: 2\r\nX-B: 3", "A: 1\r\n X-B: 2\r\n"),
            ("no field\r\nX-B: 3\r\nX-B\r\n\r\n", "no field\r\nX-B\r\n\r\n"),
            ("\r\nX-B: body", "\r\nX-B: body"),
            ("X-B: 1\r\n\r\n", "\r\n"),
            ("X-B", "X-B"),
            ("", ""),
        ] {
            assert_eq!(without(&["x-b"], &[message.as_bytes()]), wanted, "{message:?}");
            assert_eq!(without(&[], &[message.as_bytes()]), message);
        }
        let long = format!("{}:\r\nX-B: 1\r\n\r\n", "x".repeat(1000));
        assert_eq!(without(&["x-b"], &[long.as_bytes()]), long.replace("X-B: 1\r\n", ""));
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(text in "(X-B|x|:|\r\n| |\n|a){0,40}", cut in 0usize..80) {
            let (one, two) = text.as_bytes().split_at(cut.min(text.len()));
            prop_assert_eq!(without(&["x-b"], &[one, two]), without(&["x-b"], &[text.as_bytes()]));
        }
    }
}
