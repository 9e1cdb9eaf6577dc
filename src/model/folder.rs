//! Folders and their names on both sides.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::Side;
use super::mark::Mark;

/// A folder as one repository lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderInfo {
    /// Its name there: hierarchy separator and modified UTF-7 as they are.
    pub name: String,
    /// Whether it can hold messages.
    pub selectable: bool,
    /// Whether it is subscribed to, where only such folders are looked at; elsewhere always.
    pub subscribed: bool,
    /// What the listing said of its contents, where it did.
    pub mark: Option<Mark>,
}

/// One folder of an account with its names on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FolderPair {
    /// The name as people know it, decoded from modified UTF-7.
    pub shown: Arc<str>,
    /// The name on the remote side, as it stands on the wire.
    pub remote: String,
    /// The name on the local side.
    pub local: String,
}

/// A folder as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFolder {
    /// Its names.
    pub names: FolderPair,
    /// Messages that are on both sides.
    pub messages: u64,
    /// Messages that could not be copied.
    pub aside: Vec<LeftOut>,
}

/// A message that could not be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The side that has it.
    pub side: Side,
    /// What it is called there: its UID, or its file name.
    pub name: String,
    /// Its subject as it stands in the header; empty when it isn't known.
    pub subject: String,
    /// What the server said, or what else went wrong.
    pub reason: String,
    /// When it was tried last.
    pub tried: DateTime<Utc>,
    /// Whether a person said that it is to be left alone.
    pub ignored: bool,
}

/// Numbers of what one folder's synchronisation has to do, or has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Messages copied to the local side.
    pub downloads: u64,
    /// Messages copied to the remote side.
    pub uploads: u64,
    /// Messages deleted on the local side.
    pub local_deletes: u64,
    /// Messages deleted on the remote side.
    pub remote_deletes: u64,
    /// Messages whose flags change on the local side.
    pub local_flags: u64,
    /// Messages whose flags change on the remote side.
    pub remote_flags: u64,
}

impl Counts {
    /// Whether there is nothing to do.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// All the copies, both ways.
    pub fn copies(&self) -> u64 {
        self.downloads + self.uploads
    }

    /// All the actions together.
    pub fn total(&self) -> u64 {
        self.copies() + self.local_deletes + self.remote_deletes + self.local_flags + self.remote_flags
    }

    /// Adds another folder's numbers.
    pub fn add(&mut self, other: &Self) {
        self.downloads += other.downloads;
        self.uploads += other.uploads;
        self.local_deletes += other.local_deletes;
        self.remote_deletes += other.remote_deletes;
        self.local_flags += other.local_flags;
        self.remote_flags += other.remote_flags;
    }
}
