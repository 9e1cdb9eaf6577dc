//! What the options about folders and deletions say is what is done.

use std::fs;
use std::path::PathBuf;

use crate::local;
use crate::world::{Run, World};

/// Two folders of six messages, in step.
fn in_step() -> World {
    let world = World::new();
    world.fill(2, 6);
    world.sync().ends_with(0);
    world
}

fn inbox(world: &World) -> PathBuf {
    world.maildir().join("INBOX")
}

fn delete_here(world: &World, subject: &str) {
    fs::remove_file(local::find(&inbox(world), subject).unwrap()).unwrap();
}

#[track_caller]
fn delete_there(world: &World, uids: &str) {
    let (code, said) = world.python("delete.py", &["INBOX", uids]);
    assert_eq!(code, Some(0), "{said}");
}

fn info(world: &World) -> Run {
    let mut command = world.program(&world.config());
    let run = Run::from(&command.arg("--info").output().unwrap());
    run.ends_with(0);
    run
}

/// Whether INBOX has a message of this subject on the server and here.
fn is(world: &World, subject: &str) -> (bool, bool) {
    let there = world.client(&["list", "INBOX"]).lines().any(|line| line.ends_with(&format!(") {subject}")));
    (there, local::find(&inbox(world), subject).is_some())
}

const ONLY_THERE: (bool, bool) = (true, false);
const ONLY_HERE: (bool, bool) = (false, true);
const NOWHERE: (bool, bool) = (false, false);

#[test]
fn no_folder_is_made_on_a_server_where_that_is_not_allowed() {
    let mut world = in_step();
    world.remote += "createfolders = no\n";
    local::deliver(&world.maildir().join("Own"), "mine", "S");
    local::deliver(&inbox(&world), "mine too", "S");
    world.client(&["remove", "Archive"]);
    let own = local::everything(&world.maildir().join("Own"));
    let archive = local::everything(&world.maildir().join("Archive"));
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert_eq!(world.status().lines().count(), 1, "only INBOX: {}", world.status());
        assert!(own == local::everything(&world.maildir().join("Own")));
        assert!(archive == local::everything(&world.maildir().join("Archive")));
        assert_eq!(is(&world, "mine too"), (true, true));
    }
    world.remote = world.remote.replace("createfolders = no\n", "");
    world.sync().ends_with(0);
    world.same(&["dates"]);
    assert_eq!(world.status().lines().count(), 3, "{}", world.status());
}

#[test]
fn no_folder_is_made_here_where_that_is_not_allowed() {
    let mut world = in_step();
    world.local += "createfolders = no\n";
    world.client(&["create", "News"]);
    world.client(&["append", "News", "yours"]);
    world.client(&["append", "INBOX", "yours too"]);
    fs::remove_dir_all(world.maildir().join("Archive")).unwrap();
    let before = world.status();
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert!(!world.maildir().join("News").exists() && !world.maildir().join("Archive").exists());
        assert_eq!(world.status(), before);
        assert_eq!(is(&world, "yours too"), (true, true));
    }
    world.local.clear();
    world.sync().ends_with(0);
    world.same(&["dates"]);
    assert!(world.maildir().join("News").exists() && world.maildir().join("Archive").exists());
}

#[test]
fn deletions_here_stay_here_where_that_is_wished() {
    let mut world = in_step();
    world.local += "sync_deletes = no\n";
    delete_here(&world, "1 in INBOX");
    delete_there(&world, "4");
    world.sync().ends_with(0).says("1 deleted here");
    let after = world.status();
    // Even a message that changes there does not come back.
    world.client(&["flag", "INBOX", "2", "+", "changed"]);
    for _ in 0..2 {
        world.sync().ends_with(0).says("nothing new");
        assert_eq!(is(&world, "1 in INBOX"), ONLY_THERE);
        assert_eq!(is(&world, "3 in INBOX"), NOWHERE);
    }
    assert_ne!(world.status(), after, "that was the flag");
    info(&world).says("4 messages on both sides, 1 kept on one side");
}

#[test]
fn deletions_there_stay_there_where_that_is_wished() {
    let mut world = in_step();
    world.remote += "sync_deletes = no\n";
    delete_here(&world, "1 in INBOX");
    delete_there(&world, "4");
    world.sync().ends_with(0).says("1 deleted on the server");
    let after = world.status();
    let kept = local::find(&inbox(&world), "3 in INBOX").unwrap();
    local::flag(&kept, "FR");
    for _ in 0..2 {
        world.sync().ends_with(0).says("nothing new");
        assert_eq!(is(&world, "1 in INBOX"), NOWHERE);
        assert_eq!(is(&world, "3 in INBOX"), ONLY_HERE);
    }
    assert_eq!(world.status(), after);
    info(&world).says("4 messages on both sides, 1 kept on one side");
}

#[test]
fn without_expunge_what_is_deleted_here_is_only_marked_there() {
    let mut world = in_step();
    world.remote += "expunge = no\n";
    // Somebody else's mark is nobody's business.
    world.client(&["flag", "INBOX", "1:6", "-", "\\Deleted"]);
    world.client(&["flag", "INBOX", "5", "+", "\\Deleted"]);
    world.sync().ends_with(0);
    delete_here(&world, "1 in INBOX");
    world.sync().ends_with(0);
    let after = world.status();
    let marked = |world: &World| {
        let list = world.client(&["list", "INBOX"]);
        assert_eq!(list.lines().count(), 6, "{list}");
        let marked = list.lines().filter(|line| line.contains("\\Deleted"));
        marked.map(|line| line.rsplit_once(") ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(marked(&world), ["1 in INBOX", "4 in INBOX"]);
    for _ in 0..2 {
        world.sync().ends_with(0).says("nothing new");
        assert_eq!(world.status(), after, "it is not marked again");
        assert_eq!(is(&world, "1 in INBOX"), ONLY_THERE);
    }
    info(&world).says("1 kept on one side");
    // When somebody expunges the folder at last, nothing is left to remember; that is found when both sides are listed.
    delete_there(&world, "2");
    local::deliver(&inbox(&world), "mine", "S");
    world.sync().ends_with(0);
    world.same(&["dates"]);
    assert!(!info(&world).text.contains("kept"));
}

#[test]
fn more_deletions_here_than_allowed_are_not_done_there() {
    let mut world = in_step();
    world.account = "maxdeletes = 3\n".into();
    let (before, away) = (world.status(), world.dovecot.dir.join("away"));
    let last = local::find(&inbox(&world), "4 in INBOX").unwrap();
    fs::rename(&last, &away).unwrap();
    (1..=3).for_each(|number| delete_here(&world, &format!("{number} in INBOX")));
    local::deliver(&world.maildir().join("Archive"), "mine", "S");
    let run = world.sync();
    run.ends_with(1).says("4 of its 6 messages").says("--allow-deletes").says("1 uploaded").in_one_sentence();
    let line = |text: &str| text.lines().find(|line| line.contains("INBOX")).map(str::to_owned);
    assert_eq!(line(&world.status()), line(&before));
    fs::rename(&away, &last).unwrap();
    world.sync().ends_with(0).says("3 deleted on the server");
    world.same(&["dates"]);
}

#[test]
fn more_deletions_there_than_allowed_are_not_done_here() {
    let mut world = in_step();
    world.account = "maxdeletes = 3\n".into();
    delete_there(&world, "1:4");
    let before = local::everything(&inbox(&world));
    world.sync().ends_with(1).says("4 of its 6 messages").says("--allow-deletes").in_one_sentence();
    assert!(before == local::everything(&inbox(&world)));
    delete_here(&world, "0 in INBOX");
    world.sync().ends_with(0).says("3 deleted here");
    world.same(&["dates"]);
}

#[test]
fn a_command_gives_the_password() {
    let mut world = World::new();
    world.fill(1, 2);
    world.remote = world.remote.replace("remotepass =", "remotepasscmd = echo");
    world.sync().ends_with(0).says("2 downloaded");
    world.remote = world.remote.replace("remotepasscmd = echo", "remotepasscmd = echo 'the key is locked' >&2; false");
    world.sync().ends_with(3).in_one_sentence().says("remotepasscmd").says("the key is locked");
}
