//! Messages with one field for labels in place of any other.

use super::left_out::{Names, Without};

/// Takes fields out of a message and puts one in front of it, fed in pieces of any size, in either form.
#[derive(Debug)]
pub struct WithField {
    without: Without,
    /// What stays of a piece.
    piece: Vec<u8>,
    /// The field with its line end, as long as it has not been put in.
    field: Vec<u8>,
    /// Whether what comes next begins a line.
    at_begin: bool,
}

impl WithField {
    /// With this field, which ends its line, instead of those of these names.
    pub fn new(names: &Names, field: String) -> Self {
        Self { without: Without::new(names), piece: Vec::new(), field: field.into_bytes(), at_begin: true }
    }

    /// Appends to `out` what becomes of `data`.
    pub fn feed(&mut self, data: &[u8], out: &mut Vec<u8>) {
        self.without.feed(data, &mut self.piece);
        self.put(out);
    }

    /// Appends what was held back; the message is complete.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.without.finish(&mut self.piece);
        self.put(out);
        if !self.at_begin && !self.field.is_empty() {
            let end: &[u8] = if self.field.ends_with(b"\r\n") { b"\r\n" } else { b"\n" };
            out.extend_from_slice(end);
        }
        out.append(&mut self.field);
    }

    /// A message may begin with lines that would belong to the field, if it came before them: then it comes behind.
    fn put(&mut self, out: &mut Vec<u8>) {
        let mut rest = self.piece.as_slice();
        while let [first, ..] = rest
            && !self.field.is_empty()
        {
            if self.at_begin && !matches!(first, b' ' | b'\t') {
                out.append(&mut self.field);
                break;
            }
            let end = memchr::memchr(b'\n', rest).map(|end| end + 1);
            let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
            out.extend_from_slice(line);
            (rest, self.at_begin) = (after, end.is_some());
        }
        out.extend_from_slice(rest);
        self.piece.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(field: &str, pieces: &[&[u8]]) -> String {
        let (mut with, mut out) = (WithField::new(&["x-b".to_owned()].into(), field.to_owned()), Vec::new());
        for piece in pieces {
            with.feed(piece, &mut out);
        }
        with.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_field_comes_in_front_and_takes_no_other_line_along() {
        for (message, wanted) in [
            ("A: 1\nX-B: 2\n 3\nC: 4\n\nX-B: 5\n", "X-B: new\nA: 1\nC: 4\n\nX-B: 5\n"),
            (" begins\n\tso\nA: 1\n\nbody\n", " begins\n\tso\nX-B: new\nA: 1\n\nbody\n"),
            (" begins\nX-B: 2\n 3\n\n body\n", " begins\nX-B: new\n\n body\n"),
            ("X-B: 2\n 3\n 4\nA: 1", "X-B: new\nA: 1"),
            ("\n body\n", "X-B: new\n\n body\n"),
            (" all\n", " all\nX-B: new\n"),
            (" all", " all\nX-B: new\n"),
            ("", "X-B: new\n"),
        ] {
            assert_eq!(with("X-B: new\n", &[message.as_bytes()]), wanted, "{message:?}");
            let crlf = |text: &str| text.replace('\n', "\r\n");
            assert_eq!(with("X-B: new\r\n", &[crlf(message).as_bytes()]), crlf(wanted), "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(text in "(X-B|x|:|\r\n| |\n|a|\t){0,40}", cut in 0usize..80) {
            let (one, two) = text.as_bytes().split_at(cut.min(text.len()));
            prop_assert_eq!(with("X-B: new\n", &[one, two]), with("X-B: new\n", &[text.as_bytes()]));
        }
    }
}
