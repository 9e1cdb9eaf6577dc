//! Appending: messages stream to the server, command after command without waiting where it allows that. Small ones go several
//! in a command where it takes them so (MULTIAPPEND, RFC 3502): it makes durable once what it would else make durable for
//! each.

mod command;
mod group;

use std::collections::VecDeque;

use super::connection::{Connection, Tag};
use super::reader::Trouble;
use super::response::write_date;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::UidValidity;
use crate::model::message::{Head, MessageId};
use crate::store::{Delivered, Delivery};
use group::{Group, fits};

/// Several messages in one command (RFC 3502).
const MULTIAPPEND: &str = "MULTIAPPEND";

/// A delivery into a mailbox.
pub(super) struct Append<'a> {
    connection: &'a mut Connection,
    mailbox: &'a str,
    quoted: &'a str,
    validity: Option<UidValidity>,
    current: Current,
    /// What waits to be sent together.
    group: Group,
    under_way: VecDeque<(Tag, Sent)>,
    done: Vec<Delivered>,
}

/// The message that has begun and not ended.
enum Current {
    Nothing,
    /// It is on its way: its command, its source's name for it, and the bytes still owed.
    Streaming {
        tag: Tag,
        id: MessageId,
        owed: u64,
    },
    /// It will go with others: what stands before it, where it begins in its group, and its size.
    Held {
        id: MessageId,
        about: String,
        start: usize,
        size: usize,
    },
}

/// What a command consists of that the server has not answered yet.
enum Sent {
    One(MessageId),
    Group(Group),
}

impl Sent {
    /// Bytes of it that are held.
    fn size(&self) -> usize {
        match self {
            Self::One(_) => 0,
            Self::Group(group) => group.size(),
        }
    }
}

impl<'a> Append<'a> {
    pub(super) fn new(
        connection: &'a mut Connection,
        mailbox: &'a str,
        quoted: &'a str,
        validity: Option<UidValidity>,
    ) -> Self {
        let (group, under_way) = (Group::default(), VecDeque::new());
        Self { connection, mailbox, quoted, validity, current: Current::Nothing, group, under_way, done: Vec::new() }
    }

    fn doing(&self) -> String {
        format!("uploading a message to {} on {}", self.mailbox, self.connection.peer)
    }

    fn lost(&self, trouble: &Trouble) -> Fault {
        self.connection.lost("uploading messages", trouble)
    }
}

impl Delivery for Append<'_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        let (Some(id), Current::Nothing) = (head.id, &self.current) else {
            let cause = "a message was begun out of turn";
            return Err(Fault::new(Reach::Account, FaultKind::Internal, self.doing(), cause));
        };
        let flags = head.flags.as_ref().map(|flags| format!(" ({flags})")).unwrap_or_default();
        let date = head.date.and_then(write_date).map(|date| format!(" \"{date}\"")).unwrap_or_default();
        let about = format!("{flags}{date}");
        if let Some(size) = fits(size).filter(|_| self.connection.capabilities.has(MULTIAPPEND)) {
            if self.group.is_full_for(size) {
                self.send_group()?;
            }
            self.current = Current::Held { id, about, start: self.group.size(), size };
            return Ok(());
        }
        self.send_group()?;
        let tag = self.begin_command()?;
        if let Some(status) = self.announce(tag, &about, size)? {
            return Err(self.refused(&status));
        }
        self.current = Current::Streaming { tag, id, owed: size };
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        match &mut self.current {
            Current::Nothing => Ok(()),
            Current::Held { start, size, .. } => {
                // One byte too many tells as much as all of them.
                let most = (*start + *size + 1).saturating_sub(self.group.size());
                self.group.extend(data.get(..most).unwrap_or(data));
                Ok(())
            }
            Current::Streaming { owed, .. } => match owed.checked_sub(data.len() as u64) {
                Some(left) => {
                    *owed = left;
                    self.put(data)
                }
                None => Err(changed(self)),
            },
        }
    }

    fn end(&mut self, _head: Head) -> Result<(), Fault> {
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Held { id, about, start, size } if self.group.size() == start + size => {
                self.group.complete(id, about, start);
                Ok(())
            }
            Current::Held { id, start, .. } => {
                self.group.take_back(start);
                self.done.push(Delivered { source: id, result: Err(has_changed(self.doing(), Reach::Message)) });
                Ok(())
            }
            Current::Streaming { tag, id, owed: 0 } => {
                self.put(b"\r\n")?;
                self.under_way.push_back((tag, Sent::One(id)));
                Ok(())
            }
            Current::Streaming { .. } | Current::Nothing => Err(changed(self)),
        }
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Nothing => Ok(()),
            Current::Held { start, .. } => {
                self.group.take_back(start);
                Ok(())
            }
            // A literal that was announced has to be sent: only the end of the connection takes it back.
            Current::Streaming { .. } => Err(changed(self)),
        }
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        if let Current::Held { .. } = self.current {
            self.abandon()?;
        }
        self.send_group()?;
        self.take_answers()?;
        Ok(std::mem::take(&mut self.done))
    }
}

impl Drop for Append<'_> {
    /// A message that was cut off would swallow the next commands as its missing bytes.
    fn drop(&mut self) {
        if let Current::Streaming { .. } = self.current {
            self.connection.give_up();
        }
    }
}

/// A message that changed its size while it was being sent. The server waits for bytes that don't exist, so the
/// connection is given up; a command that was cut off in its literal is not carried out.
fn changed(append: &mut Append<'_>) -> Fault {
    append.connection.give_up();
    has_changed(append.doing(), Reach::Account)
}

fn has_changed(doing: String, reach: Reach) -> Fault {
    Fault::new(reach, FaultKind::Disk, doing, "the message changed while it was being sent")
        .advise("nothing is lost; the next run sends it again")
}
