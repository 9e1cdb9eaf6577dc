//! The two forms of a message, and digests of what is in it.
//!
//! On the wire lines end in CRLF; in a Maildir they end in LF. Both converters work on pieces of any size and leave alone
//! what isn't a line end: a bare CR stays, and on the wire a CRLF that the file already had stays one. Only a CR that
//! stands directly before a line end of a file can't be told from a part of it.

use std::fmt::Write;

use md5::{Digest, Md5};
use memchr::memchr_iter;

use crate::model::ids::FileKey;

/// Turns LF into CRLF, piece by piece.
#[derive(Debug, Clone, Copy, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    /// Appends the wire form of `data` to `out`.
    pub fn feed(&mut self, data: &[u8], out: &mut Vec<u8>) {
        let mut from = 0;
        for at in memchr_iter(b'\n', data) {
            let after_cr = if at == 0 { self.after_cr } else { data[at - 1] == b'\r' };
            if !after_cr {
                out.extend_from_slice(&data[from..at]);
                out.extend_from_slice(b"\r\n");
                from = at + 1;
            }
        }
        out.extend_from_slice(&data[from..]);
        if let Some(last) = data.last() {
            self.after_cr = *last == b'\r';
        }
    }
}

/// Turns CRLF into LF, piece by piece.
#[derive(Debug, Clone, Copy, Default)]
pub struct FromWire {
    held_cr: bool,
}

impl FromWire {
    /// Appends the file form of `data` to `out`. A CR at the end is held back until it is known what follows.
    pub fn feed(&mut self, data: &[u8], out: &mut Vec<u8>) {
        let Some(first) = data.first() else { return };
        if std::mem::take(&mut self.held_cr) && *first != b'\n' {
            out.push(b'\r');
        }
        let mut from = 0;
        for at in memchr_iter(b'\r', data) {
            match data.get(at + 1) {
                Some(b'\n') => {
                    out.extend_from_slice(&data[from..at]);
                    from = at + 1;
                }
                Some(_) => {}
                None => {
                    out.extend_from_slice(&data[from..at]);
                    from = data.len();
                    self.held_cr = true;
                }
            }
        }
        out.extend_from_slice(&data[from..]);
    }

    /// Appends what was held back; the message is complete.
    pub fn finish(self, out: &mut Vec<u8>) {
        if self.held_cr {
            out.push(b'\r');
        }
    }
}

/// The MD5 of `data`, as hexadecimal digits.
pub fn md5_hex(data: &[u8]) -> String {
    hex(Md5::digest(data).as_slice())
}

/// The key of a file whose name's unchanging part is `unique`: the first eight bytes of its MD5.
pub fn file_key(unique: &[u8]) -> Option<FileKey> {
    let digest = Md5::digest(unique);
    let first = digest.as_slice().first_chunk::<8>().copied().unwrap_or_default();
    FileKey::new(u64::from_be_bytes(first))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A digest of a whole message, fed in pieces of any size.
#[derive(Debug, Clone, Default)]
pub struct WholeDigest(Md5);

impl WholeDigest {
    /// Takes the next bytes.
    pub fn feed(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    /// The MD5 of all of it, as hexadecimal digits.
    pub fn finish(self) -> String {
        hex(self.0.finalize().as_slice())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to_wire(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut wire, mut out) = (ToWire::default(), Vec::new());
        for piece in pieces {
            wire.feed(piece, &mut out);
        }
        out
    }

    fn from_wire(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut wire, mut out) = (FromWire::default(), Vec::new());
        for piece in pieces {
            wire.feed(piece, &mut out);
        }
        wire.finish(&mut out);
        out
    }

    #[test]
    fn line_ends_both_ways() {
        for (file, wire) in [
            (&b""[..], &b""[..]),
            (b"\n", b"\r\n"),
            (b"a\nb\n\n", b"a\r\nb\r\n\r\n"),
            (b"bare\rcr", b"bare\rcr"),
            (b"end\r", b"end\r"),
        ] {
            assert_eq!(to_wire(&[file]), wire);
            assert_eq!(from_wire(&[wire]), file);
        }
        assert_eq!(to_wire(&[b"kept\r\n"]), b"kept\r\n");
        assert_eq!(from_wire(&[b"bare\nlf\r\n"]), b"bare\nlf\n");
        assert_eq!(from_wire(&[b"a\r", b"\nb\r", b"c\r"]), b"a\nb\rc\r");
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'x'), any::<u8>()], 0..80)
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(data in text(), cuts in proptest::collection::vec(0usize..80, 0..6)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(data.len())).collect();
            cuts.extend([0, data.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &data[pair[0]..pair[1]]).collect();
            prop_assert_eq!(to_wire(&pieces), to_wire(&[&data]));
            prop_assert_eq!(from_wire(&pieces), from_wire(&[&data]));
        }

        #[test]
        fn a_file_comes_back_from_the_wire(mut data in text()) {
            let mut before = 0;
            data.retain(|byte| (std::mem::replace(&mut before, *byte), *byte) != (b'\r', b'\n'));
            prop_assume!(!data.windows(2).any(|pair| pair == b"\r\n"));
            prop_assert_eq!(from_wire(&[&to_wire(&[&data])]), data);
        }
    }
}
