//! The imap crate's Session on a connection that our own engine has logged in.
//!
//! The crate makes a Session only by logging in. It is given a pretended log-in: what it says on that occasion goes nowhere,
//! and the answer is prepared.

use std::io::{self, Read, Write};

use super::reader::Trouble;
use super::wire::Wire;

/// The answer to the crate's first command.
const WELCOME: &[u8] = b"a1 OK welcome\r\n";

/// The Session's place at the transport. Until it has read the prepared answer, nothing reaches the server.
pub(super) struct Seat {
    wire: Wire,
    prepared: &'static [u8],
}

impl Read for Seat {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.prepared.is_empty() { self.wire.read(into) } else { self.prepared.read(into) }
    }
}

impl Write for Seat {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.prepared.is_empty() { self.wire.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.prepared.is_empty() { self.wire.flush() } else { Ok(()) }
    }
}

/// A Session for a user who is logged in.
pub(super) fn take_over(wire: Wire) -> Result<imap::Session<Seat>, Trouble> {
    let client = imap::Client::new(Seat { wire, prepared: WELCOME });
    client.login("", "").map_err(|(error, _)| Trouble::Nonsense(error.to_string()))
}
