//! Stores that live in memory: a repository that behaves like a well-equipped IMAP server, and a ledger.
//!
//! Clones share what they hold, so that a test can look inside while the engine works.

// A test that meets the unexpected has failed; not every test uses everything here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use blinkensync::model::extent::{Bounds, DAY, Outside};
use blinkensync::model::fault::{Fault, FaultKind, Reach};
use blinkensync::model::flags::{Flags, Holds};
use blinkensync::model::folder::FolderInfo;
use blinkensync::model::ids::{ModSeq, Side, Uid, UidValidity};
use blinkensync::model::mark::{Mark, ServerMark};
use blinkensync::model::message::{Coverage, Fingerprint, Head, InternalDate, Listed, Look, MessageId};
use blinkensync::model::uidset::UidSet;
use blinkensync::store::fingerprint::FingerprintBuilder;
use blinkensync::store::labels::Labelling;
use blinkensync::store::ledger::{
    Entry, FolderId, FolderRecord, Intent, Ledger, Quarantined, Row, Scope, State, Unflushed,
};
use blinkensync::store::{Delivered, Delivery, FlagChange, Known, Mailbox, Place, Relocation, Repository, Stored};

/// One message, in its wire form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryMessage {
    pub wire: Vec<u8>,
    pub flags: Flags,
    pub date: Option<InternalDate>,
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryFolder {
    pub uid_validity: u32,
    pub uid_next: u32,
    pub modseq: u64,
    pub messages: BTreeMap<Uid, MemoryMessage>,
}

impl Default for MemoryFolder {
    fn default() -> Self {
        Self { uid_validity: 1, uid_next: 1, modseq: 1, messages: BTreeMap::new() }
    }
}

impl MemoryFolder {
    /// Adds a message under the next UID.
    pub fn add(&mut self, message: MemoryMessage) -> Uid {
        let uid = Uid::new(self.uid_next).expect("UIDs begin at 1");
        self.uid_next += 1;
        self.modseq += 1;
        self.messages.insert(uid, message);
        uid
    }

    fn mark(&self) -> Mark {
        Mark::Server(ServerMark {
            uid_validity: UidValidity(self.uid_validity),
            uid_next: self.uid_next,
            messages: u32::try_from(self.messages.len()).unwrap(),
            highest_modseq: Some(ModSeq(self.modseq)),
        })
    }
}

type Tree = BTreeMap<String, MemoryFolder>;

/// A repository in memory, with `/` between the parts of names.
#[derive(Debug, Clone, Default)]
pub struct MemoryRepository {
    tree: Arc<Mutex<Tree>>,
    /// Folders that take no message.
    full: Arc<Mutex<BTreeSet<String>>>,
}

impl MemoryRepository {
    /// The folders, for a test to look at or change.
    pub fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap()
    }
}

impl MemoryRepository {
    /// From now on this folder takes no message, or takes them again.
    pub fn fill(&self, name: &str, full: bool) {
        let mut all = self.full.lock().unwrap();
        if full {
            all.insert(name.to_owned())
        } else {
            all.remove(name)
        };
    }
}

impl Repository for MemoryRepository {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        Ok(Some('/'))
    }

    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        let info = |(name, folder): (&String, &MemoryFolder)| FolderInfo {
            name: name.clone(),
            selectable: true,
            subscribed: true,
            mark: Some(folder.mark()),
        };
        Ok(self.tree().iter().map(info).collect())
    }

    fn create(&mut self, name: &str) -> Result<(), Fault> {
        self.tree().entry(name.to_owned()).or_default();
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        self.tree().remove(name);
        Ok(())
    }

    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        let mut tree = self.tree();
        let (from, to) = (from.name, to.name);
        if !tree.contains_key(to) {
            return Err(missing(to));
        }
        if self.full.lock().unwrap().contains(to) {
            let refused = |one: &Relocation| Delivered { source: MessageId::Uid(one.uid), result: Err(no_room(to)) };
            return Ok(messages.iter().map(refused).collect());
        }
        let mut moved = Vec::new();
        for Relocation { uid, .. } in messages {
            let source = tree.get_mut(from).ok_or_else(|| missing(from))?;
            let Some(message) = source.messages.remove(uid) else { continue };
            source.modseq += 1;
            let stored = tree.get_mut(to).map(|folder| folder.add(message));
            moved.push(Delivered { source: MessageId::Uid(*uid), result: Ok(Stored { uid: stored, key: None }) });
        }
        Ok(moved)
    }

    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        if !self.tree().contains_key(name) {
            return Err(missing(name));
        }
        let full = self.full.lock().unwrap().contains(name);
        Ok(Box::new(MemoryMailbox { tree: self.tree.clone(), name: name.to_owned(), writable, full }))
    }
}

/// One folder of a [`MemoryRepository`], open.
#[derive(Debug, Clone)]
pub struct MemoryMailbox {
    tree: Arc<Mutex<Tree>>,
    name: String,
    writable: bool,
    full: bool,
}

impl MemoryMailbox {
    fn with<T>(&self, work: impl FnOnce(&mut MemoryFolder) -> T) -> Result<T, Fault> {
        self.tree.lock().unwrap().get_mut(&self.name).map(work).ok_or_else(|| missing(&self.name))
    }

    fn demand_writable(&self) -> Result<(), Fault> {
        if self.writable {
            return Ok(());
        }
        Err(Fault::new(Reach::Folder, FaultKind::Refused, format!("changing {}", self.name), "it is read-only"))
    }

    fn message(&self, id: MessageId) -> Result<Option<MemoryMessage>, Fault> {
        self.with(|folder| uid_of(id).and_then(|uid| folder.messages.get(&uid).cloned()))
    }
}

impl Mailbox for MemoryMailbox {
    fn holds(&self) -> Holds {
        Holds::ALL
    }

    fn read_only(&self) -> bool {
        !self.writable
    }

    fn uid_validity(&self) -> Option<UidValidity> {
        self.with(|folder| UidValidity(folder.uid_validity)).ok()
    }

    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        self.with(|folder| {
            let mark = folder.mark();
            if known.is_some_and(|known| known.mark.proves_unchanged(&mark)) {
                let coverage = Coverage::Changes { vanished: UidSet::default() };
                return Look { messages: Vec::new(), coverage, mark: Some(mark) };
            }
            let listed = |(uid, message): (&Uid, &MemoryMessage)| Listed {
                id: MessageId::Uid(*uid),
                flags: message.flags.clone(),
            };
            let messages = folder.messages.iter().map(listed).collect();
            Look { messages, coverage: Coverage::Whole, mark: Some(mark) }
        })
    }

    fn outside(&mut self, bounds: &Bounds, _among: &[MessageId]) -> Result<Outside, Fault> {
        self.with(|folder| {
            let old = |date: Option<InternalDate>| {
                bounds.since.zip(date).is_some_and(|(since, date)| date.seconds < since - DAY)
            };
            let large = |wire: &[u8]| bounds.largest.is_some_and(|most| wire.len() as u64 > most);
            let outside = folder.messages.iter().filter(|(_, message)| old(message.date) || large(&message.wire));
            outside.map(|(uid, _)| MessageId::Uid(*uid)).collect()
        })
    }

    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Vec<(MessageId, Fault)>, Fault> {
        let mut failed = Vec::new();
        for id in wanted {
            let Some(message) = self.message(*id)? else { continue };
            let head = Head { id: Some(*id), flags: Some(message.flags), date: message.date, labels: None };
            let size = message.wire.len() as u64;
            let sent = to.begin(size, &head).and_then(|()| to.chunk(&message.wire)).and_then(|()| to.end(head));
            match sent {
                Err(fault) if fault.reach == Reach::Message => failed.push((*id, fault)),
                other => other?,
            }
        }
        Ok(failed)
    }

    fn deliver<'a>(&'a mut self) -> Result<Box<dyn Delivery + 'a>, Fault> {
        self.demand_writable()?;
        Ok(Box::new(MemoryDelivery { mailbox: self, announced: 0, wire: Vec::new(), batch: Vec::new() }))
    }

    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.demand_writable()?;
        self.with(|folder| {
            for change in changes {
                let Some(message) = uid_of(change.id).and_then(|uid| folder.messages.get_mut(&uid)) else { continue };
                message.flags = message.flags.union(&change.add).minus(&change.remove);
                folder.modseq += 1;
            }
            Vec::new()
        })
    }

    fn delete(&mut self, ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.demand_writable()?;
        self.with(|folder| {
            for uid in ids.iter().filter_map(|id| uid_of(*id)) {
                if folder.messages.remove(&uid).is_some() {
                    folder.modseq += 1;
                }
            }
            Vec::new()
        })
    }

    fn number(&mut self, _pairs: &[(MessageId, Uid)]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        Ok(Vec::new())
    }

    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        Ok(self.message(id)?.map(|message| {
            let mut builder = FingerprintBuilder::default();
            builder.feed(&message.wire);
            builder.finish()
        }))
    }
}

struct MemoryDelivery<'a> {
    mailbox: &'a mut MemoryMailbox,
    announced: u64,
    wire: Vec<u8>,
    batch: Vec<(MessageId, Result<MemoryMessage, Fault>)>,
}

impl Delivery for MemoryDelivery<'_> {
    fn begin(&mut self, size: u64, _head: &Head) -> Result<(), Fault> {
        self.announced = size;
        self.wire.clear();
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.wire.extend_from_slice(data);
        Ok(())
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        let source = head.id.expect("a message has a name");
        let message = MemoryMessage {
            wire: std::mem::take(&mut self.wire),
            flags: head.flags.unwrap_or_default(),
            date: head.date,
        };
        let complete = message.wire.len() as u64 == self.announced;
        let fault =
            || Fault::new(Reach::Message, FaultKind::Server, "receiving a message", "its size is not as announced");
        self.batch.push((source, if complete { Ok(message) } else { Err(fault()) }));
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.wire.clear();
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        let batch = std::mem::take(&mut self.batch);
        if self.mailbox.full {
            let refused = |(source, _)| Delivered { source, result: Err(no_room(&self.mailbox.name)) };
            return Ok(batch.into_iter().map(refused).collect());
        }
        self.mailbox.with(|folder| {
            let store = |(source, message): (MessageId, Result<MemoryMessage, Fault>)| Delivered {
                source,
                result: message.map(|message| Stored { uid: Some(folder.add(message)), key: None }),
            };
            batch.into_iter().map(store).collect()
        })
    }
}

/// A ledger in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryLedger {
    books: Arc<Mutex<Vec<Book>>>,
    unflushed: Arc<Mutex<Option<Unflushed>>>,
}

#[derive(Debug)]
struct Book {
    record: FolderRecord,
    rows: BTreeMap<Uid, Row>,
    identities: HashMap<Uid, u64>,
    labels: Labelling,
    intents: BTreeMap<String, Intent>,
    quarantine: Vec<Quarantined>,
    scope: Option<Scope>,
}

impl Book {
    fn aside(&mut self, side: Side, name: &str) -> Option<&mut Quarantined> {
        self.quarantine.iter_mut().find(|message| (message.side, message.name.as_str()) == (side, name))
    }

    fn release(&mut self, side: Side, name: &str) {
        self.quarantine.retain(|message| (message.side, message.name.as_str()) != (side, name));
    }
}

impl MemoryLedger {
    fn with<T>(&self, folder: FolderId, work: impl FnOnce(&mut Book) -> T) -> T {
        let mut books = self.books.lock().unwrap();
        let place = usize::try_from(folder.0).unwrap();
        work(books.get_mut(place).expect("the folder was entered"))
    }
}

impl Ledger for MemoryLedger {
    fn folders(&mut self) -> Result<Vec<FolderRecord>, Fault> {
        let mut all: Vec<_> = self.books.lock().unwrap().iter().map(|book| book.record.clone()).collect();
        all.sort_by(|a, b| a.local.cmp(&b.local));
        Ok(all)
    }

    fn folder(&mut self, remote: &str, local: &str) -> Result<FolderRecord, Fault> {
        if self.folders()?.iter().any(|record| record.local == local && record.remote != remote) {
            self.forget_folder(local)?;
        }
        let mut books = self.books.lock().unwrap();
        if let Some(book) = books.iter_mut().find(|book| book.record.local == local) {
            remote.clone_into(&mut book.record.remote);
            return Ok(book.record.clone());
        }
        let record = FolderRecord {
            id: FolderId(i64::try_from(books.len()).unwrap()),
            remote: remote.to_owned(),
            local: local.to_owned(),
            uid_validity: None,
            remote_mark: None,
            local_mark: None,
            doubt: None,
        };
        books.push(Book {
            record: record.clone(),
            rows: BTreeMap::new(),
            identities: HashMap::new(),
            labels: Labelling::new(),
            intents: BTreeMap::new(),
            quarantine: Vec::new(),
            scope: None,
        });
        Ok(record)
    }

    fn rows(&mut self, folder: FolderId) -> Result<Vec<Row>, Fault> {
        Ok(self.with(folder, |book| book.rows.values().cloned().collect()))
    }

    fn labels(&mut self, folder: FolderId) -> Result<Labelling, Fault> {
        Ok(self.with(folder, |book| book.labels.clone()))
    }

    fn identities(&mut self, folder: FolderId) -> Result<HashMap<Uid, u64>, Fault> {
        Ok(self.with(folder, |book| book.identities.clone()))
    }

    fn counts(&mut self) -> Result<HashMap<FolderId, u64>, Fault> {
        let synced = |book: &Book| book.rows.values().filter(|row| row.state == State::Synced).count() as u64;
        let all = self.books.lock().unwrap();
        Ok(all.iter().map(|book| (book.record.id, synced(book))).filter(|(_, count)| *count > 0).collect())
    }

    fn intents(&mut self, folder: FolderId) -> Result<Vec<Intent>, Fault> {
        Ok(self.with(folder, |book| book.intents.values().cloned().collect()))
    }

    fn record(&mut self, folder: FolderId, entries: &[Entry]) -> Result<(), Fault> {
        self.with(folder, |book| {
            for entry in entries.iter().cloned() {
                match entry {
                    Entry::Put(row) => drop(book.rows.insert(row.remote, row)),
                    Entry::Forget(uid) => {
                        book.rows.remove(&uid);
                        book.identities.remove(&uid);
                        book.labels.remove(&uid);
                    }
                    Entry::Identify { uid, identity } => drop(book.identities.insert(uid, identity)),
                    Entry::Label { uid, recorded } => drop(book.labels.insert(uid, recorded)),
                    Entry::Intend(intent) => drop(book.intents.insert(intent.local_name.clone(), intent)),
                    Entry::Settle { local_name } => drop(book.intents.remove(&local_name)),
                    Entry::LookAgain => (book.record.remote_mark, book.record.local_mark) = (None, None),
                    Entry::Trust => book.record.doubt = None,
                    Entry::Quarantine(mut message) => {
                        message.ignored |= book.aside(message.side, &message.name).is_some_and(|old| old.ignored);
                        book.release(message.side, &message.name);
                        book.quarantine.push(message);
                    }
                    Entry::Ignore { side, name } => {
                        book.aside(side, &name).into_iter().for_each(|one| one.ignored = true);
                    }
                    Entry::Retry { side, name } => {
                        book.aside(side, &name).into_iter().for_each(|one| (one.tried, one.ignored) = (0, false));
                    }
                    Entry::Release { side, name } => book.release(side, &name),
                    Entry::Confine(scope) => book.scope = scope,
                }
            }
        });
        Ok(())
    }

    fn restart(&mut self, folder: FolderId, validity: UidValidity, rows: &[Row]) -> Result<(), Fault> {
        self.with(folder, |book| {
            book.intents.clear();
            book.scope = None;
            book.identities.clear();
            book.labels.clear();
            book.quarantine.retain(|message| message.side == Side::Local);
            book.rows = rows.iter().map(|row| (row.remote, row.clone())).collect();
            book.record = FolderRecord {
                uid_validity: Some(validity),
                remote_mark: None,
                local_mark: None,
                doubt: None,
                ..book.record.clone()
            };
        });
        Ok(())
    }

    fn quarantined(&mut self, folder: FolderId) -> Result<Vec<Quarantined>, Fault> {
        let mut all = self.with(folder, |book| book.quarantine.clone());
        all.sort_by(|a, b| (a.side == Side::Local, &a.name).cmp(&(b.side == Side::Local, &b.name)));
        Ok(all)
    }

    fn scope(&mut self, folder: FolderId) -> Result<Option<Scope>, Fault> {
        Ok(self.with(folder, |book| book.scope.clone()))
    }

    fn rename_folder(&mut self, old: &str, new: &str) -> Result<(), Fault> {
        let mut books = self.books.lock().unwrap();
        // Their numbers are their places, so the place stays, under a name that no folder has.
        for book in books.iter_mut().filter(|book| book.record.local == new) {
            book.record.local = format!("{new}\0{}", book.record.id.0);
        }
        for book in books.iter_mut().filter(|book| book.record.local == old) {
            let record =
                FolderRecord { local: new.to_owned(), remote_mark: None, local_mark: None, ..book.record.clone() };
            book.record = record;
        }
        Ok(())
    }

    fn forget_folder(&mut self, local: &str) -> Result<(), Fault> {
        // Its number is its place, so the place stays.
        for book in self.books.lock().unwrap().iter_mut().filter(|book| book.record.local == local) {
            book.rows.clear();
            book.intents.clear();
            book.identities.clear();
            book.labels.clear();
            book.quarantine.clear();
            book.scope = None;
            book.record = FolderRecord {
                uid_validity: None,
                remote_mark: None,
                local_mark: None,
                doubt: None,
                ..book.record.clone()
            };
        }
        Ok(())
    }

    fn unflushed(&mut self) -> Result<Option<Unflushed>, Fault> {
        Ok(self.unflushed.lock().unwrap().clone())
    }

    fn set_unflushed(&mut self, note: Option<&Unflushed>) -> Result<(), Fault> {
        *self.unflushed.lock().unwrap() = note.cloned();
        Ok(())
    }

    fn doubt(&mut self) -> Result<(), Fault> {
        let Some(note) = self.unflushed.lock().unwrap().take() else { return Ok(()) };
        for book in self.books.lock().unwrap().iter_mut() {
            let doubt = book.record.doubt.or(Some(note.since));
            book.record = FolderRecord { remote_mark: None, local_mark: None, doubt, ..book.record.clone() };
        }
        Ok(())
    }

    fn look_again(&mut self) -> Result<(), Fault> {
        for book in self.books.lock().unwrap().iter_mut() {
            (book.record.remote_mark, book.record.local_mark) = (None, None);
        }
        Ok(())
    }

    fn set_marks(&mut self, folder: FolderId, remote: Option<Mark>, local: Option<Mark>) -> Result<(), Fault> {
        self.with(folder, |book| (book.record.remote_mark, book.record.local_mark) = (remote, local));
        Ok(())
    }
}

fn uid_of(id: MessageId) -> Option<Uid> {
    match id {
        MessageId::Uid(uid) => Some(uid),
        MessageId::Fresh(_) => None,
    }
}

fn no_room(name: &str) -> Fault {
    Fault::new(Reach::Message, FaultKind::Busy, format!("storing in {name}"), "there is no room")
}

fn missing(name: &str) -> Fault {
    Fault::new(Reach::Folder, FaultKind::Server, format!("opening the folder {name}"), "there is no such folder")
}
