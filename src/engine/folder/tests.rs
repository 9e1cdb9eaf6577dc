mod cut;
mod gone;

use std::fs;
use std::path::Path;

use crossbeam_channel::unbounded;

use super::super::worker::Publisher;
use super::*;
use crate::faulty::{BeforeLook, Faulty, FaultyLedger, Fuse};
use crate::memory::{MemoryLedger, MemoryMessage, MemoryRepository};
use crate::model::ids::{AccountName, LampId};
use crate::store::maildir::Maildir;

const POLICY: Policy =
    Policy { remote_read_only: false, local_read_only: false, allow_deletes: false, pause: std::time::Duration::ZERO };

/// A server in memory, a real Maildir, and a ledger that survives.
struct World {
    remote: MemoryRepository,
    directory: tempfile::TempDir,
    ledger: MemoryLedger,
    names: FolderPair,
}

impl World {
    fn new() -> Self {
        let names = FolderPair { shown: "INBOX".into(), remote: "INBOX".into(), local: "INBOX".into() };
        let world = Self {
            remote: MemoryRepository::default(),
            directory: tempfile::tempdir().unwrap(),
            ledger: MemoryLedger::default(),
            names,
        };
        world.remote.clone().create("INBOX").unwrap();
        world.maildir().create("INBOX").unwrap();
        world
    }

    fn maildir(&self) -> Maildir {
        Maildir::open(self.directory.path(), '.', false)
    }

    fn folder(&self) -> std::path::PathBuf {
        self.directory.path().join("INBOX")
    }

    fn run(&self, policy: Policy) -> Done {
        self.run_on(policy, &Fuse::of(u64::MAX))
    }

    fn run_on(&self, policy: Policy, fuse: &Fuse) -> Done {
        self.run_while(policy, fuse, None)
    }

    /// Runs while something happens before each look at the server.
    fn run_while(&self, policy: Policy, fuse: &Fuse, before_look: Option<BeforeLook>) -> Done {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let (questions, _asked) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
        let job = Job { worker: &worker, names: &self.names, policy };
        let mut remote = Faulty { inner: self.remote.clone(), fuse: fuse.clone(), before_look };
        let mut local = Faulty { inner: self.maildir(), fuse: fuse.clone(), before_look: None };
        let mut ledger = FaultyLedger { inner: self.ledger.clone(), fuse: fuse.clone() };
        synchronise(&job, &mut remote, &mut local, &mut ledger)
    }

    fn arrive(&self, text: &str, flags: &[&str]) -> Uid {
        let wire = format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
        let message = MemoryMessage { wire, flags: Flags::from_imap(flags.iter().copied()), date: None };
        self.remote.tree().get_mut("INBOX").unwrap().add(message)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join("cur").join(name), format!("Subject: {text}\n\n{text}\n")).unwrap();
    }

    fn there(&self) -> Vec<String> {
        let tree = self.remote.tree();
        let text = |message: &MemoryMessage| format!("{} ({})", subject(&message.wire), message.flags);
        let mut all: Vec<String> = tree["INBOX"].messages.values().map(text).collect();
        all.sort();
        all
    }

    fn here(&self) -> Vec<String> {
        let mut all = Vec::new();
        for place in ["cur", "new"] {
            for entry in fs::read_dir(self.folder().join(place)).unwrap() {
                all.push(described(&entry.unwrap().path()));
            }
        }
        all.sort();
        all
    }

    /// The file of the message with this subject.
    fn find(&self, text: &str) -> std::path::PathBuf {
        let files = ["cur", "new"].map(|place| fs::read_dir(self.folder().join(place)).unwrap());
        let mut files = files.into_iter().flatten().map(|entry| entry.unwrap().path());
        files.find(|path| subject(&fs::read(path).unwrap()) == text).unwrap()
    }

    fn flag(&self, text: &str, letters: &str) {
        let path = self.find(text);
        let name = path.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(&path, self.folder().join("cur").join(format!("{name}:2,{letters}"))).unwrap();
    }
}

fn subject(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    text.lines().next().unwrap().trim_start_matches("Subject: ").to_owned()
}

fn described(path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let letters = name.split(":2,").nth(1).unwrap_or_default();
    let flags: Vec<&str> = letters
        .chars()
        .filter_map(crate::model::flags::System::from_letter)
        .flat_map(|flag| crate::model::flags::System::TABLE.iter().filter(move |row| row.0 == flag).map(|row| row.2))
        .collect();
    format!("{} ({})", subject(&fs::read(path).unwrap()), flags.join(" "))
}

/// A folder that was in step, and has changed on both sides since in every way there is.
fn a_day_later() -> World {
    let world = World::new();
    for text in ["stays", "gone there", "gone here", "gone on both", "flagged there", "flagged here", "flagged on both"]
    {
        world.arrive(text, &[]);
    }
    assert_eq!(world.run(POLICY).failures, 0);
    let uid = |number| Uid::new(number).unwrap();
    {
        let mut tree = world.remote.tree();
        let inbox = tree.get_mut("INBOX").unwrap();
        inbox.messages.remove(&uid(2)).unwrap();
        inbox.messages.remove(&uid(4)).unwrap();
        inbox.messages.get_mut(&uid(5)).unwrap().flags = Flags::from_imap(["\\Seen"]);
        inbox.messages.get_mut(&uid(7)).unwrap().flags = Flags::from_imap(["\\Seen"]);
        inbox.modseq += 10;
    }
    world.arrive("new there", &["\\Flagged"]);
    world.arrive("twin", &[]);
    fs::remove_file(world.find("gone here")).unwrap();
    fs::remove_file(world.find("gone on both")).unwrap();
    world.flag("flagged here", "F");
    world.flag("flagged on both", "F");
    world.write("1.here:2,S", "new here");
    world.write("2.here:2,", "twin");
    world.write("3.here:2,", "twin");
    world
}

const DAY_LATER: [&str; 9] = [
    "flagged here (\\Flagged)",
    "flagged on both (\\Flagged \\Seen)",
    "flagged there (\\Seen)",
    "new here (\\Seen)",
    "new there (\\Flagged)",
    "stays ()",
    "twin ()",
    "twin ()",
    "twin ()",
];

#[test]
fn a_day_of_changes_ends_the_same_on_both_sides() {
    let world = a_day_later();
    let done = world.run(POLICY);
    assert!(done.fatal.is_none() && done.failures == 0);
    assert_eq!(world.there(), DAY_LATER);
    assert_eq!(world.here(), DAY_LATER);
    assert!(world.run(POLICY).counts.is_nothing());
}

#[test]
fn a_crash_at_any_step_loses_and_doubles_nothing() {
    for step in 1.. {
        let world = a_day_later();
        let fuse = Fuse::of(step);
        world.run_on(POLICY, &fuse);
        let through = !fuse.is_burnt();
        let done = world.run(POLICY);
        assert!(done.fatal.is_none() && done.failures == 0, "step {step}: {done:?}");
        assert_eq!(world.there(), DAY_LATER, "after a crash at step {step}");
        assert_eq!(world.here(), DAY_LATER, "after a crash at step {step}");
        assert!(world.run(POLICY).counts.is_nothing(), "step {step}");
        if through {
            assert!(step > 20, "only {step} steps");
            return;
        }
    }
}

#[test]
fn what_the_server_still_had_in_hand_is_not_sent_again() {
    let world = World::new();
    world.run(POLICY);
    for number in 0..3 {
        world.write(&format!("{number}.here:2,"), &format!("late {number}"));
    }
    // The run dies after announcing its uploads; what it had sent reaches the mailbox only afterwards, bit by bit.
    let announced = (1..100).map(Fuse::of).find(|fuse| {
        world.run_on(POLICY, fuse);
        let folder = world.ledger.clone().folders().unwrap()[0].id;
        !world.ledger.clone().intents(folder).unwrap().is_empty()
    });
    assert!(announced.is_some() && world.there().is_empty());
    let (remote, looks) = (world.remote.clone(), std::sync::atomic::AtomicU32::new(0));
    let arriving = move || {
        let look = looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if let Some(number) = look.checked_sub(1).filter(|number| *number < 3) {
            let wire = format!("Subject: late {number}\r\n\r\nlate {number}\r\n").into_bytes();
            let message = MemoryMessage { wire, flags: Flags::default(), date: None };
            remote.tree().get_mut("INBOX").unwrap().add(message);
        }
    };
    let done = world.run_while(POLICY, &Fuse::of(u64::MAX), Some(std::sync::Arc::new(arriving)));
    assert!(done.fatal.is_none() && done.failures == 0 && done.counts.uploads == 0, "{done:?}");
    assert_eq!(world.there(), ["late 0 ()", "late 1 ()", "late 2 ()"]);
    assert_eq!(world.here(), world.there());
}

#[test]
fn what_is_read_only_is_not_written() {
    for (remote_read_only, local_read_only) in [(true, false), (false, true), (true, true)] {
        let world = a_day_later();
        let (there, here) = (world.there(), world.here());
        let policy = Policy { remote_read_only, local_read_only, ..POLICY };
        assert_eq!(world.run(policy).failures, 0);
        assert_eq!(world.there() == there, remote_read_only);
        assert_eq!(world.here() == here, local_read_only);
        assert!(world.run(policy).counts.is_nothing(), "{policy:?}");
    }
}

#[test]
fn what_was_withheld_is_done_once_it_is_allowed() {
    let world = World::new();
    world.arrive("there", &[]);
    world.run(POLICY);
    world.write("1.here:2,", "here");
    world.arrive("there too", &[]);
    let mark = || world.ledger.clone().folders().unwrap()[0].remote_mark;
    let before = mark();
    assert!(before.is_some());
    world.run(Policy { remote_read_only: true, ..POLICY });
    assert_eq!((world.there().len(), world.here().len()), (2, 3));
    assert_eq!(mark(), before, "the next run must look again");
    world.run(POLICY);
    assert_eq!(world.there().len(), 3);
    assert_ne!(mark(), before);
}

#[test]
fn an_emptied_folder_empties_nothing_until_that_is_allowed() {
    let world = World::new();
    for number in 0..20 {
        world.arrive(&number.to_string(), &[]);
    }
    world.run(POLICY);
    world.remote.tree().get_mut("INBOX").unwrap().messages.clear();
    world.remote.tree().get_mut("INBOX").unwrap().modseq += 1;
    assert_eq!(world.run(POLICY).failures, 1);
    assert_eq!(world.here().len(), 20);
    assert_eq!(world.run(Policy { allow_deletes: true, ..POLICY }).failures, 0);
    assert!(world.here().is_empty());
}

#[test]
fn a_folder_that_was_numbered_anew_is_left_alone() {
    let world = World::new();
    world.arrive("a", &[]);
    world.run(POLICY);
    world.remote.tree().get_mut("INBOX").unwrap().uid_validity = 2;
    assert_eq!(world.run(POLICY).failures, 1);
    assert_eq!((world.here().len(), world.there().len()), (1, 1));
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
