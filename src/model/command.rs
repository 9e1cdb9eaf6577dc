//! What a person, or a signal, asks of the program.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{AccountName, Side};

/// Whom a command is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Every account.
    All,
    /// One account.
    One(AccountName),
}

impl Target {
    /// Whether `account` is meant.
    pub fn includes(&self, account: &AccountName) -> bool {
        match self {
            Self::All => true,
            Self::One(name) => name == account,
        }
    }
}

/// Messages of a folder that could not be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// The account.
    pub account: AccountName,
    /// The folder, by the name that people know.
    pub folder: Arc<str>,
    /// One message: the side that has it, and what it is called there (UID or file name); `None`: all of them.
    pub message: Option<(Side, String)>,
}

/// A wish that the supervisor carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Synchronise now; an account that is at it does so once more afterwards.
    Sync(Target),
    /// The same, and nothing is taken for unchanged: every folder is listed on both sides.
    SyncFully(Target),
    /// Tell what the ledger knows of the folders, as [`FoldersKnown`](super::event::EventKind::FoldersKnown).
    TellFolders(Target),
    /// Try these messages again now, those that were ignored too.
    Retry(Aside),
    /// Leave these messages alone until somebody wants them tried again.
    Ignore(Aside),
    /// Hold workers at their next checkpoint and freeze countdowns.
    Pause(Target),
    /// Go on where a pause held things up.
    Resume(Target),
    /// End once the synchronisations under way are complete.
    StopAfterSync,
    /// End soon: the message in hand is finished, nothing new is begun.
    Quit,
    /// End now: connections are cut, without loss.
    QuitNow,
}
