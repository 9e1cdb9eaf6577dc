//! What a message is recognised by.

use md5::{Digest, Md5};

use super::bytes::hex;
use crate::model::message::Fingerprint;

/// What the line begins with that mbsync adds to the header of each message it copies, here or on the server.
pub const TUID: &[u8] = b"X-TUID: ";
/// How many bytes that line takes on the wire: twelve letters and CRLF follow.
pub const TUID_LINE: u64 = TUID.len() as u64 + 14;

/// Computes a [`Fingerprint`] from a message's wire form, fed in pieces of any size.
///
/// The header reaches up to the first empty line; a message without one is all header. Line ends count as LF, and those
/// at the end not at all: servers don't agree on whether a header that nothing follows ends in an empty line. What mbsync adds
/// to the header ([`TUID`]) counts as absent, so that a message is the same before and after it went through mbsync.
#[derive(Debug, Clone)]
pub struct FingerprintBuilder {
    size: u64,
    digest: Md5,
    /// A CR, of which it isn't known yet whether it is part of a line end.
    held_cr: bool,
    at: Place,
    line: Line,
    /// A line has been taken in, so that the next one has to be set apart.
    begun: bool,
}

/// Where in a message the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the very beginning.
    Start,
    /// Within a line of the header.
    InLine,
    /// Behind a line of the header, whose end is taken in only when another line follows.
    BehindLine,
    /// Behind the header.
    Body,
}

/// What is known of the line of the header that the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// So many of its bytes are those of [`TUID`].
    Maybe(usize),
    /// It is like any other.
    Plain,
    /// It counts as absent.
    Absent,
}

impl Default for FingerprintBuilder {
    fn default() -> Self {
        let (digest, at, line) = (Md5::new(), Place::Start, Line::Maybe(0));
        Self { size: 0, digest, held_cr: false, at, line, begun: false }
    }
}

impl FingerprintBuilder {
    /// Takes the next bytes.
    pub fn feed(&mut self, data: &[u8]) {
        self.size += data.len() as u64;
        if self.at == Place::Body {
            return;
        }
        let mut header = Vec::with_capacity(data.len().min(1 << 12));
        for byte in data {
            self.take(*byte, &mut header);
            if self.at == Place::Body {
                break;
            }
        }
        self.digest.update(&header);
    }

    /// The message is complete.
    pub fn finish(mut self) -> Fingerprint {
        let mut rest = Vec::new();
        if std::mem::take(&mut self.held_cr) {
            self.put(b'\r', &mut rest);
        }
        if self.at == Place::InLine {
            self.end_line(0, &mut rest);
        }
        self.digest.update(&rest);
        Fingerprint { size: self.size, header: hex(self.digest.finalize().as_slice()) }
    }

    fn take(&mut self, byte: u8, header: &mut Vec<u8>) {
        let cr = std::mem::replace(&mut self.held_cr, byte == b'\r');
        if byte == b'\n' {
            if self.at == Place::InLine {
                self.end_line(1 + u64::from(cr), header);
                self.at = Place::BehindLine;
            } else {
                self.at = Place::Body;
            }
            return;
        }
        if cr {
            self.put(b'\r', header);
        }
        if byte != b'\r' {
            self.put(byte, header);
        }
    }

    fn put(&mut self, byte: u8, header: &mut Vec<u8>) {
        if std::mem::replace(&mut self.at, Place::InLine) != Place::InLine {
            self.line = Line::Maybe(0);
        }
        match self.line {
            Line::Plain => header.push(byte),
            Line::Absent => self.size -= 1,
            Line::Maybe(count) if TUID.get(count) == Some(&byte) => {
                self.line = Line::Maybe(count + 1);
                if count + 1 == TUID.len() {
                    self.size -= TUID.len() as u64;
                    self.line = Line::Absent;
                }
            }
            Line::Maybe(count) => {
                self.release(count, header);
                header.push(byte);
            }
        }
    }

    /// The line is like any other, and so were its first bytes.
    fn release(&mut self, count: usize, header: &mut Vec<u8>) {
        if std::mem::replace(&mut self.begun, true) {
            header.push(b'\n');
        }
        header.extend_from_slice(&TUID[..count]);
        self.line = Line::Plain;
    }

    /// The line is over; its end has so many bytes.
    fn end_line(&mut self, end: u64, header: &mut Vec<u8>) {
        match self.line {
            Line::Maybe(count) => self.release(count, header),
            Line::Absent => self.size -= end,
            Line::Plain => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::bytes::md5_hex;

    fn fingerprint(pieces: &[&[u8]]) -> Fingerprint {
        let mut builder = FingerprintBuilder::default();
        for piece in pieces {
            builder.feed(piece);
        }
        builder.finish()
    }

    #[test]
    fn the_header_ends_with_the_first_empty_line() {
        for (message, header) in [
            (&b""[..], &b""[..]),
            (b"\r\nbody", b""),
            (b"A: b\r\n\r\nbody\r\n\r\n", b"A: b"),
            (b"A: b\r\nC: d\r\n", b"A: b\nC: d"),
            (b"A: b\nC: d", b"A: b\nC: d"),
            (b"A: b\r\r\n\r\r\n\r\nx", b"A: b\r\n\r"),
            (b"A\n\nbare LF", b"A"),
            (b"A\rB\r", b"A\rB\r"),
        ] {
            let expected = Fingerprint { size: message.len() as u64, header: md5_hex(header) };
            assert_eq!(fingerprint(&[message]), expected, "{message:?}");
        }
        assert_eq!(md5_hex(b""), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn what_mbsync_adds_counts_as_absent() {
        let plain = fingerprint(&[b"A: b\r\nC: d\r\n\r\nX-TUID: body\r\n"]);
        for with in [
            &b"X-TUID: AbCdEfGhIjKl\r\nA: b\r\nC: d\r\n\r\nX-TUID: body\r\n"[..],
            b"A: b\r\nX-TUID: AbCdEfGhIjKl\r\nC: d\r\n\r\nX-TUID: body\r\n",
            b"A: b\r\nC: d\r\nX-TUID: AbCdEfGhIjKl\r\n\r\nX-TUID: body\r\n",
        ] {
            assert_eq!(fingerprint(&[with]), plain);
            assert_eq!(with.len() as u64 - plain.size, TUID_LINE);
        }
        assert_eq!(fingerprint(&[b"X-TUID: AbCdEfGhIjKl"]), fingerprint(&[b""]));
        for other in ["X-TUID:\r\n", "X-TUIDs: x\r\n", " X-TUID: x\r\n", "X-T\r\n"] {
            let text = format!("A: b\r\n{other}\r\nbody");
            let header = format!("A: b\n{}", other.trim_end());
            let expected = Fingerprint { size: text.len() as u64, header: md5_hex(header.as_bytes()) };
            assert_eq!(fingerprint(&[text.as_bytes()]), expected, "{text:?}");
        }
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\r\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"X-TUID: abc".to_vec()),
            Just(b"X-T".to_vec()),
            any::<u8>().prop_map(|byte| vec![byte])
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(data in text(), cuts in proptest::collection::vec(0usize..200, 0..6)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(data.len())).collect();
            cuts.extend([0, data.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &data[pair[0]..pair[1]]).collect();
            prop_assert_eq!(fingerprint(&pieces), fingerprint(&[&data]));
        }
    }
}
