//! Uploads that were cut off: recognised on the server and adopted, so that nothing is uploaded twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use super::folder::{Job, Open};
use super::survey::look;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::message::{Coverage, Fingerprint, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::store::Mailbox;
use crate::store::ledger::{Entry, FolderRecord, Intent, Row, State};

/// How long a server is left alone between two looks while it may still be carrying out what an earlier run sent.
pub(super) const PAUSE: Duration = Duration::from_millis(500);
/// How many looks in a row must show the same before it is thought to have finished.
const QUIET_LOOKS: u32 = 6;
/// How many looks there are at most: somebody else may keep changing the mailbox.
const MOST_LOOKS: u32 = 40;

/// Waits until the server has finished what it had received from a run that was cut off.
///
/// Uploads are sent one after another without waiting for answers. When the client dies, the server still carries out what
/// has reached it, and a next run that looks too early would not find it and upload it again. The last look is given back.
pub(super) fn let_settle(
    job: &Job<'_>,
    record: &FolderRecord,
    open: &mut Open<'_>,
    there: Look,
    known: &UidSet,
) -> Result<Look, Fault> {
    if job.policy.pretend || open.ledger.intents(record.id)?.is_empty() {
        return Ok(there);
    }
    let text = "an earlier run was cut off while uploading; waiting until the server has finished with it".to_owned();
    job.note(text);
    until_quiet(job, there, || look(open.remote, record.remote_mark.as_ref(), known))
}

/// Looks again and again until a mailbox has been quiet for a while; gives the last look.
pub(super) fn until_quiet(
    job: &Job<'_>,
    mut last: Look,
    mut look: impl FnMut() -> Result<Look, Fault>,
) -> Result<Look, Fault> {
    let mut same = 0;
    for _ in 0..MOST_LOOKS {
        if same == QUIET_LOOKS {
            break;
        }
        job.worker.rest(job.policy.pause)?;
        let again = look()?;
        same = if again.mark.is_some() && again.mark == last.mark { same + 1 } else { 0 };
        last = again;
    }
    Ok(last)
}

/// Settles what an earlier run announced and did not bring to its end. A message that did arrive gets its UID here, in
/// `here` too; one that did not stays fresh, and the plan uploads it. One that did arrive and was deleted or moved away
/// here since is recorded as one that both sides had, so that the plan deletes it there instead of fetching it back. Gives
/// back whether there was anything to settle.
pub(super) fn recover(
    job: &Job<'_>,
    record: &FolderRecord,
    open: &mut Open<'_>,
    there: &Look,
    here: &mut Look,
) -> Result<bool, Fault> {
    let intents = open.ledger.intents(record.id)?;
    if intents.is_empty() {
        return Ok(false);
    }
    let known: BTreeSet<Uid> = open.ledger.rows(record.id)?.iter().map(|row| row.remote).collect();
    let there_uids = uids(there);
    let mut candidates: BTreeSet<Uid> = there_uids.difference(&uids(here)).copied().collect();
    candidates.retain(|uid| !known.contains(uid));
    let mut candidates = recognised(&intents, &candidates, open.remote)?;
    for intent in &intents {
        job.worker.checkpoint()?;
        let mut entries = vec![Entry::Settle { local_name: intent.local_name.clone() }];
        let file = open.local.find_local_name(&intent.local_name)?;
        let numbered = file.filter(|id| is_numbered(*id, &there_uids, &known));
        let uid = numbered.map_or_else(|| arrived(intent, &mut candidates), MessageId::uid);
        if uid.is_none() && there.coverage == Coverage::Partial {
            // It may be among those that aren't shown: it waits, and is not sent again.
            here.messages.retain(|message| Some(message.id) != file);
            continue;
        }
        if let Some(uid) = uid.filter(|uid| !known.contains(uid)) {
            if let (Some(id), None) = (file, numbered) {
                adopt(id, uid, open.local, here)?;
            }
            // With the flags that it was sent with, so that what was changed since can be told.
            let (flags, key) = (intent.flags.clone(), open.local.key(MessageId::Uid(uid)));
            entries.push(Entry::Put(Row { remote: uid, local: uid, flags, state: State::Synced, key }));
        }
        open.ledger.record(record.id, &entries)?;
    }
    Ok(true)
}

fn uids(look: &Look) -> BTreeSet<Uid> {
    let uids = look.messages.iter().filter_map(|message| match message.id {
        MessageId::Uid(uid) => Some(uid),
        MessageId::Fresh(_) => None,
    });
    uids.collect()
}

/// Whether a file got its UID before the run was cut off, so that only the record is missing.
fn is_numbered(id: MessageId, there: &BTreeSet<Uid>, known: &BTreeSet<Uid>) -> bool {
    matches!(id, MessageId::Uid(uid) if there.contains(&uid) || known.contains(&uid))
}

/// Those of the candidates that an upload may have become, with what they look like.
fn recognised(
    intents: &[Intent],
    candidates: &BTreeSet<Uid>,
    remote: &mut dyn Mailbox,
) -> Result<BTreeMap<Uid, Fingerprint>, Fault> {
    let first = intents.iter().map(|intent| intent.uid_next).min().unwrap_or(0);
    let sizes: HashSet<u64> = intents.iter().map(|intent| intent.fingerprint.size).collect();
    let possible: Vec<MessageId> =
        candidates.iter().filter(|uid| uid.get() >= first).map(|uid| MessageId::Uid(*uid)).collect();
    let prints = remote.fingerprints(&possible, Some(&sizes))?;
    let by_uid = |(id, print)| match id {
        MessageId::Uid(uid) => Some((uid, print)),
        MessageId::Fresh(_) => None,
    };
    Ok(prints.into_iter().filter_map(by_uid).collect())
}

/// The message that the upload became. It is taken from the candidates, so that twins are matched one to one.
fn arrived(intent: &Intent, candidates: &mut BTreeMap<Uid, Fingerprint>) -> Option<Uid> {
    let fits = |(uid, print): &(&Uid, &Fingerprint)| uid.get() >= intent.uid_next && **print == intent.fingerprint;
    let uid = candidates.iter().find(fits).map(|(uid, _)| *uid)?;
    candidates.remove(&uid);
    Some(uid)
}

fn adopt(id: MessageId, uid: Uid, local: &mut dyn Mailbox, here: &mut Look) -> Result<(), Fault> {
    if let Some((_, fault)) = local.number(&[(id, uid)])?.into_iter().next() {
        return Err(fault);
    }
    for message in here.messages.iter_mut().filter(|message| message.id == id) {
        message.id = MessageId::Uid(uid);
    }
    Ok(())
}
