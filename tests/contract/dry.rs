//! What a dry run sees: all that is there, and nothing that could be changed.

use std::collections::HashSet;
use std::fmt::Debug;

use blinkensync::demo::{Options, Server};
use blinkensync::model::fault::{Fault, Reach};
use blinkensync::model::flags::Flags;
use blinkensync::model::ids::{Uid, UidValidity};
use blinkensync::model::mark::{MaildirMark, Mark};
use blinkensync::model::message::{Coverage, Look, MessageId};
use blinkensync::model::uidset::UidSet;
use blinkensync::store::dry::Dry;
use blinkensync::store::maildir::Maildir;
use blinkensync::store::{FlagChange, Known, Mailbox, Place, Relocation, Repository};

use crate::imap::connect;
use crate::local;
use crate::mailbox::{Collected, head, maildir, send, uid};
use crate::memory::MemoryRepository;

/// A repository with some mail, which can be opened again and again, and all that a change would show in.
struct Stage<'a, R> {
    open: &'a dyn Fn() -> R,
    everything: &'a dyn Fn() -> String,
}

impl<R: Repository> Stage<'_, R> {
    fn dry(&self) -> Dry<R> {
        Dry::of((self.open)())
    }
}

fn fill(repository: &mut dyn Repository) {
    repository.create("INBOX").unwrap();
    repository.create("Archive").unwrap();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut delivery = mailbox.deliver().unwrap();
    for (number, flags) in [(1, &["\\Seen"][..]), (2, &["\\Flagged", "\\Draft"]), (3, &[])] {
        let text = format!("Subject: number {number}\r\n\r\n{}\r\n", "x".repeat(number as usize));
        send(&mut *delivery, &head(uid(number), flags), text.as_bytes());
    }
    delivery.commit().unwrap();
}

fn in_memory(check: fn(&Stage<'_, MemoryRepository>)) {
    let mut repository = MemoryRepository::default();
    fill(&mut repository);
    let everything = || format!("{:?}", repository.tree());
    check(&Stage { open: &|| repository.clone(), everything: &everything });
}

fn on_a_maildir(check: fn(&Stage<'_, Maildir>)) {
    let root = tempfile::tempdir().unwrap();
    fill(&mut maildir(root.path(), '.', false));
    local::deliver(&root.path().join("INBOX"), "mine", "S");
    let everything = || format!("{:?}", local::everything(root.path()));
    check(&Stage { open: &|| maildir(root.path(), '.', false), everything: &everything });
}

fn on_our_server(check: fn(&Stage<'_, blinkensync::store::imap::ImapRepository>)) {
    let server = Server::start(Options::default()).unwrap();
    let open = || connect(server.address(), server.user(), server.password());
    fill(&mut open());
    let everything = || server.with_mailboxes(|mailboxes| format!("{:?}", mailboxes.iter().collect::<Vec<_>>()));
    check(&Stage { open: &open, everything: &everything });
}

/// A look, whenever it was taken.
fn timeless(look: Look) -> Look {
    let mark = look.mark.map(|mark| match mark {
        Mark::Maildir(mark) => Mark::Maildir(MaildirMark { racy: false, ..mark }),
        Mark::Server(_) => mark,
    });
    Look { mark, ..look }
}

fn ids(mailbox: &mut dyn Mailbox) -> Vec<MessageId> {
    mailbox.look(None).unwrap().messages.iter().map(|message| message.id).collect()
}

/// All that a mailbox tells of itself and of each message.
fn told(mailbox: &mut dyn Mailbox) -> Vec<String> {
    let look = timeless(mailbox.look(None).unwrap());
    let mut told = vec![format!("{look:?} {:?} {}", mailbox.uid_validity(), mailbox.removes())];
    if let Some(mark) = &look.mark {
        let known = Known { mark, uids: &look.uids().collect::<UidSet>() };
        told.push(format!("{:?}", timeless(mailbox.look(Some(known)).unwrap())));
        mailbox.look(None).unwrap();
    }
    told.push(format!("{:?} {:?}", mailbox.holds().system, mailbox.received_since(0).unwrap()));
    let all: Vec<MessageId> = look.messages.iter().map(|message| message.id).collect();
    let mut collected = Collected::default();
    told.push(format!("{:?}", mailbox.fetch(&all, &mut collected).unwrap()));
    told.extend(collected.0.iter().map(|(head, wire)| format!("{head:?} {}", String::from_utf8_lossy(wire))));
    let prints = mailbox.fingerprints(&all, None).unwrap();
    let sizes = HashSet::from([prints.first().map_or(0, |(_, print)| print.size)]);
    told.push(format!("{prints:?} {:?}", mailbox.fingerprints(&all, Some(&sizes)).unwrap()));
    for id in all {
        let name = mailbox.local_name(id);
        let back = name.as_ref().and_then(|name| mailbox.find_local_name(name).unwrap());
        let (print, subject) = (mailbox.fingerprint(id).unwrap(), mailbox.subject(id));
        told.push(format!("{id:?} {name:?} {back:?} {:?} {print:?} {subject:?}", mailbox.key(id)));
    }
    told
}

fn what_it_shows_is_what_is_there<R: Repository>(stage: &Stage<'_, R>) {
    let (mut real, mut dry) = ((stage.open)(), stage.dry());
    let before = (stage.everything)();
    assert_eq!(dry.separator().unwrap(), real.separator().unwrap());
    assert_eq!(format!("{:?}", dry.folders().unwrap()), format!("{:?}", real.folders().unwrap()));
    for folder in ["INBOX", "Archive"] {
        let real = told(&mut *real.open(folder, true).unwrap());
        let mut mailbox = dry.open(folder, true).unwrap();
        assert_eq!(told(&mut *mailbox), real);
        assert!(!mailbox.read_only(), "it plans as if it could be written");
        drop(mailbox);
        assert!(dry.open(folder, false).unwrap().read_only());
    }
    let nowhere = dry.open("Nowhere", true).and_then(|mut mailbox| mailbox.look(None));
    assert_eq!(nowhere.unwrap_err().reach, Reach::Folder);
    assert_eq!((stage.everything)(), before, "looking changes nothing");
}

#[track_caller]
fn is_refused<T: Debug>(outcome: Result<T, Fault>) {
    let fault = outcome.unwrap_err();
    assert_eq!(fault.reach, Reach::Folder);
    assert!(fault.cause.contains("dry run"), "{fault}");
}

fn refuses_all(mailbox: &mut dyn Mailbox, ids: &[MessageId]) {
    is_refused(mailbox.deliver().map(|_| ()));
    let flags = Flags::from_imap(["\\Answered"]);
    let change = |id: &MessageId| FlagChange { id: *id, add: flags.clone(), remove: Flags::default() };
    is_refused(mailbox.change_flags(&ids.iter().map(change).collect::<Vec<_>>()));
    is_refused(mailbox.delete(ids));
    is_refused(mailbox.number(&ids.iter().map(|id| (*id, Uid::new(77).unwrap())).collect::<Vec<_>>()));
}

fn nothing_can_be_changed<R: Repository>(stage: &Stage<'_, R>) {
    let before = (stage.everything)();
    let mut dry = stage.dry();
    for writable in [false, true] {
        let mut mailbox = dry.open("INBOX", writable).unwrap();
        let ids = ids(&mut *mailbox);
        assert!(ids.len() >= 3);
        refuses_all(&mut *mailbox, &ids);
        is_refused(mailbox.disown(&ids));
    }
    is_refused(dry.remove("Archive"));
    let place = |name| Place { name, validity: UidValidity(1) };
    let relocation = Relocation { uid: Uid::new(1).unwrap(), number: Uid::new(1) };
    is_refused(dry.relocate(place("INBOX"), place("Archive"), &[relocation]));
    assert_eq!((stage.everything)(), before);
    assert_eq!(told(&mut *dry.open("INBOX", true).unwrap()), told(&mut *(stage.open)().open("INBOX", true).unwrap()));
}

fn is_empty(mailbox: &mut dyn Mailbox) {
    let look = mailbox.look(None).unwrap();
    assert_eq!((look.messages.len(), look.coverage), (0, Coverage::Whole));
    assert!(mailbox.uid_validity().is_some() && !mailbox.read_only());
    let mut collected = Collected::default();
    assert!(mailbox.fetch(&[uid(1)], &mut collected).unwrap().is_empty() && collected.0.is_empty());
    assert_eq!(mailbox.fingerprint(uid(1)).unwrap(), None);
    refuses_all(mailbox, &[uid(1)]);
}

fn a_folder_that_would_be_made_is_an_empty_one<R: Repository>(stage: &Stage<'_, R>) {
    let before = (stage.everything)();
    let mut dry = stage.dry();
    for _ in 0..2 {
        dry.create("New").unwrap();
        is_empty(&mut *dry.open("New", true).unwrap());
    }
    assert_eq!((stage.everything)(), before);
    assert!((stage.open)().folders().unwrap().iter().all(|folder| folder.name != "New"));
}

fn a_folder_that_is_there_is_not_made_again<R: Repository>(stage: &Stage<'_, R>) {
    let before = (stage.everything)();
    let mut dry = stage.dry();
    dry.create("INBOX").unwrap();
    assert!(ids(&mut *dry.open("INBOX", true).unwrap()).len() >= 3);
    assert_eq!((stage.everything)(), before);
}

#[test]
fn what_is_not_there_yet_has_no_folders_until_they_would_be_made() {
    let mut dry = Dry::<MemoryRepository>::absent('.');
    assert_eq!(dry.separator().unwrap(), Some('.'));
    assert_eq!(dry.folders().unwrap(), []);
    dry.create("New").unwrap();
    is_empty(&mut *dry.open("New", true).unwrap());
    is_refused(dry.remove("New"));
    assert!(dry.into_inner().is_none());
}

/// Runs each check on every kind of repository.
macro_rules! suite {
    ($($check:ident)*) => {
        $(mod $check {
            #[test]
            fn in_memory() {
                super::in_memory(super::$check);
            }
            #[test]
            fn on_a_maildir() {
                super::on_a_maildir(super::$check);
            }
            #[test]
            fn on_our_server() {
                super::on_our_server(super::$check);
            }
        })*
    };
}

suite!(what_it_shows_is_what_is_there nothing_can_be_changed a_folder_that_would_be_made_is_an_empty_one
    a_folder_that_is_there_is_not_made_again);
