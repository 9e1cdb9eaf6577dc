//! A dry run: the same looks and plans as in a real one, on sides that can't be written and a copy of the ledger. Nothing is
//! changed, not even a time of last access to the state.

use crossbeam_channel::Receiver;

use super::account::{Shared, Task, Total};
use super::connect::disconnect;
use super::course::{apart, list};
use super::folder::{self, Job};
use super::ignored::Ignored;
use super::labels;
use super::local::Local;
use super::lock::AccountLock;
use super::pairing::Sides;
use super::root::check_root;
use super::worker::Worker;
use super::{moves, pairing, takeover};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::FolderPair;
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::store::dry::Dry;
use crate::store::ledger::Ledger;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};

/// Says what a run would do.
pub(super) fn rehearse(task: &Task, worker: &Worker, total: &mut Total) -> Result<(), Fault> {
    let metadata = &task.settings.metadata;
    let _lock = AccountLock::take_for(task)?;
    let directory = tempfile::tempdir().map_err(|error| {
        let doing = format!("making a directory for the dry run of the account {}", task.account());
        Fault::new(Reach::Account, FaultKind::Disk, doing, error)
    })?;
    let copy = directory.path().join("ledger.sqlite");
    SqliteLedger::copy(&ledger_path(metadata, task.account().as_str()), &copy)?;
    let shared = Shared::new(task, copy);
    let mut ledger = SqliteLedger::open(&shared.ledger_path)?;
    if task.thorough {
        ledger.look_again()?;
    }
    let mut known = ledger.folders()?;
    let mut keys = task.keys.clone();
    let mut local = match shared.account.local.maildir() {
        Some(maildir) if !check_root(&maildir.root, &known)? => Dry::absent(maildir.separator),
        _ => Dry::of(shared.local(worker, &mut keys)?),
    };
    let remote = shared.connect(worker, Side::Remote, &mut keys)?;
    if let Some(local) = local.inner() {
        apart(&shared, &remote, local)?;
    }
    labels::warn_if_there_are_none(worker, shared.account, remote.has_labels());
    let mut remote = Dry::of(remote);
    ledger.bind(&shared.origin())?;
    worker.light(Light::Pretending);
    let mut sides = Sides { remote: &mut remote, local: &mut local, ledger: &mut ledger };
    let mut folders = list(&shared, worker, &mut sides, &mut known, total)?;
    let ignored = Ignored::ask(&shared, worker, &mut folders, total)?;
    takeover::take_over(worker, &shared, &mut sides, &folders, &known)?;
    let foreseen = moves::carry_over(worker, shared.policy(), &mut sides, &folders, &known)?;
    let (queue, _) = pairing::queue((shared.policy(), &ignored), sides.ledger, folders, &known, total)?;
    pairing::tell(worker, total, &queue);
    one_by_one(&shared, worker, &mut sides, (&foreseen, &ignored), &queue, total)?;
    if let Some(remote) = remote.into_inner() {
        disconnect(worker, remote);
    }
    if let Some(server) = local.into_inner().and_then(Local::into_server) {
        disconnect(worker, server);
    }
    Ok(())
}

fn one_by_one(
    shared: &Shared<'_>,
    worker: &Worker,
    sides: &mut Sides<'_>,
    (foreseen, ignored): (&moves::Foreseen, &Ignored),
    queue: &Receiver<FolderPair>,
    total: &mut Total,
) -> Result<(), Fault> {
    for names in queue.try_iter() {
        worker.checkpoint()?;
        let (foreseen, ignored) = (Some(foreseen), ignored.of(&names.shown));
        let job = Job { foreseen, ignored, ..Job::new(worker, &names, shared.policy()) };
        let done = folder::synchronise(&job, sides.remote, sides.local, sides.ledger);
        total.add(&done);
        if let Some(fault) = done.fatal {
            return Err(fault);
        }
    }
    Ok(())
}
