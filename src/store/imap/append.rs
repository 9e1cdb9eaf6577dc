//! Appending: messages stream to the server, command after command without waiting where it allows that.

use super::connection::{Connection, Tag};
use super::reader::{Ignore, Trouble};
use super::refusal::refused;
use super::response::write_date;
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::UidValidity;
use crate::model::message::{Head, MessageId};
use crate::store::{Delivered, Delivery, Stored};

/// Bytes of a literal that LITERAL- allows to be sent unasked (RFC 7888, section 5).
const SMALL_LITERAL: u64 = 4096;

/// A delivery into a mailbox.
pub(super) struct Append<'a> {
    connection: &'a mut Connection,
    mailbox: &'a str,
    quoted: &'a str,
    validity: Option<UidValidity>,
    /// The message on its way: its command, its source's name for it, and the bytes still owed.
    current: Option<(Tag, MessageId, u64)>,
    under_way: Vec<(Tag, MessageId)>,
}

impl<'a> Append<'a> {
    pub(super) fn new(
        connection: &'a mut Connection,
        mailbox: &'a str,
        quoted: &'a str,
        validity: Option<UidValidity>,
    ) -> Self {
        Self { connection, mailbox, quoted, validity, current: None, under_way: Vec::new() }
    }

    fn doing(&self) -> String {
        format!("uploading a message to {} on {}", self.mailbox, self.connection.peer)
    }

    fn lost(&self, trouble: &Trouble) -> Fault {
        self.connection.lost("uploading messages", trouble)
    }

    fn refused(&self, status: &Status) -> Fault {
        let missing = status.code == Code::Other("TRYCREATE".into());
        refused(status, if missing { Reach::Folder } else { Reach::Message }, self.doing())
    }

    fn unasked(&self, size: u64) -> bool {
        let capabilities = &self.connection.capabilities;
        capabilities.has("LITERAL+") || (capabilities.has("LITERAL-") && size <= SMALL_LITERAL)
    }

    fn stored(&self, status: &Status) -> Result<Stored, Fault> {
        if status.word != Word::Ok {
            return Err(self.refused(status));
        }
        let uid = match &status.code {
            Code::AppendUid { validity, uids } if Some(*validity) == self.validity && uids.len() == 1 => {
                uids.iter().next()
            }
            _ => None,
        };
        Ok(Stored { uid, key: None })
    }
}

impl Delivery for Append<'_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        let (Some(id), None) = (head.id, self.current) else {
            return Err(Fault::new(
                Reach::Account,
                FaultKind::Internal,
                self.doing(),
                "a message was begun out of turn",
            ));
        };
        let flags = head.flags.as_ref().map(|flags| format!(" ({flags})")).unwrap_or_default();
        let date = head.date.and_then(write_date).map(|date| format!(" \"{date}\"")).unwrap_or_default();
        let unasked = self.unasked(size);
        let literal = if unasked { format!("{{{size}+}}") } else { format!("{{{size}}}") };
        let command = format!("APPEND {}{flags}{date} {literal}", self.quoted);
        let tag = self.connection.begin(&command).map_err(|trouble| self.lost(&trouble))?;
        self.connection.put(b"\r\n").map_err(|trouble| self.lost(&trouble))?;
        if !unasked {
            let answer = self.connection.wait_for_go_ahead(tag, &mut Ignore).map_err(|trouble| self.lost(&trouble))?;
            if let Some(status) = answer {
                return Err(self.refused(&status));
            }
        }
        self.current = Some((tag, id, size));
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        if let Some((_, _, owed)) = self.current.as_mut() {
            match owed.checked_sub(data.len() as u64) {
                Some(left) => *owed = left,
                None => return Err(changed(self)),
            }
        }
        self.connection.put(data).map_err(|trouble| self.lost(&trouble))
    }

    fn end(&mut self, _head: Head) -> Result<(), Fault> {
        match self.current.take() {
            Some((tag, id, 0)) => {
                self.connection.put(b"\r\n").map_err(|trouble| self.lost(&trouble))?;
                self.under_way.push((tag, id));
                Ok(())
            }
            _ => Err(changed(self)),
        }
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        // A literal that was announced has to be sent: only the end of the connection takes it back.
        if self.current.take().is_some() { Err(changed(self)) } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        let mut delivered = Vec::with_capacity(self.under_way.len());
        for (tag, source) in std::mem::take(&mut self.under_way) {
            let status = self.connection.wait(tag, &mut Ignore).map_err(|trouble| self.lost(&trouble))?;
            delivered.push(Delivered { source, result: self.stored(&status) });
        }
        Ok(delivered)
    }
}

impl Drop for Append<'_> {
    /// A message that was cut off would swallow the next commands as its missing bytes.
    fn drop(&mut self) {
        if self.current.is_some() {
            self.connection.give_up();
        }
    }
}

/// A message that changed its size while it was being sent. The server waits for bytes that don't exist, so the
/// connection is given up; a command that was cut off in its literal is not carried out.
fn changed(append: &mut Append<'_>) -> Fault {
    append.connection.give_up();
    Fault::new(Reach::Account, FaultKind::Disk, append.doing(), "the message changed while it was being sent")
        .advise("nothing is lost; the next run sends it again")
}
