//! How far the copying of a folder's messages has come, whoever copies them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::event::Progress;

/// Counters that several workers add to. Clones are the same counters.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    total: u64,
    done: AtomicU64,
    bytes_down: AtomicU64,
    bytes_up: AtomicU64,
}

impl Tally {
    /// Nothing yet of so many messages.
    pub(super) fn of(total: u64) -> Self {
        Self(Arc::new(Counters { total, ..Counters::default() }))
    }

    /// A message is copied.
    pub(super) fn copied(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Bytes of messages have come.
    pub(super) fn received(&self, bytes: usize) {
        self.0.bytes_down.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes of messages have gone.
    pub(super) fn sent(&self, bytes: usize) {
        self.0.bytes_up.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// All of it.
    pub(super) fn progress(&self) -> Progress {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.0;
        Progress {
            done: read(&counters.done),
            total: counters.total,
            bytes_down: read(&counters.bytes_down),
            bytes_up: read(&counters.bytes_up),
        }
    }
}
