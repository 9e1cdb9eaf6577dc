//! Which part of the truth is in sight.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::ids::AccountName;

use super::keys::Place;

/// What fills the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// The log, and the lights below it.
    #[default]
    Lights,
    /// The table of folders.
    Folders,
    /// Sums, rates and runs.
    Overview,
}

impl View {
    /// All views, in the order of their tabs, each with its name.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Lights, "Lights"), (Self::Folders, "Folders"), (Self::Overview, "Overview")];

    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Lights => Self::Folders,
            Self::Folders => Self::Overview,
            Self::Overview => Self::Lights,
        }
    }

    /// What keys count in it.
    pub fn place(self) -> Place {
        match self {
            Self::Lights => Place::Log,
            Self::Folders => Place::Table,
            Self::Overview => Place::Overview,
        }
    }
}

/// What lies above it.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    /// The keys; so many lines of them are scrolled away.
    Help(usize),
    /// What the colours mean; so many lines of it are scrolled away.
    Legend(usize),
    /// The accounts, with the number of the chosen one.
    Accounts(usize),
    /// One folder.
    Folder(Leaf),
    /// The greeting of the first start, until then.
    Welcome(DateTime<Utc>),
}

/// A folder that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its account.
    pub account: AccountName,
    /// Its name.
    pub folder: Arc<str>,
    /// The number of the chosen one among the messages that are left out.
    pub chosen: usize,
}

/// What the next number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Armed {
    /// A synchronisation that takes nothing for unchanged.
    Full,
    /// Holding that account, or letting it go on.
    PauseOne,
}
