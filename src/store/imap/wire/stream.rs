//! What a transport rests on.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::handle::Traffic;

/// What carries the bytes: a socket, TLS over one, or a program's input and output. It must be in non-blocking mode.
pub(in super::super) trait Stream: Read + Write + Send {
    /// The socket from which bytes come, to wait for.
    fn source(&self) -> BorrowedFd<'_>;

    /// The socket to which they go.
    fn sink(&self) -> BorrowedFd<'_> {
        self.source()
    }
}

/// A stream whose bytes are counted.
pub(super) struct Counted {
    stream: Box<dyn Stream>,
    traffic: Arc<Traffic>,
}

impl Counted {
    pub(super) fn new(stream: Box<dyn Stream>, traffic: Arc<Traffic>) -> Self {
        Self { stream, traffic }
    }
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(into)?;
        self.traffic.received.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.stream.write(bytes)?;
        self.traffic.sent.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Stream for Counted {
    fn source(&self) -> BorrowedFd<'_> {
        self.stream.source()
    }

    fn sink(&self) -> BorrowedFd<'_> {
        self.stream.sink()
    }
}

impl Stream for TcpStream {
    fn source(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}
