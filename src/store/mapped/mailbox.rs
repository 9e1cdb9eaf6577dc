//! One mailbox of the local server, its messages named by the UIDs of their counterparts.

use std::collections::HashSet;

use super::delivery::{MappedDelivery, Renaming};
use super::list::List;
use crate::model::extent::{Bounds, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Holds;
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Fingerprint, Listed, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::store::ledger::sqlite::SqliteLedger;
use crate::store::left_out::Names;
use crate::store::{Delivery, FlagChange, Known, Mailbox, Numbered};

type Faults = Vec<(MessageId, Fault)>;

/// A mailbox of the local server.
pub(super) struct Mapped<'a> {
    pub(super) inner: Box<dyn Mailbox + 'a>,
    pub(super) list: List<'a>,
    /// Where the numbers of new messages begin, as the last look saw it.
    pub(super) uid_next: u32,
    /// The messages that are there by the last look, by the local server's UIDs; `None` where it was one at changes alone.
    shown: Option<UidSet>,
}

impl<'a> Mapped<'a> {
    pub(super) fn new(inner: Box<dyn Mailbox + 'a>, ledger: &'a mut SqliteLedger, name: &str) -> Self {
        let list = List::new(ledger, name);
        Self { inner, list, uid_next: 1, shown: None }
    }

    /// Makes sure that the numbers are those of the mailbox as it is now; without a look before, it is selected.
    pub(super) fn hold(&mut self) -> Result<(), Fault> {
        if self.inner.uid_validity().is_none() {
            self.inner.fingerprints(&[], None)?;
        }
        let Some(validity) = self.inner.uid_validity() else {
            let doing = format!("opening the folder {} of the local server", self.list.name);
            return Err(Fault::new(Reach::Folder, FaultKind::Server, doing, "the server gives it no UIDVALIDITY"));
        };
        self.list.hold(validity)
    }

    /// The messages on the local server of which these are the names.
    fn locals(&mut self, ids: &[MessageId]) -> Result<Vec<MessageId>, Fault> {
        self.hold()?;
        Ok(ids.iter().filter_map(|id| self.list.local(*id)).map(MessageId::Uid).collect())
    }

    fn named(&self, id: MessageId) -> MessageId {
        id.uid().map_or(id, |local| self.list.named(local))
    }

    fn renamed(&self, faults: Faults) -> Faults {
        faults.into_iter().map(|(id, fault)| (self.named(id), fault)).collect()
    }

    /// The same watermark with the local server's UIDs; `None` where not every message that is known has one, so that nothing
    /// could be concluded from changes alone.
    fn known_here(&self, known: Known<'_>) -> Option<UidSet> {
        let under = match known.mark {
            Mark::Server(mark) => Some(mark.uid_validity),
            Mark::Maildir(_) => None,
        };
        let holds = under.is_some() && self.list.numbers.validity == under && self.list.numbers.expected.is_empty();
        let uids = known.uids.iter().map(|remote| self.list.numbers.here.get(&remote).copied());
        if holds { uids.collect::<Option<Vec<Uid>>>().map(|uids| uids.into_iter().collect()) } else { None }
    }

    /// A look of the server's, with the names that its messages have here.
    fn translated(&self, look: Look) -> Look {
        let there = |uids: UidSet| uids.iter().filter_map(|uid| self.list.numbers.there.get(&uid).copied()).collect();
        let coverage = match look.coverage {
            Coverage::Changes { vanished } => Coverage::Changes { vanished: there(vanished) },
            Coverage::Existing { uids } => Coverage::Existing { uids: there(uids) },
            other => other,
        };
        let named = |listed: Listed| Listed { id: self.named(listed.id), ..listed };
        Look { messages: look.messages.into_iter().map(named).collect(), coverage, mark: look.mark }
    }
}

impl Mailbox for Mapped<'_> {
    fn left_out(&self) -> Names {
        self.inner.left_out()
    }

    fn holds(&self) -> Holds {
        self.inner.holds()
    }

    fn read_only(&self) -> bool {
        self.inner.read_only()
    }

    /// They are in the ledger.
    fn may_number(&self) -> bool {
        true
    }

    fn uid_validity(&self) -> Option<UidValidity> {
        None
    }

    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        // Others may have delivered something.
        self.list.read_again()?;
        let uids = known.and_then(|known| Some((known.mark, self.known_here(known)?)));
        let look = self.inner.look(uids.as_ref().map(|(mark, uids)| Known { mark, uids }))?;
        self.hold()?;
        if let Some(Mark::Server(mark)) = look.mark {
            self.uid_next = mark.uid_next.max(1);
        }
        self.shown = match &look.coverage {
            Coverage::Whole => Some(look.uids().collect()),
            Coverage::Existing { uids } => Some(uids.clone()),
            Coverage::Changes { .. } | Coverage::Partial => None,
        };
        let mut look = self.translated(look);
        if !self.list.numbers.expected.is_empty() {
            look.messages.retain(|message| message.id.uid().is_some());
            look.coverage = Coverage::Partial;
        }
        Ok(look)
    }

    fn outside(&mut self, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault> {
        let locals = self.locals(among)?;
        let found = self.inner.outside(bounds, &locals)?;
        Ok(found.uids.iter().map(|local| self.list.named(local)).collect())
    }

    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Faults, Fault> {
        let locals = self.locals(wanted)?;
        let named = |local: Uid| self.list.named(local);
        let mut renaming = Renaming::new(to, &named);
        let faults = self.inner.fetch(&locals, &mut renaming)?;
        let refused = renaming.into_refused();
        Ok(self.renamed(faults).into_iter().chain(refused).collect())
    }

    fn deliver<'b>(&'b mut self) -> Result<Box<dyn Delivery + 'b>, Fault> {
        self.hold()?;
        self.list.demand_numbers()?;
        Ok(Box::new(MappedDelivery::new(self.inner.deliver()?, &mut self.list)))
    }

    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Faults, Fault> {
        self.hold()?;
        let local = |change: &FlagChange| {
            let id = MessageId::Uid(self.list.local(change.id)?);
            Some(FlagChange { id, ..change.clone() })
        };
        let changes: Vec<FlagChange> = changes.iter().filter_map(local).collect();
        let faults = self.inner.change_flags(&changes)?;
        Ok(self.renamed(faults))
    }

    fn delete(&mut self, ids: &[MessageId]) -> Result<Faults, Fault> {
        let locals = self.locals(ids)?;
        let faults = self.inner.delete(&locals)?;
        Ok(self.renamed(faults))
    }

    fn removes(&self) -> bool {
        self.inner.removes()
    }

    fn number(&mut self, pairs: &[(MessageId, Uid)]) -> Result<Faults, Fault> {
        self.hold()?;
        let pairs = self.list.pairs(pairs);
        self.list.put(&pairs)?;
        Ok(Vec::new())
    }

    fn disown(&mut self, ids: &[MessageId]) -> Result<Faults, Fault> {
        let uids: Vec<Uid> = ids.iter().filter_map(|id| id.uid()).collect();
        self.list.ledger.remove_numbers(&self.list.name, &uids)?;
        for uid in uids {
            self.list.numbers.remove(uid);
        }
        Ok(Vec::new())
    }

    fn numbered(&mut self) -> Option<&mut dyn Numbered> {
        Some(self)
    }

    fn key(&self, id: MessageId) -> Option<FileKey> {
        self.list.local(id).and_then(|local| self.list.key(local))
    }

    fn local_name(&self, id: MessageId) -> Option<String> {
        let local = self.list.local(id)?;
        Some(format!("{local} under {}", self.list.validity?.0))
    }

    fn find_local_name(&mut self, name: &str) -> Result<Option<MessageId>, Fault> {
        self.hold()?;
        let parts = name.split_once(" under ");
        let parsed = parts.and_then(|(uid, validity)| Some((uid.parse().ok()?, UidValidity(validity.parse().ok()?))));
        let local =
            parsed.filter(|(_, validity)| Some(*validity) == self.list.validity).and_then(|one| Uid::new(one.0));
        let is_there = |local: &Uid| self.shown.as_ref().is_none_or(|shown| shown.contains(*local));
        Ok(local.filter(is_there).map(|local| self.list.named(local)))
    }

    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        let locals = self.locals(&[id])?;
        locals.first().map_or(Ok(None), |local| self.inner.fingerprint(*local))
    }

    fn fingerprints(
        &mut self,
        ids: &[MessageId],
        sizes: Option<&HashSet<u64>>,
    ) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
        let locals = self.locals(ids)?;
        let prints = self.inner.fingerprints(&locals, sizes)?;
        Ok(prints.into_iter().map(|(id, print)| (self.named(id), print)).collect())
    }
}
