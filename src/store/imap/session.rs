//! The imap crate's Session on a connection that our own engine has logged in.
//!
//! The crate makes a Session only by logging in. It is given a pretended log-in: what it says on that occasion goes nowhere,
//! and the answer is prepared.

use std::io::{self, Read, Write};

use super::reader::Trouble;
use super::wire::Wire;

/// The answer to the crate's first command.
const WELCOME: &[u8] = b"a1 OK welcome\r\n";

/// Bytes of all that the server says in answer to one command; the crate keeps and reads it again after each line.
const LONGEST_ANSWER: usize = 256 * 1024;
/// Parentheses within parentheses; the crate overflows the stack at some thousands, which nothing can catch.
const DEEPEST: usize = 50;

/// The Session's place at the transport. Until it has read the prepared answer, nothing reaches the server. What the crate
/// could not bear is kept from it.
pub(super) struct Seat {
    wire: Wire,
    prepared: &'static [u8],
    /// Bytes that were heard since something was said.
    heard: usize,
    /// How deep the parentheses of this line are nested so far.
    depth: usize,
}

impl Seat {
    fn bearable(&mut self, heard: &[u8]) -> io::Result<()> {
        self.heard += heard.len();
        for byte in heard {
            match byte {
                b'(' => self.depth += 1,
                b')' => self.depth = self.depth.saturating_sub(1),
                b'\n' => self.depth = 0,
                _ => {}
            }
            if self.depth > DEEPEST {
                return Err(io::Error::other("the server's answer is nested too deep"));
            }
        }
        if self.heard > LONGEST_ANSWER {
            return Err(io::Error::other("the server's answer has no end"));
        }
        Ok(())
    }
}

impl Read for Seat {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.prepared.is_empty() {
            return self.prepared.read(into);
        }
        let count = self.wire.read(into)?;
        self.bearable(&into[..count])?;
        Ok(count)
    }
}

impl Write for Seat {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard = 0;
        if self.prepared.is_empty() { self.wire.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.prepared.is_empty() { self.wire.flush() } else { Ok(()) }
    }
}

/// A Session for a user who is logged in.
pub(super) fn take_over(wire: Wire) -> Result<imap::Session<Seat>, Trouble> {
    let client = imap::Client::new(Seat { wire, prepared: WELCOME, heard: 0, depth: 0 });
    client.login("", "").map_err(|(error, _)| Trouble::Nonsense(error.to_string()))
}
