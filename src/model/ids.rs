//! Names and numbers of the things that are synchronised.

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A message's unique identifier within one mailbox and one UIDVALIDITY (RFC 3501, section 2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uid(NonZeroU32);

impl Uid {
    /// The UID with this number; `None` for 0, which no message may have.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number as it stands on the wire.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Says whether UIDs of an earlier session still mean the same messages (RFC 3501, section 2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UidValidity(pub u32);

/// Tells local files apart whatever UID and flags their names carry: a digest of the part of the name that stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey(NonZeroU64);

impl FileKey {
    /// The key with this number; 0 stands for an unknown one.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// The number, for storage.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

/// A mailbox's modification sequence (RFC 7162, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModSeq(pub u64);

/// An account as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountName(Arc<str>);

impl AccountName {
    /// The account called `name`.
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One lamp: one thread for as long as it lives. When a thread ends, its lamp goes dark and a later thread of the
/// same account may light it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LampId(pub u32);

impl LampId {
    /// The lamp of the thread that watches the others.
    pub const CONTROL: Self = Self(0);
    /// How many lamps belong to one account.
    const EACH: u32 = 1000;

    /// The lamp of an account's thread: `place` counts the accounts from 0, and `number` the threads of one.
    pub fn of(place: usize, number: u32) -> Self {
        Self(Self::EACH * (u32::try_from(place).unwrap_or(0) + 1) + number)
    }

    /// The thread's number among those of its account.
    pub fn number(self) -> u32 {
        self.0 % Self::EACH
    }
}

/// The two sides of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The server that is the account's origin.
    Remote,
    /// The Maildir (or second server) that mirrors it.
    Local,
}

impl Side {
    /// The side across.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Remote => Self::Local,
            Self::Local => Self::Remote,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Remote => "remote",
            Self::Local => "local",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_of_zero_does_not_exist() {
        assert_eq!(Uid::new(0), None);
        assert_eq!(Uid::new(7).map(Uid::get), Some(7));
    }
}
