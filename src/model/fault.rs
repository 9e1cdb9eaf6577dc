//! What went wrong, how far the damage reaches, and what a person can do about it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Characters of what was being done, or of what went wrong, that are shown.
const LONGEST: usize = 500;

/// How far a fault reaches, and so which floor handles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// One message; its folder goes on.
    Message,
    /// One folder; its account goes on.
    Folder,
    /// One account; the others go on.
    Account,
    /// Everything.
    Program,
}

/// What kind of fault it is, as exit codes and retries tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The configuration is wrong.
    Config,
    /// The server refuses the user or the password.
    Login,
    /// The server's certificate is refused, or TLS fails.
    Tls,
    /// The server can't be reached, or the connection was lost.
    Network,
    /// The server said no, or something that makes no sense.
    Server,
    /// The server can't do it now (it is busy, or a quota is used up), and may do it later.
    Busy,
    /// A file, a directory or the disk.
    Disk,
    /// The ledger.
    Ledger,
    /// Another run holds the lock.
    Locked,
    /// A command of the user's, before or after the synchronisation.
    Hook,
    /// Doing it would be dangerous, so it was not done.
    Refused,
    /// A stop was asked for. Not an error: whoever meets it ends quietly.
    Stopped,
    /// A mistake in this program.
    Internal,
}

/// A fault. Its Display is one sentence for a person: what was being done, what went wrong, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Fault {
    /// How far it reaches.
    pub reach: Reach,
    /// Its kind.
    pub kind: FaultKind,
    /// What was being done, to what: "opening the folder INBOX".
    pub doing: String,
    /// What went wrong.
    pub cause: String,
    /// What a person can do; empty when there is nothing to say.
    pub advice: String,
}

impl Fault {
    /// A fault of this reach and kind.
    pub fn new(reach: Reach, kind: FaultKind, doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { reach, kind, doing: doing.into(), cause: cause.to_string(), advice: String::new() }
    }

    /// The same with a word on what to do.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// The same, reaching at least this far.
    #[must_use]
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.reach = self.reach.max(reach);
        self
    }

    /// What workers return when they were asked to stop.
    pub fn stopped() -> Self {
        Self::new(Reach::Account, FaultKind::Stopped, "synchronising", "stopped on request")
    }

    /// Whether it is only a stop that was asked for.
    pub fn is_stop(&self) -> bool {
        self.kind == FaultKind::Stopped
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", short(&self.doing), short(self.cause.trim_end_matches('.')))?;
        if !self.advice.is_empty() {
            write!(f, "; {}", self.advice.trim_end_matches('.'))?;
        }
        Ok(())
    }
}

/// What a person may be expected to read: servers and folder names can be endless.
fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((place, _)) => Cow::Owned(format!("{}…", &text[..place])),
        None => Cow::Borrowed(text),
    }
}

/// How the program ends, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// All synchronised, or stopped gracefully when asked to.
    Success,
    /// Some folders or messages failed, or a server could not be reached.
    Partial,
    /// The configuration or the command line is wrong; nothing was done.
    Config,
    /// A server refused a log-in.
    Login,
    /// Another run holds an account's lock.
    Locked,
    /// Cut off by a second request to stop.
    Cut,
    /// A mistake in this program.
    Internal,
}

impl Exit {
    /// Every exit with its code and meaning, for help and manual.
    pub const TABLE: [(Self, u8, &'static str); 7] = [
        (Self::Success, 0, "everything is synchronised, or the program was asked to stop"),
        (Self::Partial, 1, "some folders or messages failed, or a server could not be reached"),
        (Self::Config, 2, "the configuration or the command line is wrong; nothing was done"),
        (Self::Login, 3, "a server refused the user name or the password, or there was none"),
        (Self::Locked, 4, "another run is synchronising the account"),
        (Self::Cut, 5, "cut off by a second request to stop; nothing is lost"),
        (Self::Internal, 70, "a mistake in this program"),
    ];

    /// The code that the shell sees.
    pub fn code(self) -> u8 {
        Self::TABLE.iter().find(|row| row.0 == self).map_or(70, |row| row.1)
    }

    /// The graver of two ends, for a program that had both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Success => 0,
            Self::Partial => 1,
            Self::Locked => 2,
            Self::Login => 3,
            Self::Config => 4,
            Self::Cut => 5,
            Self::Internal => 6,
        };
        if rank(self) >= rank(other) { self } else { other }
    }
}

impl From<FaultKind> for Exit {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Config => Self::Config,
            FaultKind::Login => Self::Login,
            FaultKind::Locked => Self::Locked,
            FaultKind::Stopped => Self::Success,
            FaultKind::Internal => Self::Internal,
            FaultKind::Tls
            | FaultKind::Network
            | FaultKind::Server
            | FaultKind::Busy
            | FaultKind::Disk
            | FaultKind::Ledger
            | FaultKind::Hook
            | FaultKind::Refused => Self::Partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_one_sentence() {
        let fault = Fault::new(Reach::Folder, FaultKind::Disk, "writing to INBOX", "no space left on device.")
            .advise("free some space and run again");
        assert_eq!(fault.to_string(), "writing to INBOX: no space left on device; free some space and run again");
    }

    #[test]
    fn a_fault_is_short_however_much_a_server_says() {
        let fault = Fault::new(Reach::Folder, FaultKind::Server, "ü".repeat(10_000), "y".repeat(1_000_000));
        assert!(fault.to_string().chars().count() < 2 * LONGEST + 10);
    }

    #[test]
    fn every_exit_has_a_code_of_its_own() {
        let mut codes: Vec<u8> = Exit::TABLE.iter().map(|row| row.1).collect();
        codes.dedup();
        assert_eq!(codes.len(), Exit::TABLE.len());
        assert_eq!(Exit::Partial.and(Exit::Login), Exit::Login);
        assert_eq!(Exit::Locked.and(Exit::Success), Exit::Locked);
    }
}
