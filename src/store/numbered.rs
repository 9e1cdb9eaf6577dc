//! Mailboxes whose messages carry their counterparts' UIDs by way of a list beside them.

use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::message::{Fingerprint, MessageId};

/// What a mailbox can do whose messages carry their counterparts' UIDs by way of a list beside it: a server's, on the local
/// side. What is stored there and written into that list are two steps, so that a message is expected before it is sent.
pub trait Numbered {
    /// Whether the numbers of earlier sessions don't hold any more, so that all messages have to be recognised anew. They are
    /// all fresh then, and nothing can be delivered or numbered, until the list is begun anew.
    fn is_renumbered(&mut self) -> Result<bool, Fault>;

    /// Begins the list anew with these messages and the UIDs of their counterparts, all in one.
    fn begin_anew(&mut self, pairs: &[(MessageId, Uid)]) -> Result<(), Fault>;

    /// Notes that these messages of the other side are about to be delivered. When it returns, that survives a power cut.
    fn expect(&mut self, sources: &[MessageId]) -> Result<(), Fault>;

    /// A delivery came to its end: what was expected for it and neither came nor may have come is not expected any more. Gives
    /// those that may have come.
    fn conclude(&mut self) -> Result<Vec<MessageId>, Fault>;

    /// All messages that are expected, whoever began that. As long as there are some, a look shows only messages with numbers,
    /// and is partial.
    fn in_doubt(&mut self) -> Result<Vec<MessageId>, Fault>;

    /// Ends the doubt about messages that were expected: what came since and looks like one of the `sources` is that one. The
    /// others did not come. Gives those that did.
    fn settle(&mut self, expected: &[MessageId], sources: &[(MessageId, Fingerprint)])
    -> Result<Vec<MessageId>, Fault>;
}
