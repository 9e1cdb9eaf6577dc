//! Folders that were on both sides and are gone from one.

use std::collections::{HashMap, HashSet};

use super::folder::{Job, Policy};
use super::pairing::{Sides, side_in_words};
use super::worker::Worker;
use crate::config::settings::Listing;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::FolderInfo;
use crate::model::ids::{Side, Uid};
use crate::model::message::{Coverage, MessageId};
use crate::model::utf7;
use crate::plan::folders::{Paired, Terms};
use crate::plan::guard;
use crate::store::ledger::{FolderRecord, Ledger, Row, State};

/// Refuses to go on when a side has lost all its folders at once: a Maildir that is not mounted shows an empty directory, and
/// a server in trouble an empty list.
pub(super) fn check(
    worker: &Worker,
    listing: &Listing,
    known: &[FolderRecord],
    there: &[FolderInfo],
    here: &[FolderInfo],
) -> Result<(), Fault> {
    let doing = || format!("listing the folders of the account {}", worker.account());
    let known: Vec<&FolderRecord> = known.iter().filter(|record| record.uid_validity.is_some()).collect();
    if known.is_empty() {
        return Ok(());
    }
    let has = |side: &[FolderInfo], name: &str| side.iter().any(|folder| folder.selectable && folder.name == name);
    // They may just have got the names that they have in another spelling.
    let spelt: HashSet<String> = here.iter().map(|folder| utf7::loose(&folder.name)).collect();
    if !known.iter().any(|record| spelt.contains(&utf7::loose(&record.local))) {
        let cause = "none of the local folders is there that were there before";
        return Err(Fault::new(Reach::Account, FaultKind::Refused, doing(), cause)
            .advise("is the Maildir's disk mounted, or the local server in trouble? To begin anew, delete the account's ledger as well"));
    }
    if !known.iter().any(|record| has(there, &record.remote)) {
        let cause = "the server has none of the folders that it had before";
        return Err(Fault::new(Reach::Account, FaultKind::Refused, doing(), cause).advise(
            if listing.reference.is_empty() {
                "if that is meant, delete the account's ledger, and the local mail is sent there anew"
            } else {
                "is reference right? If it is, and this is meant, delete the account's ledger to begin anew"
            },
        ));
    }
    Ok(())
}

/// Forgets folders that are gone from a side, and that the configuration doesn't pair now: it leaves them out, say, or lets
/// none be made there. Nobody meant the other one to go as well, or all that was in it, and when they are paired again one
/// day, that must not be concluded.
///
/// What isn't looked at isn't gone. But where folders are deleted with their counterparts, such a one is known by its names
/// alone: it may go one day, and then nothing tells any more that it was left out.
pub(super) fn forget_left_out(
    ledger: &mut dyn Ledger,
    (policy, terms): (Policy, Terms<'_>),
    pairs: &[Paired],
    known: &[FolderRecord],
    (there, here): (&[FolderInfo], &[FolderInfo]),
) -> Result<(), Fault> {
    let paired: HashSet<(&str, &str)> =
        pairs.iter().map(|pair| (pair.names.remote.as_str(), pair.names.local.as_str())).collect();
    let unsubscribed = |folders: &[FolderInfo]| -> HashSet<String> {
        folders.iter().filter(|folder| !folder.subscribed).map(|folder| folder.name.clone()).collect()
    };
    let quiet = [unsubscribed(there), unsubscribed(here)];
    let (there, here) = (names(there), names(here));
    for FolderRecord { remote, local, uid_validity, .. } in known {
        if paired.contains(&(remote, local)) {
            continue;
        }
        let missing = [!there.contains(remote.as_str()), !here.contains(local.as_str())];
        let elsewhere = [!remote.starts_with(terms.reference), !local.starts_with(terms.local_reference)];
        let is_gone = missing.iter().zip(elsewhere).any(|(missing, elsewhere)| *missing && !elsewhere);
        let unlisted = missing.contains(&true);
        if is_gone {
            ledger.forget_folder(local)?;
        } else if policy.folder_deletes
            && uid_validity.is_some()
            && (unlisted || quiet[0].contains(remote) || quiet[1].contains(local))
        {
            ledger.forget_folder(local)?;
            ledger.folder(remote, local)?;
        }
    }
    Ok(())
}

fn names(folders: &[FolderInfo]) -> HashSet<&str> {
    folders.iter().filter(|folder| folder.selectable).map(|folder| folder.name.as_str()).collect()
}

/// Deletes the folder that is left, when the one on `gone` was deleted: only if nothing is in it that was not on both sides,
/// and, like all that deletes a lot, only when that is plausible, allowed or agreed to. Gives back whether it is gone now.
pub(super) fn follow(job: &Job<'_>, sides: &mut Sides<'_>, record: &FolderRecord, gone: Side) -> Result<bool, Fault> {
    let left = gone.other();
    let permission = if left == Side::Remote { job.policy.to_remote } else { job.policy.to_local };
    if !permission.write || !permission.delete || record.uid_validity.is_none() {
        return Ok(false);
    }
    let rows = sides.ledger.rows(record.id)?;
    let Some(count) = all_known(sides, record, left, &rows)? else {
        job.warn(format!(
            "the folder is gone {}, but the one {} holds messages that were never there, so it is not deleted",
            side_in_words(gone),
            side_in_words(left)
        ));
        return Ok(false);
    };
    if job.policy.pretend {
        job.note(format!("dry run: the folder with its {count} messages would be deleted {}", side_in_words(left)));
        return Ok(true);
    }
    let most = guard::limit(count, job.policy.most_deletes);
    let all = format!("the folder with all its {count} messages would be deleted {}", side_in_words(left));
    let consequence = format!("{all}, because it is gone {}.", side_in_words(gone));
    if count > most && !job.policy.allow_deletes && !job.agreed(consequence)? {
        return Err(Fault::new(Reach::Folder, FaultKind::Refused, job.doing(), all)
            .advise("nothing was changed; if it is meant, run again with --allow-deletes"));
    }
    // Something may have come while it was asked.
    if all_known(sides, record, left, &rows)? != Some(count) {
        return Err(Fault::new(
            Reach::Folder,
            FaultKind::Refused,
            job.doing(),
            "it changed while it was to be deleted",
        )
        .advise("nothing was deleted; the next run looks again"));
    }
    match left {
        Side::Remote => sides.remote.remove(&record.remote)?,
        Side::Local => sides.local.remove(&record.local)?,
    }
    sides.ledger.forget_folder(&record.local)?;
    job.note(format!("folder deleted {}, as it is gone {}", side_in_words(left), side_in_words(gone)));
    Ok(true)
}

/// Whether the server lets us look at a folder that it didn't list: the list may have been broken off, or not understood.
pub(super) fn still_opens(sides: &mut Sides<'_>, record: &FolderRecord) -> Result<bool, Fault> {
    let looked = sides.remote.open(&record.remote, false).and_then(|mut mailbox| mailbox.look(None).map(drop));
    match looked {
        Err(fault) if fault.reach > Reach::Folder => Err(fault),
        Err(fault) => Ok(fault.kind == FaultKind::Busy),
        Ok(()) => Ok(true),
    }
}

/// How many messages the folder on this side has; `None` when one of them was not on both sides, or when that isn't certain.
fn all_known(sides: &mut Sides<'_>, record: &FolderRecord, side: Side, rows: &[Row]) -> Result<Option<u64>, Fault> {
    let known: HashMap<Uid, &Row> = rows
        .iter()
        .filter(|row| row.state == State::Synced)
        .map(|row| (if side == Side::Remote { row.remote } else { row.local }, row))
        .collect();
    let mut mailbox = match side {
        Side::Remote => sides.remote.open(&record.remote, false)?,
        Side::Local => sides.local.open(&record.local, false)?,
    };
    let look = mailbox.look(None)?;
    let same_numbers = side == Side::Local || mailbox.uid_validity() == record.uid_validity;
    let is_known = |id: MessageId| {
        let row = id.uid().and_then(|uid| known.get(&uid));
        row.is_some_and(|row| side == Side::Remote || row.key.is_none() || mailbox.key(id) == row.key)
    };
    let all = look.coverage == Coverage::Whole && look.messages.iter().all(|message| is_known(message.id));
    Ok((same_numbers && all).then_some(look.messages.len() as u64))
}
