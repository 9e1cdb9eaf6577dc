//! The commands by which messages are appended, and what their answers mean.

use std::collections::VecDeque;

use super::group::{Group, Member};
use super::{Append, MULTIAPPEND, Sent};
use crate::model::fault::{Fault, Reach};
use crate::model::ids::Uid;
use crate::model::message::MessageId;
use crate::store::imap::connection::Tag;
use crate::store::imap::reader::Ignore;
use crate::store::imap::refusal::refused;
use crate::store::imap::status::{Code, Status, Word};
use crate::store::{Delivered, Stored};

/// Bytes of a literal that LITERAL- allows to be sent unasked (RFC 7888, section 5).
const SMALL_LITERAL: u64 = 4096;
/// Bytes that are held of what the server has not answered yet. Enough for it to have the next group at hand.
const MOST_UNDER_WAY: usize = 1024 * 1024;

/// How far a command came.
enum Said {
    /// All of it was said.
    Whole(Tag),
    /// The server ended it before that.
    Ended(Status),
}

impl Append<'_> {
    pub(super) fn refused(&self, status: &Status) -> Fault {
        let missing = status.code == Code::Other("TRYCREATE".into());
        refused(status, if missing { Reach::Folder } else { Reach::Message }, self.doing())
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.connection.put(bytes).map_err(|trouble| self.lost(&trouble))
    }

    fn wait(&mut self, tag: Tag) -> Result<Status, Fault> {
        self.connection.wait(tag, &mut Ignore).map_err(|trouble| self.lost(&trouble))
    }

    /// Begins a command, or goes on with it: all before the bytes of a message. The status, if the server doesn't want them.
    pub(super) fn announce(&mut self, tag: Tag, about: &str, size: u64) -> Result<Option<Status>, Fault> {
        let capabilities = &self.connection.capabilities;
        let unasked = capabilities.has("LITERAL+") || (capabilities.has("LITERAL-") && size <= SMALL_LITERAL);
        let sign = if unasked { "+" } else { "" };
        self.put(format!("{about} {{{size}{sign}}}\r\n").as_bytes())?;
        if unasked {
            return Ok(None);
        }
        self.connection.wait_for_go_ahead(tag, &mut Ignore).map_err(|trouble| self.lost(&trouble))
    }

    pub(super) fn begin_command(&mut self) -> Result<Tag, Fault> {
        let command = format!("APPEND {}", self.quoted);
        self.connection.begin(&command).map_err(|trouble| self.lost(&trouble))
    }

    /// Sends messages of a group in one command.
    fn say(&mut self, group: &Group, members: &[Member]) -> Result<Said, Fault> {
        let tag = self.begin_command()?;
        for member in members {
            let body = group.body(member);
            if let Some(status) = self.announce(tag, &member.about, body.len() as u64)? {
                return Ok(Said::Ended(status));
            }
            self.put(body)?;
        }
        self.put(b"\r\n")?;
        Ok(Said::Whole(tag))
    }

    /// Sends what has been gathered, as soon as there is room for it among what is under way.
    pub(super) fn send_group(&mut self) -> Result<(), Fault> {
        if self.group.is_empty() {
            return Ok(());
        }
        let group = std::mem::take(&mut self.group);
        let held = |under_way: &VecDeque<(Tag, Sent)>| under_way.iter().map(|(_, sent)| sent.size()).sum::<usize>();
        while !self.under_way.is_empty() && held(&self.under_way) + group.size() > MOST_UNDER_WAY {
            self.take_answer()?;
        }
        match self.say(&group, group.members())? {
            Said::Whole(tag) => {
                self.under_way.push_back((tag, Sent::Group(group)));
                Ok(())
            }
            Said::Ended(status) => {
                self.take_answers()?;
                self.answered(&group, &status)
            }
        }
    }

    /// Waits for the answer to the oldest command.
    fn take_answer(&mut self) -> Result<(), Fault> {
        let Some((tag, sent)) = self.under_way.pop_front() else { return Ok(()) };
        let status = self.wait(tag)?;
        match sent {
            Sent::One(source) => self.settle(&[source], &status),
            Sent::Group(group) => self.answered(&group, &status)?,
        }
        Ok(())
    }

    pub(super) fn take_answers(&mut self) -> Result<(), Fault> {
        while !self.under_way.is_empty() {
            self.take_answer()?;
        }
        Ok(())
    }

    /// What became of a group. If it was refused, nothing of it was stored, and each message of it is sent by itself, so that
    /// only those are left out that the server doesn't want.
    fn answered(&mut self, group: &Group, status: &Status) -> Result<(), Fault> {
        if status.word == Word::Ok || group.members().len() == 1 {
            let sources: Vec<MessageId> = group.members().iter().map(|member| member.id).collect();
            self.settle(&sources, status);
            return Ok(());
        }
        let mut said = Vec::with_capacity(group.members().len());
        for member in group.members() {
            said.push((member.id, self.say(group, std::slice::from_ref(member))?));
        }
        let mut taken = 0;
        for (source, said) in said {
            let status = match said {
                Said::Whole(tag) => self.wait(tag)?,
                Said::Ended(status) => status,
            };
            taken += usize::from(status.word == Word::Ok);
            self.settle(&[source], &status);
        }
        // It was not one of them that the server didn't want: there is no use in trying that again.
        if taken == 0 || taken == group.members().len() {
            self.connection.capabilities.remove(MULTIAPPEND);
        }
        Ok(())
    }

    /// Notes what became of the messages of a command.
    fn settle(&mut self, sources: &[MessageId], status: &Status) {
        let uids = self.uids(sources.len(), status);
        for (place, source) in sources.iter().enumerate() {
            let result = match status.word {
                Word::Ok => Ok(Stored { uid: uids.get(place).copied(), key: None }),
                _ => Err(self.refused(status)),
            };
            self.done.push(Delivered { source: *source, result });
        }
    }

    /// The UIDs that so many messages got, in the order in which they were sent (RFC 4315, section 3); none, unless each got one
    /// and it is plain which.
    fn uids<'s>(&self, count: usize, status: &'s Status) -> &'s [Uid] {
        match &status.code {
            Code::AppendUid { validity, uids } if Some(*validity) == self.validity && uids.len() == count => {
                if uids.is_sorted_by(|one, next| one < next) { uids } else { &[] }
            }
            _ => &[],
        }
    }
}
