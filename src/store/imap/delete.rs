//! Deleting messages for good, and only these.

use super::mailbox::{ImapMailbox, SET_LENGTH};
use super::response::Untagged;
use super::status::Word;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::message::MessageId;
use crate::model::uidset::UidSet;

impl ImapMailbox<'_> {
    /// Marks messages as deleted, and expunges them unless they are only to be marked.
    pub(super) fn delete_all(&mut self, set: &UidSet) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.ensure_writable("deleting from")?;
        let single = self.connection.capabilities.has("UIDPLUS");
        let pieces = set.pieces(SET_LENGTH);
        let marks = pieces.iter().map(|piece| (format!("UID STORE {piece} +FLAGS.SILENT (\\Deleted)"), piece.clone()));
        let mut faults = self.run_on_sets(&marks.collect::<Vec<_>>(), "deleting messages")?;
        if single && self.expunge {
            // Only when they are marked: where another client is at work, Dovecot overlooks a mark that comes in the same
            // breath, says OK, and keeps the message.
            let expunges = pieces.into_iter().map(|piece| (format!("UID EXPUNGE {piece}"), piece));
            faults.extend(self.run_on_sets(&expunges.collect::<Vec<_>>(), "deleting messages")?);
        }
        if single || !self.expunge || set.is_empty() || !faults.is_empty() { Ok(faults) } else { self.expunge_all(set) }
    }

    /// Expunges without UIDPLUS: only when nothing else is marked, since EXPUNGE takes everything that is.
    fn expunge_all(&mut self, ours: &UidSet) -> Result<Vec<(MessageId, Fault)>, Fault> {
        // An answer that is missing, or can't be read, says nothing of what others have marked.
        let mut marked: Option<UidSet> = None;
        let statuses = self.connection.run(&["UID SEARCH DELETED".to_owned()], &mut |untagged| {
            if let Untagged::Found(uids) = untagged {
                marked.get_or_insert_default().insert_all(&uids);
            }
            Ok(())
        });
        let statuses = statuses.map_err(|trouble| self.connection.lost("deleting messages", &trouble))?;
        let marked = marked.filter(|_| statuses.iter().all(|status| status.word == Word::Ok));
        let doing = format!("deleting messages in {} on {}", self.name, self.connection.peer);
        let fault = match marked {
            // They are gone already.
            Some(marked) if !ours.iter().any(|uid| marked.contains(uid)) => return Ok(Vec::new()),
            Some(marked) if marked.iter().all(|uid| ours.contains(uid)) => {
                return self.run_on_sets(&[("EXPUNGE".to_owned(), ours.clone())], "deleting messages");
            }
            Some(_) => {
                let cause = "other messages are marked as deleted too, and this server can't expunge single ones";
                Fault::new(Reach::Message, FaultKind::Refused, doing, cause)
                    .advise("ours stay marked; expunge the folder in a mail program")
            }
            None => {
                let cause =
                    "the server doesn't tell which messages are marked as deleted, and can't expunge single ones";
                Fault::new(Reach::Message, FaultKind::Server, doing, cause)
                    .advise("ours stay marked; the next run tries again")
            }
        };
        Ok(ours.iter().map(|uid| (MessageId::Uid(uid), fault.clone())).collect())
    }
}
