//! What somebody moved in the Maildir is moved on the server.

use std::collections::{HashMap, HashSet};

use super::{Gone, Search, arrived, by_way, doubled, open, renamed, tolerated};
use crate::engine::folder::Open;
use crate::engine::intents;
use crate::model::fault::{Fault, Reach};
use crate::model::ids::{FileKey, Uid};
use crate::model::light::Light;
use crate::model::message::{Coverage, Fingerprint, Look, MessageId};
use crate::plan::pairs::pair;
use crate::store::ledger::{Entry, Intent, Row};
use crate::store::{Delivered, Numbered, Relocation};

/// How what is moved is told.
const HOW: &str = "on the server, as was done here";

/// A file without a number that holds.
pub(super) struct Newcomer {
    pub(super) to: usize,
    pub(super) name: String,
    pub(super) key: Option<FileKey>,
    pub(super) print: Fingerprint,
}

/// A file, and the message that it was before it came.
pub(super) struct Step {
    pub(super) row: Row,
    pub(super) name: String,
    pub(super) key: Option<FileKey>,
    print: Fingerprint,
}

pub(super) fn follow(search: &mut Search<'_, '_>) -> Result<(), Fault> {
    search.worker.light(Light::Listing);
    let (mut gone, mut possible) = (Vec::new(), Vec::new());
    for place in 0..search.folders.len() {
        search.worker.checkpoint()?;
        let traffic = search.folders[place].here;
        if !traffic.left && !traffic.came {
            continue;
        }
        let Some(look) = look(search, place)? else { continue };
        if traffic.left {
            let there: HashSet<Uid> = look.uids().collect();
            let rows = search.rows(place)?.into_iter().filter(|row| !there.contains(&row.local));
            gone.extend(rows.map(|row| Gone { from: place, row }));
        }
        if traffic.came && look.messages.iter().any(|message| message.id.uid().is_none()) {
            possible.push(place);
        }
    }
    if gone.is_empty() || possible.is_empty() {
        return Ok(());
    }
    let newcomers = newcomers(search, &possible)?;
    let steps = recognise(search, &gone, &newcomers)?;
    for ((from, to), steps) in by_way(steps) {
        search.worker.checkpoint()?;
        let steps = if from == to { tolerated(renamed::proven(search, to, steps))?.unwrap_or_default() } else { steps };
        if search.policy.pretend {
            foresee(search, from, to, &steps);
            continue;
        }
        tolerated(if from == to { renamed::number_again(search, to, &steps) } else { go(search, from, to, steps) })?;
    }
    Ok(())
}

fn look(search: &mut Search<'_, '_>, place: usize) -> Result<Option<Look>, Fault> {
    let Some(mut mailbox) = open(search.sides.local, &search.folders[place].pair.names.local)? else {
        return Ok(None);
    };
    let look = tolerated(mailbox.look(None))?.filter(|look| look.coverage == Coverage::Whole);
    // Where all have lost their numbers, none has left.
    let renumbered = mailbox.numbered().map_or(Ok(false), Numbered::is_renumbered);
    Ok(look.filter(|_| renumbered.is_ok_and(|renumbered| !renumbered)))
}

/// The files without a number that holds in these folders.
pub(super) fn newcomers(search: &mut Search<'_, '_>, folders: &[usize]) -> Result<Vec<Newcomer>, Fault> {
    let mut found = Vec::new();
    for &to in folders {
        search.worker.checkpoint()?;
        let Some(mut mailbox) = open(search.sides.local, &search.folders[to].pair.names.local)? else { continue };
        let Some(look) = tolerated(mailbox.look(None))? else { continue };
        let fresh: Vec<MessageId> =
            look.messages.iter().map(|message| message.id).filter(|id| id.uid().is_none()).collect();
        for (id, print) in tolerated(mailbox.fingerprints(&fresh, None))?.unwrap_or_default() {
            let key = mailbox.key(id);
            found.extend(mailbox.local_name(id).map(|name| Newcomer { to, name, key, print }));
        }
    }
    Ok(found)
}

/// Pairs the files with the messages on the server that nobody has a file of any more.
fn recognise(
    search: &mut Search<'_, '_>,
    gone: &[Gone],
    newcomers: &[Newcomer],
) -> Result<Vec<(usize, usize, Step)>, Fault> {
    let sizes: HashSet<u64> = newcomers.iter().map(|one| one.print.size).collect();
    let mut by_folder: HashMap<usize, HashMap<MessageId, usize>> = HashMap::new();
    for (index, one) in gone.iter().enumerate() {
        by_folder.entry(one.from).or_default().insert(MessageId::Uid(one.row.remote), index);
    }
    let mut left: Vec<(usize, Fingerprint)> = Vec::new();
    for (from, uids) in by_folder {
        search.worker.checkpoint()?;
        let ids: Vec<MessageId> = uids.keys().copied().collect();
        let validity = search.folders[from].validity;
        let Some(mut mailbox) = open(search.sides.remote, &search.folders[from].pair.names.remote)? else { continue };
        let prints = tolerated(mailbox.fingerprints(&ids, Some(&sizes)))?.unwrap_or_default();
        if mailbox.uid_validity() == validity {
            left.extend(prints.into_iter().filter_map(|(id, print)| Some((*uids.get(&id)?, print))));
        }
    }
    left.sort_by_key(|(index, _)| *index);
    let right: Vec<(usize, Fingerprint)> =
        newcomers.iter().enumerate().map(|(index, one)| (index, one.print.clone())).collect();
    let same_file =
        |left: usize, right: usize| gone[left].row.key.is_some() && gone[left].row.key == newcomers[right].key;
    let pairs = pair(&left, &right, same_file);
    let step = |(left, right): (usize, usize)| {
        let Newcomer { to, name, key, print } = &newcomers[right];
        let (name, key, print) = (name.clone(), *key, print.clone());
        (gone[left].from, *to, Step { row: gone[left].row.clone(), name, key, print })
    };
    Ok(pairs.into_iter().map(step).collect())
}

fn foresee(search: &mut Search<'_, '_>, from: usize, to: usize, steps: &[Step]) {
    let (source, target) = (search.name(from), search.name(to));
    for step in steps {
        search.foreseen.left.insert((source.clone(), step.row.remote));
        search.foreseen.files.insert((target.clone(), step.name.clone()));
    }
    search.tell(to, from, steps.len(), HOW);
}

/// Moves messages on the server from one folder to another. They are announced like uploads, so that a run that is cut off
/// finds them where they came to.
fn go(search: &mut Search<'_, '_>, from: usize, to: usize, steps: Vec<Step>) -> Result<(), Fault> {
    let Some(uid_next) = search.receive(to)? else { return Ok(()) };
    hold(search, from, &steps);
    let steps = unnumber(search, to, steps)?;
    let id = search.folders[to].record.id;
    let intend = |step: &Step| {
        let (local_name, fingerprint, flags) = (step.name.clone(), step.print.clone(), step.row.flags.clone());
        Entry::Intend(Intent { local_name, fingerprint, flags, uid_next })
    };
    search.sides.ledger.record(id, &steps.iter().map(intend).collect::<Vec<_>>())?;
    search.worker.light(Light::Directing);
    let wanted: Vec<Relocation> = steps.iter().map(|step| Relocation { uid: step.row.remote, number: None }).collect();
    let (source, target) = (search.folders[from].remote(), search.folders[to].remote());
    let moved = search.sides.remote.relocate(source, target, &wanted);
    let moved = match moved {
        // Refused as a whole, so nothing happened.
        Err(fault) if fault.reach == Reach::Folder => Vec::new(),
        other => other?,
    };
    settle(search, (from, to), &steps, &moved)?;
    release(search, from, &steps, &moved);
    let count = moved.iter().filter(|one| one.result.is_ok()).count();
    if count > 0 {
        search.tell(to, from, count, HOW);
    }
    Ok(())
}

/// Takes the numbers of the folder that they came from out of the files' names. Otherwise a file that is put back there while
/// this is cut off would be taken for the message that was there, and is gone from there on the server. Leaves the steps whose
/// files are still there, with their names as they are now.
fn unnumber(search: &mut Search<'_, '_>, place: usize, steps: Vec<Step>) -> Result<Vec<Step>, Fault> {
    let mut mailbox = search.sides.local.open(&search.folders[place].pair.names.local, true)?;
    mailbox.look(None)?;
    let mut ids = Vec::with_capacity(steps.len());
    for step in &steps {
        ids.extend(mailbox.find_local_name(&step.name)?.filter(|id| id.uid().is_none()));
    }
    if let Some((_, fault)) = mailbox.disown(&ids)?.into_iter().next() {
        return Err(fault);
    }
    let look = mailbox.look(None)?;
    let fresh = look.messages.iter().map(|message| message.id).filter(|id| id.uid().is_none());
    let names: HashMap<FileKey, String> =
        fresh.filter_map(|id| Some((mailbox.key(id)?, mailbox.local_name(id)?))).collect();
    let renamed = |step: Step| Some(Step { name: names.get(&step.key?)?.clone(), ..step });
    Ok(steps.into_iter().filter_map(renamed).collect())
}

/// Keeps messages where they are on the server, for this run: until they are moved, they may be the only ones there.
fn hold(search: &mut Search<'_, '_>, from: usize, steps: &[Step]) {
    let folder = search.name(from);
    search.foreseen.left.extend(steps.iter().map(|step| (folder.clone(), step.row.remote)));
}

/// Lets go of those that were moved, or copied.
fn release(search: &mut Search<'_, '_>, from: usize, steps: &[Step], moved: &[Delivered]) {
    let done: HashSet<MessageId> = moved.iter().filter(|one| one.result.is_ok()).map(|one| one.source).collect();
    let folder = search.name(from);
    for step in steps.iter().filter(|step| done.contains(&MessageId::Uid(step.row.remote))) {
        search.foreseen.left.remove(&(folder.clone(), step.row.remote));
    }
}

/// Numbers the files by what they became on the server, and records them.
fn settle(
    search: &mut Search<'_, '_>,
    (from, to): (usize, usize),
    steps: &[Step],
    moved: &[Delivered],
) -> Result<(), Fault> {
    let labels = search.labels(from)?;
    let outcome: HashMap<MessageId, &Delivered> = moved.iter().map(|one| (one.source, one)).collect();
    let became = |step: &Step| {
        let stored = outcome.get(&MessageId::Uid(step.row.remote))?.result.as_ref().ok()?;
        Some(stored.uid)
    };
    let mut pairs: Vec<(&str, Uid)> =
        steps.iter().filter_map(|step| Some((step.name.as_str(), became(step)??))).collect();
    let doubled = doubled::merge(search, to, &pairs)?;
    pairs.retain(|(name, _)| !doubled.contains(*name));
    let failed = number(search, to, &pairs)?;
    let mut entries = Vec::new();
    for step in steps {
        match became(step) {
            _ if doubled.contains(&step.name) => {}
            // Where it came to is found by content.
            Some(None) => continue,
            // A file that is gone by now was deleted, or moved on: recorded like this, so is the message on the server.
            Some(Some(uid)) if !failed.contains(&uid) => {
                entries.extend(arrived(&step.row, uid, step.key, labels.get(&step.row.remote)));
            }
            _ => {}
        }
        entries.push(Entry::Settle { local_name: step.name.clone() });
    }
    let id = search.folders[to].record.id;
    search.sides.ledger.record(id, &entries)?;
    if steps.iter().any(|step| became(step) == Some(None)) { find(search, to) } else { Ok(()) }
}

/// Gives files their numbers; says which could not be given. Files that are gone need none.
pub(super) fn number(search: &mut Search<'_, '_>, place: usize, pairs: &[(&str, Uid)]) -> Result<HashSet<Uid>, Fault> {
    let mut mailbox = search.sides.local.open(&search.folders[place].pair.names.local, true)?;
    mailbox.look(None)?;
    let mut known = Vec::new();
    for (name, uid) in pairs {
        if let Some(id @ MessageId::Fresh(_)) = mailbox.find_local_name(name)? {
            known.push((id, *uid));
        }
    }
    let failed: HashSet<MessageId> = mailbox.number(&known)?.into_iter().map(|(id, _)| id).collect();
    Ok(known.into_iter().filter(|(id, _)| failed.contains(id)).map(|(_, uid)| uid).collect())
}

/// Finds, by content, what a server without UIDPLUS made of messages.
fn find(search: &mut Search<'_, '_>, to: usize) -> Result<(), Fault> {
    let names = &search.folders[to].pair.names;
    let job = super::Job::new(search.worker, names, search.policy);
    let mut remote = search.sides.remote.open(&names.remote, true)?;
    let mut local = search.sides.local.open(&names.local, true)?;
    let there = remote.look(None)?;
    let mut here = local.look(None)?;
    let mut open = Open { remote: &mut *remote, local: &mut *local, ledger: search.sides.ledger };
    intents::recover(&job, &search.folders[to].record, &mut open, &there, &mut here).map(drop)
}
