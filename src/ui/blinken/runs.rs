//! What the runs have brought: each of the last ones, and all since the start.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use crate::model::event::{Event, EventKind};
use crate::model::folder::Counts;
use crate::model::ids::AccountName;

/// So many runs are kept.
const KEPT: usize = 200;

/// A run of one account that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Whose.
    pub account: AccountName,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What it did.
    pub counts: Counts,
    /// How many folders there were.
    pub folders: u64,
    /// How many faults.
    pub failures: u64,
    /// Whether it was ended before its time.
    pub stopped: bool,
    /// Bytes of messages received and sent.
    pub bytes: (u64, u64),
}

/// The last runs, the newest last, and sums.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Runs {
    kept: VecDeque<Run>,
    /// How many there were in all.
    pub count: u64,
    /// What all of them did.
    pub counts: Counts,
    /// Bytes of messages received and sent since the start.
    pub bytes: (u64, u64),
    /// The same for the runs under way.
    under_way: Vec<(AccountName, (u64, u64))>,
}

impl Runs {
    /// The runs that are kept, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Run> {
        self.kept.iter().rev()
    }

    /// Bytes of messages received and sent by the run of this account that is under way.
    pub fn bytes_of(&self, account: &AccountName) -> (u64, u64) {
        self.under_way.iter().find(|run| run.0 == *account).map_or((0, 0), |run| run.1)
    }

    /// Adds bytes that were received and sent for an account.
    pub fn add(&mut self, account: &AccountName, (down, up): (u64, u64)) {
        let sum = |(before, after): (u64, u64)| (before.saturating_add(down), after.saturating_add(up));
        self.bytes = sum(self.bytes);
        match self.under_way.iter_mut().find(|run| run.0 == *account) {
            Some(run) => run.1 = sum(run.1),
            None => self.under_way.push((account.clone(), (down, up))),
        }
    }

    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::SyncStarted { account } => self.under_way.retain(|run| run.0 != *account),
            EventKind::SyncDone { account, counts, folders, failures, took_ms, stopped, pretended: false } => {
                self.count += 1;
                self.counts.add(counts);
                let run = Run {
                    account: account.clone(),
                    at: event.at,
                    took_ms: *took_ms,
                    counts: *counts,
                    folders: *folders,
                    failures: *failures,
                    stopped: *stopped,
                    bytes: self.bytes_of(account),
                };
                if self.kept.len() == KEPT {
                    self.kept.pop_front();
                }
                self.kept.push_back(run);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::LampId;

    fn told(runs: &mut Runs, kind: EventKind) {
        runs.apply(&Event { at: DateTime::UNIX_EPOCH, lamp: LampId(1), kind });
    }

    fn ended(downloads: u64) -> EventKind {
        EventKind::SyncDone {
            account: AccountName::new("home"),
            counts: Counts { downloads, ..Counts::default() },
            folders: 3,
            failures: 0,
            took_ms: 1200,
            stopped: false,
            pretended: false,
        }
    }

    #[test]
    fn each_run_has_its_own_bytes_and_all_are_summed_up() {
        let (mut runs, home) = (Runs::default(), AccountName::new("home"));
        for bytes in [(100, 5), (7, 0)] {
            told(&mut runs, EventKind::SyncStarted { account: home.clone() });
            runs.add(&home, bytes);
            told(&mut runs, ended(2));
        }
        let bytes: Vec<(u64, u64)> = runs.newest().map(|run| run.bytes).collect();
        assert_eq!(bytes, [(7, 0), (100, 5)]);
        assert_eq!((runs.bytes, runs.count, runs.counts.downloads), ((107, 5), 2, 4));
        for _ in 0..KEPT + 5 {
            told(&mut runs, ended(0));
        }
        assert_eq!(runs.newest().count(), KEPT);
    }
}
