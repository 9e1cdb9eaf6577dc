//! Pairs the folders of both sides by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::{FolderInfo, FolderPair};
use crate::model::utf7;

use super::naming::Naming;

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

/// A pair of folders, and where one has to be made first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// Its names.
    pub names: FolderPair,
    /// It is missing on the remote side.
    pub create_remote: bool,
    /// It is missing on the local side.
    pub create_local: bool,
}

/// All pairs, INBOX first, the rest by name without regard to case; and the folders that can't be paired, each with
/// a fault that says why. One that reaches further than a folder ends it all.
pub fn pair(mut remote: Tree<'_>, mut local: Tree<'_>) -> Result<(Vec<Paired>, Vec<Fault>), Fault> {
    let mut faults = Vec::new();
    let mut by_local: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    for folder in remote.folders.iter().filter(|folder| folder.selectable) {
        if let Some(Some(visible)) = kept(called(remote.naming, &folder.name), &mut faults)? {
            let name = translate(&visible, remote.separator, local.separator);
            by_local.entry(name).or_default().push((&folder.name, visible));
        }
    }
    // What a folder is called that has no name now may be what is missing there.
    let certain = faults.is_empty();
    let existing: BTreeSet<&str> = local.folders.iter().filter(|f| f.selectable).map(|f| f.name.as_str()).collect();
    let mut pairs = Vec::new();
    for (local_name, remote_names) in &by_local {
        if kept(local.naming.takes_part(local_name), &mut faults)? != Some(true) {
            continue;
        }
        match &remote_names[..] {
            [(remote_name, visible)] => {
                let create_local = !existing.contains(local_name.as_str());
                if !create_local || local.create {
                    pairs.push(paired((remote_name, visible), local_name, false, create_local));
                }
            }
            several => faults.push(collision(several, local_name)),
        }
    }
    if remote.create && certain {
        for name in existing.iter().filter(|name| !by_local.contains_key(**name)) {
            pairs.extend(kept(missing_on_remote(name, &mut remote, &mut local), &mut faults)?.flatten());
        }
    }
    pairs.sort_by_cached_key(|pair| {
        let shown = pair.names.shown.to_lowercase();
        (shown != "inbox", shown, pair.names.local.clone())
    });
    Ok((pairs, faults))
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

fn paired(remote: (&str, &str), local: &str, create_remote: bool, create_local: bool) -> Paired {
    let (remote, visible) = (remote.0.to_owned(), remote.1);
    let names = FolderPair { shown: utf7::decode(visible).into(), remote, local: local.to_owned() };
    Paired { names, create_remote, create_local }
}

/// The pair of a local folder that no folder of the remote side is called like; `None` when it doesn't take part.
fn missing_on_remote(name: &str, remote: &mut Tree<'_>, local: &mut Tree<'_>) -> Result<Option<Paired>, Fault> {
    let Some(visible) = called(local.naming, name)? else { return Ok(None) };
    let refuse = |cause: String, advice: &str| {
        Fault::new(Reach::Folder, FaultKind::Refused, format!("making the local folder {name} on the server"), cause)
            .advise(advice)
    };
    if !name.is_ascii() || name.chars().any(char::is_control) {
        let cause = format!("folder names are kept in IMAP's own spelling, which here is {}", utf7::encode(name));
        return Err(refuse(cause, "rename the local folder"));
    }
    let there = translate(&visible, local.separator, remote.separator);
    let there = if local.naming.translates() { Some(there) } else { remote.naming.hidden(&there) };
    let Some(there) = there else {
        let cause = "what it would be called there can't be derived from namemap".to_owned();
        return Err(refuse(cause, "set namemap in the local repository, or createfolders = no in the remote one"));
    };
    let Some(back) = called(remote.naming, &there)? else { return Ok(None) };
    let returned = translate(&back, remote.separator, local.separator);
    if returned != name {
        let cause = format!("its name would be {there} there, which comes back as {returned}");
        let translated = local.naming.translates() || remote.naming.translates();
        let advice = if translated {
            "let the local repository's nametrans or namemap undo what the remote one's does"
        } else {
            "rename the local folder"
        };
        return Err(refuse(cause, advice));
    }
    Ok(Some(paired((&there, &back), name, true, false)))
}

fn collision(remote: &[(&str, String)], local: &str) -> Fault {
    let remote: Vec<&str> = remote.iter().map(|(name, _)| *name).collect();
    Fault::new(
        Reach::Folder,
        FaultKind::Refused,
        format!("pairing the folders {}", remote.join(" and ")),
        format!("both would be the local folder {local}"),
    )
    .advise("rename one of them; until then neither is synchronised")
}

/// A name with the other side's separator. INBOX is INBOX everywhere.
pub fn translate(name: &str, from: Option<char>, to: Option<char>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from != to => name.replace(from, to.encode_utf8(&mut [0; 4])),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
