//! The course of one run, once the account is locked: connect, list and pair the folders, share them out.

use super::account::{Shared, Task, Total, before};
use super::asides;
use super::doubt::{self, Flushing};
use super::ignored::Ignored;
use super::labels;
use super::line::{Keys, Line};
use super::local::Local;
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
use crate::config::settings::ImapSettings;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::store::imap::ImapRepository;
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
    let mut flushing = Flushing::begin(&mut ledger, is_flushed(&shared), doubt::boot())?;
    asides::grant_all(task, &mut ledger)?;
    if task.thorough {
        ledger.look_again()?;
    }
    let mut known = ledger.folders()?;
    let mut keys = task.keys.clone();
    let mut local = open_local(&shared, worker, &known, &mut keys)?;
    if let Some(glance) = &task.glance
        && glance.sees_nothing(worker, shared.policy(), (&mut local, &mut ledger))?
    {
        leave(&shared, worker, local);
        return flushing.end(&mut ledger, || flush(&shared, worker), true);
    }
    let mut remote = shared.begin(worker, &mut keys)?;
    apart(&shared, &remote, &local)?;
    labels::warn_if_there_are_none(worker, shared.account, remote.has_labels());
    // Only now: a name that was misspelt the first time has never been anybody's.
    ledger.bind(&shared.origin())?;
    for side in [Side::Remote, Side::Local] {
        if let Some(credentials) = keys.get(side).clone() {
            let _ = task.reports.send(Report::LoggedIn { account: task.account().clone(), side, credentials });
        }
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
            Line { remote, local, keys }.part(&shared, worker);
            return flushing.end(&mut ledger, || flush(&shared, worker), quiet);
        }
        total.announce(task, worker);
        before(task, worker, total);
    }
    pairing::tell(worker, total, &queue);
    let work = Work { queue: &queue, hands, foreseen: &foreseen, ignored: &ignored };
    team::share_out(&shared, worker, Line { remote, local, keys }, work, total);
    flushing.end(&mut ledger, || flush(&shared, worker), quiet)?;
    if total.failures == 0 { worker.checkpoint() } else { Ok(()) }
}

/// Whether what is written on the local side is there to stay as soon as that is reported; a server sees to that itself.
fn is_flushed(shared: &Shared<'_>) -> bool {
    shared.task.settings.fsync || shared.account.local.maildir().is_none()
}

fn flush(shared: &Shared<'_>, worker: &Worker) -> Result<(), Fault> {
    shared.account.local.maildir().map_or(Ok(()), |settings| shared.maildir(worker, settings).flush())
}

/// The local side, ready to be written: a Maildir that was never there is made.
fn open_local(shared: &Shared<'_>, worker: &Worker, known: &[FolderRecord], keys: &mut Keys) -> Result<Local, Fault> {
    let Some(settings) = shared.account.local.maildir() else { return shared.begin_local(worker, keys) };
    let maildir = shared.maildir(worker, settings);
    if !check_root(&settings.root, known)? {
        maildir.create_root()?;
    }
    Ok(Local::Maildir(Box::new(maildir)))
}

fn leave(shared: &Shared<'_>, worker: &Worker, local: Local) {
    if let Some(server) = local.into_server() {
        shared.part(worker, Side::Local, server);
    }
}

/// Refuses to go on where both sides are the same user's mailboxes on the same server, under two names: mail would be copied
/// in a circle.
pub(super) fn apart(shared: &Shared<'_>, remote: &ImapRepository, local: &Local) -> Result<(), Fault> {
    let (Some(local), Some(settings)) = (local.server(), shared.account.local.imap()) else { return Ok(()) };
    let ends = remote.ends().zip(local.ends()).map(|((_, there), (_, here))| (there, here));
    let same_place = ends.is_some_and(|(there, here)| {
        there.ip() == here.ip() && (there.port() == here.port() || !there.ip().is_loopback())
    });
    let there = &shared.account.remote;
    if !same_place || whose(there) != whose(settings) {
        return Ok(());
    }
    let doing = format!("connecting both sides of the account {}", shared.account.name);
    let cause = format!(
        "{} and {} are the same server, and {} has the same mail there",
        there.called(),
        settings.called(),
        whose(there)
    );
    Err(Fault::new(Reach::Account, FaultKind::Refused, doing, cause)
        .advise("nothing was changed; give another server or user in one of the two repositories"))
}

fn whose(server: &ImapSettings) -> &str {
    server.identity.as_ref().unwrap_or(&server.user)
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
    let local_reference = shared.account.local.reference();
    let names = Names { only, called, listing, local_reference, remote: &mut there, local: &mut here };
    let mut folders = pairing::list(worker, shared.policy(), (sides, names), known, total)?;
    there.sort(&mut folders)?;
    recheck(worker, shared.policy(), (&mut *sides.local, &mut *sides.ledger), &mut folders, known)?;
    Ok(folders)
}
