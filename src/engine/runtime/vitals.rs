//! What shows that the runs under way get on.

use std::collections::HashMap;
use std::sync::Arc;

use crossbeam_channel::Sender;

use super::super::publisher::Publisher;
use super::super::pulse::{Pulse, Signs};
use super::super::worker::Order;
use super::Runtime;
use crate::model::ids::{AccountName, LampId, Side};
use crate::store::imap::Traffic;

/// The runs under way, and the connections of their workers.
#[derive(Default)]
pub(super) struct Vitals {
    runs: HashMap<AccountName, Signs>,
    flows: HashMap<(LampId, Side), (AccountName, Arc<Traffic>)>,
}

impl Vitals {
    /// An account's run has ended.
    pub(super) fn forget(&mut self, account: &AccountName) {
        self.runs.remove(account);
        self.flows.retain(|_, (name, _)| name != account);
    }

    /// A number that changes whenever the run gives a sign of life, or a byte comes or goes on one of its connections.
    fn number(&self, account: &AccountName, signs: &Signs) -> u64 {
        let flows = self.flows.values().filter(|(name, _)| name == account);
        let bytes = flows.fold(0_u64, |sum, (_, traffic)| sum.wrapping_add(traffic.received() + traffic.sent()));
        bytes.wrapping_add(signs.given())
    }
}

impl Runtime {
    /// The way out for the events of a run that begins, each of which is a sign of life.
    pub(super) fn publisher_of(&mut self, account: &AccountName) -> Publisher {
        let signs = Signs::default();
        self.vitals.runs.insert(account.clone(), signs.clone());
        self.publisher.clone().giving(signs)
    }

    /// A worker has a connection; not those who watch, who do so beside the runs.
    pub(super) fn flow(&mut self, lamp: LampId, side: Side, traffic: Arc<Traffic>) {
        if let Some((account, _)) = self.workers.get(&lamp) {
            self.vitals.flows.insert((lamp, side), (account.clone(), traffic));
        }
    }

    /// Answers, which shows that the loop turns, and says how far the runs are.
    pub(super) fn answer(&self, whom: &Sender<Pulse>) {
        let paused = |account: &AccountName| self.orders.get(account) == Some(&Order::Pause);
        let runs = self.vitals.runs.iter().filter(|(account, signs)| !paused(account) && !signs.is_asking());
        let runs = runs.map(|(account, signs)| (account.clone(), self.vitals.number(account, signs)));
        // Whoever doesn't wait any more needs no answer.
        let _ = whom.try_send(Pulse { runs: runs.collect() });
    }
}
