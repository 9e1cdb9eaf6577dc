//! An account, and a clock that nobody waits for.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use crate::engine::folder::tests::{World, subject};
use crate::engine::folder::{Done, Policy};
use crate::faulty::Fuse;
use crate::memory::MemoryMessage;
use crate::model::event::EventKind;
use crate::model::extent::{Age, DAY, Extent};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::InternalDate;
use crate::store::ledger::{Ledger, Scope, State};

/// The day on which everything begins.
pub(super) const DAY_ONE: i64 = 20_000;

/// An account, and a clock that nobody waits for.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) day: i64,
    pub(super) extent: Extent,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { world: World::new(), day: DAY_ONE, extent: Extent::ALL }
    }

    /// With these messages in step on both sides; each is named after its age in days.
    pub(super) fn in_step(ages: &[i64]) -> Self {
        let desk = Self::new();
        for age in ages {
            desk.arrive(&format!("{age} old"), *age);
        }
        assert_eq!(desk.run().counts.downloads, ages.len() as u64);
        desk
    }

    pub(super) fn now(&self) -> i64 {
        self.day * DAY + DAY / 2
    }

    pub(super) fn policy(&self) -> Policy {
        Policy { extent: self.extent, now: self.now(), allow_deletes: true, ..Policy::OPEN }
    }

    /// Runs, and fails unless that went well.
    #[track_caller]
    pub(super) fn run(&self) -> Done {
        let done = self.world.run(self.policy());
        assert!(done.fatal.is_none() && done.failures == 0, "{done:?}");
        done
    }

    /// What a dry run says.
    pub(super) fn rehearse(&self) -> Vec<String> {
        let policy = Policy { pretend: true, ..self.policy() };
        let (_, events) = self.world.run_in(self.world.maildir(), policy, &Fuse::of(u64::MAX), None);
        let said = |kind| if let EventKind::Noted { text, .. } = kind { Some(text) } else { None };
        events.into_iter().filter_map(said).collect()
    }

    pub(super) fn days(&mut self, days: u32) {
        self.extent.age = Some(Age::Days(days));
    }

    /// A message comes to the server that is so many days old.
    pub(super) fn arrive(&self, text: &str, age: i64) -> Uid {
        let wire = format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
        let date = Some(InternalDate { seconds: self.now() - age * DAY, offset: 0 });
        let message = MemoryMessage { wire, flags: Flags::default(), date };
        self.world.remote.tree().get_mut("INBOX").unwrap().add(message)
    }

    /// A file is written here whose name says that it is so many days old.
    pub(super) fn write(&self, text: &str, age: i64) {
        let seconds = self.now() - age * DAY;
        let unique: String = text.replace(' ', "_").chars().take(20).collect();
        let path = self.world.folder().join("cur").join(format!("{seconds}.{unique}:2,"));
        fs::write(&path, format!("Subject: {text}\n\n{text}\n")).unwrap();
        let written = UNIX_EPOCH + Duration::from_secs(seconds.cast_unsigned());
        File::options().write(true).open(path).unwrap().set_modified(written).unwrap();
    }

    pub(super) fn file(&self, text: &str) -> Option<PathBuf> {
        self.world.files().into_iter().find(|path| subject(&fs::read(path).unwrap()) == text)
    }

    pub(super) fn delete_here(&self, text: &str) {
        fs::remove_file(self.file(text).unwrap()).unwrap();
    }

    /// Changes a message on the server, or deletes it, where `change` says so by `false`.
    pub(super) fn there(&self, text: &str, change: impl FnOnce(&mut MemoryMessage) -> bool) {
        let mut tree = self.world.remote.tree();
        let inbox = tree.get_mut("INBOX").unwrap();
        let found = inbox.messages.iter().find(|(_, message)| subject(&message.wire) == text);
        let uid = *found.unwrap().0;
        if !change(inbox.messages.get_mut(&uid).unwrap()) {
            inbox.messages.remove(&uid);
        }
        inbox.modseq += 1;
    }

    pub(super) fn delete_there(&self, text: &str) {
        self.there(text, |_| false);
    }

    pub(super) fn flag_there(&self, text: &str, flags: &[&str]) {
        self.there(text, |message| {
            message.flags = Flags::from_imap(flags.iter().copied());
            true
        });
    }

    /// Whether the message is there and here.
    pub(super) fn is(&self, text: &str) -> (bool, bool) {
        let there = self.world.there().iter().any(|line| line.starts_with(&format!("{text} (")));
        (there, self.file(text).is_some())
    }

    pub(super) fn scope(&self) -> Option<Scope> {
        let mut ledger = self.world.ledger.clone();
        let folder = ledger.folders().unwrap()[0].id;
        ledger.scope(folder).unwrap()
    }

    pub(super) fn left(&self) -> usize {
        let mut ledger = self.world.ledger.clone();
        let folder = ledger.folders().unwrap()[0].id;
        ledger.rows(folder).unwrap().iter().filter(|row| row.state == State::Outside).count()
    }
}
