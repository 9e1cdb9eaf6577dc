//! What is known of folders, and how many messages they have.

use std::fs;
use std::process::Command as Shell;

use blinkensync::config::settings::{CommonSettings, Quick};
use blinkensync::model::command::{Command, Target};
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;
use blinkensync::model::folder::KnownFolder;
use blinkensync::model::ids::{AccountName, Side};
use blinkensync::model::namemap::NameMap;

use super::{Going, all, warnings, write};
use crate::engine::{on_disk, on_the_server, settings};
use crate::quiet::World;

/// Names as people know them, on the server and here, with the number of messages on both sides.
fn told(folders: &[KnownFolder]) -> Vec<(String, String, String, u64)> {
    let told = |folder: &KnownFolder| {
        let names = &folder.names;
        (names.shown.to_string(), names.remote.clone(), names.local.clone(), folder.messages)
    };
    folders.iter().map(told).collect()
}

#[test]
fn folders_are_told_by_the_names_that_people_know_when_somebody_asks() {
    told_when_asked(|remote, local| {
        remote.map = Some(NameMap::parse("s/^Lists$/Post/").unwrap());
        local.map = Some(NameMap::parse("s/^Post$/Lists/").unwrap());
    });
    // The same by way of Python.
    told_when_asked(|remote, local| {
        remote.nametrans = Some("lambda name: name.replace('Lists', 'Post')".to_owned());
        local.nametrans = Some("lambda name: name.replace('Post', 'Lists')".to_owned());
    });
}

/// An account whose folder Lists is called Post here.
#[track_caller]
fn told_when_asked(naming: impl Fn(&mut CommonSettings, &mut CommonSettings)) {
    let world = World::new();
    let root = tempfile::tempdir().unwrap();
    let mut settings = settings(&world.server, world.server.address(), root.path());
    let account = &mut settings.accounts[0];
    naming(&mut account.remote.common, account.local.common_mut());
    // The first run has begun and waits, and there is no ledger yet.
    let gate = root.path().join("gate");
    assert!(Shell::new("mkfifo").arg(&gate).status().unwrap().success());
    settings.accounts[0].hooks.before = Some(format!("cat {}", gate.display()));
    let mut going = Going::start(settings, Quick::Never);
    for target in [Target::One(AccountName::new("nobody")), all()] {
        going.tell(Command::TellFolders(target));
    }
    assert_eq!(going.known(), []);
    assert!(!root.path().join("metadata/Account-test").exists());
    fs::write(&gate, "").unwrap();
    going.done();
    let known = |going: &mut Going| {
        going.tell(Command::TellFolders(Target::One(super::account())));
        going.known()
    };
    let text = |texts: [&str; 3], count| (texts[0].into(), texts[1].into(), texts[2].into(), count);
    let wanted = [
        text(["INBOX", "INBOX", "INBOX"], 3),
        text(["Archive", "Archive", "Archive"], 3),
        text(["Post", "Lists", "Post"], 3),
    ];
    let mut sorted = told(&known(&mut going));
    sorted.sort_by_key(|one| wanted.iter().position(|wanted| wanted == one));
    assert_eq!(sorted, wanted);
    // A message that the server doesn't take, and one that it does.
    write(root.path(), "Post", "1.here:2,", "");
    write(root.path(), "Post", "2.here:2,", "Subject: x\n\nx\n");
    going.seen();
    going.tell(Command::Sync(all()));
    fs::write(&gate, "").unwrap();
    assert_eq!(going.done().1, 1);
    let called: Vec<String> = going.seen().iter().filter_map(worked_on).collect();
    assert_eq!(called, ["Post"], "the same name as where it is worked on");
    let folders = known(&mut going);
    assert_eq!(told(&folders)[2], text(["Post", "Lists", "Post"], 4));
    let [left_out] = &folders[2].aside[..] else { panic!("{folders:?}") };
    assert_eq!((left_out.side, left_out.name.as_str(), left_out.ignored), (Side::Local, "1.here", false));
    assert!(left_out.reason.contains("at least one byte"), "{left_out:?}");
    assert!((chrono::Utc::now() - left_out.tried).num_seconds().abs() < 60, "{left_out:?}");
    assert_eq!(going.quit(), Exit::Partial);
}

fn worked_on(kind: &EventKind) -> Option<String> {
    match kind {
        EventKind::FolderStarted { folder, .. } => Some(folder.to_string()),
        _ => None,
    }
}

#[test]
fn a_ledger_that_cannot_be_read_is_told_and_stops_nobody() {
    let world = World::new();
    let path = world.root.path().join("metadata/Account-test/blinkensync.sqlite");
    fs::write(&path, vec![b'x'; 8192]).unwrap();
    let mut going = Going::start(settings(&world.server, world.server.address(), world.root.path()), Quick::Never);
    going.done();
    going.seen();
    going.tell(Command::TellFolders(all()));
    let words = going.until("warning", |kind| warnings(std::slice::from_ref(kind)).pop());
    assert!(words.contains("the file is damaged"), "{words}");
    going.tell(Command::Sync(all()));
    going.done();
    assert_eq!(going.quit(), Exit::Partial);
}

/// The numbers of messages that were told of folders, sorted: here, and on the server.
fn counted(going: &mut Going) -> Vec<(String, u64, u64)> {
    let mut all: Vec<_> = going
        .seen()
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::Counted { folder, here, there, .. } => Some((folder.to_string(), here, there)),
            _ => None,
        })
        .collect();
    all.sort();
    all
}

/// How many messages there really are.
fn really(world: &World, folder: &str) -> (String, u64, u64) {
    let count = |mail: crate::engine::Mail| mail.iter().filter(|one| one.0 == folder).count() as u64;
    (folder.to_owned(), count(on_disk(world.root.path())), count(on_the_server(&world.server)))
}

#[test]
fn the_messages_of_each_folder_that_was_looked_at_are_counted_after_the_work() {
    let world = World::new();
    let mut settings = settings(&world.server, world.server.address(), world.root.path());
    settings.accounts[0].remote.common.sync_deletes = false;
    let mut going = Going::start(settings, Quick::Never);
    going.done();
    assert_eq!(counted(&mut going), [], "nothing has changed");
    let sync = |going: &mut Going, command: Command| {
        going.tell(command);
        going.done();
        counted(going)
    };
    // One comes and one goes here, one is not taken, and one that goes on the server is kept here.
    let files = world.files("Archive");
    fs::remove_file(&files[0]).unwrap();
    write(world.root.path(), "Archive", "1.here:2,", "Subject: x\n\nx\n");
    write(world.root.path(), "Archive", "2.here:2,", "");
    world.server.with_mailboxes(|mailboxes| {
        let archive = mailboxes.get_mut("Archive").unwrap();
        let last = *archive.messages.keys().next_back().unwrap();
        archive.expunge(last).unwrap();
    });
    assert_eq!(sync(&mut going, Command::Sync(all())), [("Archive".to_owned(), 4, 2)]);
    assert_eq!(really(&world, "Archive"), ("Archive".to_owned(), 4, 2));
    // Only the server has something new; what is here is as it was.
    world.looked("Archive", true);
    world.server.with_mailboxes(|mailboxes| {
        let archive = mailboxes.get_mut("Archive").unwrap();
        let one = archive.messages.values().next().unwrap().clone();
        archive.append(one.flags, one.date, b"Subject: new\r\n\r\ny\r\n".as_slice().into()).unwrap();
    });
    assert_eq!(sync(&mut going, Command::Sync(all())), [("Archive".to_owned(), 5, 3)]);
    assert_eq!(really(&world, "Archive"), ("Archive".to_owned(), 5, 3));
    let everything = ["Archive", "INBOX", "Lists"].map(|folder| really(&world, folder));
    assert_eq!(sync(&mut going, Command::SyncFully(all())), everything);
    assert_eq!(going.quit(), Exit::Success);
}
