//! When the list of all folders is written: when all accounts are at rest, or after each run. Two are never written at once, and
//! the program doesn't end before the last one.

use super::account::{Account, Phase};
use crate::model::fault::Exit;

/// When the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Lists {
    /// Nobody wants one.
    Never,
    /// When no account is running or about to.
    AtRest,
    /// When any run has ended.
    AfterEach,
}

/// The list, as the supervisor sees it.
#[derive(Debug)]
pub(super) struct Listing {
    lists: Lists,
    /// A run has ended that isn't in it yet.
    due: bool,
    /// It is being written.
    pub(super) busy: bool,
    /// How the last writing ended.
    pub(super) exit: Exit,
}

impl Listing {
    pub(super) fn new(lists: Lists) -> Self {
        Self { lists, due: false, busy: false, exit: Exit::Success }
    }

    /// A run has ended.
    pub(super) fn run_ended(&mut self) {
        self.due = self.lists != Lists::Never;
    }

    /// The list is written, or could not be.
    pub(super) fn written(&mut self, exit: Exit) {
        (self.busy, self.exit) = (false, exit);
    }

    /// It isn't waited for any more.
    pub(super) fn abandon(&mut self) {
        (self.busy, self.due) = (false, false);
    }

    /// Whether to begin writing it now.
    pub(super) fn begin(&mut self, accounts: &[Account]) -> bool {
        let at_rest = |account: &Account| !matches!(account.phase, Phase::Queued | Phase::Running { .. });
        let now = self.lists == Lists::AfterEach || accounts.iter().all(at_rest);
        let begins = self.due && !self.busy && now;
        if begins {
            (self.busy, self.due) = (true, false);
        }
        begins
    }
}
