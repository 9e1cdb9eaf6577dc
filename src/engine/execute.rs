//! Carries a plan out: effect first, ledger after; and an announcement before what can't be repeated.

use std::collections::HashSet;

use super::arrivals;
use super::copy::Download;
use super::folder::Open;
use super::hands;
use super::quarantine::put_aside;
use super::upload;
use super::work::Work;
use crate::model::fault::{Fault, FaultKind};
use crate::model::ids::{Side, Uid};
use crate::model::light::Light;
use crate::model::message::MessageId;
use crate::plan::action::{Action, Plan};
use crate::plan::flags::{Change, Merged};
use crate::store::FlagChange;
use crate::store::Labelled;
use crate::store::ledger::{Entry, State};

/// Messages whose flags are changed, or that are deleted, and recorded together.
const CHANGES: usize = 1000;

type Faults = Vec<(MessageId, Fault)>;

/// Carries out every step. What fails for a message is reported and counted; the rest goes on.
pub(super) fn execute(work: &mut Work<'_>, plan: &Plan, open: &mut Open<'_>) -> Result<(), Fault> {
    download(work, plan, open)?;
    upload::upload(work, plan, open)?;
    merge(work, plan, open)?;
    delete(work, plan, Side::Local, open)?;
    delete(work, plan, Side::Remote, open)?;
    remember(work, plan, open)
}

fn download(work: &mut Work<'_>, plan: &Plan, open: &mut Open<'_>) -> Result<(), Fault> {
    let wanted: Vec<MessageId> = plan
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Download { uid } => Some(MessageId::Uid(*uid)),
            _ => None,
        })
        .collect();
    match work.job.hands {
        _ if wanted.is_empty() => Ok(()),
        Some(hands) if wanted.len() > hands::PORTION => hands::download(work, &wanted, open, hands),
        _ => fetch(work, &wanted, open),
    }
}

/// Fetches messages from the remote side, delivers and records them.
pub(super) fn fetch(work: &mut Work<'_>, wanted: &[MessageId], open: &mut Open<'_>) -> Result<(), Fault> {
    work.job.worker.light(Light::Downloading);
    let before = work.counts.downloads + work.failures;
    open.local.numbered().map_or(Ok(()), |numbered| numbered.expect(wanted))?;
    let manner = open.local.labelled().map_or(0, Labelled::manner);
    let mut download = Download::new(work, (open.local.deliver()?, manner), open.ledger);
    let fetched = open.remote.fetch(wanted, &mut download);
    // What did arrive is kept, whatever happened afterwards.
    let settled = download.settle();
    drop(download);
    let doubtful = match open.local.numbered() {
        // What was cut off may have come, or not.
        Some(numbered) if settled.is_ok() => numbered.conclude()?,
        _ => Vec::new(),
    };
    let mut entries = Vec::new();
    for (id, fault) in fetched? {
        let name = id.uid().map(|uid| uid.to_string()).unwrap_or_default();
        entries.extend(put_aside(work, Side::Remote, &name, None, &fault));
    }
    open.ledger.record(work.record.id, &entries)?;
    settled?;
    if !doubtful.is_empty() {
        arrivals::find(work, open, &doubtful)?;
    }
    work.passed_over |= work.counts.downloads + work.failures - before < wanted.len() as u64;
    Ok(())
}

fn merge(work: &mut Work<'_>, plan: &Plan, open: &mut Open<'_>) -> Result<(), Fault> {
    let merges: Vec<(Uid, &Merged)> = plan
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Merge { uid, merged } => Some((*uid, &**merged)),
            _ => None,
        })
        .collect();
    for group in merges.chunks(CHANGES) {
        work.job.worker.checkpoint()?;
        let there = change(work, Side::Remote, group.iter().map(|(uid, merged)| (*uid, &merged.remote)), open)?;
        let here = change(work, Side::Local, group.iter().map(|(uid, merged)| (*uid, &merged.local)), open)?;
        let mut entries = Vec::with_capacity(group.len());
        for (uid, merged) in group {
            let id = MessageId::Uid(*uid);
            if there.contains(&id) || here.contains(&id) {
                continue;
            }
            work.counts.remote_flags += u64::from(!merged.remote.is_nothing());
            work.counts.local_flags += u64::from(!merged.local.is_nothing());
            let flags = merged.flags.clone();
            entries.push(work.put(open.local, *uid, flags, State::Synced));
        }
        open.ledger.record(work.record.id, &entries)?;
    }
    Ok(())
}

/// Changes flags on one side; gives back the messages for which that failed.
fn change<'a>(
    work: &mut Work<'_>,
    side: Side,
    changes: impl Iterator<Item = (Uid, &'a Change)>,
    open: &mut Open<'_>,
) -> Result<HashSet<MessageId>, Fault> {
    let changes: Vec<FlagChange> = changes
        .filter(|(_, change)| !change.is_nothing())
        .map(|(uid, change)| FlagChange {
            id: MessageId::Uid(uid),
            add: change.add.clone(),
            remove: change.remove.clone(),
        })
        .collect();
    if changes.is_empty() {
        return Ok(HashSet::new());
    }
    let adding = changes.iter().any(|change| !change.add.is_empty());
    work.job.worker.light(if adding { Light::AddingFlags } else { Light::RemovingFlags });
    work.job.flagging(side, &changes);
    Ok(failed_ids(work, open.side(side).change_flags(&changes)?))
}

fn delete(work: &mut Work<'_>, plan: &Plan, on: Side, open: &mut Open<'_>) -> Result<(), Fault> {
    let gone: Vec<Uid> = plan
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Delete { side, uid } if *side == on => Some(*uid),
            _ => None,
        })
        .collect();
    for group in gone.chunks(CHANGES) {
        work.job.worker.checkpoint()?;
        work.job.worker.light(Light::Deleting);
        work.job.deleting(on, group);
        let ids: Vec<MessageId> = group.iter().copied().map(MessageId::Uid).collect();
        let faults = open.side(on).delete(&ids)?;
        let spared = open.side(on).spared();
        // What must not be deleted is kept from now on, so that it neither comes back nor is tried again at each run.
        let mut kept = refused_ids(&faults);
        if !open.side(on).removes() {
            kept.extend(ids.iter().copied());
        }
        let failed = failed_ids(work, faults);
        let mut entries = Vec::with_capacity(group.len());
        for uid in group {
            let id = MessageId::Uid(*uid);
            if kept.contains(&id) {
                let flags = work.rows.get(uid).map(|row| row.flags.clone()).unwrap_or_default();
                entries.push(work.put(open.local, *uid, flags, State::Kept));
            } else if !failed.contains(&id) {
                entries.push(Entry::Forget(*uid));
            }
        }
        let forgotten = entries.iter().filter(|entry| matches!(entry, Entry::Forget(_))).count();
        let count = forgotten.saturating_sub(spared.len()) as u64;
        match on {
            Side::Local => work.counts.local_deletes += count,
            Side::Remote => work.counts.remote_deletes += count,
        }
        // Cut off before those that stay are here again, a look at changes alone would not show them.
        entries.extend((!spared.is_empty()).then_some(Entry::LookAgain));
        open.ledger.record(work.record.id, &entries)?;
        if !spared.is_empty() {
            fetch(work, &spared, open)?;
        }
    }
    Ok(())
}

/// Records what needs no effect.
fn remember(work: &mut Work<'_>, plan: &Plan, open: &mut Open<'_>) -> Result<(), Fault> {
    let entries: Vec<Entry> = plan
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Forget { uid } => Some(Entry::Forget(*uid)),
            Action::Keep { uid, flags } => Some(work.put(open.local, *uid, flags.clone(), State::Kept)),
            _ => None,
        })
        .collect();
    if entries.is_empty() { Ok(()) } else { open.ledger.record(work.record.id, &entries) }
}

fn refused_ids(faults: &Faults) -> HashSet<MessageId> {
    faults.iter().filter(|(_, fault)| fault.kind == FaultKind::Refused).map(|(id, _)| *id).collect()
}

/// Reports faults, each sentence once, and names the messages that they are about.
pub(super) fn failed_ids(work: &mut Work<'_>, faults: Faults) -> HashSet<MessageId> {
    let mut said = HashSet::new();
    let mut ids = HashSet::with_capacity(faults.len());
    for (id, fault) in faults {
        if said.insert(fault.to_string()) {
            work.failed(&fault);
        }
        ids.insert(id);
    }
    ids
}
