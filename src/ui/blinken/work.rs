//! The folders that are being worked on, and how fast it goes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::model::event::Progress;
use crate::model::ids::AccountName;

/// Rates are taken over this time.
const WINDOW_MS: i64 = 5000;
/// Seconds of throughput that are kept for the sparkline.
const HISTORY: usize = 300;

/// A folder that is being worked on.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Its account.
    pub account: AccountName,
    /// Its name.
    pub folder: Arc<str>,
    /// Whether its messages are being listed.
    pub listing: bool,
    /// How many there are, where that is known.
    pub messages: Option<u64>,
    /// How far the copying is, once it is known how much there is.
    pub progress: Option<Progress>,
    samples: VecDeque<(DateTime<Utc>, Progress)>,
}

impl Work {
    /// A folder on which work begins.
    pub fn new(account: &AccountName, folder: &Arc<str>) -> Self {
        Self {
            account: account.clone(),
            folder: folder.clone(),
            listing: false,
            messages: None,
            progress: None,
            samples: VecDeque::new(),
        }
    }

    /// Takes the news in, and says how many bytes more there are since the last, down and up.
    pub fn advance(&mut self, at: DateTime<Utc>, progress: Progress) -> (u64, u64) {
        let before = self.progress.unwrap_or_default();
        self.listing = false;
        self.progress = Some(progress);
        let old =
            |&&(then, _): &&(DateTime<Utc>, Progress)| at.signed_duration_since(then).num_milliseconds() > WINDOW_MS;
        while self.samples.len() > 2 && self.samples.front().as_ref().is_some_and(old) {
            self.samples.pop_front();
        }
        // Four a second are enough for a rate; the newest one is always kept in `progress`.
        let close = |(then, _): &(DateTime<Utc>, Progress)| at.signed_duration_since(*then).num_milliseconds() < 250;
        if !self.samples.back().is_some_and(close) {
            self.samples.push_back((at, progress));
        }
        let more = |now: u64, then: u64| now.saturating_sub(then);
        (more(progress.bytes_down, before.bytes_down), more(progress.bytes_up, before.bytes_up))
    }

    /// Bytes a second, lately.
    pub fn rate(&self, now: DateTime<Utc>) -> Option<f64> {
        let bytes = |progress: &Progress| progress.bytes_down.saturating_add(progress.bytes_up);
        self.per_second(now, bytes)
    }

    /// How long the rest will take at the present rate.
    pub fn left(&self, now: DateTime<Utc>) -> Option<Duration> {
        let progress = self.progress?;
        let messages = self.per_second(now, |progress| progress.done).filter(|&rate| rate > 0.0)?;
        let seconds = progress.total.saturating_sub(progress.done) as f64 / messages;
        (seconds < 360_000.0).then(|| Duration::from_secs_f64(seconds))
    }

    fn per_second(&self, now: DateTime<Utc>, what: impl Fn(&Progress) -> u64) -> Option<f64> {
        let (then, first) = self.samples.front()?;
        let time = now.signed_duration_since(*then).num_milliseconds();
        let more = what(&self.progress?).saturating_sub(what(first));
        (time >= 500).then(|| more as f64 * 1000.0 / time as f64)
    }
}

/// Bytes that went through, second by second, the newest last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Throughput {
    seconds: VecDeque<(u64, u64)>,
    newest: i64,
}

impl Throughput {
    /// Adds bytes that went down and up at this time.
    pub fn add(&mut self, at: DateTime<Utc>, down: u64, up: u64) {
        self.move_to(at);
        if let Some(second) = self.seconds.back_mut() {
            second.0 = second.0.saturating_add(down);
            second.1 = second.1.saturating_add(up);
        }
    }

    /// Makes room for the seconds that have passed.
    pub fn move_to(&mut self, now: DateTime<Utc>) {
        let passed = usize::try_from(now.timestamp().saturating_sub(self.newest)).unwrap_or(0);
        for _ in 0..passed.min(HISTORY) {
            self.seconds.push_back((0, 0));
        }
        while self.seconds.len() > HISTORY {
            self.seconds.pop_front();
        }
        self.newest = self.newest.max(now.timestamp());
    }

    /// Bytes a second down and up: the mean of the last three seconds.
    pub fn rates(&self) -> (u64, u64) {
        let sum = self
            .seconds
            .iter()
            .rev()
            .take(3)
            .fold((0_u64, 0_u64), |sum, second| (sum.0.saturating_add(second.0), sum.1.saturating_add(second.1)));
        (sum.0 / 3, sum.1 / 3)
    }

    /// The last `width` seconds as heights from 0 to 8 for each of so many `lines`, the newest last: both ways together,
    /// or one of them.
    pub fn heights(&self, width: usize, lines: usize, way: Way) -> Vec<usize> {
        let bytes = |second: &(u64, u64)| match way {
            Way::Both => second.0.saturating_add(second.1),
            Way::Down => second.0,
            Way::Up => second.1,
        };
        let recent: Vec<u64> = self.seconds.iter().map(bytes).rev().take(width).collect();
        let most = u128::from(recent.iter().copied().max().unwrap_or(0).max(1));
        let full = 8 * lines as u128;
        let height = |bytes: u64| usize::try_from((u128::from(bytes) * full).div_ceil(most)).unwrap_or(8);
        let mut heights: Vec<usize> = recent.into_iter().map(height).collect();
        heights.resize(width, 0);
        heights.reverse();
        heights
    }

    /// The most bytes that went through in one of the last `width` seconds.
    pub fn peak(&self, width: usize, way: Way) -> u64 {
        let bytes = |second: &(u64, u64)| if way == Way::Up { second.1 } else { second.0 };
        self.seconds.iter().rev().take(width).map(bytes).max().unwrap_or(0)
    }
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Both ways together.
    Both,
    /// To the local side.
    Down,
    /// To the server.
    Up,
}
