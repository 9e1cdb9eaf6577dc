//! Local folders whose names are spelt in another way, since `utf8foldernames` was switched on or off, get their new names.
//! Their messages are known by their files, whose names stay for now, and by content; nothing is transferred.

use super::folder::Job;
use super::pairing::Sides;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::utf7;
use crate::store::ledger::FolderRecord;

/// Renames the folder that is called `old` here to the name that it is paired by, and the ledger's memory with it. Cut off in
/// between, the folder begins anew, and its messages are recognised by content. So does one that the ledger knows by that name
/// already: what was renamed meanwhile, and by whom, isn't certain, and nothing is to be deleted for what it lacks.
pub(super) fn respell(
    job: &Job<'_>,
    sides: &mut Sides<'_>,
    known: &mut [FolderRecord],
    old: &str,
) -> Result<(), Fault> {
    let new = &job.names.local;
    if !job.policy.to_local.write {
        let cause =
            format!("it would have to be renamed to {new}, as it is spelt now, and the repository is read-only");
        return Err(Fault::new(Reach::Folder, FaultKind::Refused, format!("opening the local folder {old}"), cause)
            .advise("allow writing there once, or set utf8foldernames as it was"));
    }
    sides.local.rename(old, new)?;
    let loose = utf7::loose(new);
    let same = |record: &&mut FolderRecord| record.remote == job.names.remote && utf7::loose(&record.local) == loose;
    if let Some(record) = known.iter_mut().find(same) {
        if record.local == *new {
            sides.ledger.forget_folder(new)?;
            record.uid_validity = None;
        } else {
            sides.ledger.rename_folder(&record.local, new)?;
        }
        *record = FolderRecord { local: new.clone(), remote_mark: None, local_mark: None, ..record.clone() };
    }
    job.note(format!("the local folder {old} is called {new} now"));
    Ok(())
}
