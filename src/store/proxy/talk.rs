//! A conversation that has one time limit.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A blocking socket, and until when everything has to be said.
pub(super) struct Talk<'a> {
    socket: &'a TcpStream,
    until: Instant,
}

impl<'a> Talk<'a> {
    pub(super) fn new(socket: &'a TcpStream, limit: Duration) -> Self {
        Self { socket, until: Instant::now() + limit }
    }

    /// Sends all of it.
    pub(super) fn say(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            self.socket.set_write_timeout(Some(self.left()?))?;
            let written = self.socket.write(rest);
            rest = &rest[done(written)?.unwrap_or(0)..];
        }
        Ok(())
    }

    /// Reads exactly so much.
    pub(super) fn hear<const SIZE: usize>(&mut self) -> io::Result<[u8; SIZE]> {
        let mut into = [0; SIZE];
        self.fill(&mut into)?;
        Ok(into)
    }

    /// Reads so many bytes and forgets them.
    pub(super) fn skip(&mut self, count: u8) -> io::Result<()> {
        self.fill(&mut [0; 255][..usize::from(count)])
    }

    fn fill(&mut self, into: &mut [u8]) -> io::Result<()> {
        let mut have = 0;
        while have < into.len() {
            self.socket.set_read_timeout(Some(self.left()?))?;
            let read = self.socket.read(&mut into[have..]);
            have += match done(read)? {
                Some(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => count.unwrap_or(0),
            };
        }
        Ok(())
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

/// How much was read or written; `None` where it has to be tried again. A wait that is over looks like one that would block.
fn done(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(io::ErrorKind::TimedOut.into()),
        Err(error) => Err(error),
    }
}
