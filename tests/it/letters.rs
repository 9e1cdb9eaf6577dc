//! What names of files say beside who they are: the sign before their flags, and small letters for keywords.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::local;
use crate::world::World;

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_str().unwrap().to_owned()
}

fn inodes(folder: &Path) -> BTreeSet<u64> {
    local::messages(folder).iter().map(|file| fs::metadata(file).unwrap().ino()).collect()
}

/// The file of the message with this UID.
fn file(folder: &Path, uid: u32) -> PathBuf {
    let mark = format!(",U={uid},");
    local::messages(folder).into_iter().find(|file| name(file).contains(&mark)).unwrap()
}

/// What stands behind the sign in its name.
fn letters(folder: &Path, uid: u32) -> String {
    name(&file(folder, uid)).rsplit("2,").next().unwrap().to_owned()
}

/// Gives it another name, with this in place of that.
fn rename(file: &Path, from: &str, to: &str) {
    fs::rename(file, file.parent().unwrap().with_file_name("cur").join(name(file).replace(from, to))).unwrap();
}

#[test]
fn names_get_another_sign_when_that_is_wished_and_nothing_is_transferred() {
    let mut world = World::new();
    world.fill(2, 6);
    world.sync().ends_with(0);
    let folders = ["INBOX", "Archive"].map(|folder| world.maildir().join(folder));
    let (before, status) = (folders.each_ref().map(|folder| inodes(folder)), world.status());
    let all =
        |sign: &str| folders.iter().flat_map(|folder| local::messages(folder)).all(|file| name(&file).contains(sign));
    assert!(all(":2,"));
    world.account = "maildir-windows-compatible = yes\n".to_owned();
    let pretended = crate::world::Run::from(&world.program(&world.config()).arg("--dry-run").output().unwrap());
    assert!(pretended.ends_with(0).text.contains("nothing") && all(":2,"), "{}", pretended.text);
    assert!(!world.sync().ends_with(0).text.contains("loaded"));
    assert!(all("!2,"));
    // Somebody was cut off in the middle, a mail reader that knows only colons has been at work, and so have others.
    let inbox = &folders[0];
    let files = local::messages(inbox);
    rename(&files[0], "!2,", ":2,");
    rename(&files[1], &name(&files[1]), &format!("{}:2,FS", name(&files[1])));
    assert!(!world.sync().ends_with(0).text.contains("loaded"));
    assert!(all("!2,"));
    let after = folders.each_ref().map(|folder| inodes(folder));
    assert_eq!((after, counts(&world.status())), (before.clone(), counts(&status)));
    local::deliver(inbox, "mine", "S");
    world.client(&["append", "INBOX", "theirs"]);
    world.sync().ends_with(0).says("1 downloaded").says("1 uploaded");
    assert!(all("!2,"));
    let seen = file(inbox, 2);
    rename(&seen, &name(&seen), &format!("{}!2,FRS", name(&seen).split("!2,").next().unwrap()));
    world.sync().ends_with(0);
    let listed = world.client(&["list", "INBOX"]);
    let line = listed.lines().find(|line| line.starts_with("2 (")).unwrap();
    assert!(["\\Answered", "\\Flagged", "\\Seen"].iter().all(|flag| line.contains(flag)), "{listed}");
    world.account = String::new();
    assert!(!world.sync().ends_with(0).text.contains("loaded"));
    assert!(all(":2,"));
    assert!(before[0].is_subset(&inodes(inbox)));
    world.same(&[]);
}

/// How many messages each folder has, without what flags move.
fn counts(status: &str) -> Vec<String> {
    status.lines().map(|line| line.split("HIGHESTMODSEQ").next().unwrap().to_owned()).collect()
}

#[test]
fn keywords_are_small_letters_and_go_both_ways() {
    let mut world = World::new();
    for subject in ["one", "two", "three", "four"] {
        world.client(&["append", "INBOX", subject]);
    }
    let flag = |world: &World, uid: &str, sign: &str, word: &str| world.client(&["flag", "INBOX", uid, sign, word]);
    let inbox = world.maildir().join("INBOX");
    let add = |uid: u32, letters: &str| {
        let file = file(&inbox, uid);
        local::flag(&file, letters);
    };
    flag(&world, "1", "+", "$Label1");
    flag(&world, "2", "+", "Work");
    world.sync().ends_with(0).says("4 downloaded");
    assert_eq!([1, 2].map(|uid| letters(&inbox, uid)), ["", ""]);
    assert!(!world.sync().ends_with(0).text.contains("loaded"));
    // Nothing has changed anywhere but what letters stand for.
    world.local = "customflag_a = $label1\ncustomflag_b = work\n".to_owned();
    assert!(!world.sync().ends_with(0).text.contains("loaded"));
    assert_eq!([1, 2, 3].map(|uid| letters(&inbox, uid)), ["a", "b", ""]);
    // Each side keeps the other's changes, and a letter that stands for nothing stays where it is.
    add(3, "a");
    add(2, "S");
    add(4, "z");
    flag(&world, "2", "+", "$Label1");
    flag(&world, "1", "-", "$Label1");
    world.sync().ends_with(0);
    assert_eq!([1, 2, 3, 4].map(|uid| letters(&inbox, uid)), ["", "Sa", "a", "z"]);
    flag(&world, "4", "+", "\\Flagged Work other");
    local::deliver(&inbox, "mine", "Sab");
    world.sync().ends_with(0).says("1 uploaded");
    assert_eq!(letters(&inbox, 4), "Fbz");
    let listed = world.client(&["list", "INBOX"]);
    for line in [
        "1 () one",
        "2 ($Label1 \\Seen) two",
        "3 ($Label1) three",
        "4 (Work \\Flagged other) four",
        "5 ($Label1 Work \\Seen) mine",
    ] {
        assert!(listed.contains(line), "no {line} in:\n{listed}");
    }
    // With another letter for it, no keyword is taken for one that somebody took away.
    world.local = "customflag_c = $Label1\ncustomflag_b = work\n".to_owned();
    world.sync().ends_with(0);
    assert_eq!([2, 3].map(|uid| letters(&inbox, uid)), ["Sac", "ac"]);
    assert_eq!(world.client(&["list", "INBOX"]), listed);
    add(3, "a");
    world.sync().ends_with(0);
    assert!(world.client(&["list", "INBOX"]).contains("3 () three"));
    world.local = "customflag_a = two words\ncustomflag_b = x\ncustomflag_c = X\n".to_owned();
    world
        .sync()
        .ends_with(2)
        .says("customflag_a = two words: expected a keyword")
        .says("customflag_b stands for the same");
}
