//! Stores that fail on purpose: everything works until a fuse burns through, and from then on nothing does.
//!
//! The fuse burns before and after each step that has an effect, so that both an effect that didn't happen and one
//! whose success nobody heard of are tried.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use blinkensync::model::extent::{Bounds, Outside};
use blinkensync::model::fault::{Fault, FaultKind, Reach};
use blinkensync::model::flags::Holds;
use blinkensync::model::folder::FolderInfo;
use blinkensync::model::ids::{FileKey, Uid, UidValidity};
use blinkensync::model::labels::Labels;
use blinkensync::model::mark::Mark;
use blinkensync::model::message::{Fingerprint, Head, Look, MessageId};
use blinkensync::model::uidset::UidSet;
use blinkensync::store::labels::{Carried, Labelling, Relabel, Told};
use blinkensync::store::ledger::{Entry, FolderId, FolderRecord, Intent, Ledger, Quarantined, Row, Scope, Unflushed};
use blinkensync::store::{
    Delivered, Delivery, FlagChange, Known, Labelled, Mailbox, Numbered, Place, Relocation, Repository,
};

type Faults = Vec<(MessageId, Fault)>;

/// How many steps are left. Clones share it.
#[derive(Debug, Clone)]
pub struct Fuse(Arc<AtomicU64>);

impl Fuse {
    /// Burns through at this step.
    pub fn of(steps: u64) -> Self {
        Self(Arc::new(AtomicU64::new(steps)))
    }

    /// Whether it has burnt through.
    pub fn is_burnt(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    /// One step further; a fault from the last one on.
    pub fn burn(&self) -> Result<(), Fault> {
        let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(1)));
        if left.unwrap() > 1 {
            return Ok(());
        }
        Err(Fault::new(Reach::Account, FaultKind::Network, "testing", "the fuse has burnt through"))
    }

    fn around<T>(&self, effect: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        self.burn()?;
        let result = effect()?;
        self.burn()?;
        Ok(result)
    }
}

/// Something that happens before each look at a mailbox, as though somebody else were at work.
pub type BeforeLook = Arc<dyn Fn() + Send + Sync>;

/// A repository on a fuse.
pub struct Faulty<R> {
    pub inner: R,
    pub fuse: Fuse,
    pub before_look: Option<BeforeLook>,
}

impl<R: Repository> Repository for Faulty<R> {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        self.inner.separator()
    }
    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        self.inner.folders()
    }
    fn create(&mut self, name: &str) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.create(name))
    }
    fn rename(&mut self, from: &str, to: &str) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.rename(from, to))
    }
    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.remove(name))
    }
    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        self.fuse.around(|| self.inner.relocate(from, to, messages))
    }
    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        let (fuse, before_look) = (self.fuse.clone(), self.before_look.clone());
        Ok(Box::new(FaultyMailbox { inner: self.inner.open(name, writable)?, fuse, before_look }))
    }
}

struct FaultyMailbox<'a> {
    inner: Box<dyn Mailbox + 'a>,
    fuse: Fuse,
    before_look: Option<BeforeLook>,
}

impl Mailbox for FaultyMailbox<'_> {
    fn holds(&self) -> Holds {
        self.inner.holds()
    }
    fn read_only(&self) -> bool {
        self.inner.read_only()
    }
    fn may_number(&self) -> bool {
        self.inner.may_number()
    }
    fn uid_validity(&self) -> Option<UidValidity> {
        self.inner.uid_validity()
    }
    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        self.fuse.burn()?;
        if let Some(happens) = &self.before_look {
            happens();
        }
        self.inner.look(known)
    }
    fn outside(&mut self, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault> {
        self.fuse.burn()?;
        self.inner.outside(bounds, among)
    }
    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Faults, Fault> {
        self.fuse.burn()?;
        self.inner.fetch(wanted, to)
    }
    fn deliver<'b>(&'b mut self) -> Result<Box<dyn Delivery + 'b>, Fault> {
        Ok(Box::new(FaultyDelivery { inner: self.inner.deliver()?, fuse: self.fuse.clone() }))
    }
    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Faults, Fault> {
        self.fuse.around(|| self.inner.change_flags(changes))
    }
    fn delete(&mut self, ids: &[MessageId]) -> Result<Faults, Fault> {
        self.fuse.around(|| self.inner.delete(ids))
    }
    fn number(&mut self, pairs: &[(MessageId, Uid)]) -> Result<Faults, Fault> {
        self.fuse.around(|| self.inner.number(pairs))
    }
    fn left_out(&self) -> blinkensync::store::left_out::Names {
        self.inner.left_out()
    }
    fn labelled(&mut self) -> Option<&mut dyn Labelled> {
        if self.inner.labelled().is_some() { Some(self) } else { None }
    }
    fn numbered(&mut self) -> Option<&mut dyn Numbered> {
        self.inner.numbered()
    }
    fn removes(&self) -> bool {
        self.inner.removes()
    }
    fn received_since(&mut self, seconds: i64) -> Result<Vec<MessageId>, Fault> {
        self.inner.received_since(seconds)
    }
    fn subject(&mut self, id: MessageId) -> Option<String> {
        self.inner.subject(id)
    }
    fn disown(&mut self, ids: &[MessageId]) -> Result<Faults, Fault> {
        self.fuse.around(|| self.inner.disown(ids))
    }
    fn key(&self, id: MessageId) -> Option<FileKey> {
        self.inner.key(id)
    }
    fn local_name(&self, id: MessageId) -> Option<String> {
        self.inner.local_name(id)
    }
    fn find_local_name(&mut self, name: &str) -> Result<Option<MessageId>, Fault> {
        self.inner.find_local_name(name)
    }
    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        self.inner.fingerprint(id)
    }
    fn fingerprints(
        &mut self,
        ids: &[MessageId],
        sizes: Option<&HashSet<u64>>,
    ) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
        self.inner.fingerprints(ids, sizes)
    }
}

impl Labelled for FaultyMailbox<'_> {
    fn manner(&mut self) -> u64 {
        self.inner.labelled().map_or(0, Labelled::manner)
    }
    fn labels(&mut self, wanted: &UidSet, recorded: &Labelling) -> Result<Vec<Told<Carried>>, Fault> {
        self.fuse.burn()?;
        self.inner.labelled().map_or(Ok(Vec::new()), |inner| inner.labels(wanted, recorded))
    }
    fn senders(&mut self, wanted: &UidSet) -> Result<HashMap<Uid, Labels>, Fault> {
        self.fuse.burn()?;
        self.inner.labelled().map_or(Ok(HashMap::new()), |inner| inner.senders(wanted))
    }
    fn relabel(&mut self, changes: &[Relabel]) -> Result<Vec<Told<u64>>, Fault> {
        self.fuse.around(|| self.inner.labelled().map_or(Ok(Vec::new()), |inner| inner.relabel(changes)))
    }
}

struct FaultyDelivery<'a> {
    inner: Box<dyn Delivery + 'a>,
    fuse: Fuse,
}

impl Delivery for FaultyDelivery<'_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        self.fuse.burn()?;
        self.inner.begin(size, head)
    }
    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.inner.chunk(data)
    }
    fn end(&mut self, head: Head) -> Result<(), Fault> {
        self.inner.end(head)
    }
    fn abandon(&mut self) -> Result<(), Fault> {
        self.inner.abandon()
    }
    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        self.fuse.around(|| self.inner.commit())
    }
}

/// A ledger on a fuse.
pub struct FaultyLedger<L> {
    pub inner: L,
    pub fuse: Fuse,
}

impl<L: Ledger> Ledger for FaultyLedger<L> {
    fn folders(&mut self) -> Result<Vec<FolderRecord>, Fault> {
        self.inner.folders()
    }
    fn folder(&mut self, remote: &str, local: &str) -> Result<FolderRecord, Fault> {
        self.inner.folder(remote, local)
    }
    fn rows(&mut self, folder: FolderId) -> Result<Vec<Row>, Fault> {
        self.inner.rows(folder)
    }
    fn identities(&mut self, folder: FolderId) -> Result<HashMap<Uid, u64>, Fault> {
        self.inner.identities(folder)
    }
    fn labels(&mut self, folder: FolderId) -> Result<Labelling, Fault> {
        self.inner.labels(folder)
    }
    fn counts(&mut self) -> Result<HashMap<FolderId, u64>, Fault> {
        self.inner.counts()
    }
    fn intents(&mut self, folder: FolderId) -> Result<Vec<Intent>, Fault> {
        self.inner.intents(folder)
    }
    fn record(&mut self, folder: FolderId, entries: &[Entry]) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.record(folder, entries))
    }
    fn restart(&mut self, folder: FolderId, validity: UidValidity, rows: &[Row]) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.restart(folder, validity, rows))
    }
    fn quarantined(&mut self, folder: FolderId) -> Result<Vec<Quarantined>, Fault> {
        self.inner.quarantined(folder)
    }
    fn scope(&mut self, folder: FolderId) -> Result<Option<Scope>, Fault> {
        self.inner.scope(folder)
    }
    fn rename_folder(&mut self, old: &str, new: &str) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.rename_folder(old, new))
    }
    fn forget_folder(&mut self, local: &str) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.forget_folder(local))
    }
    fn unflushed(&mut self) -> Result<Option<Unflushed>, Fault> {
        self.inner.unflushed()
    }
    fn set_unflushed(&mut self, note: Option<&Unflushed>) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.set_unflushed(note))
    }
    fn doubt(&mut self) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.doubt())
    }
    fn look_again(&mut self) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.look_again())
    }
    fn set_marks(&mut self, folder: FolderId, remote: Option<Mark>, local: Option<Mark>) -> Result<(), Fault> {
        self.fuse.around(|| self.inner.set_marks(folder, remote, local))
    }
}
