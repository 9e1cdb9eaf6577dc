//! What there is of each side of an account.

use crate::config::settings::{AccountSettings, ImapSettings};
use crate::model::ids::Side;

/// One for each side.
#[derive(Debug, Clone, Default)]
pub(super) struct Both<T> {
    pub(super) remote: T,
    pub(super) local: T,
}

impl<T> Both<T> {
    /// What the function says of each side.
    pub(super) fn of(mut each: impl FnMut(Side) -> T) -> Self {
        Self { remote: each(Side::Remote), local: each(Side::Local) }
    }

    /// The one of this side.
    pub(super) fn get(&self, side: Side) -> &T {
        match side {
            Side::Remote => &self.remote,
            Side::Local => &self.local,
        }
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Remote => &mut self.remote,
            Side::Local => &mut self.local,
        }
    }
}

/// The server on this side, where there is one.
pub(super) fn server(account: &AccountSettings, side: Side) -> Option<&ImapSettings> {
    match side {
        Side::Remote => Some(&account.remote),
        Side::Local => account.local.imap(),
    }
}
