//! Two folders, with a server in memory and a real Maildir, as the tests of moves use them.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crossbeam_channel::unbounded;

use super::super::account::Total;
use super::super::folder::{Done, Job, synchronise};
use super::super::pairing::{self, Names};
use super::super::worker::Publisher;
use super::*;
use crate::config::settings::Listing;
use crate::faulty::{BeforeLook, Faulty, FaultyLedger, Fuse};
use crate::memory::{MemoryLedger, MemoryMessage, MemoryRepository};
use crate::model::flags::Flags;
use crate::model::ids::{AccountName, LampId};
use crate::plan::naming::Rules;
use crate::store::Repository;
use crate::store::ledger::{Ledger, Unflushed};
use crate::store::maildir::Maildir;

pub(super) const FOLDERS: [&str; 2] = ["Archive", "INBOX"];

pub(super) const POLICY: Policy = Policy::OPEN;

pub(super) struct World {
    pub(super) remote: MemoryRepository,
    pub(super) directory: tempfile::TempDir,
    pub(super) ledger: MemoryLedger,
    pub(super) listing: Listing,
}

impl World {
    /// Two folders in step, with five messages in INBOX, two of them identical, and one in Archive.
    pub(super) fn in_step() -> Self {
        let world = Self {
            remote: MemoryRepository::default(),
            directory: tempfile::tempdir().unwrap(),
            ledger: MemoryLedger::default(),
            listing: Listing::default(),
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
    pub(super) fn run_while(
        &self,
        maildir: Maildir,
        fuse: &Fuse,
        policy: Policy,
        before_look: Option<BeforeLook>,
    ) -> Done {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let (questions, _) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
        let mut remote = Faulty { inner: self.remote.clone(), fuse: fuse.clone(), before_look: None };
        let mut local = Faulty { inner: maildir, fuse: fuse.clone(), before_look };
        let mut ledger = FaultyLedger { inner: self.ledger.clone(), fuse: fuse.clone() };
        let mut known = ledger.folders().unwrap();
        let mut sides = Sides { remote: &mut remote, local: &mut local, ledger: &mut ledger };
        let (mut total, mut done) = (Total::default(), Done::default());
        let mut there = Rules { decode: self.listing.decode, ..Rules::default() };
        let mut here = Rules::default();
        let called = OnceLock::new();
        let (listing, local_reference) = (&self.listing, "");
        let names =
            Names { only: None, called: &called, listing, local_reference, remote: &mut there, local: &mut here };
        let candidates =
            pairing::list(&worker, policy, (&mut sides, names), &mut known, &mut total).and_then(|candidates| {
                let foreseen = carry_over(&worker, policy, &mut sides, &candidates, &known)?;
                Ok((candidates, foreseen))
            });
        done.failures = total.failures;
        let (candidates, foreseen) = match candidates {
            Ok(candidates) => candidates,
            Err(fault) => return Done { fatal: Some(fault), ..done },
        };
        for candidate in &candidates {
            let job = Job { foreseen: Some(&foreseen), ..Job::new(&worker, &candidate.names, policy) };
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
    pub(super) fn doubt(&self) {
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

pub(super) fn inode(path: &Path) -> u64 {
    path.metadata().unwrap().ino()
}
