//! Messages as the two sides show them.

use serde::{Deserialize, Serialize};

use super::flags::Flags;
use super::ids::Uid;
use super::labels::Labels;
use super::mark::Mark;
use super::uidset::UidSet;

/// How a mailbox names one of its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageId {
    /// By its UID: an IMAP message, or a Maildir file that carries the UID of its counterpart in its name.
    Uid(Uid),
    /// By its number in the last look: a Maildir file that has no UID yet.
    Fresh(u32),
}

impl MessageId {
    /// Its UID, where it has one.
    pub fn uid(self) -> Option<Uid> {
        match self {
            Self::Uid(uid) => Some(uid),
            Self::Fresh(_) => None,
        }
    }
}

/// When a message arrived (RFC 3501, section 2.3.3): seconds since 1970 and the zone's offset in seconds east.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InternalDate {
    /// Seconds since 1970, UTC; negative before.
    pub seconds: i64,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// One message in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name in that mailbox.
    pub id: MessageId,
    /// Its flags.
    pub flags: Flags,
}

/// What may be concluded about messages that a listing doesn't name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// Everything is listed: what isn't is absent.
    Whole,
    /// Only changes are listed: what isn't is as the ledger has it, unless it vanished.
    Changes {
        /// What is gone since the ledger's watermark.
        vanished: UidSet,
    },
    /// Flags are listed where they changed, and all UIDs are known: what isn't among them is absent.
    Existing {
        /// The UIDs of all messages there are.
        uids: UidSet,
    },
    /// The listing has holes (it broke off, or an age or size limit applies): what isn't listed was not looked at.
    Partial,
}

/// One look at a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The messages seen.
    pub messages: Vec<Listed>,
    /// What the rest of them may be taken for.
    pub coverage: Coverage,
    /// The watermark of this look; to be stored last, and only when every action that follows from it is recorded.
    pub mark: Option<Mark>,
}

impl Look {
    /// The UIDs of the messages that are listed with one.
    pub fn uids(&self) -> impl Iterator<Item = Uid> + '_ {
        self.messages.iter().filter_map(|message| message.id.uid())
    }

    /// Whether the message is there, as far as this look tells. `known`: the ledger has it as being on both sides.
    pub fn shows(&self, uid: Uid, known: bool) -> Option<bool> {
        if self.uids().any(|listed| listed == uid) {
            return Some(true);
        }
        match &self.coverage {
            Coverage::Partial => None,
            Coverage::Whole => Some(false),
            Coverage::Changes { vanished } => Some(known && !vanished.contains(uid)),
            Coverage::Existing { uids } => Some(uids.contains(uid)),
        }
    }
}

/// What is known of a message while it is copied. What a source learns only after the body may be missing at the
/// beginning and is complete at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Its name in the mailbox it comes from.
    pub id: Option<MessageId>,
    /// Its flags, as far as the destination is to have them.
    pub flags: Option<Flags>,
    /// When it arrived.
    pub date: Option<InternalDate>,
    /// Its labels, where they are kept the same.
    pub labels: Option<Labels>,
}

/// What distinguishes a message from all others when its UID can't: enough to recognise an upload that was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Its size in bytes, with CRLF line ends.
    pub size: u64,
    /// A digest of its header, with CRLF line ends, as hexadecimal MD5.
    pub header: String,
}
