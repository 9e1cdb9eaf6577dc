//! Why a run failed as a whole, and what may make it better.

use crate::model::fault::{Fault, FaultKind};
use crate::model::ids::Side;

/// Why a run failed as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Trouble {
    /// A few words to show beside the countdown.
    pub(in super::super) words: String,
    /// What may make it better.
    pub(in super::super) hope: Hope,
}

/// What may make trouble better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Hope {
    /// Time: the server or the network may be back soon.
    Time,
    /// Time, or fewer connections: the server is busy.
    Room,
    /// The end of another run that has the account.
    Turn,
    /// A person, who changes a password, a certificate or the configuration. To try again before that only makes it worse.
    Person,
    /// Nobody knows.
    Unknown,
}

impl Trouble {
    /// What this fault of a whole account means.
    pub(in super::super) fn of(fault: &Fault) -> Self {
        let hope = match fault.kind {
            FaultKind::Network => Hope::Time,
            FaultKind::Busy => Hope::Room,
            FaultKind::Locked => Hope::Turn,
            FaultKind::Login | FaultKind::Tls | FaultKind::Config => Hope::Person,
            _ => Hope::Unknown,
        };
        Self { words: fault.cause.clone(), hope }
    }
}

impl Hope {
    /// Whether the next attempt needn't wait for its usual time. Whoever was only to glance waits for his turn as well.
    pub(super) fn is_soon(self, glance: bool) -> bool {
        matches!(self, Self::Time | Self::Room) || (glance && self == Self::Turn)
    }

    /// Whether something that changes on this side is a reason to try at once. That the server tells of a change shows that it
    /// can be reached; what a mail reader does in the meantime shows nothing.
    pub(super) fn is_raised_by(self, side: Side) -> bool {
        match self {
            Self::Time | Self::Room => side == Side::Remote,
            Self::Turn | Self::Person => false,
            Self::Unknown => true,
        }
    }
}
