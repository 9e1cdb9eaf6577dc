//! The suite of `Repository` and `Mailbox`.

use std::path::Path;

use blinkensync::model::fault::{Fault, Reach};
use blinkensync::model::flags::Flags;
use blinkensync::model::ids::Uid;
use blinkensync::model::message::{Coverage, Head, InternalDate, MessageId};
use blinkensync::store::bytes::FingerprintBuilder;
use blinkensync::store::maildir::Maildir;
use blinkensync::store::{Delivered, Delivery, FlagChange, Mailbox, Repository};

use crate::memory::MemoryRepository;

pub fn uid(number: u32) -> MessageId {
    MessageId::Uid(Uid::new(number).unwrap())
}

pub fn head(id: MessageId, flags: &[&str]) -> Head {
    let date = Some(InternalDate { seconds: 1_000_000_000, offset: 0 });
    Head { id: Some(id), flags: Some(Flags::from_imap(flags.iter().copied())), date }
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

fn bytes_come_back(repository: &mut dyn Repository) {
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
        let id = store(&mut *mailbox, &head(uid(number), &["\\Seen"]), body);
        let (head, wire) = fetch(&mut *mailbox, id).unwrap();
        assert!(wire == body, "message {number} came back as {} bytes", wire.len());
        assert_eq!(head.date.unwrap().seconds, 1_000_000_000);
        assert_eq!(head.flags.unwrap().to_string(), "\\Seen");
        let mut builder = FingerprintBuilder::default();
        builder.feed(body);
        assert_eq!(mailbox.fingerprint(id).unwrap(), Some(builder.finish()));
    }
}

fn nothing_is_seen_before_the_commit(repository: &mut dyn Repository) {
    let mut watcher = repository.open("INBOX", true).unwrap();
    let mut delivery = watcher.deliver().unwrap();
    send(&mut *delivery, &head(uid(1), &[]), b"complete");
    delivery.begin(9, &head(uid(2), &[])).unwrap();
    delivery.chunk(b"half").unwrap();
    drop(delivery);
    assert_eq!(listed(&mut *watcher), []);
}

fn an_abandoned_message_is_not_stored(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    delivery.begin(9, &head(uid(1), &[])).unwrap();
    delivery.chunk(b"half").unwrap();
    delivery.abandon().unwrap();
    send(&mut *delivery, &head(uid(2), &[]), b"whole");
    let report = delivery.commit().unwrap();
    drop(delivery);
    assert_eq!(report.iter().map(|delivered| delivered.source).collect::<Vec<_>>(), [uid(2)]);
    assert_eq!(listed(&mut *mailbox).len(), 1);
}

fn a_message_of_another_size_than_announced_is_not_stored(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    delivery.begin(9, &head(uid(1), &[])).unwrap();
    delivery.chunk(b"half").unwrap();
    delivery.end(head(uid(1), &[])).unwrap();
    send(&mut *delivery, &head(uid(2), &[]), b"whole");
    let report = delivery.commit().unwrap();
    drop(delivery);
    let reach = |delivered: &Delivered| delivered.result.as_ref().err().map(|fault| fault.reach);
    assert_eq!(report.iter().map(reach).collect::<Vec<_>>(), [Some(Reach::Message), None]);
    assert_eq!(listed(&mut *mailbox).len(), 1);
}

fn a_batch_is_reported_message_by_message(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    (1..=30).for_each(|number| send(&mut *delivery, &head(uid(number), &[]), b"A: b\r\n\r\n"));
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

fn flags_are_added_and_removed(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let one = store(&mut *mailbox, &head(uid(1), &[]), b"one");
    let two =
        store(&mut *mailbox, &head(uid(2), &["\\Seen", "\\Draft", "\\Flagged", "\\Answered", "\\Deleted"]), b"two");
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

fn only_what_is_named_is_deleted(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let ids: Vec<_> = (1..=3).map(|number| store(&mut *mailbox, &head(uid(number), &["\\Deleted"]), b"x")).collect();
    for _ in 0..2 {
        assert!(mailbox.delete(&[ids[1]]).unwrap().is_empty());
        assert_eq!(listed(&mut *mailbox).iter().map(|row| row.0).collect::<Vec<_>>(), [ids[0], ids[2]]);
    }
    assert!(fetch(&mut *mailbox, ids[1]).is_none());
    assert_eq!(mailbox.fingerprint(ids[1]).unwrap(), None);
}

fn a_local_name_leads_back(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    store(&mut *mailbox, &head(uid(1), &[]), b"x");
    let id = listed(&mut *mailbox)[0].0;
    let name = mailbox.local_name(id).unwrap();
    assert_eq!(mailbox.find_local_name(&name).unwrap(), Some(id));
}

fn a_mailbox_for_reading_is_not_written(repository: &mut dyn Repository) {
    let mut mailbox = repository.open("INBOX", false).unwrap();
    assert!(mailbox.read_only());
    assert_eq!(mailbox.deliver().err().unwrap().reach, Reach::Folder);
    assert_eq!(mailbox.delete(&[uid(1)]).err().unwrap().reach, Reach::Folder);
    assert_eq!(mailbox.change_flags(&[]).err().unwrap().reach, Reach::Folder);
}

fn folders_are_made_once(repository: &mut dyn Repository) {
    let separator = repository.separator().unwrap().unwrap();
    let nested = format!("Lists{separator}Rust{separator}B\u{fc}cher");
    for _ in 0..2 {
        repository.create(&nested).unwrap();
        let folders = repository.folders().unwrap();
        assert_eq!(folders.iter().filter(|folder| folder.name == nested).count(), 1);
        assert!(folders.iter().any(|folder| folder.name == "INBOX" && folder.selectable));
    }
    repository.open(&nested, true).unwrap();
    assert_eq!(repository.open("Nowhere", true).err().unwrap().reach, Reach::Folder);
}

fn on_maildir(separator: char, fsync: bool, check: fn(&mut dyn Repository)) {
    let root = tempfile::tempdir().unwrap();
    check(&mut maildir(root.path(), separator, fsync));
}

pub fn maildir(root: &Path, separator: char, fsync: bool) -> Maildir {
    let mut repository = Maildir::open(root, separator, fsync);
    repository.create("INBOX").unwrap();
    repository
}

fn on_memory(check: fn(&mut dyn Repository)) {
    let mut repository = MemoryRepository::default();
    repository.create("INBOX").unwrap();
    check(&mut repository);
}

/// Runs every check on one implementation.
macro_rules! suite {
    ($name:ident, $run:expr) => {
        suite!($name, $run; bytes_come_back nothing_is_seen_before_the_commit
            an_abandoned_message_is_not_stored
            a_message_of_another_size_than_announced_is_not_stored a_batch_is_reported_message_by_message
            flags_are_added_and_removed only_what_is_named_is_deleted a_local_name_leads_back
            a_mailbox_for_reading_is_not_written folders_are_made_once);
    };
    ($name:ident, $run:expr; $($check:ident)*) => {
        mod $name {
            use super::*;
            $(#[test]
            fn $check() {
                $run(super::$check);
            })*
        }
    };
}

suite!(on_a_maildir, |check| on_maildir('.', true, check));
suite!(on_a_nested_maildir, |check| on_maildir('/', false, check));
suite!(in_memory, on_memory);
