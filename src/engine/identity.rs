//! Whether the UIDs in the names of local files are this mailbox's.

use std::collections::HashSet;

use super::folder::{Job, Open};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::message::{Fingerprint, Look, MessageId};

/// How many messages are compared.
const SAMPLE: usize = 20;

/// Compares some of the messages that both sides name by the same UID. For folders of which the ledger knows nothing (it was
/// lost, or another program made them): without a UIDVALIDITY nothing says that the numbers in the file names are those that
/// the server gives now, and a wrong pair would hide one message behind another. One that differs may have been changed on
/// its way by another program; when more than half of them do, the folder is left alone.
pub(super) fn check(job: &Job<'_>, open: &mut Open<'_>, there: &Look, here: &Look) -> Result<(), Fault> {
    let numbered: HashSet<Uid> = uids(there).collect();
    let shared: Vec<Uid> = uids(here).filter(|uid| numbered.contains(uid)).collect();
    let step = shared.len().div_ceil(SAMPLE).max(1);
    let (mut compared, mut different) = (0, 0);
    for uid in shared.into_iter().step_by(step) {
        job.worker.checkpoint()?;
        let id = MessageId::Uid(uid);
        let (there, here) = (readable(open.remote.fingerprint(id))?, readable(open.local.fingerprint(id))?);
        if let (Some(a), Some(b)) = (there, here) {
            compared += 1;
            different += usize::from(a != b);
        }
    }
    if different * 2 <= compared {
        return Ok(());
    }
    let doing = format!("synchronising the folder {} of the account {}", job.names.shown, job.worker.account());
    let cause = "the local files carry numbers (U= in their names) that mean other messages on the server";
    Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, cause)
        .advise("nothing was changed; move the local folder aside, and the next run fetches it anew"))
}

/// A message that can't be read says nothing about the others.
fn readable(fingerprint: Result<Option<Fingerprint>, Fault>) -> Result<Option<Fingerprint>, Fault> {
    match fingerprint {
        Err(fault) if fault.reach == Reach::Message => Ok(None),
        other => other,
    }
}

fn uids(look: &Look) -> impl Iterator<Item = Uid> + '_ {
    look.messages.iter().filter_map(|message| match message.id {
        MessageId::Uid(uid) => Some(uid),
        MessageId::Fresh(_) => None,
    })
}
