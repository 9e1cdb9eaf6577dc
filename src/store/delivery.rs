//! Messages on their way from one mailbox to another.

use crate::model::fault::Fault;
use crate::model::ids::{FileKey, Uid};
use crate::model::message::{Head, MessageId};

/// A message that a delivery stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The UID it got, where the store says so.
    pub uid: Option<Uid>,
    /// The file it is in now, where there is one.
    pub key: Option<FileKey>,
}

/// What became of one message of a delivery.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The message as its source names it.
    pub source: MessageId,
    /// Where it is now, or why it is not.
    pub result: Result<Stored, Fault>,
}

/// Messages on their way into a mailbox: `begin`, any number of `chunk`s, `end`, for each; `commit` after some.
///
/// Bodies travel as on the wire, with CRLF line ends.
pub trait Delivery {
    /// A message of `size` bytes begins. A fault of reach `Message` means: not this one; its chunks are not wanted, and
    /// neither is its `end`.
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault>;

    /// The next bytes of it.
    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault>;

    /// It is complete; `head` is now complete as well.
    fn end(&mut self, head: Head) -> Result<(), Fault>;

    /// The message that was begun is not to be delivered after all.
    fn abandon(&mut self) -> Result<(), Fault>;

    /// Makes everything received since the last commit visible and durable, and says what became of each message.
    fn commit(&mut self) -> Result<Vec<Delivered>, Fault>;
}
