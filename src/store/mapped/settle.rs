//! Messages that were expected on the local server: whether they came.

use std::collections::BTreeMap;

use super::mailbox::Mapped;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::message::{Coverage, Fingerprint, MessageId};
use crate::store::Numbered;

impl Numbered for Mapped<'_> {
    fn is_renumbered(&mut self) -> Result<bool, Fault> {
        self.hold()?;
        Ok(self.list.renumbered)
    }

    fn begin_anew(&mut self, pairs: &[(MessageId, Uid)]) -> Result<(), Fault> {
        self.hold()?;
        let pairs = self.list.pairs(pairs);
        self.list.write(&pairs)
    }

    fn expect(&mut self, sources: &[MessageId]) -> Result<(), Fault> {
        self.hold()?;
        self.list.demand_numbers()?;
        let uids: Vec<Uid> = sources.iter().filter_map(|id| id.uid()).collect();
        let Some(validity) = self.list.validity.filter(|_| !uids.is_empty()) else { return Ok(()) };
        self.list.ledger.expect(&self.list.name, validity, &uids, self.uid_next)?;
        self.list.numbers.validity = Some(validity);
        self.list.own.extend(&uids);
        self.list.numbers.expected.extend(uids.into_iter().map(|uid| (uid, self.uid_next)));
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<MessageId>, Fault> {
        let over: Vec<Uid> = self.list.own.difference(&self.list.doubtful).copied().collect();
        self.list.settled(&over)?;
        Ok(self.list.own.drain().map(MessageId::Uid).collect())
    }

    fn in_doubt(&mut self) -> Result<Vec<MessageId>, Fault> {
        self.hold()?;
        Ok(self.list.numbers.expected.keys().map(|uid| MessageId::Uid(*uid)).collect())
    }

    fn settle(
        &mut self,
        expected: &[MessageId],
        sources: &[(MessageId, Fingerprint)],
    ) -> Result<Vec<MessageId>, Fault> {
        self.hold()?;
        let mut pairs = Vec::new();
        if !sources.is_empty() {
            let mut came = newcomers(self)?;
            // Some servers count the bytes of a message in their own way; then the header decides alone.
            pairs = matched(&self.list.numbers.expected, sources, &mut came, |one, other| one == other);
            let rest: Vec<_> = sources.iter().filter(|(id, _)| !has(&pairs, *id)).cloned().collect();
            let by_header = |one: &Fingerprint, other: &Fingerprint| one.header == other.header;
            pairs.extend(matched(&self.list.numbers.expected, &rest, &mut came, by_header));
            self.list.put(&pairs)?;
        }
        let rest: Vec<Uid> = expected.iter().filter(|id| !has(&pairs, **id)).filter_map(|id| id.uid()).collect();
        self.list.settled(&rest)?;
        Ok(pairs.into_iter().map(|(remote, _)| MessageId::Uid(remote)).collect())
    }
}

fn has(pairs: &[(Uid, Uid)], id: MessageId) -> bool {
    pairs.iter().any(|(remote, _)| Some(*remote) == id.uid())
}

/// The messages without a number that may have come since something was expected, with what they look like.
fn newcomers(mailbox: &mut Mapped<'_>) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
    let look = mailbox.inner.look(None)?;
    mailbox.hold()?;
    if look.coverage != Coverage::Whole {
        let doing = format!("recognising messages in the folder {} of the local server", mailbox.list.name);
        let fault = Fault::new(Reach::Folder, FaultKind::Server, doing, "its list of messages broke off");
        return Err(fault.advise("the next run tries again"));
    }
    let numbers = &mailbox.list.numbers;
    let first = numbers.expected.values().min().copied().unwrap_or(1);
    let fresh = look.uids().filter(|uid| uid.get() >= first && !numbers.there.contains_key(uid));
    let fresh: Vec<MessageId> = fresh.map(MessageId::Uid).collect();
    mailbox.inner.fingerprints(&fresh, None)
}

/// Pairs of remote and local UIDs of messages that look alike, one to one. What is taken is taken out of those that came.
fn matched(
    expected: &BTreeMap<Uid, u32>,
    sources: &[(MessageId, Fingerprint)],
    came: &mut Vec<(MessageId, Fingerprint)>,
    alike: impl Fn(&Fingerprint, &Fingerprint) -> bool,
) -> Vec<(Uid, Uid)> {
    let mut pairs = Vec::new();
    for (source, print) in sources {
        let Some((remote, least)) = source.uid().and_then(|uid| Some((uid, *expected.get(&uid)?))) else { continue };
        let is_it = |(id, other): &(MessageId, Fingerprint)| {
            alike(other, print) && id.uid().is_some_and(|uid| uid.get() >= least)
        };
        let place = came.iter().position(is_it);
        pairs.extend(place.and_then(|place| came.remove(place).0.uid()).map(|local| (remote, local)));
    }
    pairs
}
