//! What other threads hold of a connection: its counters, and the means to cut it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::net::{Shutdown, shutdown};

use super::wire::Stream;

/// What went over the wire so far. Shared with whoever wants to watch.
#[derive(Debug, Default)]
pub struct Traffic {
    pub(super) received: AtomicU64,
    pub(super) sent: AtomicU64,
    pub(super) turns: AtomicU64,
}

impl Traffic {
    /// Bytes received, after decryption and before they are expanded.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes sent, compressed where that was agreed upon, and before encryption.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// How often the client spoke after having heard something: the round trips it waited for.
    pub fn turns(&self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }
}

/// Ends a connection from another thread: whoever reads or writes sees it closed at once.
#[derive(Debug)]
pub struct Cutter(Vec<OwnedFd>);

impl Cutter {
    /// For the connection that this stream is.
    pub(super) fn new(stream: &impl Stream) -> io::Result<Self> {
        Ok(Self(vec![stream.source().try_clone_to_owned()?, stream.sink().try_clone_to_owned()?]))
    }

    /// Shuts its sockets down in both directions. Cutting twice is harmless.
    pub fn cut(&self) {
        for socket in &self.0 {
            // It fails only when the connection has ended by itself, which is as good.
            let _ = shutdown(socket, Shutdown::Both);
        }
    }
}
