//! The suite of `Repository` and `Mailbox`.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use blinkensync::model::extent::{Bounds, DAY, Outside};
use blinkensync::model::fault::{Fault, Reach};
use blinkensync::model::flags::Flags;
use blinkensync::model::ids::{Uid, UidValidity};
use blinkensync::model::message::{Coverage, Head, InternalDate, MessageId};
use blinkensync::store::fingerprint::FingerprintBuilder;
use blinkensync::store::maildir::Maildir;
use blinkensync::store::{Delivered, Delivery, FlagChange, Mailbox, Place, Relocation, Repository};

use crate::faulty::{Faulty, Fuse};
use crate::forgetful::Forgetful;
use crate::memory::MemoryRepository;

/// Where implementations may differ, because what they stand on does. Each value has its own assertions.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a trait of its own")]
pub struct Traits {
    /// A message of no bytes is stored; else it is refused, alone.
    pub takes_empty: bool,
    /// A message that was begun can be taken back; else the repository is lost with it, and nothing is stored.
    pub takes_back: bool,
    /// Messages can be seen as soon as they are complete, before the commit.
    pub shows_at_once: bool,
    /// The UID of a message that was stored is told.
    pub tells_uid: bool,
    /// A single one of several messages that are marked as deleted can go; else it is kept, and that is said.
    pub deletes_single: bool,
    /// Messages can be moved; else they are copied, and stay.
    pub moves: bool,
    /// That a folder isn't there is noticed when it is looked at, not when it is opened.
    pub opens_late: bool,
    /// A lone CR at a message's very end is kept.
    pub keeps_last_cr: bool,
    /// How a folder's name beyond ASCII is written.
    pub foreign: &'static str,
}

impl Traits {
    /// What a store of our own can do.
    pub const OWN: Self = Self {
        takes_empty: true,
        takes_back: true,
        shows_at_once: false,
        tells_uid: true,
        deletes_single: true,
        moves: true,
        opens_late: false,
        keeps_last_cr: true,
        foreign: "B\u{fc}cher",
    };
}

/// An implementation under test: mail with an empty INBOX, which can be opened again and again.
pub struct Side<'a> {
    pub traits: Traits,
    pub open: &'a dyn Fn() -> Box<dyn Repository>,
}

impl Side<'_> {
    fn open(&self) -> Box<dyn Repository> {
        (self.open)()
    }

    fn store(&self, mailbox: &mut dyn Mailbox, head: &Head, wire: &[u8]) -> MessageId {
        if self.traits.tells_uid {
            return store(mailbox, head, wire);
        }
        let before = listed(mailbox);
        let mut delivery = mailbox.deliver().unwrap();
        send(&mut *delivery, head, wire);
        assert_eq!(delivery.commit().unwrap()[0].result.clone().unwrap().uid, None);
        drop(delivery);
        let mut new: Vec<_> = listed(mailbox).into_iter().filter(|row| !before.contains(row)).collect();
        assert_eq!(new.len(), 1);
        new.remove(0).0
    }

    /// What an independent look shows in INBOX.
    fn shows(&self) -> usize {
        let mut repository = self.open();
        listed(&mut *repository.open("INBOX", false).unwrap()).len()
    }
}

pub fn uid(number: u32) -> MessageId {
    MessageId::Uid(Uid::new(number).unwrap())
}

pub fn head(id: MessageId, flags: &[&str]) -> Head {
    let date = Some(InternalDate { seconds: 1_000_000_000, offset: 0 });
    Head { id: Some(id), flags: Some(Flags::from_imap(flags.iter().copied())), date, labels: None }
}

/// Receives into memory what a mailbox sends.
#[derive(Default)]
pub struct Collected(pub Vec<(Head, Vec<u8>)>);

impl Delivery for Collected {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        self.0.push((head.clone(), Vec::with_capacity(usize::try_from(size).unwrap())));
        Ok(())
    }
    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.0.last_mut().unwrap().1.extend_from_slice(data);
        Ok(())
    }
    fn end(&mut self, head: Head) -> Result<(), Fault> {
        self.0.last_mut().unwrap().0 = head;
        Ok(())
    }
    fn abandon(&mut self) -> Result<(), Fault> {
        self.0.pop();
        Ok(())
    }
    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        Ok(Vec::new())
    }
}

pub fn send(delivery: &mut dyn Delivery, head: &Head, wire: &[u8]) {
    delivery.begin(wire.len() as u64, head).unwrap();
    wire.chunks(7000).for_each(|piece| delivery.chunk(piece).unwrap());
    delivery.end(head.clone()).unwrap();
}

/// A message like no other: there are servers that keep one of those that are the same.
fn body(number: u32) -> Vec<u8> {
    format!("A: {number}\r\n\r\n").into_bytes()
}

/// Delivers one message and returns its name there.
pub fn store(mailbox: &mut dyn Mailbox, head: &Head, wire: &[u8]) -> MessageId {
    let mut delivery = mailbox.deliver().unwrap();
    send(&mut *delivery, head, wire);
    let report = delivery.commit().unwrap();
    assert_eq!(report.len(), 1);
    assert_eq!(Some(report[0].source), head.id);
    MessageId::Uid(report[0].result.clone().unwrap().uid.unwrap())
}

pub fn fetch(mailbox: &mut dyn Mailbox, id: MessageId) -> Option<(Head, Vec<u8>)> {
    let mut collected = Collected::default();
    assert!(mailbox.fetch(&[id], &mut collected).unwrap().is_empty());
    collected.0.pop()
}

pub fn listed(mailbox: &mut dyn Mailbox) -> Vec<(MessageId, String)> {
    let look = mailbox.look(None).unwrap();
    assert_eq!(look.coverage, Coverage::Whole);
    look.messages.into_iter().map(|message| (message.id, message.flags.to_string())).collect()
}

pub fn bytes_come_back(side: &Side<'_>) {
    let mut repository = side.open();
    let long = vec![b'x'; 1 << 20];
    let mut large = b"A: b\r\n\r\n".to_vec();
    (0..40_000).for_each(|line| large.extend_from_slice(format!("line {line}, and some more of it\r\n").as_bytes()));
    let bodies: [&[u8]; 10] = [
        b"",
        b"x",
        b"\r\n\r\nno header",
        b"Only: header\r\n\r\n",
        b"Subject: \xe4\xf6\xfc\r\n\r\n\xff\xfe\x80",
        b"A: b\r\n\r\nbare\rcr and \rmore\r",
        b"A: b\r\n\r\nend\r\n",
        b"A: b\r\n\r\n\r\n\r\n.\r\n",
        &long,
        &large,
    ];
    let mut mailbox = repository.open("INBOX", true).unwrap();
    for (number, body) in (1..).zip(bodies) {
        if body.is_empty() && !side.traits.takes_empty {
            let mut delivery = mailbox.deliver().unwrap();
            send(&mut *delivery, &head(uid(number), &[]), body);
            let report = delivery.commit().unwrap();
            assert_eq!(report[0].result.as_ref().err().map(|fault| fault.reach), Some(Reach::Message));
            continue;
        }
        let id = side.store(&mut *mailbox, &head(uid(number), &["\\Seen"]), body);
        let (head, wire) = fetch(&mut *mailbox, id).unwrap();
        let body = if side.traits.keeps_last_cr { body } else { body.strip_suffix(b"\r").unwrap_or(body) };
        assert!(wire == body, "message {number} came back as {} bytes", wire.len());
        assert_eq!(head.date.unwrap().seconds, 1_000_000_000);
        assert_eq!(head.flags.unwrap().to_string(), "\\Seen");
        let mut builder = FingerprintBuilder::default();
        builder.feed(body);
        assert_eq!(mailbox.fingerprint(id).unwrap(), Some(builder.finish()));
    }
}

pub fn nothing_is_seen_before_the_commit(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    if !side.traits.shows_at_once {
        send(&mut *delivery, &head(uid(1), &[]), b"complete");
    }
    delivery.begin(9, &head(uid(2), &[])).unwrap();
    delivery.chunk(b"half").unwrap();
    drop(delivery);
    if side.traits.takes_back {
        assert_eq!(listed(&mut *mailbox), []);
    } else {
        // The bytes that are owed must not be taken from whatever is said next.
        assert_eq!(mailbox.look(None).unwrap_err().reach, Reach::Account);
    }
    assert_eq!(side.shows(), 0);
}

pub fn an_abandoned_message_is_not_stored(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    delivery.begin(9, &head(uid(1), &[])).unwrap();
    delivery.chunk(b"half").unwrap();
    if !side.traits.takes_back {
        assert_eq!(delivery.abandon().unwrap_err().reach, Reach::Account);
        assert_eq!(side.shows(), 0);
        return;
    }
    delivery.abandon().unwrap();
    send(&mut *delivery, &head(uid(2), &[]), b"whole");
    let report = delivery.commit().unwrap();
    drop(delivery);
    assert_eq!(report.iter().map(|delivered| delivered.source).collect::<Vec<_>>(), [uid(2)]);
    assert_eq!(listed(&mut *mailbox).len(), 1);
}

pub fn a_message_of_another_size_than_announced_is_not_stored(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    delivery.begin(9, &head(uid(1), &[])).unwrap();
    delivery.chunk(b"half").unwrap();
    if !side.traits.takes_back {
        assert_eq!(delivery.end(head(uid(1), &[])).unwrap_err().reach, Reach::Account);
        assert_eq!(side.shows(), 0);
        return;
    }
    delivery.end(head(uid(1), &[])).unwrap();
    send(&mut *delivery, &head(uid(2), &[]), b"whole");
    let report = delivery.commit().unwrap();
    drop(delivery);
    let reach = |delivered: &Delivered| delivered.result.as_ref().err().map(|fault| fault.reach);
    assert_eq!(report.iter().map(reach).collect::<Vec<_>>(), [Some(Reach::Message), None]);
    assert_eq!(listed(&mut *mailbox).len(), 1);
}

pub fn a_batch_is_reported_message_by_message(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    (1..=30).for_each(|number| send(&mut *delivery, &head(uid(number), &[]), &body(number)));
    let report = delivery.commit().unwrap();
    assert_eq!(
        report.iter().map(|delivered| delivered.source).collect::<Vec<_>>(),
        (1..=30).map(uid).collect::<Vec<_>>()
    );
    assert!(delivery.commit().unwrap().is_empty());
    send(&mut *delivery, &head(uid(31), &[]), b"later");
    assert_eq!(delivery.commit().unwrap().len(), 1);
    drop(delivery);
    assert_eq!(listed(&mut *mailbox).len(), 31);
}

pub fn flags_are_added_and_removed(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let one = side.store(&mut *mailbox, &head(uid(1), &[]), b"one");
    let two = side.store(
        &mut *mailbox,
        &head(uid(2), &["\\Seen", "\\Draft", "\\Flagged", "\\Answered", "\\Deleted"]),
        b"two",
    );
    let change = |id, add: &[&str], remove: &[&str]| FlagChange {
        id,
        add: Flags::from_imap(add.iter().copied()),
        remove: Flags::from_imap(remove.iter().copied()),
    };
    let changes = [
        change(one, &["\\Flagged"], &["\\Seen"]),
        change(two, &[], &["\\Draft", "\\Deleted"]),
        change(uid(99), &["\\Seen"], &[]),
    ];
    assert!(mailbox.change_flags(&changes).unwrap().is_empty());
    assert_eq!(listed(&mut *mailbox), [(one, "\\Flagged".into()), (two, "\\Flagged \\Answered \\Seen".into())]);
    assert!(mailbox.change_flags(&[change(one, &[], &["\\Flagged"])]).unwrap().is_empty());
    assert_eq!(listed(&mut *mailbox)[0], (one, String::new()));
    assert_eq!(fetch(&mut *mailbox, one).unwrap().1, b"one");
}

pub fn only_what_is_named_is_deleted(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let ids: Vec<_> =
        (1..=3).map(|number| side.store(&mut *mailbox, &head(uid(number), &["\\Deleted"]), &body(number))).collect();
    if !side.traits.deletes_single {
        let faults = mailbox.delete(&[ids[1]]).unwrap();
        assert_eq!(faults.iter().map(|(id, fault)| (*id, fault.reach)).collect::<Vec<_>>(), [(ids[1], Reach::Message)]);
        assert_eq!(listed(&mut *mailbox).len(), 3);
        let unmark = |id| FlagChange { id, add: Flags::default(), remove: Flags::from_imap(["\\Deleted"]) };
        assert!(mailbox.change_flags(&[unmark(ids[0]), unmark(ids[2])]).unwrap().is_empty());
    }
    for _ in 0..2 {
        assert!(mailbox.delete(&[ids[1]]).unwrap().is_empty());
        assert_eq!(listed(&mut *mailbox).iter().map(|row| row.0).collect::<Vec<_>>(), [ids[0], ids[2]]);
    }
    assert!(fetch(&mut *mailbox, ids[1]).is_none());
    assert_eq!(mailbox.fingerprint(ids[1]).unwrap(), None);
}

pub fn what_another_deletes_meanwhile_is_passed_over(side: &Side<'_>) {
    let (mut ours, mut theirs) = (side.open(), side.open());
    let mut another = theirs.open("INBOX", true).unwrap();
    let ids: Vec<_> = (1..=4).map(|number| side.store(&mut *another, &head(uid(number), &[]), &body(number))).collect();
    let mut mailbox = ours.open("INBOX", true).unwrap();
    assert_eq!(listed(&mut *mailbox).len(), 4);
    for (gone, left) in [(ids[0], &ids[1..]), (ids[2], &[ids[1], ids[3]])] {
        assert!(another.delete(&[gone]).unwrap().is_empty());
        let mut collected = Collected::default();
        assert_eq!(mailbox.fetch(&ids, &mut collected).unwrap(), []);
        assert_eq!(collected.0.iter().filter_map(|(head, _)| head.id).collect::<Vec<_>>(), left);
    }
    assert!(another.delete(&[ids[3]]).unwrap().is_empty());
    // A server may still have the header at hand.
    assert!(mailbox.fingerprint(ids[3]).is_ok());
    assert_eq!(mailbox.change_flags(&[seen(ids[3]), seen(ids[1])]).unwrap(), []);
    assert_eq!(listed(&mut *mailbox), [(ids[1], "\\Seen".into())]);
}

fn seen(id: MessageId) -> FlagChange {
    FlagChange { id, add: Flags::from_imap(["\\Seen"]), remove: Flags::default() }
}

pub fn a_local_name_leads_back(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    side.store(&mut *mailbox, &head(uid(1), &[]), b"x");
    let id = listed(&mut *mailbox)[0].0;
    let name = mailbox.local_name(id).unwrap();
    assert_eq!(mailbox.find_local_name(&name).unwrap(), Some(id));
}

pub fn a_mailbox_for_reading_is_not_written(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", false).unwrap();
    assert!(mailbox.read_only());
    assert_eq!(mailbox.deliver().err().unwrap().reach, Reach::Folder);
    assert_eq!(mailbox.delete(&[uid(1)]).err().unwrap().reach, Reach::Folder);
    assert_eq!(mailbox.change_flags(&[]).err().unwrap().reach, Reach::Folder);
}

pub fn folders_are_made_once(side: &Side<'_>) {
    let mut repository = side.open();
    let separator = repository.separator().unwrap().unwrap();
    let nested = format!("Lists{separator}Rust{separator}{}", side.traits.foreign);
    for _ in 0..2 {
        repository.create(&nested).unwrap();
        let folders = repository.folders().unwrap();
        assert_eq!(folders.iter().filter(|folder| folder.name == nested).count(), 1);
        assert!(folders.iter().any(|folder| folder.name == "INBOX" && folder.selectable));
    }
    assert_eq!(listed(&mut *repository.open(&nested, true).unwrap()), []);
    let fault = match repository.open("Nowhere", true) {
        Err(fault) => fault,
        Ok(mut mailbox) => {
            assert!(side.traits.opens_late);
            mailbox.look(None).unwrap_err()
        }
    };
    assert_eq!(fault.reach, Reach::Folder);
}

pub fn messages_move_to_another_folder(side: &Side<'_>) {
    let mut repository = side.open();
    repository.create("Archive").unwrap();
    let validity = |repository: &mut dyn Repository, name| {
        let mut mailbox = repository.open(name, true).unwrap();
        listed(&mut *mailbox);
        mailbox.uid_validity().unwrap_or(UidValidity(0))
    };
    let from = Place { name: "INBOX", validity: validity(&mut *repository, "INBOX") };
    let to = Place { name: "Archive", validity: validity(&mut *repository, "Archive") };
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let ids: Vec<Uid> = (1..=3)
        .filter_map(|number| side.store(&mut *mailbox, &head(uid(number), &["\\Seen"]), &body(number)).uid())
        .collect();
    drop(mailbox);
    let relocation = |uid, number| Relocation { uid, number: Uid::new(number) };
    let gone = Uid::new(99).unwrap();
    let wanted = [relocation(ids[0], 7), relocation(gone, 8), relocation(ids[2], 9)];
    let moved = repository.relocate(from, to, &wanted).unwrap();
    let arrived: Vec<_> = listed(&mut *repository.open("Archive", true).unwrap());
    assert_eq!(arrived.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["\\Seen", "\\Seen"]);
    let told: Vec<_> = moved.iter().filter(|one| one.source != MessageId::Uid(gone)).collect();
    assert_eq!(told.iter().map(|one| one.source.uid()).collect::<Vec<_>>(), [Some(ids[0]), Some(ids[2])]);
    for (one, row) in told.iter().zip(&arrived) {
        let expected = side.traits.tells_uid.then_some(row.0);
        assert_eq!(one.result.clone().unwrap().uid.map(MessageId::Uid), expected);
    }
    let left: Vec<_> = listed(&mut *repository.open("INBOX", true).unwrap()).into_iter().map(|row| row.0).collect();
    let stay = if side.traits.moves { vec![ids[1]] } else { ids.clone() };
    assert_eq!(left, stay.into_iter().map(MessageId::Uid).collect::<Vec<_>>());
    let elsewhere = Place { name: "Nowhere", ..to };
    let outcome = repository.relocate(from, elsewhere, &[relocation(ids[1], 5)]);
    let refused = outcome.map_or(true, |all| all.iter().all(|one| one.result.is_err()));
    assert!(refused, "there is no such folder");
}

pub fn a_folder_is_removed_with_its_messages_alone(side: &Side<'_>) {
    let mut repository = side.open();
    let separator = repository.separator().unwrap().unwrap();
    let below = format!("A{separator}B");
    repository.create("A").unwrap();
    repository.create(&below).unwrap();
    let mut mailbox = repository.open("A", true).unwrap();
    side.store(&mut *mailbox, &head(uid(1), &[]), b"x");
    drop(mailbox);
    repository.remove("A").unwrap();
    let folders: Vec<_> = repository.folders().unwrap();
    assert!(folders.iter().all(|folder| folder.name != "A" || !folder.selectable), "{folders:?}");
    assert!(folders.iter().any(|folder| folder.name == below), "{folders:?}");
    repository.create("A").unwrap();
    assert_eq!(listed(&mut *repository.open("A", true).unwrap()), []);
    for _ in 0..2 {
        repository.remove(&below).unwrap();
        assert!(repository.folders().unwrap().iter().all(|folder| folder.name != below));
    }
}

pub fn messages_are_recognised_by_size_and_header(side: &Side<'_>) {
    let mut repository = side.open();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let bodies: [&[u8]; 4] = [b"A: b\r\n\r\nx", b"A: c\r\n\r\nlonger", b"A: d\r\n\r\ny", b"Only: header\r\n"];
    let ids: Vec<_> =
        (1..).zip(bodies).map(|(number, body)| side.store(&mut *mailbox, &head(uid(number), &[]), body)).collect();
    let print = |body: &[u8]| {
        let mut builder = FingerprintBuilder::default();
        builder.feed(body);
        builder.finish()
    };
    let sizes = HashSet::from([bodies[0].len() as u64, 1234]);
    let wanted = [ids[0], ids[1], ids[2], uid(99)];
    let mut found = mailbox.fingerprints(&wanted, Some(&sizes)).unwrap();
    found.sort_by_key(|(id, _)| *id);
    assert_eq!(found, [(ids[0], print(bodies[0])), (ids[2], print(bodies[2]))]);
    let all = mailbox.fingerprints(&ids, None).unwrap();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|(id, found)| print(bodies[ids.iter().position(|other| other == id).unwrap()]) == *found));
    assert!(mailbox.fingerprints(&ids, Some(&HashSet::new())).unwrap().is_empty());
}

pub fn what_is_too_old_or_too_large_is_outside(side: &Side<'_>) {
    let mut repository = side.open();
    let now = 1_700_000_000;
    let mut mailbox = repository.open("INBOX", true).unwrap();
    listed(&mut *mailbox);
    let bounds = Bounds { since: Some(now), largest: Some(1) };
    assert_eq!(mailbox.outside(&bounds, &[]).unwrap(), Outside::default(), "where there is nothing");
    drop(mailbox);
    let mut ids = Vec::new();
    for (number, (days, size)) in (1..).zip([(30, 10), (10, 10), (10, 5000), (0, 10)]) {
        let date = Some(InternalDate { seconds: now - days * DAY, offset: 0 });
        let wire = format!("A: {number}\r\n\r\n{}\r\n", "x".repeat(size));
        let mut mailbox = repository.open("INBOX", true).unwrap();
        ids.push(side.store(&mut *mailbox, &Head { date, ..head(uid(number), &[]) }, wire.as_bytes()));
    }
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut outside = |since, largest| {
        listed(&mut *mailbox);
        let found = mailbox.outside(&Bounds { since, largest }, &ids).unwrap();
        ids.iter().map(|id| found.contains(*id)).collect::<Vec<_>>()
    };
    assert_eq!(outside(Some(now - 20 * DAY), None), [true, false, false, false]);
    assert_eq!(outside(Some(now - 3 * DAY), None), [true, true, true, false]);
    assert_eq!(outside(None, Some(2000)), [false, false, true, false]);
    assert_eq!(outside(Some(now - 20 * DAY), Some(2000)), [true, false, true, false]);
    assert_eq!(outside(Some(now - 60 * DAY), None), [false; 4]);
    assert_eq!(outside(None, None), [false; 4]);
}

fn on_maildir(separator: char, fsync: bool, check: fn(&Side<'_>)) {
    let root = tempfile::tempdir().unwrap();
    let open = || -> Box<dyn Repository> { Box::new(maildir(root.path(), separator, fsync)) };
    check(&Side { traits: Traits::OWN, open: &open });
}

pub fn maildir(root: &Path, separator: char, fsync: bool) -> Maildir {
    let mut repository = Maildir::open(root, separator, fsync);
    repository.create("INBOX").unwrap();
    repository
}

fn on_memory(check: fn(&Side<'_>)) {
    let mut repository = MemoryRepository::default();
    repository.create("INBOX").unwrap();
    check(&Side { traits: Traits::OWN, open: &|| Box::new(repository.clone()) });
}

fn on_faulty<R: Repository + 'static>(check: fn(&Side<'_>), open: &dyn Fn() -> R) {
    let faulty = || Faulty { inner: open(), fuse: Fuse::of(u64::MAX), before_look: None };
    check(&Side { traits: Traits::OWN, open: &|| Box::new(faulty()) });
}

fn on_a_faulty_maildir(check: fn(&Side<'_>)) {
    let root = tempfile::tempdir().unwrap();
    let disk = Forgetful::on(Fuse::of(u64::MAX));
    on_faulty(check, &|| maildir(root.path(), '.', true).on(Arc::new(disk.clone())));
}

fn on_a_faulty_memory(check: fn(&Side<'_>)) {
    let mut repository = MemoryRepository::default();
    repository.create("INBOX").unwrap();
    on_faulty(check, &|| repository.clone());
}

/// Runs every check on one implementation.
macro_rules! suite {
    ($name:ident, $run:expr) => {
        suite!($name, $run; bytes_come_back nothing_is_seen_before_the_commit
            an_abandoned_message_is_not_stored
            a_message_of_another_size_than_announced_is_not_stored a_batch_is_reported_message_by_message
            flags_are_added_and_removed only_what_is_named_is_deleted
            what_another_deletes_meanwhile_is_passed_over a_local_name_leads_back
            a_mailbox_for_reading_is_not_written folders_are_made_once messages_move_to_another_folder
            a_folder_is_removed_with_its_messages_alone messages_are_recognised_by_size_and_header
            what_is_too_old_or_too_large_is_outside);
    };
    ($name:ident, $run:expr; $($check:ident)*) => {
        mod $name {
            use super::*;
            $(#[test]
            fn $check() {
                $run($crate::mailbox::$check);
            })*
        }
    };
}

pub(crate) use suite;

suite!(on_a_maildir, |check| on_maildir('.', true, check));
suite!(on_a_nested_maildir, |check| on_maildir('/', false, check));
suite!(in_memory, on_memory);
suite!(on_a_maildir_that_could_fail, on_a_faulty_maildir);
suite!(in_memory_that_could_fail, on_a_faulty_memory);
