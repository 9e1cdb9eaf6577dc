//! The steps that make two sides the same.

use std::fmt;

use crate::model::flags::Flags;
use crate::model::folder::Counts;
use crate::model::ids::{Side, Uid};
use crate::model::message::MessageId;

use super::flags::Merged;

/// One step for one message. UIDs are the remote side's unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Copy it to the local side.
    Download {
        /// The message.
        uid: Uid,
    },
    /// Copy it to the remote side.
    Upload {
        /// The message as the local side names it.
        id: MessageId,
        /// The flags it is to have there.
        flags: Flags,
    },
    /// Both have it; record that, after changing flags where needed.
    Merge {
        /// The message.
        uid: Uid,
        /// What its flags become; apart, because it is large, and a plan may have a hundred thousand other steps.
        merged: Box<Merged>,
    },
    /// Delete it on one side, because it is gone on the other.
    Delete {
        /// Where.
        side: Side,
        /// The message.
        uid: Uid,
    },
    /// Gone on one side, and to stay on the other: remember that.
    Keep {
        /// The message.
        uid: Uid,
        /// The flags it was recorded with.
        flags: Flags,
    },
    /// Gone on both: forget it.
    Forget {
        /// The message.
        uid: Uid,
    },
}

/// As a dry run says it.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Download { uid } => write!(f, "download UID {uid}: new on the server"),
            Self::Upload { id: MessageId::Uid(uid), .. } => {
                write!(f, "upload the file with UID {uid}: the server doesn't have it")
            }
            Self::Upload { .. } => write!(f, "upload a file without UID: new here"),
            Self::Merge { uid, merged } => write!(f, "give UID {uid} the flags ({}) on both sides", merged.flags),
            Self::Delete { side: Side::Remote, uid } => write!(f, "delete UID {uid} on the server: deleted here"),
            Self::Delete { side: Side::Local, uid } => write!(f, "delete UID {uid} here: deleted on the server"),
            Self::Keep { uid, .. } => write!(f, "keep UID {uid} where it still is: deletions don't spread there"),
            Self::Forget { uid } => write!(f, "forget UID {uid}: deleted on both sides"),
        }
    }
}

/// What has to be done in one folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The steps; copies first, then flags, then deletions, so that nothing goes before its replacement has come.
    pub actions: Vec<Action>,
}

impl Plan {
    /// How many messages are touched, and how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for action in &self.actions {
            match action {
                Action::Download { .. } => counts.downloads += 1,
                Action::Upload { .. } => counts.uploads += 1,
                Action::Merge { merged, .. } => {
                    counts.remote_flags += u64::from(!merged.remote.is_nothing());
                    counts.local_flags += u64::from(!merged.local.is_nothing());
                }
                Action::Delete { side: Side::Remote, .. } => counts.remote_deletes += 1,
                Action::Delete { side: Side::Local, .. } => counts.local_deletes += 1,
                Action::Keep { .. } | Action::Forget { .. } => {}
            }
        }
        counts
    }
}
