//! The socket beneath TLS.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use native_tls::TlsStream;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::super::wire::Stream;

/// A socket in non-blocking mode, which waits all the same while a handshake is under way: the whole handshake has one time
/// limit, however slowly the other side speaks. When the time is up, reading and writing would block.
#[derive(Debug)]
pub(in super::super) struct Patient {
    socket: TcpStream,
    /// When the time is up; `None` once it doesn't wait any more.
    until: Option<Instant>,
}

impl Patient {
    /// A socket that waits for this long in all.
    pub(super) fn new(socket: TcpStream, limit: Duration) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { socket, until: Some(Instant::now() + limit) })
    }

    /// From now on others wait.
    pub(super) fn wait_no_more(&mut self) {
        self.until = None;
    }

    /// Does something to the socket, when that is possible.
    fn when_ready<T>(&self, ready: PollFlags, mut action: impl FnMut(&TcpStream) -> io::Result<T>) -> io::Result<T> {
        loop {
            match (action(&self.socket), self.until) {
                (Err(error), Some(until)) if error.kind() == io::ErrorKind::WouldBlock => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(error);
                    }
                    self.wait(ready, left)?;
                }
                (result, _) => return result,
            }
        }
    }

    fn wait(&self, ready: PollFlags, limit: Duration) -> io::Result<()> {
        let limit = Timespec {
            tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(limit.subsec_nanos()),
        };
        match poll(&mut [PollFd::new(&self.socket, ready)], Some(&limit)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Read for Patient {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.when_ready(PollFlags::IN, |mut socket| socket.read(into))
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.when_ready(PollFlags::OUT, |mut socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.socket).flush()
    }
}

impl Stream for TlsStream<Patient> {
    fn source(&self) -> BorrowedFd<'_> {
        self.get_ref().socket.as_fd()
    }
}
