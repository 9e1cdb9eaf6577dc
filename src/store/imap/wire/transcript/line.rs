//! One line while it grows, in little memory however long it gets.

use std::fmt::Write as _;

use zeroize::Zeroize;

use super::super::super::token::literal_size;

/// Bytes of a line that are shown.
const SHOWN: usize = 500;
/// Bytes at its end in which a literal is announced: more than `{18446744073709551615+}` and a line end.
const END: usize = 32;

/// A line: its beginning, its end, and what was left out between them. Its memory is wiped, and never moves.
pub(super) struct Line {
    head: Vec<u8>,
    tail: Vec<u8>,
    left_out: u64,
    secret: bool,
    complete: bool,
}

impl Line {
    pub(super) fn new() -> Self {
        let (head, tail) = (Vec::with_capacity(SHOWN + END), Vec::with_capacity(2 * END));
        Self { head, tail, left_out: 0, secret: false, complete: false }
    }

    /// Takes bytes in up to the end of the line, and gives back the rest.
    pub(super) fn take<'b>(&mut self, bytes: &'b [u8], secret: bool) -> &'b [u8] {
        let end = memchr::memchr(b'\n', bytes).map(|place| place + 1);
        let (line, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        let (shown, other) = line.split_at(line.len().min(SHOWN.saturating_sub(self.head.len())));
        self.head.extend_from_slice(shown);
        let last = &other[other.len().saturating_sub(END)..];
        self.tail.extend_from_slice(last);
        self.tail.drain(..self.tail.len().saturating_sub(END));
        self.left_out += other.len() as u64;
        self.secret |= secret;
        self.complete = end.is_some();
        rest
    }

    /// Whether its end has come.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether anything in it is secret by itself.
    pub(super) fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether there is nothing in it.
    pub(super) fn is_blank(&self) -> bool {
        self.head.trim_ascii().is_empty()
    }

    /// As much of it as is shown, without blanks around it.
    pub(super) fn beginning(&self) -> &[u8] {
        self.head.trim_ascii()
    }

    /// The literal that its end announces: its size, and whether it comes unasked (RFC 7888).
    pub(super) fn literal(&self) -> Option<(u64, bool)> {
        let mut end = [0; 2 * END];
        let head = &self.head[self.head.len().saturating_sub(END)..];
        end[..head.len()].copy_from_slice(head);
        end[head.len()..head.len() + self.tail.len()].copy_from_slice(&self.tail);
        let line = end[..head.len() + self.tail.len()].strip_suffix(b"\n")?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let found = memchr::memrchr(b'{', line).and_then(|brace| literal_size(&line[brace..]));
        let found = found.map(|size| (size, line.ends_with(b"+}")));
        end.zeroize();
        found
    }

    /// Puts a literal's size where its contents would stand; the line goes on after them.
    pub(super) fn announce(&mut self, size: u64) {
        self.complete = false;
        if self.left_out == 0 {
            self.head.truncate(memchr::memrchr(b'{', &self.head).unwrap_or(self.head.len()));
            self.head.extend_from_slice(format!("{{{size} bytes}}").as_bytes());
        }
    }

    /// `shown`, as a text that says how much is missing.
    pub(super) fn text(&self, shown: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(shown).into_owned();
        if self.left_out > 0 {
            // The last letter may have been cut in half.
            text.truncate(text.trim_end_matches('\u{fffd}').len());
            // Writing to a String cannot fail.
            let _ = write!(text, "… ({} bytes more)", self.left_out);
        }
        text
    }

    /// Begins a new line, and wipes this one.
    pub(super) fn clear(&mut self) {
        self.head.zeroize();
        self.tail.zeroize();
        (self.left_out, self.secret, self.complete) = (0, false, false);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.clear();
    }
}
