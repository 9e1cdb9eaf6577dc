//! The Maildir's root, which may not be mounted.

use std::fs;
use std::path::Path;

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::ledger::FolderRecord;

/// Whether the Maildir's root is there. One that is missing, or has nothing in it, although the ledger knows folders was not
/// emptied: it isn't mounted.
pub(super) fn check_root(root: &Path, known: &[FolderRecord]) -> Result<bool, Fault> {
    let there = root.is_dir();
    if known.iter().all(|folder| folder.uid_validity.is_none()) {
        return Ok(there);
    }
    let empty = there && fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none());
    let cause = match (there, empty) {
        (true, false) => return Ok(true),
        (true, true) => "there is nothing in it, though it was synchronised before",
        (false, _) => "it is missing, though it was synchronised before",
    };
    let doing = format!("opening the Maildir {}", root.display());
    Err(Fault::new(Reach::Account, FaultKind::Refused, doing, cause)
        .advise("mount it or put it back; to begin anew, delete the account's ledger as well"))
}
