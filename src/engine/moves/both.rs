//! What was moved to the same folder on both sides is the same message still, and needs only a new number.
//!
//! Its old record tells which file it was, and that it is gone from where it was on both sides; so one that is like it in the
//! folder to which that very file came is taken for it. Any other two that are alike are two.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Gone, Search, arrived, here, messages, open, tolerated};
use crate::model::fault::Fault;
use crate::model::ids::{FileKey, Uid};
use crate::model::message::MessageId;
use crate::plan::pairs::pair;
use crate::store::labels::{Labelling, Recorded};
use crate::store::ledger::{Entry, Row};

/// A file that came to a folder, and the message that it was where it is gone from.
struct Met {
    file: here::Newcomer,
    row: Row,
    /// The labels that both sides had on it.
    labels: Option<Recorded>,
}

/// Numbers the files of messages that are gone from their folder on both sides and new in another one on both. They are taken
/// out of what is `new`.
pub(super) fn meet(search: &mut Search<'_, '_>, gone: &[Gone], new: &mut Vec<(usize, Uid)>) -> Result<(), Fault> {
    let rows: HashMap<FileKey, &Gone> = gone.iter().filter_map(|one| Some((one.row.key?, one))).collect();
    let places: HashSet<usize> = new.iter().map(|(place, _)| *place).collect();
    let came: Vec<usize> = places.into_iter().filter(|place| search.folders[*place].here.came).collect();
    if rows.is_empty() || came.is_empty() {
        return Ok(());
    }
    let mut by_place: BTreeMap<usize, Vec<Met>> = BTreeMap::new();
    let mut labels: HashMap<usize, Labelling> = HashMap::new();
    for file in here::newcomers(search, &came)? {
        let Some(Gone { from, row }) = file.key.and_then(|key| rows.get(&key)) else { continue };
        let known = match labels.entry(*from) {
            Vacant(empty) => empty.insert(search.labels(*from)?),
            Occupied(read) => read.into_mut(),
        };
        let (labels, row) = (known.get(&row.remote).cloned(), row.clone());
        by_place.entry(file.to).or_default().push(Met { file, row, labels });
    }
    for (place, files) in by_place {
        search.worker.checkpoint()?;
        let uids: Vec<Uid> = new.iter().filter(|(to, _)| *to == place).map(|(_, uid)| *uid).collect();
        let met = tolerated(meet_in(search, place, &files, &uids))?.unwrap_or_default();
        new.retain(|(to, uid)| *to != place || !met.contains(uid));
    }
    Ok(())
}

fn meet_in(search: &mut Search<'_, '_>, place: usize, files: &[Met], uids: &[Uid]) -> Result<HashSet<Uid>, Fault> {
    let none = HashSet::new();
    if search.receive(place)?.is_none() {
        return Ok(none);
    }
    let sizes: HashSet<u64> = files.iter().map(|one| one.file.print.size).collect();
    let ids: Vec<MessageId> = uids.iter().copied().map(MessageId::Uid).collect();
    let Some(mut mailbox) = open(search.sides.remote, &search.folders[place].pair.names.remote)? else {
        return Ok(none);
    };
    let there = mailbox.fingerprints(&ids, Some(&sizes))?;
    drop(mailbox);
    let left: Vec<_> = files.iter().enumerate().map(|(index, one)| (index, one.file.print.clone())).collect();
    let pairs: Vec<(usize, Uid)> =
        pair(&left, &there, |_, _| false).into_iter().filter_map(|(index, id)| Some((index, id.uid()?))).collect();
    let named: Vec<(&str, Uid)> = pairs.iter().map(|(index, uid)| (files[*index].file.name.as_str(), *uid)).collect();
    let failed = here::number(search, place, &named)?;
    let numbered: Vec<_> = pairs.iter().filter(|(_, uid)| !failed.contains(uid)).collect();
    let entries = |(index, uid): &&(usize, Uid)| {
        let Met { file, row, labels } = &files[*index];
        arrived(row, *uid, file.key, labels.as_ref())
    };
    let entries: Vec<Entry> = numbered.iter().flat_map(entries).collect();
    search.sides.ledger.record(search.folders[place].record.id, &entries)?;
    if !numbered.is_empty() {
        search.job(place).note(format!("{} moved here on both sides", messages(numbered.len())));
    }
    Ok(pairs.into_iter().map(|(_, uid)| uid).collect())
}
