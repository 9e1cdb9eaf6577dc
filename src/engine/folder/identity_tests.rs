//! Numbers that lie: a server that numbered its messages anew, copied files, and older ones put back.

use std::fs;
use std::path::{Path, PathBuf};

use super::tests::{POLICY, World, crash_at_every_step, subject};
use crate::memory::{MemoryLedger, MemoryMessage};
use crate::model::flags::Flags;

/// A folder in step, of which the server has then numbered the messages anew, in another order, while both sides changed.
fn numbered_anew() -> World {
    let world = World::new();
    for text in ["a", "b", "twin", "twin", "flagged here", "gone there"] {
        world.arrive(text, &[]);
    }
    world.run(POLICY);
    world.flag("flagged here", "F");
    world.write("1.here:2,S", "new here");
    let mut tree = world.remote.tree();
    let inbox = tree.get_mut("INBOX").unwrap();
    let messages = std::mem::take(&mut inbox.messages);
    (inbox.uid_validity, inbox.uid_next) = (2, 3);
    for (_, mut message) in messages.into_iter().rev().skip(1) {
        if subject(&message.wire) == "a" {
            message.flags = Flags::from_imap(["\\Seen"]);
        }
        inbox.add(message);
    }
    drop(tree);
    world
}

/// What is gone there may as well never have been there: it is sent again rather than deleted.
const NUMBERED_ANEW: [&str; 7] =
    ["a (\\Seen)", "b ()", "flagged here (\\Flagged)", "gone there ()", "new here (\\Seen)", "twin ()", "twin ()"];

#[test]
fn a_folder_that_was_numbered_anew_is_recognised_by_content() {
    let world = numbered_anew();
    let files: Vec<_> = world.files().iter().map(|path| inode(path)).collect();
    let done = world.run(POLICY);
    assert!(done.failures == 0 && done.counts.downloads == 0, "{done:?}");
    assert_eq!(done.counts.uploads, 2);
    assert_eq!(world.here(), NUMBERED_ANEW);
    assert_eq!(world.there(), NUMBERED_ANEW);
    let now: Vec<_> = world.files().iter().map(|path| inode(path)).collect();
    assert!(files.iter().all(|file| now.contains(file)), "no file was replaced");
    assert!(world.run(POLICY).counts.is_nothing());
}

fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&path.metadata().unwrap())
}

#[test]
fn a_lost_ledger_is_rebuilt_from_names() {
    let mut world = World::new();
    for number in 0..30 {
        world.arrive(&number.to_string(), &["\\Seen"]);
    }
    world.run(POLICY);
    world.ledger = MemoryLedger::default();
    let done = world.run(POLICY);
    assert!(done.failures == 0 && done.counts.is_nothing(), "{done:?}");
    assert_eq!((world.here().len(), world.there().len()), (30, 30));
}

#[test]
fn one_file_that_cannot_be_read_does_not_stop_the_rebuilding() {
    let mut world = World::new();
    for number in 0..5 {
        world.arrive(&number.to_string(), &[]);
    }
    world.run(POLICY);
    world.ledger = MemoryLedger::default();
    let path = world.find("3");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", &path).unwrap();
    let done = world.run(POLICY);
    assert!(done.fatal.is_none() && done.failures == 0, "{done:?}");
    assert_eq!(world.there().len(), 5);
}

#[test]
fn numbers_that_mean_other_messages_are_not_believed() {
    let mut world = World::new();
    for number in 0..30 {
        world.arrive(&number.to_string(), &[]);
    }
    world.run(POLICY);
    world.ledger = MemoryLedger::default();
    *world.remote.tree().get_mut("INBOX").unwrap() = crate::memory::MemoryFolder::default();
    for number in 0..30 {
        world.arrive(&format!("another {number}"), &[]);
    }
    for _ in 0..2 {
        assert_eq!(world.run(POLICY).failures, 1);
        assert_eq!((world.here().len(), world.there().len()), (30, 30));
    }
}

#[test]
fn a_folder_without_its_cur_is_a_fault_and_not_empty() {
    let world = World::new();
    world.arrive("a", &[]);
    world.run(POLICY);
    fs::rename(world.folder().join("cur"), world.folder().join("elsewhere")).unwrap();
    assert_eq!(world.run(POLICY).failures, 1);
    assert_eq!(world.there().len(), 1);
}

#[test]
fn a_crash_while_recognising_messages_loses_and_doubles_nothing() {
    crash_at_every_step(numbered_anew, POLICY, &NUMBERED_ANEW, 8);
}

#[test]
fn many_messages_that_are_nowhere_to_be_found_are_not_sent_again_unasked() {
    let world = World::new();
    for number in 0..20 {
        world.arrive(&format!("message {number}"), &[]);
    }
    world.run(POLICY);
    {
        let mut tree = world.remote.tree();
        let inbox = tree.get_mut("INBOX").unwrap();
        inbox.messages.clear();
        (inbox.uid_validity, inbox.uid_next) = (2, 1);
    }
    let done = world.run(POLICY);
    assert_eq!((done.failures, world.there().len(), world.here().len()), (1, 0, 20));
    let done = world.run(super::Policy { allow_deletes: true, ..POLICY });
    assert_eq!((done.failures, world.there().len(), world.here().len()), (0, 20, 20));
}

/// The part of a file's name that stays, and the rest.
fn parts(file: &Path) -> (String, String) {
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let (unique, rest) = name.split_once(',').unwrap();
    (unique.to_owned(), format!(",{rest}"))
}

fn beside(file: &Path, name: &str) -> PathBuf {
    file.with_file_name(name)
}

/// Another message is put into the folder under the number of one that is there, and comes before it by name.
fn contested() -> World {
    let world = World::new();
    for text in ["a", "b"] {
        world.arrive(text, &[]);
    }
    world.run(POLICY);
    let file = world.find("a");
    fs::write(beside(&file, &format!("0{}", parts(&file).1)), "Subject: other\n\nother\n").unwrap();
    world
}

#[test]
fn of_two_files_with_one_number_the_recorded_one_keeps_it() {
    let world = contested();
    let before = inode(&world.find("a"));
    let done = world.run(POLICY);
    assert!(done.failures == 0 && done.counts.uploads == 1 && done.counts.downloads == 0, "{done:?}");
    assert_eq!(world.there(), ["a ()", "b ()", "other ()"]);
    assert_eq!(world.here(), world.there());
    assert_eq!(inode(&world.find("a")), before);
    assert!(world.run(POLICY).counts.is_nothing());
}

#[test]
fn a_crash_while_two_files_have_one_number_loses_and_doubles_nothing() {
    crash_at_every_step(contested, POLICY, &["a ()", "b ()", "other ()"], 5);
}

#[test]
fn of_two_files_with_one_number_only_the_recorded_one_is_deleted() {
    let world = contested();
    let mut tree = world.remote.tree();
    let inbox = tree.get_mut("INBOX").unwrap();
    inbox.messages.retain(|_, message| subject(&message.wire) != "a");
    inbox.modseq += 1;
    drop(tree);
    assert_eq!(world.run(POLICY).failures, 0);
    assert_eq!(world.there(), ["b ()", "other ()"]);
    assert_eq!(world.here(), world.there());
}

/// The files of an older time are put back in place of the present ones: their numbers mean other messages now.
fn older_files() -> World {
    let world = World::new();
    for text in ["a", "b"] {
        world.arrive(text, &[]);
    }
    world.run(POLICY);
    for (file, number) in world.files().into_iter().zip(1..) {
        fs::write(beside(&file, &format!("9{number}{}", parts(&file).1)), format!("Subject: old {number}\n\nold\n"))
            .unwrap();
        fs::remove_file(file).unwrap();
    }
    world
}

const OLDER_FILES: [&str; 4] = ["a ()", "b ()", "old 1 ()", "old 2 ()"];

#[test]
fn older_files_in_place_of_the_present_ones_are_new_and_the_present_ones_are_fetched_again() {
    let world = older_files();
    assert_eq!(world.run(POLICY).failures, 0);
    assert_eq!(world.there(), OLDER_FILES);
    assert_eq!(world.here(), OLDER_FILES);
}

#[test]
fn a_crash_after_older_files_were_put_back_loses_and_doubles_nothing() {
    crash_at_every_step(older_files, POLICY, &OLDER_FILES, 8);
}

#[test]
fn a_file_that_was_copied_and_renamed_by_hand_keeps_its_number() {
    let world = World::new();
    world.arrive("a", &[]);
    world.run(POLICY);
    let file = world.find("a");
    fs::rename(&file, beside(&file, &format!("renamed{}", parts(&file).1))).unwrap();
    assert!(world.run(POLICY).counts.is_nothing());
    assert_eq!((world.there().len(), world.here().len()), (1, 1));
}

#[test]
fn a_number_for_another_message_that_is_on_the_server_is_not_believed() {
    let world = World::new();
    world.arrive("a", &[]);
    world.run(POLICY);
    let tail = parts(&world.find("a")).1.replace("U=1,", "U=2,");
    let wire = b"Subject: b\r\n\r\nb\r\n".to_vec();
    world.remote.tree().get_mut("INBOX").unwrap().add(MemoryMessage { wire, flags: Flags::default(), date: None });
    world.write(&format!("9.other{tail}"), "c");
    assert_eq!(world.run(POLICY).failures, 0);
    assert_eq!(world.there(), ["a ()", "b ()", "c ()"]);
    assert_eq!(world.here(), world.there());
}

#[test]
fn a_folder_that_another_one_on_the_server_is_paired_with_now_loses_nothing() {
    let mut world = World::new();
    for text in ["a", "b", "c"] {
        world.arrive(text, &[]);
    }
    world.run(POLICY);
    // A server may give several folders the same UIDVALIDITY.
    let wire = b"Subject: other\r\n\r\nother\r\n".to_vec();
    let other = MemoryMessage { wire, flags: Flags::default(), date: None };
    world.remote.tree().entry("Other".to_owned()).or_default().add(other);
    world.names.remote = "Other".to_owned();
    assert_eq!(world.run(POLICY).failures, 0);
    assert_eq!(world.here(), ["a ()", "b ()", "c ()", "other ()"]);
    assert_eq!(world.remote.tree()["Other"].messages.len(), 4);
    assert!(world.run(POLICY).counts.is_nothing());
}
