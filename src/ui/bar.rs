//! How far the copying has come, in one line: all folders that are at it, together.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use unicode_width::UnicodeWidthChar;

use crate::model::event::{EventKind, Progress};
use crate::model::ids::AccountName;

use super::clean::clean;
use super::figures::{clock, number, size};

/// Rates are taken over this time.
const WINDOW: TimeDelta = TimeDelta::seconds(5);
/// The time between two samples that a rate is taken from.
const SAMPLE: TimeDelta = TimeDelta::milliseconds(250);
/// What is shorter gives no rate.
const LEAST: TimeDelta = TimeDelta::milliseconds(500);
/// Nobody wants to know of more seconds.
const LONGEST: f64 = 360_000.0;

/// All folders in which messages are being copied.
#[derive(Debug, Default)]
pub struct Bar {
    folders: BTreeMap<(AccountName, Arc<str>), Progress>,
    /// What the others brought that were at it in the same stretch of time.
    over: Progress,
    samples: VecDeque<(DateTime<Utc>, Progress)>,
}

impl Bar {
    /// Takes an event in, and says whether anything is different now.
    pub fn take(&mut self, at: DateTime<Utc>, kind: &EventKind) -> bool {
        match kind {
            EventKind::Planned { account, folder, counts, pretended: false } if counts.copies() > 0 => {
                let begun = Progress { total: counts.copies(), ..Progress::default() };
                self.folders.insert((account.clone(), folder.clone()), begun);
            }
            EventKind::Progress { account, folder, progress } => {
                self.folders.insert((account.clone(), folder.clone()), *progress);
            }
            EventKind::FolderDone { account, folder, .. } => {
                let Some(last) = self.folders.remove(&(account.clone(), folder.clone())) else { return false };
                // What was left out is waited for no longer.
                self.over = sum(self.over, Progress { total: last.done, ..last });
            }
            EventKind::SyncDone { account, .. } => self.folders.retain(|(whose, _), _| whose != account),
            _ => return false,
        }
        if self.folders.is_empty() {
            *self = Self::default();
        } else {
            self.sample(at);
        }
        true
    }

    /// The line, no wider than this, or nothing where nothing is copied.
    pub fn line(&self, now: DateTime<Utc>, columns: usize) -> Option<String> {
        let what = match self.folders.len() {
            0 => return None,
            1 => {
                let (account, folder) = self.folders.keys().next()?;
                clean(&format!("{account}: {folder}")).into_owned()
            }
            several => format!("{several} folders"),
        };
        let all = self.all();
        let rate = self.rate(now, |progress| progress.bytes_down.saturating_add(progress.bytes_up));
        let rate = rate.map(|rate| format!(", {}/s", size(Duration::from_secs_f64(rate.min(1e15)).as_secs())));
        let left = self.left(now).map(|left| format!(", {} left", clock(left)));
        let (done, total) = (number(all.done), number(all.total));
        let text =
            format!("{what}: {done} of {total} messages{}{}", rate.unwrap_or_default(), left.unwrap_or_default());
        Some(cut(text, columns))
    }

    fn all(&self) -> Progress {
        self.folders.values().fold(self.over, |all, one| sum(all, *one))
    }

    fn sample(&mut self, at: DateTime<Utc>) {
        let age = |then: DateTime<Utc>| at.signed_duration_since(then);
        while self.samples.len() > 2 && self.samples.front().is_some_and(|(then, _)| age(*then) > WINDOW) {
            self.samples.pop_front();
        }
        if self.samples.back().is_none_or(|(then, _)| age(*then) >= SAMPLE) {
            self.samples.push_back((at, self.all()));
        }
    }

    /// So many a second, lately.
    fn rate(&self, now: DateTime<Utc>, what: impl Fn(&Progress) -> u64) -> Option<f64> {
        let (then, first) = self.samples.front()?;
        let time = now.signed_duration_since(*then);
        let more = what(&self.all()).saturating_sub(what(first));
        (time >= LEAST).then(|| more as f64 * 1000.0 / time.num_milliseconds() as f64)
    }

    /// How long the rest takes at the present rate.
    fn left(&self, now: DateTime<Utc>) -> Option<Duration> {
        let all = self.all();
        let rate = self.rate(now, |progress| progress.done).filter(|&rate| rate > 0.0)?;
        let seconds = all.total.saturating_sub(all.done) as f64 / rate;
        (seconds < LONGEST).then(|| Duration::from_secs_f64(seconds))
    }
}

fn sum(one: Progress, other: Progress) -> Progress {
    Progress {
        done: one.done.saturating_add(other.done),
        total: one.total.saturating_add(other.total),
        bytes_down: one.bytes_down.saturating_add(other.bytes_down),
        bytes_up: one.bytes_up.saturating_add(other.bytes_up),
    }
}

/// What of it has room in so many columns, whatever the terminal takes for one sign: a line that is too wide would stay.
fn cut(text: String, columns: usize) -> String {
    // It makes a wide picture of the character before it.
    let most = |c: char| if c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(0) };
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += most(*c);
        used > columns
    });
    match end {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::model::folder::Counts;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_700_000_000_000 + ms).unwrap()
    }

    fn names(folder: &str) -> (AccountName, Arc<str>) {
        (AccountName::new("home"), folder.into())
    }

    fn planned(folder: &str, downloads: u64) -> EventKind {
        let (account, folder) = names(folder);
        EventKind::Planned { account, folder, counts: Counts { downloads, ..Counts::default() }, pretended: false }
    }

    fn progress(folder: &str, done: u64, total: u64, bytes_down: u64) -> EventKind {
        let (account, folder) = names(folder);
        EventKind::Progress { account, folder, progress: Progress { done, total, bytes_down, bytes_up: 0 } }
    }

    fn done(folder: &str) -> EventKind {
        let (account, folder) = names(folder);
        EventKind::FolderDone { account, folder, counts: Counts::default(), failed: false }
    }

    #[test]
    fn it_sums_up_all_folders_at_work() {
        let mut bar = Bar::default();
        assert_eq!(bar.line(at(0), 80), None);
        assert!(bar.take(at(0), &planned("INBOX", 2000)));
        assert_eq!(bar.line(at(0), 80).as_deref(), Some("home: INBOX: 0 of 2,000 messages"));
        assert!(bar.take(at(1000), &progress("INBOX", 1000, 2000, 3_000_000)));
        assert_eq!(
            bar.line(at(1000), 80).as_deref(),
            Some("home: INBOX: 1,000 of 2,000 messages, 3.0 MB/s, 0:01 left")
        );
        bar.take(at(1000), &planned("Sent", 1000));
        assert_eq!(bar.line(at(2000), 80).as_deref(), Some("2 folders: 1,000 of 3,000 messages, 1.5 MB/s, 0:04 left"));
        // One that has left a message out doesn't hold the rest up.
        bar.take(at(2000), &progress("INBOX", 1999, 2000, 6_000_000));
        bar.take(at(2000), &done("INBOX"));
        assert_eq!(bar.line(at(2000), 80).as_deref(), Some("home: Sent: 1,999 of 2,999 messages, 3.0 MB/s, 0:01 left"));
        assert!(bar.take(at(2500), &done("Sent")));
        assert_eq!(bar.line(at(2500), 80), None);
        assert!(!bar.take(at(2500), &done("Sent")) && !bar.take(at(2500), &EventKind::Stopping));
    }

    #[test]
    fn it_is_as_wide_as_there_is_room() {
        let mut bar = Bar::default();
        bar.take(at(0), &planned("日本\x1b", 5));
        assert_eq!(bar.line(at(0), 80).as_deref(), Some("home: 日本␛: 0 of 5 messages"));
        assert_eq!(bar.line(at(0), 9).as_deref(), Some("home: 日"));
        assert_eq!(bar.line(at(0), 0).as_deref(), Some(""));
        let mut bar = Bar::default();
        bar.take(at(0), &planned(&"❤\u{fe0f}".repeat(40), 5));
        assert!(bar.line(at(0), 20).is_some_and(|line| line.width() <= 20));
    }
}
