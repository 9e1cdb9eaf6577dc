//! What the runs of an account tell those who watch it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::both::Both;
use crate::model::fingerprint::Fingerprint;
use crate::model::ids::{LampId, Side};
use crate::store::imap::Credentials;

/// What the runs of an account have connected with last: what they logged in with, and which certificates a person trusts. And
/// who is to make room for them.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Latest(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    credentials: Both<Option<Credentials>>,
    trusted: Both<Vec<Fingerprint>>,
    /// How often somebody has told of them.
    told: u64,
    /// Those who are to give their connections up.
    crowding: BTreeSet<LampId>,
}

impl Latest {
    /// A run has connected with these.
    pub(in super::super) fn set(&self, credentials: Both<Option<Credentials>>, trusted: Both<Vec<Fingerprint>>) {
        let mut state = self.lock();
        (state.credentials, state.trusted) = (credentials, trusted);
        state.told += 1;
    }

    /// The runs find no room on the server because of this one.
    pub(in super::super) fn crowd_out(&self, lamp: LampId) {
        self.lock().crowding.insert(lamp);
    }

    /// Whether this one is to make room; it is asked once.
    pub(super) fn is_crowded_out(&self, lamp: LampId) -> bool {
        self.lock().crowding.remove(&lamp)
    }

    /// What they have connected with on this side.
    pub(super) fn get(&self, side: Side) -> (Option<Credentials>, Vec<Fingerprint>) {
        let state = self.lock();
        (state.credentials.get(side).clone(), state.trusted.get(side).clone())
    }

    /// How often runs have connected.
    pub(super) fn count(&self) -> u64 {
        self.lock().told
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
