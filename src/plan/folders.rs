//! Pairs the folders of both sides by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::{FolderInfo, FolderPair};
use crate::model::utf7;

use super::naming::Naming;

mod missing;
mod respelt;

use respelt::Spellings;

/// One side's folders.
pub struct Tree<'a> {
    /// What it lists.
    pub folders: &'a [FolderInfo],
    /// What separates the parts of its names; `None`: it has no hierarchy.
    pub separator: Option<char>,
    /// Whether missing folders may be made there.
    pub create: bool,
    /// What they are called on the other side, and which of them take part.
    pub naming: &'a mut dyn Naming,
}

/// What decides besides the two trees.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// The remote side's names are modified UTF-7, and its rules decode them.
    pub decode: bool,
    /// What the remote side lists begins with this. A folder elsewhere is not made there: no list would ever show it.
    pub reference: &'a str,
    /// The same of the local side, where that is a server.
    pub local_reference: &'a str,
    /// The remote and the local names of folders that were the same before.
    pub known: &'a [(&'a str, &'a str)],
}

impl Terms<'_> {
    /// A name as people know it.
    fn shown(&self, visible: &str) -> String {
        if self.decode { visible.to_owned() } else { utf7::decode(visible) }
    }

    /// Whether the folders were the same before.
    fn knows(&self, remote: &str, local: &str) -> bool {
        self.known.contains(&(remote, local))
    }
}

/// A pair of folders, and where one has to be made first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// Its names.
    pub names: FolderPair,
    /// It is missing on the remote side.
    pub create_remote: bool,
    /// It is missing on the local side.
    pub create_local: bool,
    /// It is there on the local side under this name, which is the same one spelt in the other way.
    pub respelt: Option<String>,
}

/// All pairs, INBOX first, the rest by name without regard to case; and the folders that can't be paired, each with
/// a fault that says why. One that reaches further than a folder ends it all.
pub fn pair(mut remote: Tree<'_>, mut local: Tree<'_>, terms: Terms<'_>) -> Result<(Vec<Paired>, Vec<Fault>), Fault> {
    let mut faults = Vec::new();
    let mut by_local: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    for folder in remote.folders.iter().filter(|folder| folder.selectable && folder.subscribed) {
        let seen = called(remote.naming, &folder.name);
        if let Some(Some(visible)) = kept(seen, &mut faults)? {
            let name = translate(&visible, remote.separator, local.separator);
            by_local.entry(name).or_default().push((&folder.name, visible));
        }
    }
    // What a folder is called that has no name now may be what is missing there.
    let certain = faults.is_empty();
    let existing = named(local.folders, |folder| folder.selectable);
    let unsubscribed = named(local.folders, |folder| !folder.subscribed);
    let mut spellings = Spellings::new(terms, &existing, &by_local);
    let mut pairs = Vec::new();
    for (local_name, remote_names) in &by_local {
        let left_out = unsubscribed.contains(local_name.as_str());
        if left_out || kept(local.naming.takes_part(local_name), &mut faults)? != Some(true) {
            continue;
        }
        match &remote_names[..] {
            [(remote_name, visible)] => {
                let is_here = existing.contains(local_name.as_str());
                let respelt = match kept(spellings.of(remote_name, local_name, is_here), &mut faults)? {
                    Some(respelt) => respelt.map(str::to_owned),
                    None => continue,
                };
                let create_local = respelt.is_none() && !is_here;
                let is_listed = missing::is_listed_here(remote_name, local_name, terms);
                if !create_local || local.create && kept(is_listed, &mut faults)? == Some(true) {
                    let names = names((remote_name, visible), local_name, terms);
                    pairs.push(Paired { names, create_remote: false, create_local, respelt });
                }
            }
            several => faults.push(collision(several, local_name)),
        }
    }
    let taken = spellings.taken;
    if remote.create && certain {
        let alone = |name: &&&str| !by_local.contains_key(**name) && !taken.contains(**name);
        for name in existing.difference(&unsubscribed).filter(alone) {
            let made = missing::on_remote(name, &mut remote, &mut local, terms);
            pairs.extend(kept(made, &mut faults)?.flatten());
        }
    }
    sort(&mut pairs);
    Ok((pairs, faults))
}

/// The names of these folders.
fn named(folders: &[FolderInfo], which: impl Fn(&FolderInfo) -> bool) -> BTreeSet<&str> {
    folders.iter().filter(|folder| which(folder)).map(|folder| folder.name.as_str()).collect()
}

fn sort(pairs: &mut [Paired]) {
    pairs.sort_by_cached_key(|pair| {
        let shown = pair.names.shown.to_lowercase();
        (shown != "inbox", shown, pair.names.local.clone())
    });
}

/// What came of a folder; a fault that is about that folder alone is kept, and others go on.
fn kept<T>(result: Result<T, Fault>, faults: &mut Vec<Fault>) -> Result<Option<T>, Fault> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(fault) if fault.reach <= Reach::Folder => {
            faults.push(fault);
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

/// What the other side calls a folder; `None` when it doesn't take part.
fn called(naming: &mut dyn Naming, name: &str) -> Result<Option<String>, Fault> {
    if naming.takes_part(name)? { naming.visible(name).map(Some) } else { Ok(None) }
}

fn names(remote: (&str, &str), local: &str, terms: Terms<'_>) -> FolderPair {
    // The folder above all others has no name of its own here.
    let shown = if local.is_empty() { utf7::decode(remote.0) } else { terms.shown(remote.1) };
    FolderPair { shown: shown.into(), remote: remote.0.to_owned(), local: local.to_owned() }
}

/// What two folders that were the same before are called, by the rules of now.
pub fn remembered(remote: &str, local: &str, naming: &mut dyn Naming, terms: Terms<'_>) -> Result<FolderPair, Fault> {
    let visible = naming.visible(remote)?;
    Ok(names((remote, &visible), local, terms))
}

fn collision(remote: &[(&str, String)], local: &str) -> Fault {
    let remote: Vec<&str> = remote.iter().map(|(name, _)| *name).collect();
    let local = if local.is_empty() { "without a name" } else { local };
    Fault::new(
        Reach::Folder,
        FaultKind::Refused,
        format!("pairing the folders {}", remote.join(" and ")),
        format!("both would be the local folder {local}"),
    )
    .advise("rename one of them; until then neither is synchronised")
}

/// A name with the other side's separator. INBOX is INBOX everywhere; what is called like the separator alone is the folder above
/// all others, as in OfflineIMAP.
pub fn translate(name: &str, from: Option<char>, to: Option<char>) -> String {
    match (from, to) {
        (Some(from), _) if name.chars().eq([from]) => String::new(),
        (Some(from), Some(to)) if from != to => name.replace(from, to.encode_utf8(&mut [0; 4])),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod spelling_tests;
#[cfg(test)]
mod tests;
