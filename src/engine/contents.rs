//! What messages hold, to the last byte, where what their sides say of them is not enough to go by.

use std::collections::HashMap;

use crate::model::fault::Fault;
use crate::model::message::{Fingerprint, Head, MessageId};
use crate::store::bytes::WholeDigest;
use crate::store::fingerprint::FingerprintBuilder;
use crate::store::left_out::{Names, Without};
use crate::store::{Delivered, Delivery, Mailbox};

/// A message that was read from its first byte to its last.
pub(super) struct Whole {
    /// What it is recognised by.
    pub(super) print: Fingerprint,
    /// A digest of all of it.
    pub(super) digest: String,
}

/// The messages that could be read, and why others could not.
type Outcome = (HashMap<MessageId, Whole>, Vec<(MessageId, Fault)>);

/// Reads these messages, which from a server means to fetch them. Gives those that could be read, and for the others that are
/// there, why not.
pub(super) fn read(mailbox: &mut dyn Mailbox, ids: &[MessageId]) -> Result<Outcome, Fault> {
    let mut reader = Reader { left_out: mailbox.left_out(), ..Reader::default() };
    let faults = mailbox.fetch(ids, &mut reader)?;
    Ok((reader.whole, faults))
}

/// Takes messages in and keeps only what they look like.
#[derive(Default)]
struct Reader {
    /// Fields that don't count.
    left_out: Names,
    without: Without,
    print: FingerprintBuilder,
    digest: WholeDigest,
    whole: HashMap<MessageId, Whole>,
}

impl Reader {
    fn take_in(&mut self, data: &[u8]) {
        self.print.feed(data);
        self.digest.feed(data);
    }
}

impl Delivery for Reader {
    fn begin(&mut self, _size: u64, _head: &Head) -> Result<(), Fault> {
        (self.print, self.digest) = Default::default();
        self.without = Without::new(&self.left_out);
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        let mut rest = Vec::with_capacity(data.len());
        self.without.feed(data, &mut rest);
        self.take_in(&rest);
        Ok(())
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        let mut rest = Vec::new();
        self.without.finish(&mut rest);
        self.take_in(&rest);
        let (print, digest) = (std::mem::take(&mut self.print).finish(), std::mem::take(&mut self.digest).finish());
        self.whole.extend(head.id.map(|id| (id, Whole { print, digest })));
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        Ok(Vec::new())
    }
}
