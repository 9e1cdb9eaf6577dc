//! How long an answer is waited for: until its time is over, or another thread says that nobody wants it any more.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Ends the questions of an [`Interpreter`](super::Interpreter) from another thread, the one that is being worked out and all
/// that follow: they are answered by a stop.
#[derive(Debug)]
pub struct Cutter(UnixStream);

impl Cutter {
    /// Cuts. Cutting twice is harmless.
    pub fn cut(&self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// What cutters pull at.
pub(super) struct Stop {
    ours: UnixStream,
    theirs: UnixStream,
}

impl Stop {
    pub(super) fn new() -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        Ok(Self { ours, theirs })
    }

    pub(super) fn cutter(&self) -> io::Result<Cutter> {
        self.theirs.try_clone().map(Cutter)
    }
}

/// The patience with one question.
#[derive(Clone, Copy)]
pub(super) struct Patience<'a> {
    until: Instant,
    stop: Option<&'a Stop>,
}

impl<'a> Patience<'a> {
    /// This long, from now on.
    pub(super) fn new(limit: Duration, stop: Option<&'a Stop>) -> Self {
        Self { until: Instant::now() + limit, stop }
    }

    /// Waits until the socket is ready to be read (IN) or written (OUT), or gone. Fails by `TimedOut` when the time is over, and
    /// by `ConnectionAborted` when it was cut.
    pub(super) fn wait_for(self, socket: &UnixStream, what: PollFlags) -> io::Result<()> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            let time = Timespec::try_from(left).map_err(io::Error::other)?;
            // Without a stop, the socket itself stands in its place, asked for nothing.
            let stop = self.stop.map_or(PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::empty()), |stop| {
                PollFd::from_borrowed_fd(stop.ours.as_fd(), PollFlags::IN)
            });
            let mut ends = [PollFd::new(socket, what), stop];
            match poll(&mut ends, Some(&time)) {
                Ok(_) if self.stop.is_some() && !ends[1].revents().is_empty() => {
                    return Err(ErrorKind::ConnectionAborted.into());
                }
                Ok(0) => return Err(ErrorKind::TimedOut.into()),
                Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
