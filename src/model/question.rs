//! Questions that only a person can answer, each with its own way back, so that a secret is never in the event stream.

use std::fmt;
use std::sync::Arc;

use crossbeam_channel::Sender;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::ids::AccountName;

/// A password or token: Debug and Display print nothing of it, and its memory is wiped when it goes.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The password of `user` at `host`.
    Password {
        /// The account that needs it.
        account: AccountName,
        /// The user name.
        user: String,
        /// The server.
        host: String,
        /// What the server said to the last attempt, when this isn't the first.
        refusal: Option<String>,
    },
    /// Whether a lot is really to be deleted.
    Agreement {
        /// The account that it is about.
        account: AccountName,
        /// The folder.
        folder: Arc<str>,
        /// What would be done, as a whole sentence.
        consequence: String,
    },
    /// Whether a folder is really to be deleted on the server.
    Removal {
        /// The account that it is about.
        account: AccountName,
        /// The folder, by the name that the person gave it.
        folder: Arc<str>,
        /// The server.
        host: String,
        /// What would be deleted, as whole sentences.
        consequence: String,
        /// Whether the folder's name is to be typed, where lines are typed; else yes is enough.
        by_name: bool,
    },
    /// Whether a server is to be trusted whose certificate nobody vouches for.
    Certificate {
        /// The account that it is about.
        account: AccountName,
        /// The server.
        host: String,
        /// Why it isn't trusted, as a sentence.
        reason: String,
        /// What it says of itself, a line each: whose it is, who issued it, how long it is valid, its fingerprint.
        lines: Vec<String>,
        /// The line for the configuration that trusts it from now on.
        pin: String,
    },
}

impl Ask {
    /// The account that it is about.
    pub fn account(&self) -> &AccountName {
        match self {
            Self::Password { account, .. }
            | Self::Agreement { account, .. }
            | Self::Removal { account, .. }
            | Self::Certificate { account, .. } => account,
        }
    }
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The password that was typed.
    Password(Secret),
    /// Yes, it is meant; a certificate is trusted for as long as the program runs.
    Agreed,
    /// The question was dismissed, or denied; that account gives up, the others go on.
    GivenUp,
}

/// A question on its way to exactly one front end. Dropping it means [`Answer::GivenUp`].
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked.
    pub ask: Ask,
    /// Where the answer goes.
    pub reply: Sender<Answer>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::new("hunter2".into());
        assert!(!format!("{secret:?} {:?}", Answer::Password(secret.clone())).contains("hunter2"));
        assert_eq!(secret.reveal(), "hunter2");
    }
}
