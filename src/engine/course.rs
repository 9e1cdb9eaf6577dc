//! The course of one run, once the account is locked: connect, list and pair the folders, share them out.

use super::account::{Shared, Task, Total, before};
use super::asides;
use super::doubt::{self, Flushing};
use super::ignored::Ignored;
use super::mbnames;
use super::moves;
use super::pairing::{self, Candidate, Names, Sides};
use super::recheck::recheck;
use super::rehearsal::rehearse;
use super::root::check_root;
use super::runtime::Report;
use super::takeover;
use super::team::{self, Work};
use super::worker::Worker;
use crate::model::fault::Fault;
use crate::model::light::Light;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};
use crate::store::ledger::{FolderRecord, Ledger};

/// Synchronises the account once.
pub(super) fn synchronise(task: &Task, worker: &Worker, total: &mut Total) -> Result<(), Fault> {
    if task.options.pretend {
        return rehearse(task, worker, total);
    }
    let ledger_path = ledger_path(&task.settings.metadata, task.account().as_str());
    let shared = Shared::new(task, ledger_path);
    let mut ledger = SqliteLedger::open(&shared.ledger_path)?;
    let mut flushing = Flushing::begin(&mut ledger, task.settings.fsync, doubt::boot())?;
    asides::grant_all(task, &mut ledger)?;
    if task.thorough {
        ledger.look_again()?;
    }
    let mut known = ledger.folders()?;
    let mut local = shared.maildir(worker);
    if !check_root(&shared.account.local.root, &known)? {
        local.create_root()?;
    }
    if let Some(glance) = &task.glance
        && glance.sees_nothing(worker, shared.policy(), (&mut local, &mut ledger))?
    {
        return flushing.end(&mut ledger, &local, true);
    }
    let mut credentials = task.credentials.clone();
    let mut remote = shared.begin(worker, &mut credentials)?;
    // Only now: a name that was misspelt the first time has never been anybody's.
    ledger.bind(&shared.origin())?;
    if let Some(credentials) = credentials.clone() {
        let _ = task.reports.send(Report::LoggedIn { account: task.account().clone(), credentials });
    }
    worker.light(Light::Account);
    flushing.announce(&mut ledger)?;
    let mut sides = Sides { remote: &mut remote, local: &mut local, ledger: &mut ledger };
    let mut folders = list(&shared, worker, &mut sides, &mut known, total)?;
    let ignored = Ignored::ask(&shared, worker, &mut folders, total)?;
    mbnames::remember(&shared, worker, &folders, total);
    takeover::take_over(worker, &shared, &mut sides, &folders, &known)?;
    let foreseen = moves::carry_over(worker, shared.policy(), &mut sides, &folders, &known)?;
    let (queue, hands) = pairing::queue((shared.policy(), &ignored), sides.ledger, folders, &known, total)?;
    let quiet = queue.is_empty();
    if let Some(glance) = &task.glance {
        glance.seen(&mut local, &mut ledger)?;
        if quiet && total.failures == 0 {
            shared.part(worker, remote);
            return flushing.end(&mut ledger, &local, quiet);
        }
        total.announce(task, worker);
        before(task, worker, total);
    }
    pairing::tell(worker, total, &queue);
    let work = Work { queue: &queue, hands, foreseen: &foreseen, ignored: &ignored };
    team::share_out(&shared, worker, remote, credentials.as_ref(), work, total);
    flushing.end(&mut ledger, &local, quiet)?;
    if total.failures == 0 { worker.checkpoint() } else { Ok(()) }
}

/// Lists and pairs the folders, in the order that the configuration wants, and looks here at those of which only that is in
/// question.
pub(super) fn list(
    shared: &Shared<'_>,
    worker: &Worker,
    sides: &mut Sides<'_>,
    known: &mut [FolderRecord],
    total: &mut Total,
) -> Result<Vec<Candidate>, Fault> {
    let (mut there, mut here) = shared.names()?;
    let (only, called) = (shared.task.settings.only.as_ref(), &*shared.called);
    let listing = &shared.account.remote.listing;
    let names = Names { only, called, listing, remote: &mut there, local: &mut here };
    let mut folders = pairing::list(worker, shared.policy(), (sides, names), known, total)?;
    there.sort(&mut folders)?;
    recheck(worker, shared.policy(), (&mut *sides.local, &mut *sides.ledger), &mut folders, known)?;
    Ok(folders)
}
