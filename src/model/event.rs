//! What happens, as every interface is told of it: plain data that can be recorded, replayed and compared.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fault::{Exit, Fault};
use super::folder::{Counts, KnownFolder};
use super::ids::{AccountName, LampId, Side};
use super::light::Light;
use super::particular::Particular;
use super::topic::Topic;
use super::watch::Watch;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// In which thread.
    pub lamp: LampId,
    /// What.
    pub kind: EventKind,
}

/// How far the work on one folder has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Messages copied so far, both ways.
    pub done: u64,
    /// Messages to copy in all.
    pub total: u64,
    /// Bytes of messages received so far.
    pub bytes_down: u64,
    /// Bytes of messages sent so far.
    pub bytes_up: u64,
}

/// What happened. Folders go by the name that people know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum EventKind {
    /// The program knows its accounts; sent once, before anything else.
    Started {
        /// The accounts in the order of their keys.
        accounts: Vec<AccountName>,
    },
    /// A thread began; from now on its lamp belongs to `account`.
    ThreadStarted {
        /// The account it works for; `None` for the main thread.
        account: Option<AccountName>,
    },
    /// A thread ended; its lamp goes dark.
    ThreadEnded,
    /// A thread does something else now.
    Lit {
        /// What it does.
        light: Light,
    },
    /// An account's synchronisation began.
    SyncStarted {
        /// The account.
        account: AccountName,
    },
    /// A connection is being made.
    Connecting {
        /// The account.
        account: AccountName,
        /// The server's name.
        host: String,
        /// Its port; `None` where a tunnel leads to it.
        port: Option<u16>,
    },
    /// A connection stands, and the user is logged in.
    Connected {
        /// The account.
        account: AccountName,
        /// The server's name.
        host: String,
        /// How it is protected: "TLS", "STARTTLS", "not encrypted".
        security: String,
    },
    /// Both sides' folders are known.
    FoldersListed {
        /// The account.
        account: AccountName,
        /// All folders.
        total: u64,
        /// Those that are certainly unchanged on both sides.
        unchanged: u64,
    },
    /// A folder was made where it was missing.
    FolderCreated {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// Where it was made.
        side: Side,
    },
    /// Work on a folder began.
    FolderStarted {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
    },
    /// A folder's messages are being listed.
    Listing {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// On which side.
        side: Side,
        /// How many messages there are, where that is known beforehand.
        messages: Option<u64>,
    },
    /// What has to be done in a folder is decided.
    Planned {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// What will be done.
        counts: Counts,
        /// Whether it is a dry run, in which nothing is.
        pretended: bool,
    },
    /// Copying goes on. Only the latest of these matters.
    Progress {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// How far.
        progress: Progress,
    },
    /// Work on a folder ended.
    FolderDone {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// What was done.
        counts: Counts,
        /// Whether something in it, or all of it, failed; the faults came before.
        failed: bool,
    },
    /// Something went wrong.
    Failed {
        /// The account, unless it is the program's own.
        account: Option<AccountName>,
        /// The folder, where it is about one.
        folder: Option<Arc<str>>,
        /// What.
        fault: Fault,
    },
    /// Something that a person should know, though nothing failed. What the program makes good by itself is only noted.
    Warned {
        /// The account, where it is about one.
        account: Option<AccountName>,
        /// The folder, where it is about one.
        folder: Option<Arc<str>>,
        /// A sentence.
        text: String,
    },
    /// Something worth a line in the log.
    Noted {
        /// The account, where it is about one.
        account: Option<AccountName>,
        /// The folder, where it is about one.
        folder: Option<Arc<str>>,
        /// A sentence.
        text: String,
    },
    /// A detail, told only to those who asked for it.
    Detailed {
        /// The account, where it is about one.
        account: Option<AccountName>,
        /// What it is a detail of.
        topic: Topic,
        /// What happened. It may hold what strangers wrote, but no secret.
        text: String,
    },
    /// An account's synchronisation ended.
    SyncDone {
        /// The account.
        account: AccountName,
        /// What was done in all its folders.
        counts: Counts,
        /// How many folders there are.
        folders: u64,
        /// How many faults there were.
        failures: u64,
        /// How long it took, in milliseconds.
        took_ms: u64,
        /// Whether it was ended before its time, on request.
        stopped: bool,
        /// Whether it was a dry run, in which nothing was done.
        #[serde(default)]
        pretended: bool,
    },
    /// An account waits for its next synchronisation.
    Waiting {
        /// The account.
        account: AccountName,
        /// When it begins.
        until: DateTime<Utc>,
        /// Why it waits, when the last attempt failed: a few words.
        retry: Option<String>,
    },
    /// An account is held; its countdown stands still.
    Paused {
        /// The account.
        account: AccountName,
        /// Milliseconds left of its countdown, when it was counting.
        left_ms: Option<u64>,
    },
    /// An account goes on after a pause.
    Resumed {
        /// The account.
        account: AccountName,
    },
    /// How many messages a folder has now, after work on it.
    Counted {
        /// The account.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// Messages on the local side.
        here: u64,
        /// Messages on the remote side.
        there: u64,
    },
    /// What the ledger knows of an account's folders; an answer to
    /// [`TellFolders`](super::command::Command::TellFolders).
    FoldersKnown {
        /// The account.
        account: AccountName,
        /// All of its folders.
        folders: Vec<KnownFolder>,
    },
    /// An account is watched from now on, so that what changes is synchronised at once.
    Watched {
        /// The account.
        account: AccountName,
        /// How.
        watch: Watch,
        /// Of how many folders the server tells by itself; `None`: of all, or of none.
        folders: Option<u64>,
    },
    /// The program is ending, and finishes what is in hand.
    Stopping,
    /// The program has ended; nothing comes after this.
    Ended {
        /// How.
        exit: Exit,
    },
    /// A particular, told only to those who asked for it.
    Particular {
        /// The account.
        account: AccountName,
        /// What happened.
        #[serde(flatten)]
        what: Particular,
    },
}

impl EventKind {
    /// Whether a newer event of the same kind for the same folder replaces this one, so that a full channel may drop it.
    pub fn coalesces(&self) -> bool {
        matches!(self, Self::Progress { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_the_way_to_another_process() {
        let event = Event {
            at: DateTime::from_timestamp(1_700_000_000, 5_000_000).unwrap_or_default(),
            lamp: LampId(3),
            kind: EventKind::Progress {
                account: AccountName::new("home"),
                folder: "INBOX".into(),
                progress: Progress { done: 1, total: 2, bytes_down: 3, bytes_up: 0 },
            },
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
