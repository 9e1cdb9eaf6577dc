//! What is on the screen, as pure state: events, keys and time go in, commands come out. No terminal is touched.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};

use crate::model::event::{Event, EventKind, Progress};
use crate::model::fault::Exit;
use crate::model::folder::Counts;
use crate::model::ids::{AccountName, LampId};
use crate::model::light::Light;
use crate::model::question::Question;
use crate::ui::clean::clean;
use crate::ui::figures::{count, number};
use crate::ui::phrase::{brought, phrase};

use super::log::{Line, Log};
use super::notices::Notices;
use super::prompt::Prompts;
use super::roster::{Phase, Roster, Row};
use super::text;
use super::work::{Throughput, Work};

/// The state of the screen.
#[derive(Debug)]
pub struct Screen {
    /// The time of the next picture.
    pub now: DateTime<Utc>,
    /// Accounts and lamps.
    pub roster: Roster,
    /// The log.
    pub log: Log,
    /// The folders that are being worked on, oldest first.
    pub work: Vec<Work>,
    /// Bytes second by second.
    pub throughput: Throughput,
    /// Questions.
    pub prompts: Prompts,
    /// Whether the help lies above the rest.
    pub help: bool,
    /// Whether the program is ending.
    pub stopping: bool,
    /// How the program has ended, once it has.
    pub exit: Option<Exit>,
    /// Warnings and failures.
    pub notices: Notices,
    /// How many lines of the log are in sight; set by whoever draws it.
    pub page: usize,
    brought: Counts,
    local: fn(DateTime<Utc>) -> DateTime<FixedOffset>,
}

impl Screen {
    /// An empty screen; `local` gives a time as the person's clock shows it.
    pub fn new(now: DateTime<Utc>, local: fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> Self {
        Self {
            now,
            roster: Roster::default(),
            log: Log::default(),
            work: Vec::new(),
            throughput: Throughput::default(),
            prompts: Prompts::default(),
            help: false,
            stopping: false,
            exit: None,
            notices: Notices::default(),
            page: 10,
            brought: Counts::default(),
            local,
        }
    }

    /// A time as the person's clock shows it.
    pub fn local(&self, time: DateTime<Utc>) -> DateTime<FixedOffset> {
        (self.local)(time)
    }

    /// How many columns the accounts' names get, the same in all regions.
    pub fn name_width(&self) -> usize {
        let width = |row: &Row| row.account.as_ref().map_or(7, |name| text::width(&clean(name.as_str())));
        self.roster.rows().map(width).max().unwrap_or(7).min(16)
    }

    /// Takes the words of a panic in another thread in, as a warning.
    pub fn report(&mut self, words: &str, at: DateTime<Utc>) {
        let kind = EventKind::Warned { account: None, folder: None, text: words.to_owned() };
        self.apply(&Event { at, lamp: LampId::CONTROL, kind });
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.throughput.move_to(now);
    }

    /// How long the picture stays true if nothing happens.
    pub fn still_for(&self) -> Duration {
        let past = u64::from(self.now.timestamp_subsec_millis()) % 1000;
        if self.roster.glowing(self.now) {
            Duration::from_millis(50)
        } else if self.roster.accounts().iter().any(Row::waiting) {
            Duration::from_millis(250 - past % 250)
        } else {
            Duration::from_millis(1000 - past)
        }
    }

    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        self.write_down(event);
        match &event.kind {
            EventKind::Started { accounts } => accounts.iter().for_each(|name| {
                self.roster.row(name);
            }),
            EventKind::ThreadStarted { account } => self.roster.thread_started(event.lamp, account.as_ref()),
            EventKind::ThreadEnded => self.roster.turn(event.lamp, Light::Ended, event.at),
            EventKind::Lit { light } => self.roster.turn(event.lamp, *light, event.at),
            EventKind::Stopping => self.stopping = true,
            EventKind::Ended { exit } => self.exit = Some(*exit),
            kind => {
                self.apply_to_account(event.at, kind);
                self.apply_to_folder(event.at, kind);
            }
        }
    }

    fn write_down(&mut self, event: &Event) {
        let Some(phrase) = phrase(event) else { return };
        self.notices.add(&phrase);
        self.log.push(Line { at: event.at, phrase });
    }

    fn apply_to_account(&mut self, at: DateTime<Utc>, kind: &EventKind) {
        match kind {
            EventKind::SyncStarted { account } => {
                let row = self.roster.row(account);
                (row.phase, row.trouble, row.status) = (Phase::Active, false, "starting".into());
            }
            EventKind::Connecting { account, host, .. } => {
                self.roster.row(account).status = clean(&format!("connecting to {host}")).into_owned();
            }
            EventKind::Connected { account, host, .. } => {
                self.roster.row(account).status = clean(&format!("connected to {host}")).into_owned();
            }
            EventKind::FoldersListed { account, total, unchanged } => {
                let open = total.saturating_sub(*unchanged);
                self.roster.row(account).status = format!("{} of {} to look at", number(open), count(*total, "folder"));
            }
            EventKind::Failed { account: Some(account), folder: None, fault } if !fault.is_stop() => {
                let row = self.roster.row(account);
                (row.trouble, row.status) = (true, clean(&fault.to_string()).into_owned());
            }
            EventKind::SyncDone { account, counts, failures, stopped, .. } => {
                self.sync_done(at, account, counts, *failures, *stopped);
            }
            EventKind::Waiting { account, until, retry } => {
                let row = self.roster.row(account);
                row.trouble |= retry.is_some();
                row.phase =
                    Phase::Waiting { until: *until, retry: retry.as_deref().map(|why| clean(why).into_owned()) };
            }
            EventKind::Paused { account, left_ms } => self.roster.row(account).pause(*left_ms),
            EventKind::Resumed { account } => self.roster.row(account).resume(at),
            _ => {}
        }
    }

    fn sync_done(&mut self, at: DateTime<Utc>, account: &AccountName, counts: &Counts, failures: u64, stopped: bool) {
        self.work.retain(|work| work.account != *account);
        self.brought.add(counts);
        let row = self.roster.row(account);
        row.phase = Phase::Done;
        let before = std::mem::take(&mut row.status);
        row.status = match (stopped, failures) {
            (true, _) => format!("stopped: {}", brought(counts)),
            (false, 0) => brought(counts),
            // The account's own fault says more than a number of faults.
            (false, _) if row.trouble => before,
            (false, _) => format!("{}, {}", brought(counts), count(failures, "failure")),
        };
        row.trouble = failures > 0;
        row.synced = Some(at);
    }

    fn apply_to_folder(&mut self, at: DateTime<Utc>, kind: &EventKind) {
        match kind {
            EventKind::FolderStarted { account, folder } => {
                self.work_on(account, folder);
            }
            EventKind::Listing { account, folder, messages, .. } => {
                let work = self.work_on(account, folder);
                (work.listing, work.messages) = (true, work.messages.max(*messages));
            }
            EventKind::Planned { account, folder, counts, .. } => {
                let work = self.work_on(account, folder);
                work.listing = false;
                if counts.copies() > 0 {
                    let total = counts.copies();
                    work.advance(at, Progress { total, ..Default::default() });
                }
            }
            EventKind::Progress { account, folder, progress } => {
                let (down, up) = self.work_on(account, folder).advance(at, *progress);
                self.throughput.add(at, down, up);
            }
            EventKind::FolderDone { account, folder, .. } => {
                self.work.retain(|work| work.account != *account || work.folder != *folder);
            }
            _ => {}
        }
    }

    fn work_on(&mut self, account: &AccountName, folder: &Arc<str>) -> &mut Work {
        let place = self.work.iter().position(|work| work.account == *account && work.folder == *folder);
        let place = place.unwrap_or_else(|| {
            self.work.push(Work::new(account, folder));
            self.work.len() - 1
        });
        &mut self.work[place]
    }

    /// Takes a question in.
    pub fn ask(&mut self, question: Question) {
        self.prompts.push(question);
    }

    /// Takes pasted text in.
    pub fn paste(&mut self, text: &str) {
        self.prompts.paste(text);
    }

    /// What stands on the normal screen afterwards: every warning and fault, and one line that sums up.
    pub fn summary(&self) -> Vec<String> {
        let mut lines = self.notices.lines();
        let mut last = format!("{}: {}", count(self.roster.accounts().len() as u64, "account"), brought(&self.brought));
        for counted in self.notices.counted().iter().filter(|counted| !counted.is_empty()) {
            last = format!("{last}, {counted}");
        }
        lines.push(last);
        lines
    }
}
