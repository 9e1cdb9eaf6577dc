//! Messages on their way to the local server. What it says of each is written into the list before it is passed on.

use super::list::List;
use super::spool::Spool;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::message::{Head, MessageId};
use crate::store::{Delivered, Delivery, Stored};

/// A delivery into a mailbox of the local server.
pub(super) struct MappedDelivery<'a, 'l> {
    inner: Box<dyn Delivery + 'a>,
    list: &'a mut List<'l>,
    spool: Spool,
}

impl<'a, 'l> MappedDelivery<'a, 'l> {
    pub(super) fn new(inner: Box<dyn Delivery + 'a>, list: &'a mut List<'l>) -> Self {
        Self { inner, list, spool: Spool::default() }
    }

    fn doubt(&mut self, head: &Head) {
        self.list.doubtful.extend(head.id.and_then(MessageId::uid));
    }
}

impl Delivery for MappedDelivery<'_, '_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        // From now on it may be there, whatever becomes of us.
        self.doubt(head);
        self.spool.begin(&mut *self.inner, size, head)
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.spool.chunk(&mut *self.inner, data)
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        self.doubt(&head);
        self.spool.end(&mut *self.inner, head)
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.spool.abandon(&mut *self.inner)
    }

    /// A message of which the server doesn't say what it became is not told of: it is in doubt.
    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        let mut all = self.inner.commit()?;
        let refused = self.spool.take_refused();
        all.extend(refused.into_iter().map(|(source, fault)| Delivered { source, result: Err(fault) }));
        let (mut pairs, mut refused, mut told) = (Vec::new(), Vec::new(), Vec::with_capacity(all.len()));
        for Delivered { source, result } in all {
            let Some(remote) = source.uid() else { continue };
            let result = match result {
                Ok(Stored { uid: None, .. }) => continue,
                Ok(Stored { uid: Some(local), .. }) => {
                    pairs.push((remote, local));
                    Ok(Stored { uid: Some(remote), key: self.list.key(local) })
                }
                Err(fault) => {
                    refused.push(remote);
                    Err(fault)
                }
            };
            told.push(Delivered { source, result });
        }
        self.list.put(&pairs)?;
        self.list.settled(&refused)?;
        Ok(told)
    }
}

/// A way on for messages of the local server, which have other names on the way.
pub(super) struct Renaming<'a> {
    to: &'a mut dyn Delivery,
    named: &'a dyn Fn(Uid) -> MessageId,
    spool: Spool,
}

impl<'a> Renaming<'a> {
    pub(super) fn new(to: &'a mut dyn Delivery, named: &'a dyn Fn(Uid) -> MessageId) -> Self {
        Self { to, named, spool: Spool::default() }
    }

    /// Those that were refused only when all was known of them.
    pub(super) fn into_refused(mut self) -> Vec<(MessageId, Fault)> {
        self.spool.take_refused()
    }

    fn renamed(&self, head: &Head) -> Head {
        Head { id: head.id.map(|id| id.uid().map_or(id, self.named)), ..head.clone() }
    }
}

impl Delivery for Renaming<'_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        let head = self.renamed(head);
        self.spool.begin(self.to, size, &head)
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.spool.chunk(self.to, data)
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        let head = self.renamed(&head);
        self.spool.end(self.to, head)
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.spool.abandon(self.to)
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        self.to.commit()
    }
}
