//! A repository of which nothing is ever changed, for dry runs: it reads what is there, and refuses to write. Folders that
//! would be made appear as empty ones.

use std::collections::{BTreeSet, HashSet};

use super::left_out::Names;
use super::{Delivered, Delivery, FlagChange, Known, Labelled, Mailbox, Numbered, Place, Relocation, Repository};
use crate::model::extent::{Bounds, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Holds;
use crate::model::folder::FolderInfo;
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Fingerprint, Look, MessageId};

type Faults = Vec<(MessageId, Fault)>;

/// A repository that is only looked at.
#[derive(Debug)]
pub struct Dry<R> {
    inner: Option<R>,
    /// The folders that are there, once they were listed.
    listed: Option<BTreeSet<String>>,
    imagined: BTreeSet<String>,
    separator: char,
}

impl<R> Dry<R> {
    /// What `inner` shows.
    pub fn of(inner: R) -> Self {
        Self { inner: Some(inner), listed: None, imagined: BTreeSet::new(), separator: '/' }
    }

    /// A repository that isn't there yet, and so has no folders; `separator` joins the parts of their names.
    pub fn absent(separator: char) -> Self {
        Self { inner: None, listed: None, imagined: BTreeSet::new(), separator }
    }

    /// What it looks at.
    pub fn inner(&self) -> Option<&R> {
        self.inner.as_ref()
    }

    /// The same, to be let go.
    pub fn into_inner(self) -> Option<R> {
        self.inner
    }
}

fn never(doing: &str) -> Fault {
    Fault::new(Reach::Folder, FaultKind::Internal, doing, "this is a dry run, which changes nothing")
}

impl<R: Repository> Repository for Dry<R> {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        match &mut self.inner {
            Some(inner) => inner.separator(),
            None => Ok(Some(self.separator)),
        }
    }

    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        let folders = self.inner.as_mut().map_or_else(|| Ok(Vec::new()), Repository::folders)?;
        let there = folders.iter().filter(|folder| folder.selectable).map(|folder| folder.name.clone());
        self.listed = Some(there.collect());
        Ok(folders)
    }

    fn create(&mut self, name: &str) -> Result<(), Fault> {
        if self.listed.is_none() {
            self.folders()?;
        }
        if !self.listed.as_ref().is_some_and(|listed| listed.contains(name)) {
            self.imagined.insert(name.to_owned());
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        Err(never(&format!("removing the folder {name}")))
    }

    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, _: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        Err(never(&format!("moving messages from {} to {}", from.name, to.name)))
    }

    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        match &mut self.inner {
            Some(inner) if !self.imagined.contains(name) => {
                Ok(Box::new(Reader { inner: Some(inner.open(name, false)?), writable }))
            }
            _ => Ok(Box::new(Reader { inner: None, writable })),
        }
    }
}

/// A folder that is only read, though it may say that it could be written.
struct Reader<'a> {
    /// `None`: it would be made, and is empty.
    inner: Option<Box<dyn Mailbox + 'a>>,
    writable: bool,
}

impl Mailbox for Reader<'_> {
    fn holds(&self) -> Holds {
        self.inner.as_ref().map_or(Holds::ALL, |inner| inner.holds())
    }
    fn understands(&self, mark: &Mark) -> bool {
        self.inner.as_ref().is_none_or(|inner| inner.understands(mark))
    }
    fn read_only(&self) -> bool {
        !self.writable
    }
    fn may_number(&self) -> bool {
        self.writable || self.inner.as_ref().is_some_and(|inner| inner.may_number())
    }
    fn uid_validity(&self) -> Option<UidValidity> {
        self.inner.as_ref().map_or(Some(UidValidity(0)), |inner| inner.uid_validity())
    }
    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        let empty = Look { messages: Vec::new(), coverage: Coverage::Whole, mark: None };
        self.inner.as_mut().map_or(Ok(empty), |inner| inner.look(known))
    }
    fn outside(&mut self, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault> {
        self.inner.as_mut().map_or_else(|| Ok(Outside::default()), |inner| inner.outside(bounds, among))
    }
    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Faults, Fault> {
        self.inner.as_mut().map_or_else(|| Ok(Vec::new()), |inner| inner.fetch(wanted, to))
    }
    fn deliver<'b>(&'b mut self) -> Result<Box<dyn Delivery + 'b>, Fault> {
        Err(never("storing messages"))
    }
    fn change_flags(&mut self, _: &[FlagChange]) -> Result<Faults, Fault> {
        Err(never("changing flags"))
    }
    fn delete(&mut self, _: &[MessageId]) -> Result<Faults, Fault> {
        Err(never("deleting messages"))
    }
    fn number(&mut self, _: &[(MessageId, Uid)]) -> Result<Faults, Fault> {
        Err(never("numbering messages"))
    }
    fn disown(&mut self, _: &[MessageId]) -> Result<Faults, Fault> {
        Err(never("numbering messages"))
    }
    fn removes(&self) -> bool {
        self.inner.as_ref().is_none_or(|inner| inner.removes())
    }
    fn left_out(&self) -> Names {
        self.inner.as_ref().map_or_else(Names::default, |inner| inner.left_out())
    }
    fn labelled(&mut self) -> Option<&mut dyn Labelled> {
        self.inner.as_mut()?.labelled()
    }
    fn numbered(&mut self) -> Option<&mut dyn Numbered> {
        self.inner.as_mut()?.numbered()
    }
    fn key(&self, id: MessageId) -> Option<FileKey> {
        self.inner.as_ref()?.key(id)
    }
    fn received_since(&mut self, seconds: i64) -> Result<Vec<MessageId>, Fault> {
        self.inner.as_mut().map_or_else(|| Ok(Vec::new()), |inner| inner.received_since(seconds))
    }
    fn subject(&mut self, id: MessageId) -> Option<String> {
        self.inner.as_mut()?.subject(id)
    }
    fn local_name(&self, id: MessageId) -> Option<String> {
        self.inner.as_ref()?.local_name(id)
    }
    fn find_local_name(&mut self, name: &str) -> Result<Option<MessageId>, Fault> {
        self.inner.as_mut().map_or(Ok(None), |inner| inner.find_local_name(name))
    }
    fn identifies(&self) -> bool {
        self.inner.as_ref().is_some_and(|inner| inner.identifies())
    }
    fn identities(&mut self, uids: &[Uid]) -> Result<Vec<(Uid, u64)>, Fault> {
        self.inner.as_mut().map_or(Ok(Vec::new()), |inner| inner.identities(uids))
    }
    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        self.inner.as_mut().map_or(Ok(None), |inner| inner.fingerprint(id))
    }
    fn fingerprints(
        &mut self,
        ids: &[MessageId],
        sizes: Option<&HashSet<u64>>,
    ) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
        self.inner.as_mut().map_or_else(|| Ok(Vec::new()), |inner| inner.fingerprints(ids, sizes))
    }
}
