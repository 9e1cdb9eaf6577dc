//! The accounts and their lamps, as the events have left them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::ids::{AccountName, LampId};
use crate::model::light::Light;
use crate::model::watch::Watch;

/// How long a lamp glows on after its thread has gone dark.
pub const AFTERGLOW: Duration = Duration::from_millis(400);

/// One lamp.
#[derive(Debug, Clone, PartialEq)]
pub struct Lamp {
    /// Whose it is.
    pub id: LampId,
    /// What its thread is doing.
    pub light: Light,
    /// What it did last before it ended, and when it ended.
    pub before: Option<(Light, DateTime<Utc>)>,
}

impl Lamp {
    /// What is left of its glow: 1 right after its thread ended, 0 when it is dark, or when it is lit anyway.
    pub fn glow(&self, now: DateTime<Utc>) -> f64 {
        let Some((_, ended)) = self.before.filter(|_| self.light == Light::Ended) else { return 0.0 };
        let gone = now.signed_duration_since(ended).num_milliseconds().max(0) as f64;
        (1.0 - gone / AFTERGLOW.as_millis() as f64).max(0.0)
    }

    fn turn(&mut self, light: Light, at: DateTime<Utc>) {
        if light == Light::Ended && self.light != Light::Ended {
            self.before = Some((self.light, at));
        }
        self.light = light;
    }
}

/// What an account is at.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Nothing has begun.
    Fresh,
    /// Synchronising.
    Active,
    /// It has ended, and nothing follows.
    Done,
    /// Counting down.
    Waiting {
        /// To this time.
        until: DateTime<Utc>,
        /// Why, when the last attempt failed.
        retry: Option<String>,
    },
    /// Held.
    Paused {
        /// What is left of the countdown, when it was counting.
        left: Option<Duration>,
        /// What it was at.
        before: Box<Phase>,
    },
}

/// One account, or the program itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name; `None` for the program's own threads.
    pub account: Option<AccountName>,
    /// Its lamps in the order in which they were first lit.
    pub lamps: Vec<Lamp>,
    /// What it is at.
    pub phase: Phase,
    /// What it did last, in words.
    pub status: String,
    /// Whether the last synchronisation failed, wholly or in part.
    pub trouble: bool,
    /// When the last synchronisation ended.
    pub synced: Option<DateTime<Utc>>,
    /// How it is watched in between, and of how many folders the server tells.
    pub watch: Option<(Watch, Option<u64>)>,
    /// The time between two synchronisations, once it has counted down.
    pub every: Option<Duration>,
    /// The threads that have a connection.
    connections: Vec<LampId>,
}

impl Row {
    fn new(account: Option<AccountName>) -> Self {
        Self {
            account,
            lamps: Vec::new(),
            phase: Phase::Fresh,
            status: String::new(),
            trouble: false,
            synced: None,
            watch: None,
            every: None,
            connections: Vec::new(),
        }
    }

    /// Says what it is at, while it synchronises; in between, what the last time has brought is worth more.
    pub fn say(&mut self, words: impl FnOnce() -> String) {
        if self.phase == Phase::Active {
            self.status = words();
        }
    }

    /// A thread of it has connected.
    pub fn connected(&mut self, lamp: LampId) {
        if !self.connections.contains(&lamp) {
            self.connections.push(lamp);
        }
    }

    /// How many connections it has.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// How long its countdown still has to go.
    pub fn left(&self, now: DateTime<Utc>) -> Option<Duration> {
        match &self.phase {
            Phase::Waiting { until, .. } => Some(until.signed_duration_since(now).to_std().unwrap_or_default()),
            Phase::Paused { left, .. } => *left,
            Phase::Fresh | Phase::Active | Phase::Done => None,
        }
    }

    /// Whether it is held.
    pub fn paused(&self) -> bool {
        matches!(self.phase, Phase::Paused { .. })
    }

    /// Whether it counts down.
    pub fn waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    /// Holds it, with this much left of its countdown.
    pub fn pause(&mut self, left_ms: Option<u64>) {
        if !self.paused() {
            let before = Box::new(std::mem::replace(&mut self.phase, Phase::Fresh));
            self.phase = Phase::Paused { left: left_ms.map(Duration::from_millis), before };
        }
    }

    /// Lets it go on where it was held.
    pub fn resume(&mut self, at: DateTime<Utc>) {
        if let Phase::Paused { left, before } = std::mem::replace(&mut self.phase, Phase::Active) {
            self.phase = match (*before, left) {
                (Phase::Waiting { retry, .. }, Some(left)) => {
                    let left = TimeDelta::from_std(left).unwrap_or_default();
                    Phase::Waiting { until: at.checked_add_signed(left).unwrap_or(at), retry }
                }
                (before, _) => before,
            };
        }
    }
}

/// All rows: the accounts in the order of their keys, then the program's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    accounts: Vec<Row>,
    control: Row,
}

impl Default for Roster {
    fn default() -> Self {
        Self { accounts: Vec::new(), control: Row::new(None) }
    }
}

impl Roster {
    /// The accounts' rows.
    pub fn accounts(&self) -> &[Row] {
        &self.accounts
    }

    /// The program's own row.
    pub fn control(&self) -> &Row {
        &self.control
    }

    /// All rows, the program's own last.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.accounts.iter().chain([&self.control])
    }

    /// The row of `account`, which is added when there is none yet.
    pub fn row(&mut self, account: &AccountName) -> &mut Row {
        let place = self.accounts.iter().position(|row| row.account.as_ref() == Some(account));
        let place = place.unwrap_or_else(|| {
            self.accounts.push(Row::new(Some(account.clone())));
            self.accounts.len() - 1
        });
        &mut self.accounts[place]
    }

    /// A thread began: its lamp, a new one or one that is known, belongs to `account`.
    pub fn thread_started(&mut self, id: LampId, account: Option<&AccountName>) {
        let row = match account {
            Some(account) => self.row(account),
            None => &mut self.control,
        };
        if !row.lamps.iter().any(|lamp| lamp.id == id) {
            row.lamps.push(Lamp { id, light: Light::Ended, before: None });
        }
    }

    /// The thread behind a lamp has ended, and its connection with it.
    pub fn thread_ended(&mut self, id: LampId, at: DateTime<Utc>) {
        self.turn(id, Light::Ended, at);
        self.accounts.iter_mut().for_each(|row| row.connections.retain(|lamp| *lamp != id));
    }

    /// The thread behind a lamp does something else now, or has ended.
    pub fn turn(&mut self, id: LampId, light: Light, at: DateTime<Utc>) {
        let rows = self.accounts.iter_mut().chain([&mut self.control]);
        if let Some(lamp) = rows.flat_map(|row| &mut row.lamps).find(|lamp| lamp.id == id) {
            lamp.turn(light, at);
        }
    }

    /// Whether a lamp still glows.
    pub fn glowing(&self, now: DateTime<Utc>) -> bool {
        self.rows().flat_map(|row| &row.lamps).any(|lamp| lamp.glow(now) > 0.0)
    }
}
