//! The suite on a server in place of a Maildir: one in memory, and the demonstration's. And what only such a mailbox can show.

use blinkensync::demo::{Options, Server};
use blinkensync::model::ids::Uid;
use blinkensync::model::message::{Coverage, MessageId};
use blinkensync::store::Repository;
use blinkensync::store::ledger::sqlite::SqliteLedger;
use blinkensync::store::mapped::MappedRepository;

use crate::imap::{IMAP, connect};
use crate::mailbox::{Side, Traits, head, listed, send, store, suite, uid};
use crate::memory::MemoryRepository;

fn with<R: Repository + 'static>(traits: Traits, open: &dyn Fn() -> R, check: fn(&Side<'_>)) {
    let directory = tempfile::tempdir().unwrap();
    let ledger = || SqliteLedger::open(&directory.path().join("ledger")).unwrap();
    check(&Side { traits, open: &|| Box::new(MappedRepository::new(open(), ledger())) });
}

fn in_memory(check: fn(&Side<'_>)) {
    let mut repository = MemoryRepository::default();
    repository.create("INBOX").unwrap();
    with(Traits::OWN, &|| repository.clone(), check);
}

fn on_our_server(check: fn(&Side<'_>)) {
    let server = Server::start(Options::default()).unwrap();
    with(IMAP, &|| connect(server.address(), server.user(), server.password()), check);
}

suite!(of_a_server_in_memory, in_memory);
suite!(of_our_server, on_our_server);

/// A mailbox with two messages that have numbers, and one that has none, which nobody has looked at yet.
fn mailbox_of_three(look: impl FnOnce(&mut dyn Repository, &MemoryRepository)) {
    let mut inner = MemoryRepository::default();
    inner.create("INBOX").unwrap();
    store(&mut *inner.open("INBOX", true).unwrap(), &head(uid(50), &[]), b"A: fresh\r\n\r\n");
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("ledger")).unwrap();
    let mut mapped = MappedRepository::new(inner.clone(), ledger);
    let mut mailbox = mapped.open("INBOX", true).unwrap();
    for number in [20, 10] {
        store(&mut *mailbox, &head(uid(number), &[]), format!("A: {number}\r\n\r\n").as_bytes());
    }
    drop(mailbox);
    look(&mut mapped, &inner);
}

fn names(mapped: &mut dyn Repository) -> Vec<MessageId> {
    listed(&mut *mapped.open("INBOX", true).unwrap()).into_iter().map(|row| row.0).collect()
}

#[test]
fn messages_go_by_the_uids_of_their_counterparts() {
    mailbox_of_three(|mapped, _| {
        assert_eq!(names(mapped), [MessageId::Fresh(1), uid(20), uid(10)]);
        let mut mailbox = mapped.open("INBOX", true).unwrap();
        assert_eq!(mailbox.uid_validity(), None);
        mailbox.look(None).unwrap();
        let key = mailbox.key(uid(20)).unwrap();
        mailbox.number(&[(MessageId::Fresh(1), Uid::new(7).unwrap()), (uid(20), Uid::new(21).unwrap())]).unwrap();
        mailbox.disown(&[uid(10)]).unwrap();
        assert_eq!(mailbox.key(uid(21)), Some(key));
        drop(mailbox);
        assert_eq!(names(mapped), [uid(7), uid(21), MessageId::Fresh(3)]);
    });
}

#[test]
fn a_number_that_goes_to_another_message_is_its_alone() {
    mailbox_of_three(|mapped, _| {
        let mut mailbox = mapped.open("INBOX", true).unwrap();
        mailbox.look(None).unwrap();
        mailbox.number(&[(MessageId::Fresh(1), Uid::new(20).unwrap())]).unwrap();
        drop(mailbox);
        assert_eq!(names(mapped), [uid(20), MessageId::Fresh(2), uid(10)]);
    });
}

#[test]
fn what_is_expected_keeps_a_look_from_showing_what_has_no_number() {
    mailbox_of_three(|mapped, inner| {
        let mut mailbox = mapped.open("INBOX", true).unwrap();
        mailbox.look(None).unwrap();
        mailbox.numbered().unwrap().expect(&[uid(30), uid(31)]).unwrap();
        // It is sent, and nobody hears what becomes of it.
        let mut delivery = mailbox.deliver().unwrap();
        send(&mut *delivery, &head(uid(30), &[]), b"A: 30\r\n\r\n");
        drop(delivery);
        drop(mailbox);
        store(&mut *inner.clone().open("INBOX", true).unwrap(), &head(uid(1), &[]), b"A: 30\r\n\r\n");
        let mut mailbox = mapped.open("INBOX", true).unwrap();
        let look = mailbox.look(None).unwrap();
        assert_eq!((look.messages.len(), look.coverage), (2, Coverage::Partial));
        let numbered = mailbox.numbered().unwrap();
        assert_eq!(numbered.in_doubt().unwrap(), [uid(30), uid(31)]);
        let mut source = MemoryRepository::default();
        source.create("INBOX").unwrap();
        let mut source = source.open("INBOX", true).unwrap();
        let id = store(&mut *source, &head(uid(30), &[]), b"A: 30\r\n\r\n");
        let print = source.fingerprint(id).unwrap().unwrap();
        let came = numbered.settle(&[uid(30), uid(31)], &[(uid(30), print)]).unwrap();
        assert_eq!(came, [uid(30)]);
        drop(mailbox);
        assert_eq!(names(mapped), [MessageId::Fresh(1), uid(20), uid(10), uid(30)]);
    });
}

#[test]
fn under_another_uidvalidity_nothing_has_a_number_and_nothing_is_numbered_before_all_is_begun_anew() {
    mailbox_of_three(|mapped, inner| {
        inner.tree().get_mut("INBOX").unwrap().uid_validity += 1;
        assert_eq!(names(mapped), [MessageId::Fresh(1), MessageId::Fresh(2), MessageId::Fresh(3)]);
        let mut mailbox = mapped.open("INBOX", true).unwrap();
        let pair = [(MessageId::Fresh(2), Uid::new(20).unwrap())];
        assert!(mailbox.number(&pair).is_err());
        assert!(mailbox.deliver().is_err());
        let numbered = mailbox.numbered().unwrap();
        assert!(numbered.expect(&[uid(1)]).is_err());
        assert!(numbered.is_renumbered().unwrap());
        drop(mailbox);
        let mut mailbox = mapped.open("INBOX", true).unwrap();
        mailbox.numbered().unwrap().begin_anew(&pair).unwrap();
        assert!(!mailbox.numbered().unwrap().is_renumbered().unwrap());
        drop(mailbox);
        assert_eq!(names(mapped), [MessageId::Fresh(1), uid(20), MessageId::Fresh(3)]);
    });
}
