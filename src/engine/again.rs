//! What a lost connection has cut off, tried again over a new one, as often as `retrycount` says.
//!
//! The folder is looked at anew, so that what has arrived before is neither fetched nor sent a second time. A try that has brought
//! something doesn't count: over a bad line everything arrives in the end, as long as it goes on at all.

use super::account::Shared;
use super::folder::{self, Done, Job};
use super::line::Line;
use super::worker::Worker;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::ledger::Ledger;

/// How often something may still be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hope {
    at_first: u64,
    left: u64,
}

impl Hope {
    /// So many tries after the first one.
    pub(super) fn new(retries: u64) -> Self {
        Self { at_first: retries, left: retries }
    }

    /// Whether to try once more after a try that was cut off; `brought`: it has brought something all the same.
    pub(super) fn again(&mut self, brought: bool) -> bool {
        if brought {
            self.left = self.at_first;
            return self.at_first > 0;
        }
        self.left.checked_sub(1).map(|left| self.left = left).is_some()
    }
}

/// Whether a fault means that the connection is lost, though nobody wants to end.
pub(super) fn is_lost(worker: &Worker, fault: &Fault) -> bool {
    fault.kind == FaultKind::Network && worker.checkpoint().is_ok()
}

/// Connects again after this fault, and says so.
pub(super) fn reconnect(
    shared: &Shared<'_>,
    worker: &Worker,
    fault: &Fault,
    line: &mut Line,
    note: impl FnOnce(String),
) -> Result<(), Fault> {
    note(format!("{}: {}; trying again over a new connection", fault.doing, fault.cause.trim_end_matches('.')));
    line.mend(shared, worker)
}

/// Synchronises a folder, as often as it takes.
pub(super) fn synchronise(shared: &Shared<'_>, job: &Job<'_>, line: &mut Line, ledger: &mut dyn Ledger) -> Done {
    let retries = shared.account.remote.fetching.retries;
    let (mut hope, mut all) = (Hope::new(retries), Done::default());
    loop {
        let done = folder::synchronise(job, &mut line.remote, &mut line.local, ledger);
        let brought = !done.counts.is_nothing();
        let earlier = std::mem::replace(&mut all, done);
        all.counts.add(&earlier.counts);
        all.failures += earlier.failures;
        all.rings |= earlier.rings;
        let lost = all.fatal.take_if(|fault| is_lost(job.worker, fault));
        let is_over = all.fatal.is_some() || lost.is_none() && !all.cut_off;
        if is_over || !hope.again(brought) {
            all.fatal = all.fatal.or(lost);
            break;
        }
        let note = |text| job.note(text);
        let connected = lost.map_or(Ok(()), |fault| reconnect(shared, job.worker, &fault, line, note));
        if let Err(fault) = connected {
            all.fatal = Some(fault);
            break;
        }
    }
    if all.cut_off && all.fatal.is_none() && retries > 0 {
        all.failures += 1;
        job.failed(&incomplete(job));
    }
    all
}

/// What becomes of a folder whose helpers lost their connections, which they said no more of, since it could be made good.
fn incomplete(job: &Job<'_>) -> Fault {
    let cause = "connections were lost again and again, and not all messages were fetched";
    Fault::new(Reach::Folder, FaultKind::Network, job.doing(), cause)
        .advise("nothing is lost; the next run goes on from here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hope_lasts_for_so_many_tries_and_comes_back_with_each_that_brings_something() {
        for (retries, brought, wanted) in [
            (0, "-", "n"),
            (0, "+", "n"),
            (1, "--", "yn"),
            (2, "---", "yyn"),
            (2, "-+---", "yyyyn"),
            (1, "++++--", "yyyyyn"),
        ] {
            let mut hope = Hope::new(retries);
            let said: String = brought.chars().map(|c| if hope.again(c == '+') { 'y' } else { 'n' }).collect();
            assert_eq!(said, wanted, "{retries} {brought}");
        }
    }
}
