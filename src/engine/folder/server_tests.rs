//! A server on the local side too: whenever a run is cut off, nothing is lost, and nothing is there twice.

use std::path::PathBuf;

use crossbeam_channel::unbounded;

use super::super::worker::Publisher;
use super::tests::POLICY;
use super::*;
use crate::faulty::{Faulty, FaultyLedger, Fuse};
use crate::memory::{MemoryMessage, MemoryRepository};
use crate::model::flags::Flags;
use crate::model::ids::{AccountName, LampId, Uid};
use crate::store::ledger::sqlite::SqliteLedger;
use crate::store::mapped::MappedRepository;

/// Two servers in memory, and a ledger on the disk.
struct Servers {
    remote: MemoryRepository,
    local: MemoryRepository,
    directory: tempfile::TempDir,
    names: FolderPair,
}

impl Servers {
    fn new() -> Self {
        // In memory where there is such a place: there are many of these.
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let names = FolderPair { shown: "INBOX".into(), remote: "INBOX".into(), local: "INBOX".into() };
        let world = Self { remote: MemoryRepository::default(), local: MemoryRepository::default(), directory, names };
        world.remote.clone().create("INBOX").unwrap();
        world.local.clone().create("INBOX").unwrap();
        // They number their messages in their own ways.
        world.local.tree().get_mut("INBOX").unwrap().uid_validity = 77;
        for text in ["filler one", "filler two"] {
            let uid = world.put(Side::Local, text, &[]);
            world.local.tree().get_mut("INBOX").unwrap().messages.remove(&uid);
        }
        world
    }

    fn ledger(&self) -> SqliteLedger {
        let path: PathBuf = self.directory.path().join("ledger");
        SqliteLedger::open(&path).unwrap()
    }

    fn side(&self, side: Side) -> &MemoryRepository {
        match side {
            Side::Remote => &self.remote,
            Side::Local => &self.local,
        }
    }

    fn put(&self, side: Side, text: &str, flags: &[&str]) -> Uid {
        let wire = format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
        let message = MemoryMessage { wire, flags: Flags::from_imap(flags.iter().copied()), date: None };
        self.side(side).tree().get_mut("INBOX").unwrap().add(message)
    }

    /// The UID of the message with this subject.
    fn find(&self, side: Side, text: &str) -> Uid {
        let tree = self.side(side).tree();
        let mut messages = tree["INBOX"].messages.iter();
        *messages.find(|(_, message)| subject(message) == text).unwrap().0
    }

    fn remove(&self, side: Side, text: &str) {
        let uid = self.find(side, text);
        let mut tree = self.side(side).tree();
        let folder = tree.get_mut("INBOX").unwrap();
        folder.messages.remove(&uid);
        folder.modseq += 1;
    }

    fn flag(&self, side: Side, text: &str, flags: &[&str]) {
        let uid = self.find(side, text);
        let mut tree = self.side(side).tree();
        let folder = tree.get_mut("INBOX").unwrap();
        folder.messages.get_mut(&uid).unwrap().flags = Flags::from_imap(flags.iter().copied());
        folder.modseq += 1;
    }

    /// The server gives its messages other UIDs, under another UIDVALIDITY.
    fn number_anew(&self, side: Side) {
        let mut tree = self.side(side).tree();
        let folder = tree.get_mut("INBOX").unwrap();
        folder.uid_validity += 1;
        let before = std::mem::take(&mut folder.messages);
        for (_, message) in before.into_iter().rev() {
            folder.add(message);
        }
    }

    fn shows(&self, side: Side) -> Vec<String> {
        let tree = self.side(side).tree();
        let text = |message: &MemoryMessage| format!("{} ({})", subject(message), message.flags);
        let mut all: Vec<String> = tree["INBOX"].messages.values().map(text).collect();
        all.sort();
        all
    }

    fn run(&self, fuse: &Fuse) -> Done {
        self.run_under(fuse, POLICY)
    }

    fn run_under(&self, fuse: &Fuse, policy: Policy) -> Done {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, unbounded().0);
        let job = Job::new(&worker, &self.names, policy);
        let faulty = |inner: MemoryRepository| Faulty { inner, fuse: fuse.clone(), before_look: None };
        let mut remote = faulty(self.remote.clone());
        // The fuse burns before and after what the server does, and again when the list is written.
        let mapped = MappedRepository::new(faulty(self.local.clone()), self.ledger());
        let mut local = Faulty { inner: mapped, fuse: fuse.clone(), before_look: None };
        let mut ledger = FaultyLedger { inner: self.ledger(), fuse: fuse.clone() };
        synchronise(&job, &mut remote, &mut local, &mut ledger)
    }

    #[track_caller]
    fn runs_well(&self, what: &str) -> Counts {
        let done = self.run(&Fuse::of(u64::MAX));
        assert!(done.fatal.is_none() && done.failures == 0, "{what}: {done:?}");
        done.counts
    }
}

fn subject(message: &MemoryMessage) -> String {
    let text = String::from_utf8_lossy(&message.wire).into_owned();
    text.lines().next().unwrap().trim_start_matches("Subject: ").to_owned()
}

/// Cuts a run off after each of its steps, and lets it run again: both sides are as expected, whenever that was.
fn cut_anywhere(prepare: impl Fn() -> Servers, expected: &[&str]) {
    let mut steps = 0;
    loop {
        steps += 1;
        let world = prepare();
        let fuse = Fuse::of(steps);
        let _ = world.run(&fuse);
        let what = format!("cut at step {steps}");
        world.runs_well(&what);
        world.runs_well(&what);
        assert_eq!(world.shows(Side::Remote), expected, "there, {what}");
        assert_eq!(world.shows(Side::Local), expected, "here, {what}");
        assert!(world.runs_well(&what).is_nothing(), "{what}");
        if !fuse.is_burnt() {
            assert!(steps > 8, "only {steps} steps");
            return;
        }
    }
}

/// Messages on both sides, of which nobody knows yet.
fn new_ones() -> Servers {
    let world = Servers::new();
    world.put(Side::Remote, "one there", &["\\Seen", "$Work"]);
    world.put(Side::Remote, "two there", &[]);
    // Twins stay two.
    world.put(Side::Remote, "two there", &[]);
    world.put(Side::Local, "one here", &["\\Flagged"]);
    world.put(Side::Local, "two here", &[]);
    world
}

/// A folder that was in step.
fn in_step() -> Servers {
    let world = new_ones();
    world.runs_well("the first run");
    world.runs_well("the second run");
    world
}

const ALL: [&str; 5] =
    ["one here (\\Flagged)", "one there (\\Seen $Work)", "two here ()", "two there ()", "two there ()"];

#[test]
fn during_the_first_run() {
    cut_anywhere(new_ones, &ALL);
}

#[test]
fn with_changes_on_both_sides() {
    let prepare = || {
        let world = in_step();
        world.put(Side::Remote, "three there", &["\\Answered"]);
        world.put(Side::Local, "three here", &["$Home"]);
        world.remove(Side::Remote, "one here");
        world.remove(Side::Local, "one there");
        world.flag(Side::Local, "two here", &["\\Seen"]);
        world.flag(Side::Remote, "two here", &["\\Flagged"]);
        world
    };
    let expected = [
        "three here ($Home)",
        "three there (\\Answered)",
        "two here (\\Flagged \\Seen)",
        "two there ()",
        "two there ()",
    ];
    let mut sorted = expected.map(|text| text.replace("\\Flagged \\Seen", &both_flags()));
    sorted.sort();
    cut_anywhere(prepare, &sorted.each_ref().map(String::as_str));
}

/// How two flags are written.
fn both_flags() -> String {
    Flags::from_imap(["\\Seen", "\\Flagged"]).to_string()
}

#[test]
fn when_either_server_numbers_its_messages_anew() {
    for sides in [&[Side::Local][..], &[Side::Remote], &[Side::Local, Side::Remote]] {
        let prepare = || {
            let world = in_step();
            for side in sides {
                world.number_anew(*side);
            }
            world
        };
        cut_anywhere(prepare, &ALL);
    }
}

#[test]
fn what_is_missing_on_a_local_server_that_numbers_anew_comes_back() {
    let prepare = || {
        let world = in_step();
        world.remove(Side::Local, "one there");
        world.number_anew(Side::Local);
        world
    };
    cut_anywhere(prepare, &ALL);
}

#[test]
fn a_server_that_numbers_anew_while_messages_are_on_their_way_is_no_loss() {
    // Cut off in the first run at each step, and numbered anew before the next.
    let mut steps = 0;
    loop {
        steps += 1;
        let world = new_ones();
        let fuse = Fuse::of(steps);
        let _ = world.run(&fuse);
        world.number_anew(Side::Local);
        let what = format!("cut at step {steps}");
        world.runs_well(&what);
        world.runs_well(&what);
        assert_eq!(world.shows(Side::Remote), ALL, "there, {what}");
        assert_eq!(world.shows(Side::Local), ALL, "here, {what}");
        if !fuse.is_burnt() {
            return;
        }
    }
}

#[test]
fn a_flag_that_was_taken_off_stays_off_when_the_local_server_numbers_anew() {
    let world = in_step();
    world.number_anew(Side::Local);
    world.flag(Side::Local, "one there", &["$Work"]);
    world.flag(Side::Remote, "one here", &[]);
    world.runs_well("after it");
    for side in [Side::Remote, Side::Local] {
        let shown = world.shows(side);
        assert!(shown.contains(&"one there ($Work)".into()) && shown.contains(&"one here ()".into()), "{shown:?}");
    }
}

#[test]
fn a_local_server_that_may_only_be_read_is_known_by_its_numbers_all_the_same() {
    let world = in_step();
    let policy = Policy { to_local: Permission::NONE, ..POLICY };
    let run = || {
        let done = world.run_under(&Fuse::of(u64::MAX), policy);
        assert!(done.fatal.is_none() && done.failures == 0, "{done:?}");
        done.counts
    };
    world.put(Side::Local, "three here", &[]);
    world.put(Side::Remote, "three there", &[]);
    assert_eq!((run().uploads, run().copies()), (1, 0));
    // What it has is found again under other numbers, and nothing is sent twice.
    world.number_anew(Side::Local);
    world.put(Side::Local, "four here", &[]);
    assert_eq!((run().uploads, run().copies()), (1, 0));
    assert_eq!((world.shows(Side::Remote).len(), world.shows(Side::Local).len()), (8, 7));
}
