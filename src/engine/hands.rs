//! Many hands for one huge folder: its messages are fetched in portions, and workers that have no folder of their own left
//! take some of them.
//!
//! Every hand fetches over its own connection, delivers and records by itself, as if it had the folder alone; only the plan is
//! the one worker's whose folder it is. A portion that fails is left to the next run, like any download that fails.

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::execute;
use super::folder::{Job, Open, Policy};
use super::tally::Tally;
use super::work::Work;
use super::worker::Worker;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Holds;
use crate::model::folder::{Counts, FolderPair};
use crate::model::ids::UidValidity;
use crate::model::light::Light;
use crate::model::message::MessageId;
use crate::store::Repository;
use crate::store::ledger::{FolderRecord, Ledger, Quarantined};

/// Messages of a portion.
pub(super) const PORTION: usize = 1000;

/// The way to workers that have nothing else to do.
#[derive(Debug, Clone)]
pub(super) struct Hands {
    errands: Sender<Errand>,
    /// How many there may be at most.
    others: usize,
}

/// A folder in which there is something to fetch, for whoever has time.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    names: FolderPair,
    record: FolderRecord,
    validity: Option<UidValidity>,
    common: Holds,
    local_holds: Holds,
    aside: Vec<Quarantined>,
    tally: Tally,
    portions: Receiver<Vec<MessageId>>,
    outcomes: Sender<Outcome>,
}

impl Errand {
    /// The folder's name.
    pub(super) fn folder(&self) -> &str {
        &self.names.shown
    }
}

/// What came of a portion.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    counts: Counts,
    failures: u64,
    put_aside: u64,
    passed_over: bool,
    /// The connection was lost meanwhile.
    cut_off: bool,
    /// Something in it is unread.
    unread: bool,
}

/// A portion that somebody has taken. Whatever becomes of him, its owner hears of it.
struct Promise<'a> {
    outcomes: &'a Sender<Outcome>,
    outcome: Outcome,
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        // An owner who doesn't listen any more has failed by itself.
        let _ = self.outcomes.send(self.outcome);
    }
}

impl Hands {
    /// The way to so many other workers, and the end where they listen.
    pub(super) fn new(others: usize) -> (Self, Receiver<Errand>) {
        let (errands, offered) = unbounded();
        (Self { errands, others }, offered)
    }
}

/// Fetches messages, together with whoever has time.
pub(super) fn download(
    work: &mut Work<'_>,
    wanted: &[MessageId],
    open: &mut Open<'_>,
    hands: &Hands,
) -> Result<(), Fault> {
    let (give, portions) = unbounded();
    for portion in wanted.chunks(PORTION) {
        let _ = give.send(portion.to_vec());
    }
    drop(give);
    let (outcomes, told) = unbounded();
    let errand = Errand {
        names: work.job.names.clone(),
        record: work.record.clone(),
        validity: open.remote.uid_validity(),
        common: work.common.clone(),
        local_holds: work.local_holds.clone(),
        aside: work.aside.clone(),
        tally: work.tally.clone(),
        portions: portions.clone(),
        outcomes,
    };
    let mut left = portions.len();
    for _ in 1..left.min(hands.others + 1) {
        let _ = hands.errands.send(errand.clone());
    }
    for portion in portions.try_iter() {
        left -= 1;
        execute::fetch(work, &portion, open)?;
    }
    for outcome in told.iter().take(left) {
        work.counts.add(&outcome.counts);
        work.failures += outcome.failures;
        work.put_aside += outcome.put_aside;
        work.passed_over |= outcome.passed_over;
        work.cut_off |= outcome.cut_off;
        work.unread |= outcome.unread;
    }
    work.job.worker.checkpoint()
}

/// Fetches portions of another worker's folder until there are none left. Faults within it are reported here; one that reaches
/// further is given back.
pub(super) fn help(
    worker: &Worker,
    policy: Policy,
    errand: &Errand,
    remote: &mut dyn Repository,
    local: &mut dyn Repository,
    ledger: &mut dyn Ledger,
) -> Result<(), Fault> {
    if errand.portions.is_empty() {
        return Ok(());
    }
    let job = Job::new(worker, &errand.names, policy);
    match lend(&job, errand, remote, local, ledger) {
        Err(fault) if fault.reach <= Reach::Folder => {
            // Whoever else is there takes all of it.
            job.note(format!("one connection less: {fault}"));
            Ok(())
        }
        other => other,
    }
}

fn lend(
    job: &Job<'_>,
    errand: &Errand,
    remote: &mut dyn Repository,
    local: &mut dyn Repository,
    ledger: &mut dyn Ledger,
) -> Result<(), Fault> {
    job.worker.light(Light::Downloading);
    let mut remote = remote.open(&job.names.remote, job.policy.to_remote.write)?;
    let mut local = local.open(&job.names.local, job.policy.to_local.write)?;
    let mut open = Open { remote: &mut *remote, local: &mut *local, ledger };
    // Nothing is asked for yet, only the mailbox opened: its UIDs have to be those that the owner's plan names.
    execute::fetch(&mut work(job, errand), &[], &mut open)?;
    if open.remote.uid_validity() != errand.validity {
        let cause = "the server has given its messages new UIDs meanwhile";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, job.doing(), cause).advise("the next run looks again"));
    }
    for portion in errand.portions.try_iter() {
        let failed = Outcome {
            counts: Counts::default(),
            failures: 0,
            put_aside: 0,
            passed_over: true,
            cut_off: false,
            unread: false,
        };
        let mut promise = Promise { outcomes: &errand.outcomes, outcome: failed };
        let mut work = work(job, errand);
        let result = execute::fetch(&mut work, &portion, &mut open);
        let within = result.as_ref().err().filter(|fault| fault.reach <= Reach::Folder);
        promise.outcome = Outcome {
            counts: work.counts,
            // What reaches further is counted where it is reported.
            failures: work.failures + u64::from(within.is_some()),
            put_aside: work.put_aside,
            passed_over: work.passed_over || result.is_err(),
            unread: work.unread,
            cut_off: result.as_ref().is_err_and(|fault| fault.kind == FaultKind::Network),
        };
        if let Some(fault) = within {
            job.failed(fault);
            break;
        }
        result?;
    }
    Ok(())
}

fn work<'a>(job: &'a Job<'a>, errand: &Errand) -> Work<'a> {
    let common = (errand.common.clone(), errand.local_holds.clone());
    let aside = errand.aside.clone();
    Work { aside, ..Work::new(job, errand.record.clone(), common, errand.tally.clone()) }
}

#[cfg(test)]
mod tests;
