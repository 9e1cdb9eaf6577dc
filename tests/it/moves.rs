//! What is moved on one side is moved on the other, and not transferred again.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::local;
use crate::world::World;

fn in_step() -> World {
    let world = World::new();
    world.fill(3, 8);
    world.sync().ends_with(0);
    world
}

/// The file of INBOX that has this subject.
fn find(folder: &Path, number: u32) -> PathBuf {
    let wanted = format!("Subject: {number} in INBOX");
    let is_it = |file: &PathBuf| String::from_utf8_lossy(&fs::read(file).unwrap()).contains(&wanted);
    local::messages(folder).into_iter().find(is_it).unwrap()
}

#[test]
fn files_that_a_mail_reader_moved_are_moved_on_the_server() {
    let world = in_step();
    let (inbox, archive) = (world.maildir().join("INBOX"), world.maildir().join("Archive"));
    let kept = find(&inbox, 1);
    let name = kept.file_name().unwrap().to_owned();
    fs::rename(kept, archive.join("cur").join(name)).unwrap();
    fs::rename(find(&inbox, 2), archive.join("cur/1.other.name:2,S")).unwrap();
    let run = world.sync();
    run.ends_with(0).says("moved 2 messages from INBOX on the server");
    assert!(!run.text.contains("uploaded") && !run.text.contains("deleted"), "{}", run.text);
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_folder_that_was_made_for_moved_files_is_made_on_the_server() {
    let world = in_step();
    let (inbox, new) = (world.maildir().join("INBOX"), world.maildir().join("Sorted"));
    local::make(&new);
    fs::rename(find(&inbox, 3), new.join("cur/1.other.name:2,")).unwrap();
    let run = world.sync();
    run.ends_with(0).says("moved 1 message from INBOX on the server");
    assert!(!run.text.contains("uploaded"), "{}", run.text);
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn messages_that_another_client_moved_are_renamed_here() {
    let world = in_step();
    let inbox = world.maildir().join("INBOX");
    let inodes = [4, 5].map(|number| find(&inbox, number).metadata().unwrap().ino());
    let (code, said) = world.python("relocate.py", &["INBOX", "Archive", "5:6"]);
    assert_eq!(code, Some(0), "{said}");
    let run = world.sync();
    run.ends_with(0).says("moved 2 messages from INBOX here");
    assert!(!run.text.contains("downloaded") && !run.text.contains("deleted"), "{}", run.text);
    let archive = world.maildir().join("Archive");
    assert_eq!([4, 5].map(|number| find(&archive, number).metadata().unwrap().ino()), inodes);
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
}
