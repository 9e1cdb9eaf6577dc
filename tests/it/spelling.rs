//! Local folders that are called as people read their names, and those that get other names by it.

use std::fs;

use crate::local::{self, deliver};
use crate::names::{here, made_there, named};
use crate::world::{Run, World};

const ON: &str = "utf8foldernames = yes\n";

/// An account that decodes names.
fn decoding() -> World {
    let mut world = World::new();
    world.account = ON.into();
    world
}

/// Fails unless nothing was sent, fetched or deleted.
#[track_caller]
fn nothing_moved(run: &Run) {
    for word in ["uploaded", "downloaded", "deleted"] {
        assert!(!run.text.contains(word), "{}", run.text);
    }
}

#[test]
fn names_are_decoded_here_and_encoded_there() {
    let mut world = decoding();
    made_there(&world, &["Entw&APw-rfe", "Entw&APw-rfe/M&AOQ-rz", "A&-B", "&U,BTFw-"]);
    deliver(&world.maildir().join("Grüße.2024"), "mine", "S");
    deliver(&world.maildir().join("C&D"), "mine", "S");
    world.sync().ends_with(0).says("Entwürfe/März: 1 downloaded");
    let mut all = named(&["INBOX", "Entwürfe", "Entwürfe.März", "A&B", "台北", "Grüße.2024", "C&D"]);
    assert_eq!(here(&world), all);
    let there = world.status();
    assert!(there.contains("\"Gr&APwA3w-e/2024\" (MESSAGES 1 ") && there.contains("\"C&-D\" (MESSAGES 1 "), "{there}");
    world.sync().ends_with(0).says("nothing new");
    // The names that rules and people get to see are the decoded ones.
    world.remote += "nametrans = lambda name: name.replace('ü', 'ue')\nfolderfilter = lambda name: name != 'A&B'\n\
                     foldersort = lambda name: -len(name)\n";
    world.user = "other".to_owned();
    made_there(&world, &["Entw&APw-rfe", "A&-B", "&U,BTFw-"]);
    let run = world.sync();
    run.ends_with(0).says("Entwuerfe: 1 downloaded");
    all = named(&["INBOX", "Entwuerfe", "台北"]);
    assert_eq!(here(&world), all);
}

#[test]
fn the_old_option_means_the_same_and_says_so() {
    let mut world = World::new();
    made_there(&world, &["Entw&APw-rfe"]);
    world.remote += "decodefoldernames = yes\n";
    world.sync().ends_with(0).says("utf8foldernames = yes in the account");
    assert_eq!(here(&world), named(&["INBOX", "Entwürfe"]));
}

/// Two folders with messages, one in the other, and a plain one; synchronised.
fn settled(separator: char, account: &str) -> World {
    let mut world = World::new();
    world.separator = separator;
    world.account = account.into();
    made_there(&world, &["Entw&APw-rfe", "Entw&APw-rfe/M&AOQ-rz", "Plain"]);
    for number in 0..15 {
        world.client(&["append", "Entw&APw-rfe", &format!("letter {number}")]);
    }
    world.sync().ends_with(0);
    world
}

fn switched(separator: char) {
    let mut world = settled(separator, "");
    let folder = |world: &World, name: &str| world.maildir().join(name.replace('.', &separator.to_string()));
    let (before, after) = (["Entw&APw-rfe", "Entw&APw-rfe.M&AOQ-rz"], ["Entwürfe", "Entwürfe.März"]);
    let count = |world: &World, name: &str| local::messages(&folder(world, name)).len();
    assert_eq!(before.map(|name| count(&world, name)), [16, 1]);
    let untouched = local::everything(&world.maildir());
    for (account, gone, there) in [(ON, before, after), ("", after, before)] {
        // What has changed meanwhile is known all the same: one is deleted, one is flagged, one is new.
        let files = local::messages(&folder(&world, gone[0]));
        fs::remove_file(&files[0]).unwrap();
        local::flag(&files[1], "FS");
        deliver(&folder(&world, gone[1]), &format!("new{}", account.len()), "");
        world.account = account.into();
        let run = world.sync();
        run.ends_with(0).says("is called").says("1 uploaded").says("1 deleted on the server");
        assert!(!run.text.contains("downloaded"), "{}", run.text);
        assert!(gone.iter().all(|name| !folder(&world, name).exists()), "{}", run.text);
        assert!(there.iter().all(|name| folder(&world, name).join("cur").is_dir()), "{}", run.text);
        world.sync().ends_with(0).says("nothing new");
    }
    assert_eq!(before.map(|name| count(&world, name)), [14, 3]);
    let kept = |path: &&std::path::PathBuf| path.to_string_lossy().contains("Plain");
    let now = local::everything(&world.maildir());
    let plain = |files: &local::Files| files.keys().filter(kept).cloned().collect::<Vec<_>>();
    assert_eq!(plain(&now), plain(&untouched));
}

#[test]
fn when_it_is_switched_on_and_off_folders_get_other_names_and_nothing_is_transferred() {
    switched('.');
}

#[test]
fn nested_folders_get_other_names_too() {
    switched('/');
}

#[test]
fn a_folder_that_has_no_room_for_its_other_name_is_left_alone() {
    let mut world = settled('.', "");
    let mine = deliver(&world.maildir().join("Entwürfe"), "mine", "S");
    world.account = ON.into();
    let before = (world.status(), local::messages(&world.maildir().join("Entw&APw-rfe")));
    world.sync().ends_with(1).in_one_sentence().says("Entwürfe is here too").says("Entwürfe/März");
    assert_eq!((world.status(), local::messages(&world.maildir().join("Entw&APw-rfe"))), before);
    // As it says: what is in the new one goes into the old one, and the new one goes.
    let old = world.maildir().join("Entw&APw-rfe");
    fs::rename(&mine, old.join("cur").join(mine.file_name().unwrap())).unwrap();
    fs::remove_dir_all(world.maildir().join("Entwürfe")).unwrap();
    world.sync().ends_with(0).says("Entwürfe: 1 uploaded");
    assert_eq!(local::messages(&world.maildir().join("Entwürfe")).len(), 17);
}

#[test]
fn a_folder_that_nobody_knows_is_not_taken_for_another_spelling() {
    let world = decoding();
    made_there(&world, &["Entw&APw-rfe"]);
    let file = deliver(&world.maildir().join("Entw&APw-rfe"), "mine", "S");
    let before = world.status();
    world.sync().ends_with(1).in_one_sentence().says("rename it to Entwürfe");
    assert_eq!(world.status(), before);
    assert!(file.exists() && !world.maildir().join("Entwürfe").exists());
}

#[test]
fn a_read_only_maildir_keeps_its_names_and_a_dry_run_only_says_so() {
    let mut world = settled('.', "");
    world.account = ON.into();
    let before = local::everything(&world.maildir());
    let mut program = world.program(&world.config());
    let run = Run::from(&program.arg("--dry-run").output().unwrap());
    run.ends_with(0).says("Entw&APw-rfe would be renamed to Entwürfe");
    nothing_moved(&run);
    world.local = "readonly = yes\n".to_owned();
    world.sync().ends_with(1).in_one_sentence().says("read-only").says("utf8foldernames");
    assert_eq!(local::everything(&world.maildir()), before);
}

#[test]
fn a_switch_deletes_no_folder_even_where_folders_are_deleted() {
    let mut world = settled('.', "syncfolderdeletes = yes\n");
    let before = world.status();
    world.account += ON;
    // By hand, before the program could do it.
    for (old, new) in [("Entw&APw-rfe", "Entwürfe"), ("Entw&APw-rfe.M&AOQ-rz", "Entwürfe.März")] {
        fs::rename(world.maildir().join(old), world.maildir().join(new)).unwrap();
    }
    let run = world.sync();
    run.ends_with(0);
    nothing_moved(&run);
    assert_eq!(world.status(), before);
    assert_eq!(here(&world), named(&["INBOX", "Entwürfe", "Entwürfe.März", "Plain"]));
}
