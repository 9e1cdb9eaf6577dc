//! How the program comes to its end: after the runs under way, or soon, or when time is up.

use std::time::Duration;

use super::account::Phase;
use super::stirred::Stirred;
use super::{Course, Effect, Moment, Supervisor};
use crate::engine::worker::Order;
use crate::model::event::EventKind;

/// How long workers may finish what is in hand after a stop, before their connections are cut.
const GRACE: Duration = Duration::from_secs(7);
/// How long workers may take to notice that their connections are cut. One that hangs in a place where nothing can reach
/// it ends with the process, which loses nothing either.
const LAST_GRACE: Duration = Duration::from_secs(2);

impl Supervisor {
    pub(super) fn stop_after_sync(&mut self) {
        self.course = Course::LastRound;
        for account in &mut self.accounts {
            match &mut account.phase {
                Phase::Running { again } => {
                    *again = false;
                    account.stirred = Stirred::default();
                }
                phase @ (Phase::Waiting { .. } | Phase::Held { .. }) => *phase = Phase::Done,
                Phase::Queued | Phase::Done => {}
            }
        }
    }

    pub(super) fn stop(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        self.course = Course::Stopping;
        self.cut_at = Some(now.since_start + GRACE);
        effects.extend([Effect::Publish(EventKind::Stopping), Effect::Unwatch]);
        for account in &mut self.accounts {
            if matches!(account.phase, Phase::Running { .. }) {
                effects.push(Effect::Order(account.name.clone(), Order::Stop));
            } else {
                account.phase = Phase::Done;
            }
        }
    }

    /// What a stop does when its time is up: first connections are cut, then nobody is waited for.
    pub(super) fn press(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if self.end_at.is_some_and(|at| at <= now.since_start) {
            self.accounts.iter_mut().for_each(|account| account.phase = Phase::Done);
            self.listing.abandon();
        }
        if self.is_busy() && self.cut_at.take_if(|at| *at <= now.since_start).is_some() {
            effects.push(Effect::Cut);
            self.end_at = Some(now.since_start + LAST_GRACE);
        }
    }
}
