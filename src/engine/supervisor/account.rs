//! What becomes of one account when it is woken, held, or let go on.

use std::time::Duration;

use chrono::TimeDelta;

use super::pace::{Depth, Pace};
use super::stirred::{Glance, Stirred};
use super::{Effect, Hope, Moment, Trouble};
use crate::config::settings::Quick;
use crate::engine::asides::Wish;
use crate::engine::backoff::Backoff;
use crate::engine::worker::Order;
use crate::model::event::EventKind;
use crate::model::fault::Exit;
use crate::model::ids::{AccountName, Side};

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
    /// What has changed, and is still to be looked at.
    pub(super) stirred: Stirred,
    /// The run that is due, or under way, is only for that.
    pub(super) glance: Option<Glance>,
    /// How often it has failed in a row.
    pub(super) backoff: Backoff,
    /// What may make it better that the last run has failed.
    pub(super) hope: Option<Hope>,
    /// Whether it is watched.
    pub(super) watched: bool,
}

impl Account {
    pub(super) fn new(name: AccountName, refresh: Option<Duration>, quick: Quick) -> Self {
        Self {
            name,
            refresh,
            pace: Pace::new(quick),
            phase: Phase::Queued,
            paused: false,
            wishes: Vec::new(),
            exit: Exit::Success,
            stirred: Stirred::default(),
            glance: None,
            backoff: Backoff::default(),
            hope: None,
            watched: false,
        }
    }

    /// Its countdown is over. Whoever was only to glance, and found that another run had the account, tries that again.
    pub(super) fn due(&mut self, now: Moment) {
        match self.glance {
            Some(glance) if glance.until > now.since_start => self.phase = Phase::Queued,
            _ => self.queue(),
        }
    }

    /// Its usual run is due.
    pub(super) fn queue(&mut self) {
        (self.phase, self.glance) = (Phase::Queued, None);
    }
}

/// Begins the run that is due.
pub(super) fn begin(account: &mut Account) -> Effect {
    account.phase = Phase::Running { again: false };
    let stirred = std::mem::take(&mut account.stirred);
    let depth = match account.glance {
        Some(_) if account.wishes.is_empty() => Depth::Glance { here: stirred.only_here() },
        _ => {
            account.glance = None;
            account.pace.begin()
        }
    };
    Effect::Start { account: account.name.clone(), depth, wishes: std::mem::take(&mut account.wishes) }
}

/// What follows a run: another one, or a countdown.
pub(super) fn ended(
    account: &mut Account,
    trouble: Option<Trouble>,
    (now, chance): (Moment, f64),
    effects: &mut Vec<Effect>,
) {
    let glance = account.glance.take();
    if trouble.is_some() && glance.is_none() {
        account.pace.failed();
    }
    let Some(refresh) = account.refresh else {
        account.phase =
            if matches!(account.phase, Phase::Running { again: true }) { Phase::Queued } else { Phase::Done };
        return;
    };
    account.hope = trouble.as_ref().map(|trouble| trouble.hope);
    let pause = match account.hope {
        Some(hope) if hope.is_soon(glance.is_some()) => account.backoff.pause(chance).min(refresh),
        _ => refresh,
    };
    let again = matches!(account.phase, Phase::Running { again: true });
    if account.hope == Some(Hope::Turn) && !again {
        account.glance = glance;
        account.stirred.unknown();
    }
    if trouble.is_none() {
        account.backoff.succeeded();
        if !std::mem::replace(&mut account.watched, true) {
            effects.push(Effect::Watch(account.name.clone()));
        }
    }
    let left = glance.filter(|_| trouble.is_none()).map(|glance| glance.until.saturating_sub(now.since_start));
    account.phase = match left.unwrap_or(pause) {
        _ if again => Phase::Queued,
        left if account.paused => Phase::Held { left: Some(left) },
        left => wait(account, left, trouble.map(|trouble| trouble.words), now, effects),
    };
    look_at_what_stirred(account, None);
}

/// Something has changed on one side. It is looked at as soon as nothing else is going on.
pub(super) fn stir(account: &mut Account, side: Side) {
    if account.refresh.is_some() && account.phase != Phase::Done {
        account.stirred.add(side);
        look_at_what_stirred(account, Some(side));
    }
}

/// Begins a glance if there is anything to look at. In trouble it takes more than that: a reason to believe that it is over.
fn look_at_what_stirred(account: &mut Account, news: Option<Side>) {
    let promising = account.hope.is_none_or(|hope| news.is_some_and(|side| hope.is_raised_by(side)));
    if let Phase::Waiting { until } = account.phase
        && account.stirred.any()
        && promising
    {
        (account.phase, account.glance) = (Phase::Queued, Some(Glance { until }));
    }
}

/// The machine has slept: what would have been done meanwhile is done once.
pub(super) fn wake(account: &mut Account) {
    if matches!(account.phase, Phase::Waiting { .. }) {
        account.queue();
    }
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
        _ => account.queue(),
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
        Phase::Held { left: Some(left) } => {
            account.phase = wait(account, left, None, now, effects);
            look_at_what_stirred(account, None);
        }
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
