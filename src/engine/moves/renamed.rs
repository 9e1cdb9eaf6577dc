//! Files that got other names within their folder, and lost their numbers by that.

use std::collections::HashSet;

use super::here::{Step, number};
use super::{Search, messages};
use crate::engine::contents;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::message::MessageId;
use crate::store::ledger::{Entry, Row};

/// Leaves those whose file is the recorded one under another name, or the same to the last byte: a file that came into the
/// place of another in the same folder may be a new version of it, with the same header.
pub(super) fn proven(search: &mut Search<'_, '_>, place: usize, steps: Vec<Step>) -> Result<Vec<Step>, Fault> {
    let renamed = |step: &Step| step.key.is_some() && step.key == step.row.key;
    let doubtful: Vec<&Step> = steps.iter().filter(|step| !renamed(step)).collect();
    if doubtful.is_empty() {
        return Ok(steps);
    }
    let uids: Vec<MessageId> = doubtful.iter().map(|step| MessageId::Uid(step.row.remote)).collect();
    let names = &search.folders[place].pair.names;
    let (there, _) = contents::read(&mut *search.sides.remote.open(&names.remote, false)?, &uids)?;
    let mut local = search.sides.local.open(&names.local, false)?;
    local.look(None)?;
    let mut files = Vec::new();
    for step in &doubtful {
        files.extend(local.find_local_name(&step.name)?.map(|id| (id, step.row.remote)));
    }
    let (here, _) = contents::read(&mut *local, &files.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    let same = |(id, uid): &(MessageId, Uid)| {
        let other = there.get(&MessageId::Uid(*uid));
        here.get(id).zip(other).is_some_and(|(here, there)| here.digest == there.digest)
    };
    let same: HashSet<Uid> = files.iter().filter(|file| same(file)).map(|(_, uid)| *uid).collect();
    Ok(steps.into_iter().filter(|step| renamed(step) || same.contains(&step.row.remote)).collect())
}

/// Files that lost their numbers, or got other names, within their folder.
pub(super) fn number_again(search: &mut Search<'_, '_>, place: usize, steps: &[Step]) -> Result<(), Fault> {
    let pairs: Vec<(&str, Uid)> = steps.iter().map(|step| (step.name.as_str(), step.row.local)).collect();
    let failed = number(search, place, &pairs)?;
    let entry = |step: &Step| Entry::Put(Row { key: step.key, ..step.row.clone() });
    let entries: Vec<Entry> = steps.iter().filter(|step| !failed.contains(&step.row.local)).map(entry).collect();
    search.sides.ledger.record(search.folders[place].record.id, &entries)?;
    if !entries.is_empty() {
        search.job(place).note(format!("{} recognised under other names", messages(entries.len())));
    }
    Ok(())
}
