//! Moves between two folders, with a server in memory and a real Maildir.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::unbounded;

use super::super::account::Total;
use super::super::folder::{Done, Job, synchronise};
use super::super::pairing;
use super::super::worker::Publisher;
use super::*;
use crate::faulty::{BeforeLook, Faulty, FaultyLedger, Fuse};
use crate::forgetful::Forgetful;
use crate::memory::{MemoryLedger, MemoryMessage, MemoryRepository};
use crate::model::flags::Flags;
use crate::model::folder::Counts;
use crate::model::ids::{AccountName, LampId};
use crate::plan::messages::Permission;
use crate::store::Repository;
use crate::store::ledger::{Ledger, Unflushed};
use crate::store::maildir::Maildir;

const FOLDERS: [&str; 2] = ["Archive", "INBOX"];

pub(super) const POLICY: Policy = Policy::OPEN;

pub(super) struct World {
    pub(super) remote: MemoryRepository,
    pub(super) directory: tempfile::TempDir,
    pub(super) ledger: MemoryLedger,
}

impl World {
    /// Two folders in step, with five messages in INBOX, two of them identical, and one in Archive.
    pub(super) fn in_step() -> Self {
        let world = Self {
            remote: MemoryRepository::default(),
            directory: tempfile::tempdir().unwrap(),
            ledger: MemoryLedger::default(),
        };
        for folder in FOLDERS {
            world.remote.clone().create(folder).unwrap();
            world.maildir().create(folder).unwrap();
        }
        for text in ["a", "b", "c", "twin", "twin"] {
            world.arrive("INBOX", text);
        }
        world.arrive("Archive", "old");
        assert_eq!(world.run().failures, 0);
        world
    }

    pub(super) fn maildir(&self) -> Maildir {
        Maildir::open(self.directory.path(), '.', false)
    }

    pub(super) fn arrive(&self, folder: &str, text: &str) {
        let wire = format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
        let message = MemoryMessage { wire, flags: Flags::from_imap(["\\Flagged"]), date: None };
        self.remote.tree().get_mut(folder).unwrap().add(message);
    }

    pub(super) fn run(&self) -> Done {
        self.run_on(&Fuse::of(u64::MAX), POLICY)
    }

    pub(super) fn run_on(&self, fuse: &Fuse, policy: Policy) -> Done {
        self.run_in(self.maildir(), fuse, policy)
    }

    pub(super) fn run_in(&self, maildir: Maildir, fuse: &Fuse, policy: Policy) -> Done {
        self.run_while(maildir, fuse, policy, None)
    }

    /// A whole run of an account of these folders, while something happens before each look at the Maildir.
    fn run_while(&self, maildir: Maildir, fuse: &Fuse, policy: Policy, before_look: Option<BeforeLook>) -> Done {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let (questions, _) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
        let mut remote = Faulty { inner: self.remote.clone(), fuse: fuse.clone(), before_look: None };
        let mut local = Faulty { inner: maildir, fuse: fuse.clone(), before_look };
        let mut ledger = FaultyLedger { inner: self.ledger.clone(), fuse: fuse.clone() };
        let known = ledger.folders().unwrap();
        let mut sides = Sides { remote: &mut remote, local: &mut local, ledger: &mut ledger };
        let (mut total, mut done) = (Total::default(), Done::default());
        let candidates = pairing::list(&worker, policy, &mut sides, &known, &mut total).and_then(|candidates| {
            carry_over(&worker, policy, &mut sides, &candidates, &known)?;
            Ok(candidates)
        });
        done.failures = total.failures;
        let candidates = match candidates {
            Ok(candidates) => candidates,
            Err(fault) => return Done { fatal: Some(fault), ..done },
        };
        for candidate in &candidates {
            let job = Job::new(&worker, &candidate.names, policy);
            let one = synchronise(&job, &mut remote, &mut local, &mut ledger);
            done.counts.add(&one.counts);
            done.failures += one.failures;
        }
        done
    }

    /// Folder, subject and flags of every message on the server.
    pub(super) fn there(&self) -> Vec<String> {
        let tree = self.remote.tree();
        let line = |(name, message): (&String, &MemoryMessage)| {
            format!("{name}: {} ({})", subject(&message.wire), message.flags)
        };
        let mut all: Vec<String> = tree
            .iter()
            .flat_map(|(name, folder)| folder.messages.values().map(move |message| (name, message)))
            .map(line)
            .collect();
        all.sort();
        all
    }

    pub(super) fn here(&self) -> Vec<String> {
        let mut all = Vec::new();
        for folder in FOLDERS {
            if !self.directory.path().join(folder).exists() {
                continue;
            }
            for path in self.files(folder) {
                let letters = path.to_str().unwrap().split(":2,").nth(1).unwrap_or_default().to_owned();
                let flags: Vec<&str> = letters.chars().map(|c| if c == 'S' { "\\Seen" } else { "\\Flagged" }).collect();
                all.push(format!("{folder}: {} ({})", subject(&fs::read(&path).unwrap()), flags.join(" ")));
            }
        }
        all.sort();
        all
    }

    pub(super) fn files(&self, folder: &str) -> Vec<PathBuf> {
        let parts = ["cur", "new"].map(|part| fs::read_dir(self.directory.path().join(folder).join(part)).unwrap());
        let mut files: Vec<PathBuf> = parts.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    pub(super) fn find(&self, folder: &str, text: &str) -> PathBuf {
        self.files(folder).into_iter().find(|path| subject(&fs::read(path).unwrap()) == text).unwrap()
    }

    /// As a mail reader moves a message: under the same name, or under one of its own.
    pub(super) fn move_here(&self, text: &str, name: Option<&str>) {
        let file = self.find("INBOX", text);
        let name = name.unwrap_or(file.file_name().unwrap().to_str().unwrap());
        fs::rename(&file, self.directory.path().join("Archive/cur").join(name)).unwrap();
    }

    /// As though the machine had stopped while mail wasn't flushed.
    fn doubt(&self) {
        let note = Unflushed { boot: "another".into(), since: 0 };
        self.ledger.clone().set_unflushed(Some(&note)).unwrap();
        self.ledger.clone().doubt().unwrap();
    }

    /// As another client moves messages.
    pub(super) fn move_there(&self, texts: &[&str]) {
        let uids: Vec<Uid> = {
            let tree = self.remote.tree();
            let wanted = |message: &MemoryMessage| texts.contains(&subject(&message.wire).as_str());
            tree["INBOX"].messages.iter().filter(|(_, message)| wanted(message)).map(|(uid, _)| *uid).collect()
        };
        let moves: Vec<_> = uids.into_iter().map(|uid| crate::store::Relocation { uid, number: None }).collect();
        let place = |name| Place { name, validity: UidValidity(1) };
        self.remote.clone().relocate(place("INBOX"), place("Archive"), &moves).unwrap();
    }
}

pub(super) fn subject(message: &[u8]) -> String {
    String::from_utf8_lossy(message).lines().next().unwrap().trim_start_matches("Subject: ").to_owned()
}

fn inode(path: &Path) -> u64 {
    path.metadata().unwrap().ino()
}

const MOVED: [&str; 6] = [
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
    let keep = Permission { write: true, delete: false };
    let done = world.run_on(&Fuse::of(u64::MAX), Policy { to_remote: keep, to_local: keep, ..POLICY });
    assert!(done.failures == 0, "{done:?}");
    let count = |lines: Vec<String>, text: &str| lines.iter().filter(|line| line.ends_with(text)).count();
    assert_eq!(count(world.there(), ": a (\\Flagged)"), 2);
    assert_eq!(count(world.here(), ": b (\\Flagged)"), 2);
}

#[test]
fn a_crash_at_any_step_of_a_move_loses_and_doubles_nothing() {
    for step in 1.. {
        let world = World::in_step();
        world.move_here("a", None);
        world.move_here("twin", Some("2.other.reader:2,F"));
        world.move_there(&["b"]);
        let fuse = Fuse::of(step);
        world.run_on(&fuse, POLICY);
        let through = !fuse.is_burnt();
        let done = world.run();
        assert!(done.fatal.is_none() && done.failures == 0, "step {step}: {done:?}");
        assert_eq!(world.there(), MOVED, "there, after a crash at step {step}");
        assert_eq!(world.here(), MOVED, "here, after a crash at step {step}");
        assert_eq!(world.run().counts, Counts::default(), "step {step}");
        if through {
            assert!(step > 20, "only {step} steps");
            return;
        }
    }
}

/// Cuts the power at every step of a run that follows moves on both sides, and lets the next one finish.
fn cut_the_power_anywhere(fsync: bool, check: impl Fn(&World, &str)) {
    for step in 1.. {
        let mut through = false;
        for seed in 0..4 {
            let world = World::in_step();
            world.move_here("a", None);
            world.move_here("twin", Some("2.other.reader:2,F"));
            world.move_there(&["b"]);
            let fuse = Fuse::of(step);
            let disk = Forgetful::on(fuse.clone());
            let maildir = Maildir::open(world.directory.path(), '.', fsync).on(Arc::new(disk.clone()));
            world.run_in(maildir, &fuse, POLICY);
            through = !fuse.is_burnt();
            disk.power_cut(seed);
            if !fsync {
                world.doubt();
            }
            let after = format!("the power was cut at step {step}, seed {seed}");
            let done = world.run();
            assert!(done.fatal.is_none() && done.failures == 0, "{after}: {done:?}");
            check(&world, &after);
            assert_eq!(world.run().counts, Counts::default(), "{after}");
        }
        if through {
            assert!(step > 30, "only {step} steps");
            return;
        }
    }
}

#[test]
fn a_power_cut_at_any_step_of_a_move_loses_and_doubles_nothing() {
    cut_the_power_anywhere(true, |world, after| {
        assert_eq!(world.there(), MOVED, "there, {after}");
        assert_eq!(world.here(), MOVED, "here, {after}");
    });
}

#[test]
fn what_a_power_cut_took_was_not_moved_to_where_a_copy_is() {
    let world = World::in_step();
    world.move_here("a", Some("1.copy:2,F"));
    world.doubt();
    let done = world.run();
    assert!(done.failures == 0 && done.counts.remote_deletes == 0, "{done:?}");
    for folder in FOLDERS {
        assert!(world.there().contains(&format!("{folder}: a (\\Flagged)")), "{:?}", world.there());
    }
    assert_eq!(world.here(), world.there());
}

#[test]
fn a_power_cut_without_flushing_may_leave_a_moved_message_where_it_was_too() {
    cut_the_power_anywhere(false, |world, after| {
        let (mut there, here) = (world.there(), world.here());
        assert_eq!(there, here, "{after}");
        for message in MOVED {
            let place = there.iter().position(|one| one == message);
            there.remove(place.unwrap_or_else(|| panic!("{message} is lost: {after}, {here:?}")));
        }
        let again = ["INBOX: a (\\Flagged)", "INBOX: b (\\Flagged)", "INBOX: twin (\\Flagged)"];
        assert!(there.iter().all(|message| again.contains(&message.as_str())), "{after}: {here:?}");
    });
}

/// A whole folder is gone on one side: at every step of what follows the run is cut off, and goes on to the same end.
fn a_folder_goes(gone: impl Fn(&World), policy: Policy, expected: &[&str]) {
    for step in 1.. {
        let world = World::in_step();
        gone(&world);
        let fuse = Fuse::of(step);
        world.run_on(&fuse, policy);
        let through = !fuse.is_burnt();
        for _ in 0..2 {
            let done = world.run_on(&Fuse::of(u64::MAX), policy);
            assert!(done.fatal.is_none() && done.failures == 0, "step {step}: {done:?}");
            assert_eq!(world.there(), expected, "there, after a crash at step {step}");
            assert_eq!(world.here(), expected, "here, after a crash at step {step}");
        }
        if through {
            return;
        }
    }
}

const INBOX: [&str; 5] = [
    "INBOX: a (\\Flagged)",
    "INBOX: b (\\Flagged)",
    "INBOX: c (\\Flagged)",
    "INBOX: twin (\\Flagged)",
    "INBOX: twin (\\Flagged)",
];

#[test]
fn a_folder_that_is_gone_is_refilled_and_never_emptied() {
    let expected = [&["Archive: old (\\Flagged)"], &INBOX[..]].concat();
    a_folder_goes(|world| fs::remove_dir_all(world.directory.path().join("Archive")).unwrap(), POLICY, &expected);
    a_folder_goes(|world| drop(world.remote.tree().remove("Archive")), POLICY, &expected);
}

#[test]
fn a_folder_that_is_gone_goes_on_the_other_side_where_that_is_wished() {
    let policy = Policy { folder_deletes: true, ..POLICY };
    a_folder_goes(|world| fs::remove_dir_all(world.directory.path().join("Archive")).unwrap(), policy, &INBOX);
    a_folder_goes(|world| drop(world.remote.tree().remove("Archive")), policy, &INBOX);
}
