//! A server's mailboxes in place of a Maildir: its messages go by the UIDs of their counterparts on the other side.
//!
//! Both servers number their messages by themselves, so a list in the account's ledger says which is which. Towards the
//! engine a mailbox behaves as a Maildir folder does: it has no UIDVALIDITY of its own, a message that is in the list is named
//! by its counterpart's UID, and any other is fresh.
//!
//! A Maildir has a message and its number in one step, by renaming a file. Here the server stores the message, and the list is
//! written afterwards. So whatever is about to be sent is expected first, and what was cut off in between is recognised by
//! content before anything is concluded from its lack of a number. When the local server's UIDVALIDITY changes, the list is
//! void, and everything is recognised by content.

mod delivery;
mod list;
mod mailbox;
mod settle;
mod spool;

use std::collections::BTreeMap;

use crate::model::fault::Fault;
use crate::model::folder::FolderInfo;
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::message::MessageId;
use crate::store::bytes::file_key;
use crate::store::ledger::sqlite::SqliteLedger;
use crate::store::{Delivered, Mailbox, Place, Relocation, Repository, Stored};

use mailbox::Mapped;

/// A server's mailboxes, and the ledger that has the list.
#[derive(Debug)]
pub struct MappedRepository<R> {
    inner: R,
    ledger: SqliteLedger,
}

impl<R: Repository> MappedRepository<R> {
    /// The mailboxes of `inner`, with the list in this ledger.
    pub fn new(inner: R, ledger: SqliteLedger) -> Self {
        Self { inner, ledger }
    }

    /// The server.
    pub fn inner(&self) -> &R {
        &self.inner
    }

    /// The same, to do something else with.
    pub fn inner_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// The server alone.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// The ledger that has the list.
    pub fn ledger(&mut self) -> &mut SqliteLedger {
        &mut self.ledger
    }

    /// The UIDVALIDITY of a folder on the server as it is now; `None` when it tells none.
    fn validity(&mut self, name: &str) -> Result<Option<UidValidity>, Fault> {
        let mut mailbox = self.inner.open(name, false)?;
        // Asking for nothing selects it.
        mailbox.fingerprints(&[], None)?;
        Ok(mailbox.uid_validity())
    }
}

impl<R: Repository> Repository for MappedRepository<R> {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        self.inner.separator()
    }

    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        self.inner.folders()
    }

    fn create(&mut self, name: &str) -> Result<(), Fault> {
        self.inner.create(name)
    }

    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        self.inner.remove(name)?;
        self.ledger.forget_numbers(name)
    }

    /// Where the server can't say where a message went, its number waits until it is recognised there.
    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        let known = self.ledger.numbers(from.name)?;
        let Some(source) = known.validity else { return Ok(Vec::new()) };
        let mut wanted = BTreeMap::new();
        for one in messages {
            wanted.extend(
                known.here.get(&one.uid).copied().zip(one.number).map(|(here, number)| (here, (one.uid, number))),
            );
        }
        let Some(target) = self.validity(to.name)?.filter(|_| !wanted.is_empty()) else { return Ok(Vec::new()) };
        if self.ledger.numbers(to.name)?.validity.is_some_and(|known| known != target) {
            return Ok(Vec::new());
        }
        let numbers: Vec<Uid> = wanted.values().map(|(_, number)| *number).collect();
        self.ledger.expect(to.name, target, &numbers, 1)?;
        let moves: Vec<Relocation> = wanted.keys().map(|here| Relocation { uid: *here, number: None }).collect();
        let places = (Place { validity: source, ..from }, Place { validity: target, ..to });
        let answers = self.inner.relocate(places.0, places.1, &moves)?;
        let (mut pairs, mut doubtful, mut delivered) = (Vec::new(), Vec::new(), Vec::new());
        for one in answers {
            let Some((remote, number)) = one.source.uid().and_then(|here| wanted.get(&here)) else { continue };
            let source = MessageId::Uid(*remote);
            match one.result {
                Ok(Stored { uid: Some(local), .. }) => {
                    pairs.push((*number, local));
                    let stored = Stored { uid: Some(*number), key: key(to.name, target, local) };
                    delivered.push(Delivered { source, result: Ok(stored) });
                }
                Ok(Stored { uid: None, .. }) => doubtful.push(*number),
                Err(fault) => delivered.push(Delivered { source, result: Err(fault) }),
            }
        }
        self.ledger.put_numbers(to.name, target, &pairs)?;
        let settled: Vec<Uid> = numbers.into_iter().filter(|number| !doubtful.contains(number)).collect();
        self.ledger.settle(to.name, &settled)?;
        Ok(delivered)
    }

    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        Ok(Box::new(Mapped::new(self.inner.open(name, writable)?, &mut self.ledger, name)))
    }
}

/// Tells messages on the local server apart, as files are: the same one for as long as the server calls it the same.
fn key(folder: &str, validity: UidValidity, uid: Uid) -> Option<FileKey> {
    file_key(format!("{}/{uid}/{folder}", validity.0).as_bytes())
}
