//! Pairs the folders of both sides by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::{FolderInfo, FolderPair};
use crate::model::utf7;

/// One side's folders.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    /// What it lists.
    pub folders: &'a [FolderInfo],
    /// What separates the parts of its names; `None`: it has no hierarchy.
    pub separator: Option<char>,
    /// Whether missing folders may be made there.
    pub create: bool,
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
/// a fault that says why.
pub fn pair(remote: Tree<'_>, local: Tree<'_>) -> (Vec<Paired>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut by_local: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for folder in remote.folders.iter().filter(|folder| folder.selectable) {
        by_local.entry(translate(&folder.name, remote.separator, local.separator)).or_default().push(&folder.name);
    }
    let existing: BTreeSet<&str> = local.folders.iter().filter(|f| f.selectable).map(|f| f.name.as_str()).collect();
    let mut pairs = Vec::new();
    for (local_name, remote_names) in &by_local {
        match remote_names[..] {
            [remote_name] => {
                let create_local = !existing.contains(local_name.as_str());
                if !create_local || local.create {
                    pairs.push(paired(remote_name, local_name, false, create_local));
                }
            }
            _ => faults.push(collision(remote_names, local_name)),
        }
    }
    if remote.create {
        for name in existing.iter().filter(|name| !by_local.contains_key(**name)) {
            match missing_on_remote(name, remote.separator, local.separator) {
                Ok(pair) => pairs.push(pair),
                Err(fault) => faults.push(fault),
            }
        }
    }
    pairs.sort_by_cached_key(|pair| {
        let shown = pair.names.shown.to_lowercase();
        (shown != "inbox", shown, pair.names.local.clone())
    });
    (pairs, faults)
}

fn paired(remote: &str, local: &str, create_remote: bool, create_local: bool) -> Paired {
    let names = FolderPair { shown: utf7::decode(remote).into(), remote: remote.to_owned(), local: local.to_owned() };
    Paired { names, create_remote, create_local }
}

fn missing_on_remote(name: &str, remote: Option<char>, local: Option<char>) -> Result<Paired, Fault> {
    let refuse = |cause: String| {
        Fault::new(Reach::Folder, FaultKind::Refused, format!("making the local folder {name} on the server"), cause)
            .advise("rename the local folder")
    };
    if !name.is_ascii() || name.chars().any(char::is_control) {
        let written = utf7::encode(name);
        return Err(refuse(format!("folder names are kept in IMAP's own spelling, which here is {written}")));
    }
    let there = translate(name, local, remote);
    let back = translate(&there, remote, local);
    if back != name {
        return Err(refuse(format!("its name would be {there} there, which comes back as {back}")));
    }
    Ok(paired(&there, name, true, false))
}

fn collision(remote: &[&str], local: &str) -> Fault {
    Fault::new(
        Reach::Folder,
        FaultKind::Refused,
        format!("pairing the folders {}", remote.join(" and ")),
        format!("both would be the local folder {local}"),
    )
    .advise("rename one of them; until then neither is synchronised")
}

/// A name with the other side's separator. INBOX is INBOX everywhere.
fn translate(name: &str, from: Option<char>, to: Option<char>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from != to => name.replace(from, to.encode_utf8(&mut [0; 4])),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn infos(names: &[&str]) -> Vec<FolderInfo> {
        names.iter().map(|name| FolderInfo { name: (*name).into(), selectable: true, mark: None }).collect()
    }

    fn run(remote: &[&str], local: &[&str]) -> (Vec<String>, Vec<String>) {
        let (remote, local) = (infos(remote), infos(local));
        let (pairs, faults) = pair(
            Tree { folders: &remote, separator: Some('/'), create: true },
            Tree { folders: &local, separator: Some('.'), create: true },
        );
        let text = |pair: &Paired| {
            let new = match (pair.create_remote, pair.create_local) {
                (true, _) => " (new there)",
                (_, true) => " (new here)",
                _ => "",
            };
            format!("{} = {}{new}", pair.names.remote, pair.names.local)
        };
        (pairs.iter().map(text).collect(), faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn folders_meet_by_name_and_missing_ones_are_made() {
        let (pairs, faults) = run(&["b/c", "INBOX", "A"], &["b.c", "new.one"]);
        assert_eq!(
            pairs,
            ["INBOX = INBOX (new here)", "A = A (new here)", "b/c = b.c", "new/one = new.one (new there)"]
        );
        assert!(faults.is_empty());
    }

    #[test]
    fn a_separator_within_a_name_is_no_new_folder() {
        let (pairs, faults) = run(&["v1.2"], &["v1.2"]);
        assert_eq!(pairs, ["v1.2 = v1.2"]);
        assert!(faults.is_empty());
    }

    #[test]
    fn two_folders_with_one_local_name_are_refused() {
        let (pairs, faults) = run(&["v1.2", "v1/2", "x"], &["v1.2"]);
        assert_eq!(pairs, ["x = x (new here)"]);
        assert!(faults[0].contains("v1.2 and v1/2"), "{faults:?}");
    }

    #[test]
    fn names_that_do_not_come_back_are_refused() {
        let (pairs, faults) = run(&[], &["a/b", "Entwürfe"]);
        assert!(pairs.is_empty());
        assert!(faults[0].contains("Entw&APw-rfe") || faults[1].contains("Entw&APw-rfe"), "{faults:?}");
        assert!(faults.iter().any(|fault| fault.contains("a.b")), "{faults:?}");
    }

    #[test]
    fn nothing_is_made_where_nothing_may_be_made() {
        let (remote, local) = (infos(&["a"]), infos(&["b"]));
        let tree = |folders| Tree { folders, separator: Some('/'), create: false };
        assert_eq!(pair(tree(&remote), tree(&local)), (vec![], vec![]));
    }

    #[test]
    fn people_see_decoded_names() {
        let remote = infos(&["Entw&APw-rfe"]);
        let tree = |folders, create| Tree { folders, separator: Some('/'), create };
        let (pairs, _) = pair(tree(&remote, true), tree(&[], true));
        assert_eq!(&*pairs[0].names.shown, "Entwürfe");
        assert_eq!(pairs[0].names.local, "Entw&APw-rfe");
    }
}
