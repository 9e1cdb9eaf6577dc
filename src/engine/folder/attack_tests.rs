//! Attempts to make a folder lose, double or confuse messages.

use std::fs;
use std::path::{Path, PathBuf};

use crossbeam_channel::unbounded;

use super::super::worker::Publisher;
use super::tests::{POLICY, World, subject};
use super::*;
use crate::memory::{MemoryLedger, MemoryRepository};
use crate::model::extent::{Bounds, Outside};
use crate::model::flags::Holds;
use crate::model::ids::{AccountName, LampId, Uid};
use crate::model::message::Fingerprint;
use crate::model::message::{Look, MessageId};
use crate::store::ledger::{Entry, Quarantined, Row};
use crate::store::{Delivered, Delivery, FlagChange, Known, Place, Relocation};

pub(super) fn beside(file: &Path, unique: &str) -> PathBuf {
    let name = file.file_name().unwrap().to_str().unwrap();
    file.with_file_name(format!("{unique},{}", name.split_once(',').unwrap().1))
}

pub(super) fn text(name: &str) -> String {
    format!("Subject: {name}\n\n{name}\n")
}

pub(super) fn delete_there(world: &World, text: &str) {
    let mut tree = world.remote.tree();
    let inbox = tree.get_mut("INBOX").unwrap();
    inbox.messages.retain(|_, message| subject(&message.wire) != text);
    inbox.modseq += 1;
}

pub(super) fn in_step(texts: &[&str]) -> World {
    let world = World::new();
    for text in texts {
        world.arrive(text, &[]);
    }
    assert_eq!(world.run(POLICY).failures, 0);
    world
}

#[test]
fn a_lost_ledger_does_not_take_another_message_for_the_one_with_its_number() {
    let mut world = in_step(&["a", "b", "c", "d", "e"]);
    let file = world.find("a");
    fs::write(beside(&file, "9.put.here"), text("only here")).unwrap();
    fs::remove_file(&file).unwrap();
    world.ledger = MemoryLedger::default();
    world.run(POLICY);
    delete_there(&world, "a");
    world.run(POLICY);
    assert!(world.here().contains(&"only here ()".to_owned()), "{:?}", world.here());
    assert!(world.there().contains(&"only here ()".to_owned()), "{:?}", world.there());
}

#[test]
fn of_three_files_with_one_number_the_recorded_one_keeps_it() {
    let world = in_step(&["a", "b"]);
    let file = world.find("a");
    fs::write(beside(&file, "00"), text("second")).unwrap();
    fs::write(beside(&file, "01"), text("third")).unwrap();
    assert_eq!(world.run(POLICY).failures, 0);
    world.run(POLICY);
    assert_eq!(world.there(), ["a ()", "b ()", "second ()", "third ()"]);
    assert_eq!(world.here(), world.there());
}

#[test]
fn what_was_put_aside_under_other_numbers_hides_no_other_message() {
    let world = in_step(&["a", "b"]);
    let mut ledger = world.ledger.clone();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let tried = chrono::Utc::now().timestamp();
    let (name, subject, reason) = ("7".to_owned(), String::new(), "lost".to_owned());
    ledger
        .record(
            folder,
            &[Entry::Quarantine(Quarantined { side: Side::Remote, name, subject, reason, tried, ignored: false })],
        )
        .unwrap();
    {
        let mut tree = world.remote.tree();
        let inbox = tree.get_mut("INBOX").unwrap();
        let messages = std::mem::take(&mut inbox.messages);
        (inbox.uid_validity, inbox.uid_next) = (2, 5);
        for message in messages.into_values() {
            inbox.add(message);
        }
    }
    assert_eq!(world.arrive("new", &[]).get(), 7);
    world.run(POLICY);
    assert_eq!(world.here(), ["a ()", "b ()", "new ()"]);
}

#[test]
fn messages_that_are_kept_do_not_excuse_deletions() {
    let world = World::new();
    for number in 0..40 {
        world.arrive(&format!("kept {number}"), &[]);
    }
    world.run(POLICY);
    for file in world.files() {
        fs::remove_file(file).unwrap();
    }
    let keep = Policy { to_remote: Permission { write: true, delete: false, number: true }, ..POLICY };
    world.run(keep);
    for number in 0..20 {
        world.arrive(&format!("both {number}"), &[]);
    }
    world.run(POLICY);
    assert_eq!((world.here().len(), world.there().len()), (20, 60));
    for file in world.files() {
        fs::remove_file(file).unwrap();
    }
    let done = world.run(POLICY);
    assert_eq!((done.failures, world.there().len()), (1, 60), "all that both sides had would be deleted");
}

#[test]
fn files_whose_names_are_no_longer_recognised_are_not_all_sent_again() {
    let mut world = World::new();
    for number in 0..30 {
        world.arrive(&number.to_string(), &[]);
    }
    world.run(POLICY);
    for (file, number) in world.files().into_iter().zip(0..) {
        fs::rename(&file, world.folder().join(format!("cur/{number}.plain.host:2,"))).unwrap();
    }
    world.ledger = MemoryLedger::default();
    world.run(POLICY);
    assert_eq!((world.here().len(), world.there().len()), (30, 30));
}

/// Of what was kept on one side only no number is left to remember it by: it is new, rather than deleted.
#[test]
fn what_is_kept_here_only_is_new_when_the_server_numbers_anew() {
    let world = in_step(&["a", "b", "c"]);
    delete_there(&world, "a");
    let keep = Policy { to_local: Permission { write: true, delete: false, number: true }, ..POLICY };
    world.run(keep);
    assert_eq!((world.here().len(), world.there().len()), (3, 2));
    {
        let mut tree = world.remote.tree();
        let inbox = tree.get_mut("INBOX").unwrap();
        let messages = std::mem::take(&mut inbox.messages);
        (inbox.uid_validity, inbox.uid_next) = (2, 5);
        for message in messages.into_values() {
            inbox.add(message);
        }
    }
    world.run(keep);
    assert_eq!(world.there(), ["a ()", "b ()", "c ()"]);
    assert_eq!(world.here(), world.there());
    assert!(world.run(keep).counts.is_nothing());
}

#[test]
fn files_of_a_time_before_their_names_were_recorded_are_told_apart() {
    // As after a takeover from OfflineIMAP by an earlier version, which recorded no files.
    let world = in_step(&["a", "b"]);
    let mut ledger = world.ledger.clone();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let rows = ledger.rows(folder).unwrap().into_iter().map(|row| Entry::Put(Row { key: None, ..row }));
    ledger.record(folder, &rows.collect::<Vec<_>>()).unwrap();
    let file = world.find("a");
    fs::write(beside(&file, "00"), text("only here")).unwrap();
    world.run(POLICY);
    delete_there(&world, "a");
    world.run(POLICY);
    assert!(world.here().contains(&"only here ()".to_owned()), "{:?} {:?}", world.here(), world.there());
}

/// A server that lists a message, and says nothing of it when it is fetched.
struct PassingOver(MemoryRepository, Uid);

struct PassingOverMailbox<'a>(Box<dyn Mailbox + 'a>, Uid);

impl Repository for PassingOver {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        self.0.separator()
    }
    fn folders(&mut self) -> Result<Vec<crate::model::folder::FolderInfo>, Fault> {
        self.0.folders()
    }
    fn create(&mut self, name: &str) -> Result<(), Fault> {
        self.0.create(name)
    }
    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        self.0.remove(name)
    }
    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, all: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        self.0.relocate(from, to, all)
    }
    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        Ok(Box::new(PassingOverMailbox(self.0.open(name, writable)?, self.1)))
    }
}

impl Mailbox for PassingOverMailbox<'_> {
    fn holds(&self) -> Holds {
        self.0.holds()
    }
    fn read_only(&self) -> bool {
        self.0.read_only()
    }
    fn uid_validity(&self) -> Option<crate::model::ids::UidValidity> {
        self.0.uid_validity()
    }
    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        self.0.look(known)
    }
    fn outside(&mut self, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault> {
        self.0.outside(bounds, among)
    }
    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Vec<(MessageId, Fault)>, Fault> {
        let wanted: Vec<MessageId> = wanted.iter().copied().filter(|id| id.uid() != Some(self.1)).collect();
        self.0.fetch(&wanted, to)
    }
    fn deliver<'b>(&'b mut self) -> Result<Box<dyn Delivery + 'b>, Fault> {
        Ok(Box::new(Altering(self.0.deliver()?)))
    }
    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.0.change_flags(changes)
    }
    fn delete(&mut self, ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.0.delete(ids)
    }
    fn number(&mut self, pairs: &[(MessageId, Uid)]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.0.number(pairs)
    }
    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        self.0.fingerprint(id)
    }
}

/// A server that adds a line to the header of what it gets, and doesn't tell the UID (it has no UIDPLUS).
struct Altering<'a>(Box<dyn Delivery + 'a>);

const ADDED: &[u8] = b"X-Added: by the server\r\n";

impl Delivery for Altering<'_> {
    fn begin(&mut self, size: u64, head: &crate::model::message::Head) -> Result<(), Fault> {
        self.0.begin(size + ADDED.len() as u64, head)?;
        self.0.chunk(b"")
    }
    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        let end = data.iter().position(|byte| *byte == b'\n').map_or(data.len(), |at| at + 1);
        self.0.chunk(&data[..end])?;
        self.0.chunk(ADDED)?;
        self.0.chunk(&data[end..])
    }
    fn end(&mut self, head: crate::model::message::Head) -> Result<(), Fault> {
        self.0.end(head)
    }
    fn abandon(&mut self) -> Result<(), Fault> {
        self.0.abandon()
    }
    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        let mut all = self.0.commit()?;
        for one in &mut all {
            one.result = one.result.clone().map(|_| crate::store::Stored { uid: None, key: None });
        }
        Ok(all)
    }
}

fn run_against(world: &World, uid: u32) {
    let (events, _seen) = unbounded();
    let (_orders, obeyed) = unbounded();
    let (questions, _) = unbounded();
    let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
    let job = Job::new(&worker, &world.names, POLICY);
    let mut remote = PassingOver(world.remote.clone(), Uid::new(uid).unwrap());
    synchronise(&job, &mut remote, &mut world.maildir(), &mut world.ledger.clone());
}

#[test]
fn what_a_server_without_uidplus_alters_is_not_sent_at_each_run() {
    let world = in_step(&["a"]);
    world.write("1.here:2,", "here");
    for _ in 0..4 {
        run_against(&world, 99);
    }
    assert!(world.there().len() <= 3, "{:?}", world.there());
}

#[test]
fn a_message_that_the_server_passed_over_is_asked_for_again() {
    let world = in_step(&["a"]);
    let uid = world.arrive("b", &[]);
    run_against(&world, uid.get());
    assert_eq!(world.here(), ["a ()"]);
    world.run(POLICY);
    assert_eq!(world.here(), ["a ()", "b ()"]);
}
