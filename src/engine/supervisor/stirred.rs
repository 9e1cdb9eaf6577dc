//! What those who watch have seen change.

use std::time::Duration;

use crate::model::ids::Side;

/// The sides on which something has changed, and nobody has looked since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stirred {
    here: bool,
    there: bool,
}

impl Stirred {
    /// Something has changed on this side.
    pub(super) fn add(&mut self, side: Side) {
        match side {
            Side::Local => self.here = true,
            Side::Remote => self.there = true,
        }
    }

    /// Something has changed, and nobody knows where.
    pub(super) fn unknown(&mut self) {
        (self.here, self.there) = (true, true);
    }

    /// Whether there is anything to look at.
    pub(super) fn any(self) -> bool {
        self.here || self.there
    }

    /// Whether it is enough to look here, as long as nothing is found.
    pub(super) fn only_here(self) -> bool {
        self.here && !self.there
    }
}

/// A run that only looks at what has changed, in the middle of a countdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glance {
    /// When the countdown ends, which goes on meanwhile.
    pub(super) until: Duration,
}
