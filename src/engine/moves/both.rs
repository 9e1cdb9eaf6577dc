//! What was moved to the same folder on both sides is the same message still, and needs only a new number.
//!
//! Its old record tells which file it was, and that it is gone from where it was on both sides; so one that is like it in the
//! folder to which that very file came is taken for it. Any other two that are alike are two.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Gone, Search, arrived, here, messages, open, tolerated};
use crate::model::fault::Fault;
use crate::model::ids::{FileKey, Uid};
use crate::model::message::MessageId;
use crate::plan::pairs::pair;
use crate::store::ledger::{Entry, Row};

/// Numbers the files of messages that are gone from their folder on both sides and new in another one on both. They are taken
/// out of what is `new`.
pub(super) fn meet(search: &mut Search<'_, '_>, gone: &[Gone], new: &mut Vec<(usize, Uid)>) -> Result<(), Fault> {
    let rows: HashMap<FileKey, &Row> = gone.iter().filter_map(|one| Some((one.row.key?, &one.row))).collect();
    let places: HashSet<usize> = new.iter().map(|(place, _)| *place).collect();
    let came: Vec<usize> = places.into_iter().filter(|place| search.folders[*place].here.came).collect();
    if rows.is_empty() || came.is_empty() {
        return Ok(());
    }
    let mut by_place: BTreeMap<usize, Vec<(here::Newcomer, Row)>> = BTreeMap::new();
    for one in here::newcomers(search, &came)? {
        if let Some(row) = one.key.and_then(|key| rows.get(&key)) {
            by_place.entry(one.to).or_default().push((one, (*row).clone()));
        }
    }
    for (place, files) in by_place {
        search.worker.checkpoint()?;
        let uids: Vec<Uid> = new.iter().filter(|(to, _)| *to == place).map(|(_, uid)| *uid).collect();
        let met = tolerated(meet_in(search, place, &files, &uids))?.unwrap_or_default();
        new.retain(|(to, uid)| *to != place || !met.contains(uid));
    }
    Ok(())
}

fn meet_in(
    search: &mut Search<'_, '_>,
    place: usize,
    files: &[(here::Newcomer, Row)],
    uids: &[Uid],
) -> Result<HashSet<Uid>, Fault> {
    let none = HashSet::new();
    if search.receive(place)?.is_none() {
        return Ok(none);
    }
    let sizes: HashSet<u64> = files.iter().map(|(one, _)| one.print.size).collect();
    let ids: Vec<MessageId> = uids.iter().copied().map(MessageId::Uid).collect();
    let Some(mut mailbox) = open(search.sides.remote, &search.folders[place].pair.names.remote)? else {
        return Ok(none);
    };
    let there = mailbox.fingerprints(&ids, Some(&sizes))?;
    drop(mailbox);
    let left: Vec<_> = files.iter().enumerate().map(|(index, (one, _))| (index, one.print.clone())).collect();
    let pairs: Vec<(usize, Uid)> =
        pair(&left, &there, |_, _| false).into_iter().filter_map(|(index, id)| Some((index, id.uid()?))).collect();
    let named: Vec<(&str, Uid)> = pairs.iter().map(|(index, uid)| (files[*index].0.name.as_str(), *uid)).collect();
    let failed = here::number(search, place, &named)?;
    let entry = |(index, uid): &(usize, Uid)| {
        let (one, row) = &files[*index];
        Entry::Put(arrived(row, *uid, one.key))
    };
    let entries: Vec<Entry> = pairs.iter().filter(|(_, uid)| !failed.contains(uid)).map(entry).collect();
    search.sides.ledger.record(search.folders[place].record.id, &entries)?;
    if !entries.is_empty() {
        search.job(place).note(format!("{} moved here on both sides", messages(entries.len())));
    }
    Ok(pairs.into_iter().map(|(_, uid)| uid).collect())
}
