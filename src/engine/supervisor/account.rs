//! What becomes of one account when it is woken, held, or let go on.

use std::time::Duration;

use chrono::TimeDelta;

use super::pace::Pace;
use super::{Effect, Moment};
use crate::engine::asides::Wish;
use crate::engine::worker::Order;
use crate::model::event::EventKind;
use crate::model::fault::Exit;
use crate::model::ids::AccountName;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// To be run as soon as there is room.
    Queued,
    /// Running; `again`: once more afterwards.
    Running { again: bool },
    /// Counting down to this moment.
    Waiting { until: Duration },
    /// Held with so much left of its countdown; without one, it was to run.
    Held { left: Option<Duration> },
    /// Nothing more to do.
    Done,
}

/// An account as the supervisor sees it.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) name: AccountName,
    pub(super) refresh: Option<Duration>,
    pub(super) pace: Pace,
    pub(super) phase: Phase,
    pub(super) paused: bool,
    /// What is to be carried out before the next run.
    pub(super) wishes: Vec<Wish>,
    pub(super) exit: Exit,
}

/// Wakes it for a full run, out of a pause too; one that is running runs once more afterwards.
pub(super) fn sync_now(account: &mut Account, effects: &mut Vec<Effect>) {
    if std::mem::take(&mut account.paused) {
        effects.push(Effect::Publish(EventKind::Resumed { account: account.name.clone() }));
        effects.push(Effect::Order(account.name.clone(), Order::Resume));
    }
    account.pace.wake();
    match &mut account.phase {
        Phase::Running { again } => *again = true,
        phase => *phase = Phase::Queued,
    }
}

/// Holds it where it is, and freezes its countdown.
pub(super) fn pause(account: &mut Account, now: Moment, effects: &mut Vec<Effect>) {
    if account.paused || account.phase == Phase::Done {
        return;
    }
    account.paused = true;
    let left = match account.phase {
        Phase::Waiting { until } => Some(until.saturating_sub(now.since_start)),
        _ => None,
    };
    match account.phase {
        Phase::Running { .. } => effects.push(Effect::Order(account.name.clone(), Order::Pause)),
        _ => account.phase = Phase::Held { left },
    }
    let left_ms = left.map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
    effects.push(Effect::Publish(EventKind::Paused { account: account.name.clone(), left_ms }));
}

/// Lets it go on where the pause held it.
pub(super) fn resume(account: &mut Account, now: Moment, effects: &mut Vec<Effect>) {
    if !std::mem::take(&mut account.paused) {
        return;
    }
    effects.push(Effect::Publish(EventKind::Resumed { account: account.name.clone() }));
    match account.phase {
        Phase::Held { left: Some(left) } => account.phase = wait(account, left, None, now, effects),
        Phase::Held { left: None } => account.phase = Phase::Queued,
        _ => effects.push(Effect::Order(account.name.clone(), Order::Resume)),
    }
}

/// Begins a countdown of so long, and says so.
pub(super) fn wait(
    account: &Account,
    left: Duration,
    retry: Option<String>,
    now: Moment,
    effects: &mut Vec<Effect>,
) -> Phase {
    let until = TimeDelta::from_std(left).ok().and_then(|left| now.wall.checked_add_signed(left)).unwrap_or(now.wall);
    effects.push(Effect::Publish(EventKind::Waiting { account: account.name.clone(), until, retry }));
    Phase::Waiting { until: now.since_start.saturating_add(left) }
}
