//! What only programs that read along want to know: each message, each flag, the names on both sides.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{Side, Uid};

/// Something that happened within the work on an account. Told only to those who asked for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Particular {
    /// Which repositories are kept the same; told at each synchronisation, before anything else of it.
    Repositories {
        /// The name of the remote one, as the configuration has it.
        remote: String,
        /// Its type: "IMAP".
        remote_type: String,
        /// The name of the local one.
        local: String,
        /// Its type: "Maildir".
        local_type: String,
    },
    /// What a folder on which work begins is called on both sides.
    FolderNamed {
        /// The folder, by the name that people know.
        folder: Arc<str>,
        /// Its name on the server, as it stands on the wire.
        remote: String,
        /// Its name on the local side.
        local: String,
    },
    /// A folder's messages are listed.
    Listed {
        /// The folder.
        folder: Arc<str>,
        /// On which side.
        side: Side,
        /// How many there are.
        messages: u64,
    },
    /// The server has numbered a folder's messages anew: its UIDVALIDITY changed (RFC 3501, section 2.3.1.1).
    Renumbered {
        /// The folder.
        folder: Arc<str>,
        /// The UIDVALIDITY before.
        before: u32,
        /// The one that holds now.
        now: u32,
    },
    /// A message is being copied.
    Copying {
        /// The folder.
        folder: Arc<str>,
        /// To which side.
        to: Side,
        /// Its UID on the server; `None` for a message that isn't there yet.
        uid: Option<Uid>,
    },
    /// Messages are being deleted.
    Deleting {
        /// The folder.
        folder: Arc<str>,
        /// On which side.
        side: Side,
        /// Their UIDs on the server.
        uids: Vec<Uid>,
    },
    /// Messages are being given a flag, or are losing one.
    Flagging {
        /// The folder.
        folder: Arc<str>,
        /// On which side.
        side: Side,
        /// Whether they are given it.
        adding: bool,
        /// The flag by its IMAP name.
        flag: String,
        /// Their UIDs on the server.
        uids: Vec<Uid>,
    },
    /// A command of the user's begins.
    HookStarted {
        /// The option that names it.
        hook: String,
    },
    /// A command of the user's has ended.
    HookEnded {
        /// The option that names it.
        hook: String,
        /// Its exit code; `None` when it was ended by a signal.
        code: Option<i32>,
    },
}

impl Particular {
    /// The folder that it is about.
    pub fn folder(&self) -> Option<&Arc<str>> {
        match self {
            Self::FolderNamed { folder, .. }
            | Self::Listed { folder, .. }
            | Self::Renumbered { folder, .. }
            | Self::Copying { folder, .. }
            | Self::Deleting { folder, .. }
            | Self::Flagging { folder, .. } => Some(folder),
            Self::Repositories { .. } | Self::HookStarted { .. } | Self::HookEnded { .. } => None,
        }
    }
}
