//! What a person, or a signal, asks of the program.

use serde::{Deserialize, Serialize};

use super::ids::AccountName;

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

/// A wish that the supervisor carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Synchronise now; an account that is at it does so once more afterwards.
    Sync(Target),
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
