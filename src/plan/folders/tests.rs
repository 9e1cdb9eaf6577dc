use super::super::naming::Rules;
use super::*;
use crate::model::namemap::NameMap;
use crate::model::patterns::Patterns;

pub(super) fn infos(names: &[&str]) -> Vec<FolderInfo> {
    names
        .iter()
        .map(|name| FolderInfo { name: (*name).into(), selectable: true, subscribed: true, mark: None })
        .collect()
}

fn run(remote: &[&str], local: &[&str]) -> (Vec<String>, Vec<String>) {
    run_with(remote, Rules::default(), local, Rules::default())
}

fn run_with(remote: &[&str], there: Rules<'_>, local: &[&str], here: Rules<'_>) -> (Vec<String>, Vec<String>) {
    run_on((&infos(remote), there), (&infos(local), here), Terms::default())
}

pub(super) fn run_on(
    (remote, there): (&[FolderInfo], Rules<'_>),
    (local, mut here): (&[FolderInfo], Rules<'_>),
    terms: Terms<'_>,
) -> (Vec<String>, Vec<String>) {
    let mut there = Rules { decode: terms.decode, ..there };
    let (pairs, faults) = pair(
        Tree { folders: remote, separator: Some('/'), create: true, naming: &mut there },
        Tree { folders: local, separator: Some('.'), create: true, naming: &mut here },
        terms,
    )
    .unwrap();
    let text = |pair: &Paired| {
        let new = match (pair.create_remote, pair.create_local, &pair.respelt) {
            (true, ..) => " (new there)".to_owned(),
            (_, true, _) => " (new here)".to_owned(),
            (.., Some(old)) => format!(" (was {old})"),
            _ => String::new(),
        };
        format!("{} = {}{new}", pair.names.remote, pair.names.local)
    };
    (pairs.iter().map(text).collect(), faults.iter().map(ToString::to_string).collect())
}

#[test]
fn folders_meet_by_name_and_missing_ones_are_made() {
    let (pairs, faults) = run(&["b/c", "INBOX", "A"], &["b.c", "new.one"]);
    assert_eq!(pairs, ["INBOX = INBOX (new here)", "A = A (new here)", "b/c = b.c", "new/one = new.one (new there)"]);
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
    assert_eq!(pair(remote, local, Terms::default()).unwrap(), (vec![], vec![]));
}

#[test]
fn people_see_decoded_names() {
    let remote = infos(&["Entw&APw-rfe"]);
    let (mut one, mut other) = (Rules::default(), Rules::default());
    let remote = Tree { folders: &remote, separator: Some('/'), create: true, naming: &mut one };
    let local = Tree { folders: &[], separator: Some('/'), create: true, naming: &mut other };
    let (pairs, _) = pair(remote, local, Terms::default()).unwrap();
    assert_eq!(&*pairs[0].names.shown, "Entwürfe");
    assert_eq!(pairs[0].names.local, "Entw&APw-rfe");
}

#[test]
fn folders_that_do_not_take_part_are_neither_copied_nor_made() {
    let patterns = Patterns::parse(["INBOX", "Entwürfe", "Lists/*", "!Lists/noise*"]).unwrap();
    let there = Rules { patterns: Some(&patterns), ..Rules::default() };
    let remote = ["INBOX", "Spam", "Lists/a", "Lists/noise", "Entw&APw-rfe"];
    let (pairs, faults) = run_with(&remote, there, &["Spam", "Lists.noise-too", "Lists.b"], Rules::default());
    let made = ["INBOX = INBOX (new here)", "Entw&APw-rfe = Entw&APw-rfe (new here)", "Lists/a = Lists.a (new here)"];
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
    let (pairs, faults) = run_with(&["INBOX", "INBOX/a/b", "INBOX/c"], there, &["a.b", "new.one"], Rules::default());
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
    let (pairs, faults) = pair(remote, local, Terms::default()).unwrap();
    assert_eq!((pairs.len(), faults.len()), (1, 1));
}

#[test]
fn folders_that_the_local_side_is_not_subscribed_to_are_neither_copied_nor_made() {
    let (there, mut here) = (infos(&["INBOX", "both"]), infos(&["both", "only here", "wanted"]));
    for folder in &mut here {
        folder.subscribed = folder.name == "wanted";
    }
    let (mut one, mut other) = (Rules::default(), Rules::default());
    let remote = Tree { folders: &there, separator: Some('/'), create: true, naming: &mut one };
    let local = Tree { folders: &here, separator: Some('/'), create: true, naming: &mut other };
    let (pairs, faults) = pair(remote, local, Terms::default()).unwrap();
    let shown: Vec<&str> = pairs.iter().map(|pair| &*pair.names.shown).collect();
    assert_eq!((shown, faults.len()), (vec!["INBOX", "wanted"], 0));
}
