//! One folder, once: look at both sides, plan, carry out, remember.

use std::sync::Arc;
use std::time::Duration;

use super::called;
use super::census::Census;
use super::confine;
use super::decide::{decide, explain, guard};
use super::execute::execute;
use super::hands::Hands;
use super::labels;
use super::moves::Foreseen;
use super::quarantine;
use super::survey::{Survey, report_broken_off, survey, uid_next};
use super::tally::Tally;
use super::work::Work;
use super::worker::Worker;
use crate::model::event::EventKind;
use crate::model::extent::Extent;
use crate::model::fault::{Fault, Reach};
use crate::model::folder::{Counts, FolderPair};
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::model::question::{Answer, Ask};
use crate::model::uidset::UidSet;
use crate::plan::action::Plan;
use crate::plan::messages::Permission;
use crate::store::ledger::{Ledger, Quarantined};
use crate::store::{Mailbox, Repository};

/// What the user allows.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub(super) struct Policy {
    pub(super) to_remote: Permission,
    pub(super) to_local: Permission,
    /// Folders that are missing there may be made.
    pub(super) create_remote: bool,
    pub(super) create_local: bool,
    /// A folder that is gone on one side is deleted on the other.
    pub(super) folder_deletes: bool,
    /// Believe plans that delete a lot.
    pub(super) allow_deletes: bool,
    /// How many deletions in a folder need no confirmation; `None`: half of it, and at least 10.
    pub(super) most_deletes: Option<u64>,
    /// Say nothing of folders that may only be read.
    pub(super) ignore_read_only: bool,
    /// Only say what would be done.
    pub(super) pretend: bool,
    /// Say of each message what is done with it, and why.
    pub(super) explain: bool,
    /// What is looked at.
    pub(super) extent: Extent,
    /// What time it is, for that: seconds since 1970.
    pub(super) now: i64,
    /// Look only where messages have come or gone.
    pub(super) quick: bool,
    /// The time between two looks at a server that may still be busy with what an earlier run sent.
    pub(super) pause: Duration,
}

impl Policy {
    /// Everything is allowed, once a lot of deletions is agreed to.
    #[cfg(test)]
    pub(super) const OPEN: Self = Self {
        to_remote: Permission::ALL,
        to_local: Permission::ALL,
        create_remote: true,
        create_local: true,
        folder_deletes: false,
        allow_deletes: false,
        most_deletes: None,
        ignore_read_only: false,
        pretend: false,
        explain: false,
        extent: Extent::ALL,
        now: 0,
        quick: false,
        pause: Duration::ZERO,
    };
}

/// A folder to synchronise, and the worker that does it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) worker: &'a Worker,
    pub(super) names: &'a FolderPair,
    pub(super) policy: Policy,
    /// What is left alone because of moves from or to it.
    pub(super) foreseen: Option<&'a Foreseen>,
    /// Messages on the server that are never copied.
    pub(super) ignored: Option<&'a UidSet>,
    /// The way to other workers, which may help where there is much to fetch.
    pub(super) hands: Option<&'a Hands>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// As people know it.
    pub(super) folder: Arc<str>,
    pub(super) counts: Counts,
    pub(super) failures: u64,
    pub(super) stopped: bool,
    /// A helper's connection was lost before it had fetched what it had taken.
    pub(super) cut_off: bool,
    /// Unread messages have come into INBOX.
    pub(super) rings: bool,
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

impl<'a> Job<'a> {
    pub(super) fn new(worker: &'a Worker, names: &'a FolderPair, policy: Policy) -> Self {
        Self { worker, names, policy, foreseen: None, ignored: None, hands: None }
    }

    /// Reports a fault within this folder.
    pub(super) fn failed(&self, fault: &Fault) {
        self.worker.publish(EventKind::Failed {
            account: Some(self.worker.account()),
            folder: Some(self.names.shown.clone()),
            fault: fault.clone(),
        });
    }

    /// Says something that a person should know.
    pub(super) fn warn(&self, text: String) {
        let (account, folder) = (self.worker.account(), self.names.shown.clone());
        self.worker.publish(EventKind::Warned { account: Some(account), folder: Some(folder), text });
    }

    /// Says something worth a line in the log.
    pub(super) fn note(&self, text: String) {
        let (account, folder) = (self.worker.account(), self.names.shown.clone());
        self.worker.publish(EventKind::Noted { account: Some(account), folder: Some(folder), text });
    }

    /// Asks a person whether a lot is really to be deleted. Where nobody can answer, it is not.
    pub(super) fn agreed(&self, consequence: String) -> Result<bool, Fault> {
        let (account, folder) = (self.worker.account(), self.names.shown.clone());
        self.worker.light(Light::Waiting);
        let answer = self.worker.ask(Ask::Agreement { account, folder, consequence })?;
        self.worker.light(Light::Directing);
        Ok(answer == Some(Answer::Agreed))
    }

    /// What is being done, as faults of this folder begin.
    pub(super) fn doing(&self) -> String {
        format!("synchronising the folder {} of the account {}", self.names.shown, self.worker.account())
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
    job.named();
    job.worker.publish(EventKind::FolderStarted { account: account.clone(), folder: folder.clone() });
    let mut done = Done { folder: folder.clone(), ..Done::default() };
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
    let counts = if job.policy.pretend { Counts::default() } else { done.counts };
    job.worker.publish(EventKind::FolderDone { account, folder, counts, failed });
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
    let mut remote = remote.open(&job.names.remote, job.policy.to_remote.write)?;
    let mut local = local.open(&job.names.local, job.policy.to_local.write)?;
    let mut open = Open { remote: &mut *remote, local: &mut *local, ledger };
    let Some(survey) = survey(job, &mut open)? else { return Ok(()) };
    let broken_off = report_broken_off(job, &survey);
    confine::tell(job, &survey);
    let (mut plan, withheld) = decide(job, &open, &survey);
    let aside = quarantine::hold_back(job, &survey, &mut open, &mut plan)?;
    let census = Census::of(&survey, &aside);
    let result = follow(job, &mut open, survey, Decided { plan, withheld, aside, broken_off }, done);
    if let Some(census) = census {
        census.tell(job, &done.counts);
    }
    result
}

/// What is to be done in a folder.
struct Decided {
    plan: Plan,
    /// More would have to be done if it were allowed.
    withheld: bool,
    /// Messages that could not be copied before.
    aside: Vec<Quarantined>,
    /// The server didn't list all that it has.
    broken_off: bool,
}

/// Does what was decided after a look at both sides, or only says so.
fn follow(job: &Job<'_>, open: &mut Open<'_>, survey: Survey, decided: Decided, done: &mut Done) -> Result<(), Fault> {
    let Decided { mut plan, mut withheld, aside, broken_off } = decided;
    let Survey { record, rows, there: remote_look, here: local_look, .. } = survey;
    let (next, there, here) = (uid_next(&remote_look), remote_look.mark, local_look.mark);
    let relabelled = labels::changed(open, &remote_look, &rows);
    // The plan has all that is needed of the listings, which are large in a large folder.
    drop((remote_look, local_look));
    if let Some(foreseen) = job.foreseen {
        withheld |= foreseen.spare(&job.names.local, &mut plan, open.local);
    }
    if job.policy.explain {
        explain(job, &plan, open.local);
    }
    let counts = plan.counts();
    guard(job, &counts, &rows)?;
    if !counts.is_nothing() {
        let (account, folder) = (job.worker.account(), job.names.shown.clone());
        job.worker.publish(EventKind::Planned { account, folder, counts, pretended: job.policy.pretend });
    }
    if job.policy.pretend {
        done.counts = counts;
        labels::tell(job, &labels::weigh(job, record.id, open, &relabelled)?);
        return Ok(());
    }
    let holds = (open.remote.holds().and(&open.local.holds()), open.local.holds());
    let mut work = Work {
        rows: rows.into_iter().map(|row| (row.remote, row)).collect(),
        uid_next: next,
        failures: u64::from(broken_off),
        aside,
        ..Work::new(job, record, holds, Tally::of(counts.copies()))
    };
    let result = execute(&mut work, &plan, open).and_then(|()| labels::synchronise(&mut work, open, &relabelled));
    done.counts = work.counts;
    done.failures = work.failures;
    done.cut_off = work.cut_off;
    done.rings = work.unread && job.names.remote.eq_ignore_ascii_case("INBOX");
    result?;
    called::note(work.record.id, open)?;
    // What was withheld or passed over has to be seen again one day.
    if work.failures == work.put_aside && !withheld && !work.passed_over {
        open.ledger.set_marks(work.record.id, there, here)?;
    }
    Ok(())
}

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod attack_tests;
#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod power_tests;
#[cfg(test)]
mod quarantine_tests;
#[cfg(test)]
mod server_cut_tests;
#[cfg(test)]
mod server_tests;
#[cfg(test)]
pub(super) mod tests;
