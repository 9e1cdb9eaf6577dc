//! Messages that go in one command (RFC 3502). They are held until the server has answered, so that they can be sent one by
//! one if it refuses them together.

use std::ops::Range;

use crate::model::message::MessageId;

/// Messages of one command. A server stores them all before it answers, and that must not take so long that the connection is
/// thought dead; and it gains little from more.
const MOST_MESSAGES: usize = 64;
/// Bytes of one command's messages.
const MOST_BYTES: usize = 256 * 1024;
/// Bytes of a message that is held at all; a larger one streams, in a command of its own.
const LARGEST: usize = 64 * 1024;

/// The size, if a message of so many bytes may go with others. One of none is alone: there are servers to which it means that
/// the whole command is taken back.
pub(super) fn fits(size: u64) -> Option<usize> {
    usize::try_from(size).ok().filter(|size| (1..=LARGEST).contains(size))
}

/// A message of a group.
pub(super) struct Member {
    pub(super) id: MessageId,
    /// What stands in the command before its literal.
    pub(super) about: String,
    range: Range<usize>,
}

/// Messages of one command.
#[derive(Default)]
pub(super) struct Group {
    members: Vec<Member>,
    bytes: Vec<u8>,
}

impl Group {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Bytes that it holds.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// What a message of it consists of.
    pub(super) fn body(&self, member: &Member) -> &[u8] {
        self.bytes.get(member.range.clone()).unwrap_or_default()
    }

    /// Whether one more message of this size would be too much.
    pub(super) fn is_full_for(&self, size: usize) -> bool {
        self.members.len() >= MOST_MESSAGES || self.bytes.len() + size > MOST_BYTES
    }

    /// The next bytes of a message.
    pub(super) fn extend(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }

    /// The bytes from `start` on are a message.
    pub(super) fn complete(&mut self, id: MessageId, about: String, start: usize) {
        let range = start..self.bytes.len();
        self.members.push(Member { id, about, range });
    }

    /// The bytes from `start` on are no message after all.
    pub(super) fn take_back(&mut self, start: usize) {
        self.bytes.truncate(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Uid;

    fn put(group: &mut Group, number: u32, body: &[u8]) {
        let start = group.size();
        group.extend(body);
        group.complete(MessageId::Uid(Uid::new(number).unwrap()), String::new(), start);
    }

    #[test]
    fn a_group_is_limited_by_count_and_by_bytes() {
        let mut many = Group::default();
        (1..=64).for_each(|number| put(&mut many, number, b"x"));
        assert!(many.is_full_for(1));
        let mut large = Group::default();
        (1..=4).for_each(|number| put(&mut large, number, &vec![b'x'; LARGEST]));
        assert!(large.is_full_for(1) && large.members().len() == 4);
        assert!(!Group::default().is_full_for(LARGEST));
    }

    #[test]
    fn what_is_empty_or_large_goes_alone() {
        for (size, together) in [(0, false), (1, true), (65_536, true), (65_537, false), (u64::MAX, false)] {
            assert_eq!(fits(size).is_some(), together, "{size}");
        }
    }

    #[test]
    fn what_is_taken_back_leaves_no_trace() {
        let mut group = Group::default();
        put(&mut group, 1, b"one");
        let start = group.size();
        group.extend(b"hal");
        group.take_back(start);
        put(&mut group, 2, b"two");
        let bodies: Vec<_> = group.members().iter().map(|member| group.body(member)).collect();
        assert_eq!(bodies, [b"one", b"two"]);
    }
}
