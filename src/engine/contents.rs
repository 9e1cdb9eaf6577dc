//! Whether messages are the same to the last byte, where size and header are not enough to go by.

use std::collections::HashMap;

use crate::model::fault::Fault;
use crate::model::message::{Head, MessageId};
use crate::store::bytes::WholeDigest;
use crate::store::{Delivered, Delivery, Mailbox};

/// Digests of all that these messages hold, which is read, and from a server fetched, as a whole. Those that are gone or can't
/// be read are left out.
pub(super) fn digests(mailbox: &mut dyn Mailbox, ids: &[MessageId]) -> Result<HashMap<MessageId, String>, Fault> {
    let mut reader = Reader::default();
    mailbox.fetch(ids, &mut reader)?;
    Ok(reader.whole)
}

/// Reads messages through.
#[derive(Default)]
struct Reader {
    current: WholeDigest,
    whole: HashMap<MessageId, String>,
}

impl Delivery for Reader {
    fn begin(&mut self, _size: u64, _head: &Head) -> Result<(), Fault> {
        self.current = WholeDigest::default();
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.current.feed(data);
        Ok(())
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        let digest = std::mem::take(&mut self.current).finish();
        self.whole.extend(head.id.map(|id| (id, digest)));
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        Ok(Vec::new())
    }
}
