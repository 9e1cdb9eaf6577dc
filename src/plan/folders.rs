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
fn translate(name: &str, from: Option<char>, to: Option<char>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from != to => name.replace(from, to.encode_utf8(&mut [0; 4])),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::naming::Rules;
    use super::*;
    use crate::model::namemap::NameMap;
    use crate::model::patterns::Patterns;

    fn infos(names: &[&str]) -> Vec<FolderInfo> {
        names.iter().map(|name| FolderInfo { name: (*name).into(), selectable: true, mark: None }).collect()
    }

    fn run(remote: &[&str], local: &[&str]) -> (Vec<String>, Vec<String>) {
        run_with(remote, Rules::default(), local, Rules::default())
    }

    fn run_with(remote: &[&str], there: Rules<'_>, local: &[&str], here: Rules<'_>) -> (Vec<String>, Vec<String>) {
        let (remote, local, mut there, mut here) = (infos(remote), infos(local), there, here);
        let (pairs, faults) = pair(
            Tree { folders: &remote, separator: Some('/'), create: true, naming: &mut there },
            Tree { folders: &local, separator: Some('.'), create: true, naming: &mut here },
        )
        .unwrap();
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
        let (mut one, mut other) = (Rules::default(), Rules::default());
        let remote = Tree { folders: &remote, separator: Some('/'), create: false, naming: &mut one };
        let local = Tree { folders: &local, separator: Some('/'), create: false, naming: &mut other };
        assert_eq!(pair(remote, local).unwrap(), (vec![], vec![]));
    }

    #[test]
    fn people_see_decoded_names() {
        let remote = infos(&["Entw&APw-rfe"]);
        let (mut one, mut other) = (Rules::default(), Rules::default());
        let remote = Tree { folders: &remote, separator: Some('/'), create: true, naming: &mut one };
        let local = Tree { folders: &[], separator: Some('/'), create: true, naming: &mut other };
        let (pairs, _) = pair(remote, local).unwrap();
        assert_eq!(&*pairs[0].names.shown, "Entwürfe");
        assert_eq!(pairs[0].names.local, "Entw&APw-rfe");
    }

    #[test]
    fn folders_that_do_not_take_part_are_neither_copied_nor_made() {
        let patterns = Patterns::parse(["INBOX", "Entwürfe", "Lists/*", "!Lists/noise*"]).unwrap();
        let there = Rules { patterns: Some(&patterns), ..Rules::default() };
        let remote = ["INBOX", "Spam", "Lists/a", "Lists/noise", "Entw&APw-rfe"];
        let (pairs, faults) = run_with(&remote, there, &["Spam", "Lists.noise-too", "Lists.b"], Rules::default());
        let made =
            ["INBOX = INBOX (new here)", "Entw&APw-rfe = Entw&APw-rfe (new here)", "Lists/a = Lists.a (new here)"];
        assert_eq!(pairs, [&made[..], &["Lists/b = Lists.b (new there)"]].concat());
        assert_eq!(faults, [""; 0]);
        // The local side may leave out folders as well.
        let patterns = Patterns::parse(["!Lists.*"]).unwrap();
        let here = Rules { patterns: Some(&patterns), ..Rules::default() };
        let (pairs, _) = run_with(&["INBOX", "Lists/a"], Rules::default(), &["Lists.b", "c"], here);
        assert_eq!(pairs, ["INBOX = INBOX (new here)", "c = c (new there)"]);
    }

    #[test]
    fn names_are_mapped_there_and_back() {
        let map = NameMap::parse(r"s/^INBOX\///").unwrap();
        let there = Rules { map: Some(&map), ..Rules::default() };
        let (pairs, faults) =
            run_with(&["INBOX", "INBOX/a/b", "INBOX/c"], there, &["a.b", "new.one"], Rules::default());
        let known = ["INBOX = INBOX (new here)", "INBOX/a/b = a.b", "INBOX/c = c (new here)"];
        assert_eq!(pairs, [&known[..], &["INBOX/new/one = new.one (new there)"]].concat());
        assert_eq!(faults, [""; 0]);
    }

    #[test]
    fn a_name_that_has_no_way_back_is_not_made_there() {
        let map = NameMap::parse("s/^(a|b)-//").unwrap();
        let there = Rules { map: Some(&map), ..Rules::default() };
        let (pairs, faults) = run_with(&["a-x"], there, &["y"], Rules::default());
        assert_eq!(pairs, ["a-x = x (new here)"]);
        assert!(faults[0].contains("can't be derived"), "{faults:?}");
        // The local side's own map says it, if it agrees with the other one.
        let (good, bad) = (NameMap::parse("s/^/a-/").unwrap(), NameMap::parse("s/^/c-/").unwrap());
        let here = |map| Rules { map: Some(map), ..Rules::default() };
        assert_eq!(run_with(&[], there, &["y"], here(&good)).0, ["a-y = y (new there)"]);
        let (pairs, faults) = run_with(&[], there, &["y"], here(&bad));
        assert!(pairs.is_empty() && faults[0].contains("comes back as c-y"), "{faults:?}");
    }

    #[test]
    fn while_a_folder_has_no_name_none_is_made_there() {
        struct Broken;
        impl Naming for Broken {
            fn visible(&mut self, name: &str) -> Result<String, Fault> {
                let fault = || Fault::new(Reach::Folder, FaultKind::Config, "naming a folder", "no");
                if name == "b" { Err(fault()) } else { Ok(name.to_owned()) }
            }

            fn takes_part(&mut self, _name: &str) -> Result<bool, Fault> {
                Ok(true)
            }

            fn hidden(&mut self, visible: &str) -> Option<String> {
                Some(visible.to_owned())
            }

            fn translates(&self) -> bool {
                true
            }
        }
        let (remote, local) = (infos(&["a", "b"]), infos(&["a", "c"]));
        let remote = Tree { folders: &remote, separator: None, create: true, naming: &mut Broken };
        let local = Tree { folders: &local, separator: None, create: true, naming: &mut Rules::default() };
        let (pairs, faults) = pair(remote, local).unwrap();
        assert_eq!((pairs.len(), faults.len()), (1, 1));
    }
}
