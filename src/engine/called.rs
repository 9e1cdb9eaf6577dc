//! What a server calls its messages in whatever folder they are (Gmail's X-GM-MSGID): noted while they can be asked for, so that
//! one that is gone from a folder is known by it when it comes to another.

use std::collections::HashMap;

use super::folder::Open;
use super::moves::tolerated;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::store::ledger::{Entry, FolderId};

/// Notes it of all messages of a folder of which it isn't known. Where the server doesn't say, they are recognised by content.
pub(super) fn note(folder: FolderId, open: &mut Open<'_>) -> Result<(), Fault> {
    if !open.remote.identifies() {
        return Ok(());
    }
    let known = open.ledger.identities(folder)?;
    let rows = open.ledger.rows(folder)?;
    let unknown: Vec<Uid> = rows.iter().map(|row| row.remote).filter(|uid| !known.contains_key(uid)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let told = tolerated(open.remote.identities(&unknown))?.unwrap_or_default();
    let entries: Vec<Entry> = told.into_iter().map(|(uid, identity)| Entry::Identify { uid, identity }).collect();
    open.ledger.record(folder, &entries)
}

/// Pairs those of `left` and `right` that are called the same, each at most once; both are given by their places.
pub(super) fn pair(left: &HashMap<usize, u64>, right: &HashMap<usize, u64>) -> Vec<(usize, usize)> {
    let mut free: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, identity) in left {
        free.entry(*identity).or_default().push(*place);
    }
    // What is to be taken last comes first.
    for places in free.values_mut() {
        places.sort_unstable_by(|one, other| other.cmp(one));
    }
    let mut order: Vec<(usize, u64)> = right.iter().map(|(place, identity)| (*place, *identity)).collect();
    order.sort_unstable();
    order.into_iter().filter_map(|(place, identity)| Some((free.get_mut(&identity)?.pop()?, place))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_paired_at_most_once_with_what_is_called_the_same() {
        let left = HashMap::from([(0, 7), (1, 8), (2, 7), (3, 9)]);
        let right = HashMap::from([(0, 9), (1, 7), (2, 7), (3, 7), (4, 1)]);
        assert_eq!(pair(&left, &right), [(3, 0), (0, 1), (2, 2)]);
    }
}
