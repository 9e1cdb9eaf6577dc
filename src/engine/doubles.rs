//! Files that a server doesn't take for messages of their own: it keeps one of what is the same (Gmail does), and says that
//! what was sent or moved is a message that the folder has already.
//!
//! Such a file is removed if it is the same to the last byte as the one that the folder has; any other stays, and is put aside.

use std::collections::{HashMap, HashSet};

use super::contents;
use super::folder::{Job, Open};
use super::quarantine::{put_aside, release};
use super::work::Work;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{Side, Uid};
use crate::model::message::MessageId;
use crate::store::Mailbox;
use crate::store::ledger::Entry;

/// Whether the server has taken a file for a message that it had before, and of which the folder has another file. A number that
/// is given out anew is no smaller than UIDNEXT was.
pub(super) fn is_taken(work: &Work<'_>, local: &dyn Mailbox, file: MessageId, uid: Uid) -> bool {
    let owner = MessageId::Uid(counterpart(work, uid));
    let was_there = uid.get() < work.uid_next || work.rows.contains_key(&uid);
    was_there && owner != file && local.key(owner).is_some()
}

fn counterpart(work: &Work<'_>, uid: Uid) -> Uid {
    work.rows.get(&uid).map_or(uid, |row| row.local)
}

/// Settles the uploads of files that the server has taken for messages that are here already.
pub(super) fn settle(
    work: &mut Work<'_>,
    doubles: &[(MessageId, Uid)],
    names: &HashMap<MessageId, String>,
    open: &mut Open<'_>,
) -> Result<Vec<Entry>, Fault> {
    let pairs: Vec<(MessageId, Uid)> = doubles.iter().map(|(id, uid)| (*id, counterpart(work, *uid))).collect();
    let removed = remove(work.job, open.local, &pairs)?;
    let mut entries = Vec::new();
    for (id, uid) in doubles {
        let Some(name) = names.get(id) else { continue };
        entries.push(Entry::Settle { local_name: name.clone() });
        if removed.contains(id) {
            entries.extend(release(work, Side::Local, name));
            continue;
        }
        let cause = format!("the server takes a message for another one, which it has as {uid}, and keeps only that");
        let fault = Fault::new(Reach::Message, FaultKind::Refused, work.job.doing(), cause)
            .advise("the file stays here and is not synchronised");
        let subject = open.local.subject(*id);
        entries.extend(put_aside(work, Side::Local, name, subject, &fault));
    }
    Ok(entries)
}

/// Removes those of the files that are the same to the last byte as the messages with these UIDs; says which.
pub(super) fn remove(
    job: &Job<'_>,
    local: &mut dyn Mailbox,
    doubles: &[(MessageId, Uid)],
) -> Result<HashSet<MessageId>, Fault> {
    if doubles.is_empty() || !job.policy.to_local.delete {
        return Ok(HashSet::new());
    }
    // Nothing is a double of itself.
    let doubles: Vec<_> = doubles.iter().filter(|(id, uid)| *id != MessageId::Uid(*uid)).collect();
    let ids: HashSet<MessageId> = doubles.iter().flat_map(|(id, uid)| [*id, MessageId::Uid(*uid)]).collect();
    let (whole, _) = contents::read(local, &ids.into_iter().collect::<Vec<_>>())?;
    let digest = |id: MessageId| whole.get(&id).map(|whole| &whole.digest);
    let same =
        doubles.iter().filter(|(id, uid)| digest(*id).is_some_and(|one| Some(one) == digest(MessageId::Uid(*uid))));
    let mut same: Vec<MessageId> = same.map(|(id, _)| *id).collect();
    let failed: HashSet<MessageId> = local.delete(&same)?.into_iter().map(|(id, _)| id).collect();
    same.retain(|id| !failed.contains(id));
    if !same.is_empty() {
        job.note(format!("{} kept once, as the server does", super::moves::messages(same.len())));
    }
    Ok(same.into_iter().collect())
}
