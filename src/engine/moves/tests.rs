//! Moves between two folders.

use std::fs;
use std::sync::Arc;

use super::super::folder::Policy;
use super::world_of_tests::{POLICY, World, inode, subject};
use crate::faulty::Fuse;
use crate::model::flags::Flags;
use crate::plan::messages::Permission;

pub(super) const MOVED: [&str; 6] = [
    "Archive: a (\\Flagged)",
    "Archive: b (\\Flagged)",
    "Archive: old (\\Flagged)",
    "Archive: twin (\\Flagged)",
    "INBOX: c (\\Flagged)",
    "INBOX: twin (\\Flagged)",
];

#[test]
fn what_a_mail_reader_moved_is_moved_on_the_server() {
    let world = World::in_step();
    world.move_here("a", None);
    world.move_here("b", Some("1.other.reader:2,F"));
    world.move_here("twin", Some("2.other.reader:2,F"));
    let done = world.run();
    assert!(done.failures == 0 && done.counts.is_nothing(), "{done:?}");
    assert_eq!(world.there(), MOVED);
    assert_eq!(world.here(), MOVED);
    assert!(world.run().counts.is_nothing());
}

#[test]
fn what_another_client_moved_is_renamed_here() {
    let world = World::in_step();
    let before = [inode(&world.find("INBOX", "a")), inode(&world.find("INBOX", "b"))];
    world.move_there(&["a", "b"]);
    let done = world.run();
    assert!(done.failures == 0 && done.counts.is_nothing(), "{done:?}");
    assert_eq!([inode(&world.find("Archive", "a")), inode(&world.find("Archive", "b"))], before);
    assert_eq!(world.here(), world.there());
    assert!(world.run().counts.is_nothing());
}

#[test]
fn flags_that_changed_during_a_move_are_merged() {
    let world = World::in_step();
    world.move_here("a", Some("1.other.reader:2,FS"));
    world.move_there(&["b"]);
    let uid = *world.remote.tree()["Archive"].messages.keys().last().unwrap();
    world.remote.tree().get_mut("Archive").unwrap().messages.get_mut(&uid).unwrap().flags =
        Flags::from_imap(["\\Seen"]);
    let done = world.run();
    assert!(done.failures == 0 && done.counts.copies() == 0, "{done:?}");
    assert!(world.there().contains(&"Archive: a (\\Flagged \\Seen)".to_owned()), "{:?}", world.there());
    assert!(world.here().contains(&"Archive: b (\\Seen)".to_owned()), "{:?}", world.here());
}

#[test]
fn files_that_lost_their_numbers_are_recognised() {
    let world = World::in_step();
    let file = world.find("INBOX", "a");
    fs::rename(&file, file.with_file_name("1.restored.by.hand:2,F")).unwrap();
    let done = world.run();
    assert!(done.failures == 0 && done.counts.is_nothing(), "{done:?}");
    assert!(world.find("INBOX", "a").to_str().unwrap().contains("1.restored.by.hand,U="));
    assert!(world.run().counts.is_nothing());
}

#[test]
fn what_was_moved_here_and_deleted_there_stays_moved() {
    let world = World::in_step();
    world.move_here("a", None);
    let mut tree = world.remote.tree();
    let inbox = tree.get_mut("INBOX").unwrap();
    inbox.messages.retain(|_, message| subject(&message.wire) != "a");
    inbox.modseq += 1;
    drop(tree);
    let done = world.run();
    assert!(done.failures == 0 && done.counts.uploads == 1, "{done:?}");
    assert!(world.there().contains(&"Archive: a (\\Flagged)".to_owned()));
    assert_eq!(world.here(), world.there());
}

#[test]
fn what_is_deleted_here_while_it_is_moved_there_does_not_come_back() {
    let world = World::in_step();
    world.move_here("a", None);
    let (remote, archive) = (world.remote.clone(), world.directory.path().join("Archive/cur"));
    let deletes = move || {
        let moved = remote.tree()["Archive"].messages.values().any(|message| subject(&message.wire) == "a");
        let files = fs::read_dir(&archive).unwrap().map(|entry| entry.unwrap().path());
        if let Some(file) = files.filter(|_| moved).find(|file| subject(&fs::read(file).unwrap()) == "a") {
            fs::remove_file(file).unwrap();
        }
    };
    world.run_while(world.maildir(), &Fuse::of(u64::MAX), POLICY, Some(Arc::new(deletes)));
    assert_eq!(world.run().failures, 0);
    assert!(!world.there().iter().chain(&world.here()).any(|line| line.contains(": a (")), "{:?}", world.there());
    assert!(world.run().counts.is_nothing());
}

#[test]
fn where_nothing_may_be_deleted_nothing_is_moved() {
    let world = World::in_step();
    world.move_here("a", None);
    world.move_there(&["b"]);
    let keep = Permission { write: true, delete: false, number: true };
    let done = world.run_on(&Fuse::of(u64::MAX), Policy { to_remote: keep, to_local: keep, ..POLICY });
    assert!(done.failures == 0, "{done:?}");
    let count = |lines: Vec<String>, text: &str| lines.iter().filter(|line| line.ends_with(text)).count();
    assert_eq!(count(world.there(), ": a (\\Flagged)"), 2);
    assert_eq!(count(world.here(), ": b (\\Flagged)"), 2);
}

#[test]
fn what_the_server_would_not_move_stays_where_it_was_there() {
    let world = World::in_step();
    world.move_here("a", None);
    world.remote.fill("Archive", true);
    for _ in 0..2 {
        world.run();
        assert!(world.there().contains(&"INBOX: a (\\Flagged)".to_owned()), "{:?}", world.there());
        assert!(world.here().contains(&"Archive: a (\\Flagged)".to_owned()), "{:?}", world.here());
    }
    world.remote.fill("Archive", false);
    assert_eq!(world.run().failures, 0);
    assert_eq!(world.there(), world.here());
    assert!(world.there().contains(&"Archive: a (\\Flagged)".to_owned()));
    assert!(world.run().counts.is_nothing());
}

#[test]
fn a_new_folder_takes_messages_from_several_and_forgets_none() {
    let world = World::in_step();
    let new = world.directory.path().join("New");
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(new.join(part)).unwrap();
    }
    // The star is taken off each of them, too.
    for (number, (folder, text)) in [("INBOX", "a"), ("Archive", "old"), ("INBOX", "b")].into_iter().enumerate() {
        fs::rename(world.find(folder, text), new.join(format!("cur/{number}.other.reader:2,S"))).unwrap();
    }
    let done = world.run();
    assert!(done.failures == 0 && done.counts.copies() == 0, "{done:?}");
    for text in ["a", "old", "b"] {
        assert!(world.there().contains(&format!("New: {text} (\\Seen)")), "{:?}", world.there());
    }
}
