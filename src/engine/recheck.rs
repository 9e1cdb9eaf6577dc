//! Folders that the server proves unchanged, and the times of their directories do not: right after a run that wrote into
//! them, for instance, or when they were put back from a backup. A look at the Maildir alone, held against the ledger, tells
//! whether anything has changed; if not, the server need not be asked.
//!
//! Only what is exactly as the ledger has it is passed over. Whatever else there may be to do goes the usual way.

use std::collections::HashMap;

use super::folder::Policy;
use super::labels;
use super::moves::tolerated;
use super::pairing::{Candidate, proves};
use super::worker::Worker;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::light::Light;
use crate::model::mark::{MaildirMark, Mark};
use crate::model::message::{Coverage, Listed, Look};
use crate::store::ledger::{FolderRecord, Ledger, Row, State};
use crate::store::{Mailbox, Repository};

/// Looks at these folders, here only. Those that are as the ledger has them get the watermark of this look, for the rest of
/// this run as one that proves it.
pub(super) fn recheck(
    worker: &Worker,
    policy: Policy,
    (local, ledger): (&mut dyn Repository, &mut dyn Ledger),
    candidates: &mut [Candidate],
    known: &mut [FolderRecord],
) -> Result<(), Fault> {
    let mut places: HashMap<String, usize> = HashMap::new();
    places.extend(known.iter().enumerate().map(|(place, record)| (record.local.clone(), place)));
    for candidate in candidates {
        let Some(record) = places.get(&candidate.names.local).and_then(|place| known.get_mut(*place)) else { continue };
        if !is_worth_a_look(candidate, record) || is_unfinished(ledger, record)? {
            continue;
        }
        worker.checkpoint()?;
        worker.light(Light::Listing);
        let Some(Some(seen)) = tolerated(confirm(policy, (&mut *local, &mut *ledger), record))? else { continue };
        let proof = without_doubt(seen);
        // Another run could not believe a look that was too close to the last change; this one need not ask again.
        if seen == proof {
            ledger.set_marks(record.id, record.remote_mark, Some(seen))?;
        }
        (record.local_mark, candidate.local_mark) = (Some(proof), Some(proof));
    }
    worker.light(Light::Account);
    Ok(())
}

/// Whether the server has nothing new in a folder that may have something new here.
fn is_worth_a_look(candidate: &Candidate, record: &FolderRecord) -> bool {
    let validity = match candidate.remote_mark {
        Some(Mark::Server(mark)) => Some(mark.uid_validity),
        _ => None,
    };
    !candidate.created
        && record.remote == candidate.names.remote
        && record.doubt.is_none()
        && validity.is_some()
        && record.uid_validity == validity
        && proves(record.remote_mark, candidate.remote_mark)
        && same_manner(record.local_mark, candidate.local_mark)
        && !proves(record.local_mark, candidate.local_mark)
}

/// Whether names mean the same as when they were last looked at; else the server may have keywords that can be held now.
fn same_manner(then: Option<Mark>, now: Option<Mark>) -> bool {
    match (then, now) {
        (Some(Mark::Maildir(then)), Some(Mark::Maildir(now))) => then.manner == now.manner,
        (None, now) => now.is_some(),
        _ => false,
    }
}

/// Whether an earlier run has left something to do: an upload that was cut off, or a message that could not be copied, and
/// may be gone by now.
fn is_unfinished(ledger: &mut dyn Ledger, record: &FolderRecord) -> Result<bool, Fault> {
    Ok(!ledger.intents(record.id)?.is_empty() || !ledger.quarantined(record.id)?.is_empty())
}

/// The watermark of a look that shows exactly what the ledger has.
fn confirm(
    policy: Policy,
    (local, ledger): (&mut dyn Repository, &mut dyn Ledger),
    record: &FolderRecord,
) -> Result<Option<Mark>, Fault> {
    let mut local = local.open(&record.local, policy.to_local.write)?;
    let look = local.look(None)?;
    let fresh = look.messages.iter().any(|message| message.id.uid().is_none());
    if fresh || look.coverage != Coverage::Whole {
        return Ok(None);
    }
    let rows = ledger.rows(record.id)?;
    let same =
        agree(&look, &rows, &*local) && labels::are_as_recorded(&mut *local, &rows, || ledger.labels(record.id))?;
    Ok(look.mark.filter(|_| same))
}

/// Whether these are the messages of the ledger, one for one, each in the file and with the flags that it knows. Those that
/// aren't looked at may be there or not, with any flags.
pub(super) fn agree(look: &Look, rows: &[Row], local: &dyn Mailbox) -> bool {
    let by_uid: HashMap<Uid, &Row> = rows.iter().map(|row| (row.local, row)).collect();
    let row = |message: &Listed| message.id.uid().and_then(|uid| by_uid.get(&uid));
    let left = |row: &Row| row.state == State::Outside;
    let holds = local.holds();
    let shown = look.messages.iter().filter(|message| !row(message).is_some_and(|row| left(row))).count();
    shown == rows.iter().filter(|row| !left(row)).count()
        && by_uid.len() == rows.len()
        && look.messages.iter().all(|message| {
            row(message).is_some_and(|row| {
                let same = row.state == State::Synced && row.flags.within(&holds) == message.flags;
                row.key == local.key(message.id) && (same || left(row))
            })
        })
}

/// The same watermark, as one that proves what it shows.
fn without_doubt(mark: Mark) -> Mark {
    match mark {
        Mark::Maildir(mark) => Mark::Maildir(MaildirMark { racy: false, ..mark }),
        Mark::Server(_) => mark,
    }
}
