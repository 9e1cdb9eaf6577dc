mod anew;
mod cut;
mod gone;
mod withheld;

use std::fs;
use std::path::Path;

use crossbeam_channel::{Sender, unbounded};

use super::super::worker::Publisher;
use super::*;
use crate::faulty::{BeforeLook, Faulty, FaultyLedger, Fuse};
use crate::memory::{MemoryLedger, MemoryMessage, MemoryRepository};
use crate::model::flags::Flags;
use crate::model::ids::{AccountName, LampId, Uid};
use crate::model::question::Question;
use crate::store::maildir::Maildir;

pub(in crate::engine) const POLICY: Policy = Policy::OPEN;

pub(in crate::engine) fn permission(read_only: bool) -> Permission {
    if read_only { Permission::NONE } else { Permission::ALL }
}

/// A server in memory, a real Maildir, and a ledger that survives.
pub(in crate::engine) struct World {
    pub(in crate::engine) remote: MemoryRepository,
    pub(in crate::engine) directory: tempfile::TempDir,
    pub(in crate::engine) ledger: MemoryLedger,
    pub(in crate::engine) names: FolderPair,
}

impl World {
    pub(in crate::engine) fn new() -> Self {
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

    pub(in crate::engine) fn maildir(&self) -> Maildir {
        Maildir::open(self.directory.path(), '.', false)
    }

    pub(in crate::engine) fn folder(&self) -> std::path::PathBuf {
        self.directory.path().join("INBOX")
    }

    pub(in crate::engine) fn run(&self, policy: Policy) -> Done {
        self.run_on(policy, &Fuse::of(u64::MAX))
    }

    pub(in crate::engine) fn run_on(&self, policy: Policy, fuse: &Fuse) -> Done {
        self.run_while(policy, fuse, None)
    }

    /// Runs while something happens before each look at the server.
    pub(in crate::engine) fn run_while(&self, policy: Policy, fuse: &Fuse, before_look: Option<BeforeLook>) -> Done {
        self.run_in(self.maildir(), policy, fuse, before_look).0
    }

    /// Runs on this Maildir; gives back what was said as well.
    pub(in crate::engine) fn run_in(
        &self,
        maildir: Maildir,
        policy: Policy,
        fuse: &Fuse,
        before_look: Option<BeforeLook>,
    ) -> (Done, Vec<EventKind>) {
        // Nobody is there to be asked.
        let (questions, _) = unbounded();
        self.run_asking(maildir, policy, fuse, before_look, questions)
    }

    /// The same, with somebody to ask.
    pub(in crate::engine) fn run_asking(
        &self,
        maildir: Maildir,
        policy: Policy,
        fuse: &Fuse,
        before_look: Option<BeforeLook>,
        questions: Sender<Question>,
    ) -> (Done, Vec<EventKind>) {
        let (events, seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
        let job = Job::new(&worker, &self.names, policy);
        let mut remote = Faulty { inner: self.remote.clone(), fuse: fuse.clone(), before_look };
        let mut local = Faulty { inner: maildir, fuse: fuse.clone(), before_look: None };
        let mut ledger = FaultyLedger { inner: self.ledger.clone(), fuse: fuse.clone() };
        let done = synchronise(&job, &mut remote, &mut local, &mut ledger);
        (done, seen.try_iter().map(|event| event.kind).collect())
    }

    pub(in crate::engine) fn arrive(&self, text: &str, flags: &[&str]) -> Uid {
        let wire = format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
        let message = MemoryMessage { wire, flags: Flags::from_imap(flags.iter().copied()), date: None };
        self.remote.tree().get_mut("INBOX").unwrap().add(message)
    }

    pub(in crate::engine) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join("cur").join(name), format!("Subject: {text}\n\n{text}\n")).unwrap();
    }

    pub(in crate::engine) fn there(&self) -> Vec<String> {
        let tree = self.remote.tree();
        let text = |message: &MemoryMessage| format!("{} ({})", subject(&message.wire), message.flags);
        let mut all: Vec<String> = tree["INBOX"].messages.values().map(text).collect();
        all.sort();
        all
    }

    pub(in crate::engine) fn here(&self) -> Vec<String> {
        let mut all = Vec::new();
        for place in ["cur", "new"] {
            for entry in fs::read_dir(self.folder().join(place)).unwrap() {
                all.push(described(&entry.unwrap().path()));
            }
        }
        all.sort();
        all
    }

    pub(in crate::engine) fn files(&self) -> Vec<std::path::PathBuf> {
        let files = ["cur", "new"].map(|place| fs::read_dir(self.folder().join(place)).unwrap());
        files.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    /// The file of the message with this subject.
    pub(in crate::engine) fn find(&self, text: &str) -> std::path::PathBuf {
        self.files().into_iter().find(|path| subject(&fs::read(path).unwrap()) == text).unwrap()
    }

    pub(in crate::engine) fn flag(&self, text: &str, letters: &str) {
        let path = self.find(text);
        let name = path.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(&path, self.folder().join("cur").join(format!("{name}:2,{letters}"))).unwrap();
    }
}

pub(in crate::engine) fn subject(message: &[u8]) -> String {
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
pub(in crate::engine) fn a_day_later() -> World {
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

pub(in crate::engine) const DAY_LATER: [&str; 9] = [
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

/// Prepares, crashes at a step, and runs again to the end, for every step: both sides must be as expected each time.
pub(in crate::engine) fn crash_at_every_step(
    prepare: impl Fn() -> World,
    policy: Policy,
    expected: &[&str],
    least: u64,
) {
    for step in 1.. {
        let world = prepare();
        let fuse = Fuse::of(step);
        world.run_on(policy, &fuse);
        let through = !fuse.is_burnt();
        let done = world.run(policy);
        assert!(done.fatal.is_none() && done.failures == 0, "step {step}: {done:?}");
        assert_eq!(world.there(), expected, "there, after a crash at step {step}");
        assert_eq!(world.here(), expected, "here, after a crash at step {step}");
        assert!(world.run(policy).counts.is_nothing(), "step {step}");
        if through {
            assert!(step > least, "only {step} steps");
            return;
        }
    }
}

#[test]
fn a_crash_at_any_step_loses_and_doubles_nothing() {
    crash_at_every_step(a_day_later, POLICY, &DAY_LATER, 20);
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
