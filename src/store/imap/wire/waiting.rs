//! Waiting for the transport, and what is known of its ends.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{getpeername, getsockname};

use super::Inner;
use super::Stream;
use crate::store::imap::handle::Cutter;

impl Inner {
    /// The means to cut it from another thread; `None` where the system has no more descriptors.
    pub(in super::super) fn cutter(&self) -> Option<Cutter> {
        Cutter::new(&self.stream).ok()
    }

    /// The addresses of both ends, ours first; `None` where it is no connection over a network.
    pub(in super::super) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        let socket = self.stream.source();
        let own = getsockname(socket).ok()?.try_into().ok()?;
        Some((own, getpeername(socket).ok()??.try_into().ok()?))
    }

    /// Waits until there is something to read, or the end of the stream; but no longer than `limit`. Says whether there is.
    pub(in super::super) fn is_coming(&mut self, limit: Duration) -> io::Result<bool> {
        self.flush()?;
        if self.has_leftovers() {
            return Ok(true);
        }
        let until = Instant::now() + limit;
        loop {
            match self.read_some() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => drop(other?),
            }
            if self.has_leftovers() || self.closed {
                return Ok(true);
            }
            match self.wait_for(PollFlags::IN, until.saturating_duration_since(Instant::now())) {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(false),
                other => drop(other?),
            }
        }
    }

    pub(super) fn wait(&mut self, what: PollFlags) -> io::Result<PollFlags> {
        self.wait_for(what, self.timeout)
    }

    fn wait_for(&mut self, what: PollFlags, limit: Duration) -> io::Result<PollFlags> {
        let limit = Timespec {
            tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(limit.subsec_nanos()),
        };
        let (source, sink) = (self.stream.source(), self.stream.sink());
        loop {
            let [come, go] = [PollFlags::IN, PollFlags::OUT].map(|flag| what & flag);
            let mut waiting = Vec::with_capacity(2);
            waiting.extend((!come.is_empty()).then(|| PollFd::new(&source, come)));
            waiting.extend((!go.is_empty()).then(|| PollFd::new(&sink, go)));
            match poll(&mut waiting, Some(&limit)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) => {
                    let seen = waiting.iter().fold(PollFlags::empty(), |seen, end| seen | end.revents());
                    // A hang-up or an error shows itself at the next read or write.
                    let ended = seen.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
                    return Ok(if ended { what } else { seen });
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
