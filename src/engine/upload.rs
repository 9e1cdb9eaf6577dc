//! Uploading: announced in the ledger, sent, numbered, recorded.

use std::collections::{HashMap, HashSet};

use super::copy::Upload;
use super::doubles;
use super::execute::failed_ids;
use super::folder::Open;
use super::intents;
use super::quarantine::{put_aside, release};
use super::survey::look_again;
use super::work::Work;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Flags;
use crate::model::ids::{Side, Uid};
use crate::model::light::Light;
use crate::model::message::{Coverage, Fingerprint, MessageId};
use crate::plan::action::{Action, Plan};
use crate::store::ledger::{Entry, Intent, Row, State};
use crate::store::{Delivered, Delivery, Stored};

/// Messages that are announced, uploaded and recorded together.
const UPLOADS: usize = 250;

/// Messages with their UIDs on the server.
type Numbered = Vec<(MessageId, Uid)>;

/// Uploads everything that the plan says.
pub(super) fn upload(work: &mut Work<'_>, plan: &Plan, open: &mut Open<'_>) -> Result<(), Fault> {
    let wanted: Vec<(MessageId, Flags)> = plan
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Upload { id, flags } => Some((*id, flags.clone())),
            _ => None,
        })
        .collect();
    let mut unknown = Vec::new();
    for group in wanted.chunks(UPLOADS) {
        work.job.worker.light(Light::Uploading);
        unknown.append(&mut upload_group(work, group, open)?);
        work.publish_progress();
    }
    if unknown.is_empty() { Ok(()) } else { find_uploads(work, open, &unknown) }
}

/// Uploads a group. Gives back the names of those that arrived without the server saying as what.
fn upload_group(work: &mut Work<'_>, group: &[(MessageId, Flags)], open: &mut Open<'_>) -> Result<Vec<String>, Fault> {
    let names = announce(work, group, open)?;
    let wanted: Vec<MessageId> = group.iter().map(|(id, _)| *id).filter(|id| names.contains_key(id)).collect();
    let mut upload = Upload::new(work, open.remote.deliver()?, group);
    let sent = open.local.fetch(&wanted, &mut upload);
    let (refused, stopped) = match sent {
        Ok(refused) => (refused, None),
        // Between two messages: what was sent so far still comes to its end, and the rest was never begun.
        Err(fault) if fault.is_stop() => (Vec::new(), Some(fault)),
        Err(fault) => return Err(fault),
    };
    let delivered = upload.commit()?;
    drop(upload);
    let settle = |id: &MessageId| names.get(id).map(|name| Entry::Settle { local_name: name.clone() });
    let (mut entries, mut unknown) = (Vec::new(), Vec::new());
    let failures =
        delivered.iter().filter_map(|one| one.result.as_ref().err().map(|fault| (one.source, fault.clone())));
    for (id, fault) in refused.into_iter().chain(failures) {
        entries.extend(settle(&id));
        let subject = open.local.subject(id);
        entries.extend(names.get(&id).and_then(|name| put_aside(work, Side::Local, name, subject, &fault)));
    }
    let (pairs, doubles) = sort_out(work, open, &delivered);
    let untold = delivered.iter().filter(|one| one.result.as_ref().is_ok_and(|stored| stored.uid.is_none()));
    unknown.extend(untold.filter_map(|one| names.get(&one.source).cloned()));
    let unnumbered = failed_ids(work, open.local.number(&pairs)?);
    for (id, uid) in pairs.into_iter().filter(|(id, _)| !unnumbered.contains(id)) {
        let flags = group.iter().find(|(other, _)| *other == id).map(|(_, flags)| flags.within(&work.common));
        let (flags, key) = (flags.unwrap_or_default(), open.local.key(MessageId::Uid(uid)));
        let row = Row { remote: uid, local: uid, flags, state: State::Synced, key };
        work.rows.insert(uid, row.clone());
        entries.push(Entry::Put(row));
        entries.extend(settle(&id));
        entries.extend(names.get(&id).and_then(|name| release(work, Side::Local, name)));
        work.counts.uploads += 1;
        work.tally.copied();
    }
    entries.extend(doubles::settle(work, &doubles, &names, open)?);
    if stopped.is_some() {
        let begun: HashSet<MessageId> = delivered.iter().map(|one| one.source).collect();
        entries.extend(wanted.iter().filter(|id| !begun.contains(id)).filter_map(settle));
    }
    open.ledger.record(work.record.id, &entries)?;
    stopped.map_or(Ok(unknown), Err)
}

/// What was sent, with the UIDs that the server told: what is new there, and what a server that keeps one of what is the same has
/// taken for messages that are here already.
fn sort_out(work: &Work<'_>, open: &Open<'_>, delivered: &[Delivered]) -> (Numbered, Numbered) {
    let (mut new, mut doubles) = (Numbered::new(), Numbered::new());
    for one in delivered {
        let Ok(Stored { uid: Some(uid), .. }) = one.result else { continue };
        let taken = doubles::is_taken(work, open.local, one.source, uid) || new.iter().any(|(_, other)| *other == uid);
        let taken = taken && open.remote.identifies();
        if taken { &mut doubles } else { &mut new }.push((one.source, uid));
    }
    (new, doubles)
}

/// Announces uploads in the ledger: a run that is cut off between the server's storing and our recording is recognised by
/// that. Gives the names under which they were announced.
fn announce(
    work: &mut Work<'_>,
    group: &[(MessageId, Flags)],
    open: &mut Open<'_>,
) -> Result<HashMap<MessageId, String>, Fault> {
    let uid_next = work.uid_next;
    let (mut names, mut entries) = (HashMap::new(), Vec::new());
    let told = ask_server(group, open)?;
    for (id, flags) in group {
        work.job.worker.checkpoint()?;
        let print = match &told {
            Some(told) => Ok(told.get(id).cloned()),
            None => open.local.fingerprint(*id),
        };
        match print {
            Ok(Some(fingerprint)) => {
                if let Some(local_name) = open.local.local_name(*id) {
                    names.insert(*id, local_name.clone());
                    let flags = flags.within(&work.common);
                    entries.push(Entry::Intend(Intent { local_name, fingerprint, flags, uid_next }));
                }
            }
            // Gone since it was listed: nothing to upload.
            Ok(None) => {}
            Err(fault) if fault.reach == Reach::Message => work.failed(&fault),
            Err(fault) => return Err(fault),
        }
    }
    open.ledger.record(work.record.id, &entries)?;
    Ok(names)
}

/// What the messages of a group look like, from a local server: in a few turns rather than one for each.
fn ask_server(
    group: &[(MessageId, Flags)],
    open: &mut Open<'_>,
) -> Result<Option<HashMap<MessageId, Fingerprint>>, Fault> {
    if open.local.numbered().is_none() {
        return Ok(None);
    }
    let ids: Vec<MessageId> = group.iter().map(|(id, _)| *id).collect();
    Ok(Some(open.local.fingerprints(&ids, None)?.into_iter().collect()))
}

/// Finds uploads whose UIDs the server didn't tell (it has no UIDPLUS), by what they look like. One that can't be found was
/// altered there: it is put aside, since it would be sent again at each run.
fn find_uploads(work: &mut Work<'_>, open: &mut Open<'_>, names: &[String]) -> Result<(), Fault> {
    work.job.worker.light(Light::Listing);
    let there = look_again(work.job, open.remote)?;
    let mut here = open.local.look(None)?;
    intents::recover(work.job, &work.record, open, &there, &mut here)?;
    if there.coverage == Coverage::Partial {
        let cause = "the server lists only a part of its messages, so what was sent can't be found among them";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, work.job.doing(), cause)
            .advise("it isn't sent again; the next run looks for it"));
    }
    let mut entries = Vec::new();
    for name in names {
        if let Some(id @ MessageId::Fresh(_)) = open.local.find_local_name(name)? {
            let cause = "the server took a message, altered it, and doesn't tell what it became";
            let fault = Fault::new(Reach::Message, FaultKind::Refused, work.job.doing(), cause)
                .advise("it is on the server under another form");
            let subject = open.local.subject(id);
            entries.extend(put_aside(work, Side::Local, name, subject, &fault));
        }
    }
    open.ledger.record(work.record.id, &entries)
}
