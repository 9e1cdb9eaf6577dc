//! Which folders there are, from wherever one is known, and which of them belong together.

use std::collections::BTreeSet;

use super::super::account::Shared;
use super::super::both::Both;
use super::super::naming::Names;
use super::super::pairing;
use super::trip::Guide;
use crate::model::fault::Fault;
use crate::model::folder::FolderInfo;
use crate::plan::folders::{Paired, Tree, pair};
use crate::plan::naming::Naming;
use crate::store::ledger::FolderRecord;
use crate::store::maildir::Called;

/// What both sides and the ledger list.
pub(super) struct Sides<'a> {
    /// `None` when the server didn't tell.
    pub(super) there: Option<&'a [FolderInfo]>,
    pub(super) here: &'a [FolderInfo],
    /// The separator of the folders on each side.
    pub(super) separators: Both<Option<char>>,
    pub(super) records: &'a [FolderRecord],
}

/// A folder by its names on both sides, as far as they are known.
pub(super) struct Named {
    pub(super) remote: Option<String>,
    pub(super) local: Option<String>,
}

pub(super) fn guide<'a>(sides: &Sides<'_>, (remote, local): (&'a mut Names<'_>, &'a mut Names<'_>)) -> Guide<'a> {
    let Both { remote: remote_separator, local: local_separator } = sides.separators;
    Guide { remote, local, remote_separator, local_separator }
}

/// The pairs that a synchronisation would make.
pub(super) fn pairs(
    shared: &Shared<'_>,
    sides: &Sides<'_>,
    (remote, local): (&mut Names<'_>, &mut Names<'_>),
    faults: &mut Vec<Fault>,
) -> Vec<Paired> {
    let Some(there) = sides.there else { return Vec::new() };
    let policy = shared.policy();
    let (separator, here) = (sides.separators.local, sides.here);
    let remote =
        Tree { folders: there, separator: sides.separators.remote, create: policy.create_remote, naming: remote };
    let local = Tree { folders: here, separator, create: policy.create_local, naming: local };
    let known = pairing::by_name(sides.records);
    match pair(
        remote,
        local,
        pairing::terms((&shared.account.remote.listing, shared.account.local.reference()), &known),
    ) {
        Ok((pairs, wrong)) => {
            faults.extend(wrong);
            pairs
        }
        Err(fault) => {
            faults.push(fault);
            Vec::new()
        }
    }
}

/// What the other side calls the local folders, where that differs.
pub(super) fn called(local: &mut Names<'_>, here: &[FolderInfo]) -> Called {
    if !local.translates() {
        return Called::new();
    }
    let visible = here.iter().filter_map(|folder| Some((folder.name.clone(), local.visible(&folder.name).ok()?)));
    visible.filter(|(name, visible)| name != visible).collect()
}

/// The names of all folders, each once.
pub(super) fn names(sides: &Sides<'_>, pairs: &[Paired], guide: &mut Guide<'_>) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    let (mut remotes, mut locals) = (BTreeSet::new(), BTreeSet::new());
    for pair in pairs {
        remotes.insert(pair.names.remote.clone());
        locals.insert(pair.names.local.clone());
        named.push(Named { remote: Some(pair.names.remote.clone()), local: Some(pair.names.local.clone()) });
    }
    for folder in sides.there.unwrap_or_default() {
        if remotes.insert(folder.name.clone()) {
            // What takes no part may have a name that the rules can't cope with.
            let across = guide.here(&folder.name).ok();
            let across = across.filter(|name| sides.here.iter().any(|here| here.name == *name));
            let local = across.filter(|name| locals.insert(name.clone()));
            named.push(Named { remote: Some(folder.name.clone()), local });
        }
    }
    let known = sides.records.iter().map(|record| (record.local.clone(), Some(record.remote.clone())));
    let here = sides.here.iter().map(|folder| (folder.name.clone(), None));
    for (local, remote) in known.chain(here) {
        if locals.insert(local.clone()) {
            let remote = remote.or_else(|| sides.there.and_then(|_| guide.there(&local).ok().flatten()));
            let remote = remote.filter(|name| remotes.insert(name.clone()));
            named.push(Named { remote, local: Some(local) });
        }
    }
    named
}
