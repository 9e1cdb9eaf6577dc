//! One folder, once: look at both sides, plan, carry out, remember.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::decide::{decide, guard};
use super::execute::execute;
use super::identity;
use super::intents;
use super::worker::Worker;
use crate::model::event::{EventKind, Progress};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::{Flags, Holds};
use crate::model::folder::{Counts, FolderPair};
use crate::model::ids::{Side, Uid, UidValidity};
use crate::model::light::Light;
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::store::ledger::{Entry, FolderRecord, Ledger, Row, State};
use crate::store::{Known, Mailbox, Repository};

/// The time between two tellings of a folder's progress.
const TELLING: Duration = Duration::from_millis(50);

/// What the user allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    pub(super) remote_read_only: bool,
    pub(super) local_read_only: bool,
    /// Believe plans that delete a lot.
    pub(super) allow_deletes: bool,
    /// The time between two looks at a server that may still be busy with what an earlier run sent.
    pub(super) pause: Duration,
}

/// A folder to synchronise, and the worker that does it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) worker: &'a Worker,
    pub(super) names: &'a FolderPair,
    pub(super) policy: Policy,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) counts: Counts,
    pub(super) failures: u64,
    pub(super) stopped: bool,
    /// What reaches beyond this folder, so that the worker can't go on.
    pub(super) fatal: Option<Fault>,
}

/// Both sides of a folder, open, and what is remembered of it.
pub(super) struct Open<'a> {
    pub(super) remote: &'a mut dyn Mailbox,
    pub(super) local: &'a mut dyn Mailbox,
    pub(super) ledger: &'a mut dyn Ledger,
}

impl<'a> Open<'a> {
    /// The mailbox on one side.
    pub(super) fn side(&mut self, side: Side) -> &mut (dyn Mailbox + 'a) {
        match side {
            Side::Remote => self.remote,
            Side::Local => self.local,
        }
    }
}

/// The work on one folder, as far as it has come.
pub(super) struct Work<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) record: FolderRecord,
    /// What the ledger had when the work began.
    pub(super) rows: BTreeMap<Uid, Row>,
    /// Whatever is uploaded from now on gets this UID or a higher one.
    pub(super) uid_next: u32,
    /// The flags that both sides can hold.
    pub(super) common: Holds,
    pub(super) local_holds: Holds,
    pub(super) progress: Progress,
    pub(super) counts: Counts,
    pub(super) failures: u64,
    /// When the progress was last told.
    pub(super) told: Option<Instant>,
}

impl Work<'_> {
    /// The entry that says: both sides have it so.
    pub(super) fn put(&self, remote: Uid, flags: Flags, state: State) -> Entry {
        let local = self.rows.get(&remote).map_or(remote, |row| row.local);
        Entry::Put(Row { remote, local, flags, state })
    }

    /// Reports what went wrong with a message. The rest goes on.
    pub(super) fn failed(&mut self, fault: &Fault) {
        self.failures += 1;
        self.job.failed(fault);
    }

    /// Tells how far the copying has come, unless that was told only just now: nobody can look that fast, and every
    /// telling wakes somebody.
    pub(super) fn publish_progress(&mut self) {
        let complete = self.progress.done == self.progress.total;
        if self.told.is_some_and(|told| told.elapsed() < TELLING) && !complete {
            return;
        }
        self.told = Some(Instant::now());
        let (account, folder) = (self.job.worker.account(), self.job.names.shown.clone());
        self.job.worker.publish(EventKind::Progress { account, folder, progress: self.progress });
    }
}

impl Job<'_> {
    fn failed(&self, fault: &Fault) {
        self.worker.publish(EventKind::Failed {
            account: Some(self.worker.account()),
            folder: Some(self.names.shown.clone()),
            fault: fault.clone(),
        });
    }

    fn listing(&self, side: Side) {
        self.worker.light(Light::Listing);
        let (account, folder) = (self.worker.account(), self.names.shown.clone());
        self.worker.publish(EventKind::Listing { account, folder, side, messages: None });
    }
}

/// Makes both sides of a folder the same. Faults within it are reported here; one that reaches further is given back.
pub(super) fn synchronise(
    job: &Job<'_>,
    remote: &mut dyn Repository,
    local: &mut dyn Repository,
    ledger: &mut dyn Ledger,
) -> Done {
    let (account, folder) = (job.worker.account(), job.names.shown.clone());
    job.worker.light(Light::Folder);
    job.worker.publish(EventKind::FolderStarted { account: account.clone(), folder: folder.clone() });
    let mut done = Done::default();
    match attempt(job, remote, local, ledger, &mut done) {
        Ok(()) => {}
        Err(fault) if fault.is_stop() => {
            done.stopped = true;
            done.fatal = Some(fault);
        }
        Err(fault) if fault.reach <= Reach::Folder => {
            done.failures += 1;
            job.failed(&fault);
        }
        Err(fault) => done.fatal = Some(fault),
    }
    let failed = done.failures > 0 || done.fatal.is_some();
    job.worker.publish(EventKind::FolderDone { account, folder, counts: done.counts, failed });
    job.worker.light(Light::Folder);
    done
}

fn attempt(
    job: &Job<'_>,
    remote: &mut dyn Repository,
    local: &mut dyn Repository,
    ledger: &mut dyn Ledger,
    done: &mut Done,
) -> Result<(), Fault> {
    let record = ledger.folder(&job.names.remote, &job.names.local)?;
    let mut rows = ledger.rows(record.id)?;
    let mut remote = remote.open(&job.names.remote, !job.policy.remote_read_only)?;
    let mut local = local.open(&job.names.local, !job.policy.local_read_only)?;
    job.listing(Side::Remote);
    let mut there = look(&mut *remote, record.remote_mark.as_ref(), &rows)?;
    let validity = check_validity(job, &*remote, &record)?;
    there =
        intents::let_settle(job, &record, ledger, there, || look(&mut *remote, record.remote_mark.as_ref(), &rows))?;
    job.worker.checkpoint()?;
    job.listing(Side::Local);
    let mut here = look(&mut *local, record.local_mark.as_ref(), &rows)?;
    job.worker.light(Light::Directing);
    let mut open = Open { remote: &mut *remote, local: &mut *local, ledger };
    if record.uid_validity.is_none() {
        identity::check(job, &mut open, &there, &here)?;
        open.ledger.set_uid_validity(record.id, validity)?;
    }
    if intents::recover(job, &record, &mut open, &there, &mut here)? {
        rows = open.ledger.rows(record.id)?;
    }
    let (plan, withheld) = decide(job, &*open.remote, &*open.local, &there, &here, &rows);
    let counts = plan.counts();
    guard(job, &counts, &rows)?;
    if !counts.is_nothing() {
        let (account, folder) = (job.worker.account(), job.names.shown.clone());
        job.worker.publish(EventKind::Planned { account, folder, counts, pretended: false });
    }
    let (common, local_holds) = (open.remote.holds().and(&open.local.holds()), open.local.holds());
    let progress = Progress { total: counts.copies(), ..Progress::default() };
    let uid_next = uid_next(&there);
    let rows = rows.into_iter().map(|row| (row.remote, row)).collect();
    let (counts, failures) = (Counts::default(), 0);
    let mut work = Work { job, record, rows, uid_next, common, local_holds, progress, counts, failures, told: None };
    let result = execute(&mut work, &plan, &mut open);
    done.counts = work.counts;
    done.failures = work.failures;
    result?;
    // What was withheld has to be seen again when it is allowed one day.
    if work.failures == 0 && !withheld {
        open.ledger.set_marks(work.record.id, there.mark, here.mark)?;
    }
    Ok(())
}

/// The UID that the next message gets at least: the server's word, or one more than the highest there is.
fn uid_next(look: &Look) -> u32 {
    let said = match look.mark {
        Some(Mark::Server(mark)) => mark.uid_next,
        _ => 0,
    };
    if said > 0 || look.coverage != Coverage::Whole {
        return said.max(1);
    }
    let uids = look.messages.iter().filter_map(|message| match message.id {
        MessageId::Uid(uid) => Some(uid.get()),
        MessageId::Fresh(_) => None,
    });
    uids.max().map_or(1, |highest| highest.saturating_add(1))
}

/// Looks at a mailbox, at what changed since the last watermark if there is one.
fn look(mailbox: &mut dyn Mailbox, mark: Option<&Mark>, rows: &[Row]) -> Result<Look, Fault> {
    let uids: UidSet = rows.iter().map(|row| row.remote).collect();
    mailbox.look(mark.map(|mark| Known { mark, uids: &uids }))
}

/// UIDs mean nothing under another UIDVALIDITY (RFC 3501, section 2.3.1.1). Gives the one that holds now.
fn check_validity(job: &Job<'_>, remote: &dyn Mailbox, record: &FolderRecord) -> Result<UidValidity, Fault> {
    let doing = format!("synchronising the folder {} of the account {}", job.names.shown, job.worker.account());
    match (record.uid_validity, remote.uid_validity()) {
        (_, None) => Err(Fault::new(Reach::Folder, FaultKind::Server, doing, "the server gives it no UIDVALIDITY")),
        (None, Some(now)) => Ok(now),
        (Some(then), Some(now)) if then == now => Ok(now),
        (Some(_), Some(_)) => {
            let cause = "the server has numbered its messages anew (UIDVALIDITY changed)";
            Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, cause)
                .advise("nothing was changed; move the local folder aside, and the next run fetches it anew"))
        }
    }
}

#[cfg(test)]
mod tests;
