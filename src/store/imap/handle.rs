//! What other threads hold of a connection: its counters, and the means to cut it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::net::{Shutdown, shutdown};

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
pub struct Cutter(OwnedFd);

impl Cutter {
    /// For the connection that goes over this socket.
    pub(super) fn new(socket: &impl AsFd) -> io::Result<Self> {
        socket.as_fd().try_clone_to_owned().map(Self)
    }

    /// Another one for the same connection.
    pub(super) fn again(&self) -> io::Result<Self> {
        Self::new(&self.0)
    }

    /// Shuts the socket down in both directions. Cutting twice is harmless.
    pub fn cut(&self) {
        // It fails only when the connection has ended by itself, which is as good.
        let _ = shutdown(&self.0, Shutdown::Both);
    }
}
