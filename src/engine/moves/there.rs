//! What somebody moved on the server is moved in the Maildir: files are renamed, nothing is transferred.

use std::collections::{HashMap, HashSet};

use super::{Gone, Search, arrived, both, by_way, open, tolerated};
use crate::engine::called;
use crate::engine::confine::known;
use crate::engine::survey::look as look_at;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::light::Light;
use crate::model::message::{Fingerprint, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::plan::pairs::pair;
use crate::store::ledger::{Entry, Row};
use crate::store::{Delivered, Relocation};

/// How what is moved is told.
const HOW: &str = "here, as was done on the server";

/// The places of those that are gone whose name on the server is known, and the pairs of these with what is new.
type Recognised = (HashSet<usize>, Vec<(usize, usize)>);

/// From where to where a message went, its record, and its UID there.
type Move = (usize, usize, (Row, Uid));

pub(super) fn follow(search: &mut Search<'_, '_>) -> Result<(), Fault> {
    search.worker.light(Light::Listing);
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for place in 0..search.folders.len() {
        search.worker.checkpoint()?;
        let traffic = search.folders[place].there;
        if !traffic.left && !traffic.came {
            continue;
        }
        let id = search.folders[place].record.id;
        let (rows, scope) = (search.sides.ledger.rows(id)?, search.sides.ledger.scope(id)?);
        let had = known(&rows, scope.as_ref().filter(|_| !search.folders[place].anew));
        let Some(look) = look(search, place, &had)? else { continue };
        if traffic.left {
            let left = search.rows(place)?.into_iter().filter(|row| look.shows(row.remote, true) == Some(false));
            gone.extend(left.map(|row| Gone { from: place, row }));
        }
        if traffic.came {
            let known: HashSet<Uid> = rows.iter().map(|row| row.remote).collect();
            new.extend(look.uids().filter(|uid| !known.contains(uid) && !had.contains(*uid)).map(|uid| (place, uid)));
        }
    }
    if gone.is_empty() || new.is_empty() {
        return Ok(());
    }
    if !search.policy.pretend {
        both::meet(search, &gone, &mut new)?;
    }
    let moves = recognise(search, &gone, &new)?;
    for ((from, to), moves) in by_way(moves) {
        search.worker.checkpoint()?;
        if search.policy.pretend {
            foresee(search, from, to, &moves);
        } else {
            tolerated(go(search, from, to, &moves))?;
        }
    }
    Ok(())
}

fn look(search: &mut Search<'_, '_>, place: usize, had: &UidSet) -> Result<Option<Look>, Fault> {
    let folder = &search.folders[place];
    let mark = folder.record.remote_mark.filter(|_| !folder.anew);
    let Some(mut mailbox) = open(search.sides.remote, &folder.pair.names.remote)? else { return Ok(None) };
    let look = tolerated(look_at(&mut *mailbox, mark.as_ref(), had))?;
    Ok(look.filter(|_| mailbox.uid_validity() == folder.validity))
}

/// Pairs the files of what is gone with what is new; gives the record of each and its new UID, by the ways they went.
fn recognise(search: &mut Search<'_, '_>, gone: &[Gone], new: &[(usize, Uid)]) -> Result<Vec<Move>, Fault> {
    let (called, mut pairs) = recognise_by_name(search, gone, new)?;
    let paired: HashSet<usize> = pairs.iter().map(|(_, right)| *right).collect();
    let mut left: Vec<(usize, Fingerprint)> = Vec::new();
    for (from, mut members) in members(gone.iter().map(|one| (one.from, one.row.local))) {
        // Whatever is called otherwise is another message, however alike they look.
        members.retain(|_, index| !called.contains(index));
        if members.is_empty() {
            continue;
        }
        search.worker.checkpoint()?;
        let Some(mut mailbox) = open(search.sides.local, &search.folders[from].pair.names.local)? else { continue };
        let prints = tolerated(mailbox.fingerprints(&ids(&members), None))?.unwrap_or_default();
        left.extend(prints.into_iter().filter_map(|(id, print)| Some((*members.get(&id)?, print))));
    }
    let sizes: HashSet<u64> = left.iter().map(|(_, print)| print.size).collect();
    let mut right: Vec<(usize, Fingerprint)> = Vec::new();
    for (to, mut members) in members(new.iter().copied()) {
        members.retain(|_, index| !left.is_empty() && !paired.contains(index));
        if members.is_empty() {
            continue;
        }
        search.worker.checkpoint()?;
        let Some(mut mailbox) = open(search.sides.remote, &search.folders[to].pair.names.remote)? else { continue };
        let prints = tolerated(mailbox.fingerprints(&ids(&members), Some(&sizes)))?.unwrap_or_default();
        right.extend(prints.into_iter().filter_map(|(id, print)| Some((*members.get(&id)?, print))));
    }
    left.sort_by_key(|(index, _)| *index);
    right.sort_by_key(|(index, _)| *index);
    pairs.extend(pair(&left, &right, |_, _| false));
    let step = |(left, right): (usize, usize)| (gone[left].from, new[right].0, (gone[left].row.clone(), new[right].1));
    // What came again to the folder that it is gone from may be a new version with the same header: it is fetched.
    Ok(pairs.into_iter().map(step).filter(|(from, to, _)| from != to).collect())
}

/// Pairs those that the server calls the same.
fn recognise_by_name(search: &mut Search<'_, '_>, gone: &[Gone], new: &[(usize, Uid)]) -> Result<Recognised, Fault> {
    let mut left = HashMap::new();
    for (from, members) in members(gone.iter().map(|one| (one.from, one.row.remote))) {
        let known = search.sides.ledger.identities(search.folders[from].record.id)?;
        left.extend(members.iter().filter_map(|(id, index)| Some((*index, *known.get(&id.uid()?)?))));
    }
    let mut right = HashMap::new();
    for (to, members) in members(new.iter().copied().filter(|_| !left.is_empty())) {
        search.worker.checkpoint()?;
        let Some(mut mailbox) = open(search.sides.remote, &search.folders[to].pair.names.remote)? else { continue };
        let uids: Vec<Uid> = members.keys().filter_map(|id| id.uid()).collect();
        let told = tolerated(mailbox.identities(&uids))?.unwrap_or_default();
        right.extend(told.into_iter().filter_map(|(uid, name)| Some((*members.get(&MessageId::Uid(uid))?, name))));
    }
    let pairs = called::pair(&left, &right);
    Ok((left.into_keys().collect(), pairs))
}

/// The messages of each folder, with their places in the list.
fn members(all: impl Iterator<Item = (usize, Uid)>) -> HashMap<usize, HashMap<MessageId, usize>> {
    let mut folders: HashMap<usize, HashMap<MessageId, usize>> = HashMap::new();
    for (index, (folder, uid)) in all.enumerate() {
        folders.entry(folder).or_default().insert(MessageId::Uid(uid), index);
    }
    folders
}

fn ids(members: &HashMap<MessageId, usize>) -> Vec<MessageId> {
    members.keys().copied().collect()
}

fn foresee(search: &mut Search<'_, '_>, from: usize, to: usize, moves: &[(Row, Uid)]) {
    let (source, target) = (search.name(from), search.name(to));
    for (row, uid) in moves {
        search.foreseen.left.insert((source.clone(), row.remote));
        search.foreseen.came.insert((target.clone(), *uid));
    }
    search.tell(to, from, moves.len(), HOW);
}

/// Renames the files. Cut off before the record, both sides have the messages in the same folder, and they are adopted.
fn go(search: &mut Search<'_, '_>, from: usize, to: usize, moves: &[(Row, Uid)]) -> Result<(), Fault> {
    if search.receive(to)?.is_none() {
        return Ok(());
    }
    search.worker.light(Light::Directing);
    let wanted: Vec<Relocation> =
        moves.iter().map(|(row, uid)| Relocation { uid: row.local, number: Some(*uid) }).collect();
    let (source, target) = (search.folders[from].local(), search.folders[to].local());
    let arrivals = search.sides.local.relocate(source, target, &wanted)?;
    let by_uid: HashMap<MessageId, &(Row, Uid)> = moves.iter().map(|one| (MessageId::Uid(one.0.local), one)).collect();
    let came = |one: &Delivered| {
        let (row, uid) = by_uid.get(&one.source)?;
        Some((row, *uid, one.result.as_ref().ok()?.key))
    };
    let (came, labels): (Vec<_>, _) = (arrivals.iter().filter_map(came).collect(), search.labels(from)?);
    let entries: Vec<Entry> =
        came.iter().flat_map(|(row, uid, key)| arrived(row, *uid, *key, labels.get(&row.remote))).collect();
    search.sides.ledger.record(search.folders[to].record.id, &entries)?;
    if !came.is_empty() {
        search.tell(to, from, came.len(), HOW);
    }
    Ok(())
}
