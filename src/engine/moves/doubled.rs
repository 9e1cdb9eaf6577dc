//! What was moved to a folder that has it already.

use std::collections::{HashMap, HashSet};

use super::Search;
use crate::engine::doubles;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::message::MessageId;

/// Finds the files that became, on the server, messages which the folder has already, and removes those that are the same as
/// what is there. Gives the names of all of them: none is a message of its own.
pub(super) fn merge(
    search: &mut Search<'_, '_>,
    place: usize,
    pairs: &[(&str, Uid)],
) -> Result<HashSet<String>, Fault> {
    let rows: HashMap<Uid, Uid> = search.rows(place)?.into_iter().map(|row| (row.remote, row.local)).collect();
    let known: Vec<(&str, Uid)> =
        pairs.iter().filter_map(|(name, uid)| rows.get(uid).map(|local| (*name, *local))).collect();
    if known.is_empty() {
        return Ok(HashSet::new());
    }
    let mut mailbox = search.sides.local.open(&search.folders[place].pair.names.local, true)?;
    let there: HashSet<Uid> = mailbox.look(None)?.uids().collect();
    let (mut doubles, mut names) = (Vec::new(), HashSet::new());
    for (name, uid) in known.into_iter().filter(|(_, uid)| there.contains(uid)) {
        if let Some(id @ MessageId::Fresh(_)) = mailbox.find_local_name(name)? {
            doubles.push((id, uid));
            names.insert(name.to_owned());
        }
    }
    let job = super::Job::new(search.worker, &search.folders[place].pair.names, search.policy);
    doubles::remove(&job, &mut *mailbox, &doubles)?;
    Ok(names)
}
