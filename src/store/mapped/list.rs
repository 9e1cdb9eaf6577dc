//! The list that says which message is which, of one mailbox, while it is open.

use std::collections::HashSet;

use super::key;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::message::MessageId;
use crate::store::ledger::numbers::Numbers;
use crate::store::ledger::sqlite::SqliteLedger;

/// The list of its numbers.
pub(super) struct List<'a> {
    pub(super) ledger: &'a mut SqliteLedger,
    pub(super) name: String,
    /// As they were when they were read; changed by what is done here, and not by what others do.
    pub(super) numbers: Numbers,
    is_read: bool,
    /// The UIDVALIDITY that the server says; `None` until the mailbox is selected.
    pub(super) validity: Option<UidValidity>,
    /// The numbers were kept under another one.
    pub(super) renumbered: bool,
    /// Messages that this delivery expects.
    pub(super) own: HashSet<Uid>,
    /// Those of them that were sent, and of which the server did not say what they became.
    pub(super) doubtful: HashSet<Uid>,
}

impl<'a> List<'a> {
    pub(super) fn new(ledger: &'a mut SqliteLedger, name: &str) -> Self {
        Self {
            ledger,
            name: name.to_owned(),
            numbers: Numbers::default(),
            is_read: false,
            validity: None,
            renumbered: false,
            own: HashSet::new(),
            doubtful: HashSet::new(),
        }
    }

    /// Makes sure that the numbers are those that hold under this UIDVALIDITY of the server's.
    pub(super) fn hold(&mut self, validity: UidValidity) -> Result<(), Fault> {
        self.validity = Some(validity);
        self.read()?;
        if self.numbers.validity.is_some_and(|known| known != validity) {
            self.numbers = Numbers { validity: Some(validity), ..Numbers::default() };
            self.renumbered = true;
        }
        Ok(())
    }

    /// Reads again what is known.
    pub(super) fn read_again(&mut self) -> Result<(), Fault> {
        self.is_read = false;
        self.read()
    }

    /// Reads what is known, unless that was done.
    fn read(&mut self) -> Result<(), Fault> {
        if !std::mem::replace(&mut self.is_read, true) {
            self.numbers = self.ledger.numbers(&self.name)?;
        }
        Ok(())
    }

    /// The message on the local server that goes by this name.
    pub(super) fn local(&self, id: MessageId) -> Option<Uid> {
        match id {
            MessageId::Uid(remote) => self.numbers.here.get(&remote).copied(),
            MessageId::Fresh(number) => Uid::new(number).filter(|uid| !self.numbers.there.contains_key(uid)),
        }
    }

    /// Remote UIDs with those of the messages on the local server that go by these names.
    pub(super) fn pairs(&self, pairs: &[(MessageId, Uid)]) -> Vec<(Uid, Uid)> {
        pairs.iter().filter_map(|(id, remote)| Some((*remote, self.local(*id)?))).collect()
    }

    /// The name of a message on the local server.
    pub(super) fn named(&self, local: Uid) -> MessageId {
        self.numbers.there.get(&local).map_or(MessageId::Fresh(local.get()), |remote| MessageId::Uid(*remote))
    }

    /// Records which messages are which.
    pub(super) fn put(&mut self, pairs: &[(Uid, Uid)]) -> Result<(), Fault> {
        self.demand_numbers()?;
        if pairs.is_empty() { Ok(()) } else { self.write(pairs) }
    }

    /// Refuses to go on where the numbers that there were don't hold any more: what has none now must not be taken for new.
    pub(super) fn demand_numbers(&self) -> Result<(), Fault> {
        if !self.renumbered {
            return Ok(());
        }
        let doing = format!("synchronising the folder {} of the local server", self.name);
        let cause = "it has numbered its messages anew meanwhile (UIDVALIDITY changed)";
        Err(Fault::new(Reach::Folder, FaultKind::Server, doing, cause).advise("the next run recognises them"))
    }

    /// The same, whether or not the numbers that there were hold.
    pub(super) fn write(&mut self, pairs: &[(Uid, Uid)]) -> Result<(), Fault> {
        let Some(validity) = self.validity else { return Ok(()) };
        self.ledger.put_numbers(&self.name, validity, pairs)?;
        (self.numbers.validity, self.renumbered) = (Some(validity), false);
        for (remote, local) in pairs {
            self.numbers.put(*remote, *local);
            self.over(*remote);
        }
        Ok(())
    }

    /// These are not expected any more.
    pub(super) fn settled(&mut self, remote: &[Uid]) -> Result<(), Fault> {
        if remote.is_empty() {
            return Ok(());
        }
        self.ledger.settle(&self.name, remote)?;
        for uid in remote {
            self.over(*uid);
        }
        Ok(())
    }

    fn over(&mut self, remote: Uid) {
        self.numbers.expected.remove(&remote);
        self.own.remove(&remote);
        self.doubtful.remove(&remote);
    }

    /// What tells this message on the local server apart.
    pub(super) fn key(&self, local: Uid) -> Option<FileKey> {
        key(&self.name, self.validity?, local)
    }
}
