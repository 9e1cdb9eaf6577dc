//! What is on the screen, as pure state: events, keys and time go in, commands come out. No terminal is touched.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use ratatui::layout::Rect;

use crate::model::event::{Event, EventKind};
use crate::model::fault::Exit;
use crate::model::ids::LampId;
use crate::model::question::Question;
use crate::ui::clean::clean;
use crate::ui::figures::count;
use crate::ui::phrase::brought;

use super::bindings::Bindings;
use super::book::Book;
use super::entry::Entry;
use super::log::Log;
use super::mouse::Target;
use super::notices::Notices;
use super::prompt::Prompts;
use super::roster::{Roster, Row};
use super::runs::Runs;
use super::search::Search;
use super::table::Table;
use super::text;
use super::view::{Armed, Over, View};
use super::work::{Throughput, Work};

/// How long a remark stands in the footer.
const REMARK: TimeDelta = TimeDelta::seconds(5);
/// How long the greeting stands, unless a key is pressed.
const WELCOME: TimeDelta = TimeDelta::seconds(12);

/// The state of the screen.
#[derive(Debug)]
pub struct Screen {
    /// The time of the next picture.
    pub now: DateTime<Utc>,
    /// Since when the program runs.
    pub since: DateTime<Utc>,
    /// Accounts and lamps.
    pub roster: Roster,
    /// The log.
    pub log: Log,
    /// What is looked for in it.
    pub search: Search,
    /// Whether long lines of the log are cut instead of broken.
    pub cut: bool,
    /// The folders that are being worked on, oldest first.
    pub work: Vec<Work>,
    /// All folders.
    pub book: Book,
    /// Their table.
    pub table: Table,
    /// What the runs have brought.
    pub runs: Runs,
    /// Bytes second by second.
    pub throughput: Throughput,
    /// Questions.
    pub prompts: Prompts,
    /// What fills the screen.
    pub view: View,
    /// What lies above it.
    pub over: Option<Over>,
    /// The line that is being typed.
    pub entry: Option<Entry>,
    /// What the next number stands for.
    pub armed: Option<Armed>,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// What the keys mean.
    pub bindings: Bindings,
    /// Whether the program is ending.
    pub stopping: bool,
    /// How the program has ended, once it has.
    pub exit: Option<Exit>,
    /// Warnings and failures.
    pub notices: Notices,
    /// How many lines of what is scrolled are in sight; set by whoever draws it.
    pub page: usize,
    /// How wide and high the log is; set by whoever draws it.
    pub sight: (usize, usize),
    /// What lies where, for the mouse; set by whoever draws it.
    pub targets: Vec<(Rect, Target)>,
    /// The line of the log at which a button went down.
    pub dragged_from: Option<usize>,
    remark: Option<(String, DateTime<Utc>)>,
    local: fn(DateTime<Utc>) -> DateTime<FixedOffset>,
}

impl Screen {
    /// An empty screen; `local` gives a time as the person's clock shows it.
    pub fn new(now: DateTime<Utc>, local: fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> Self {
        Self {
            now,
            since: now,
            roster: Roster::default(),
            log: Log::default(),
            search: Search::default(),
            cut: false,
            work: Vec::new(),
            book: Book::default(),
            table: Table::default(),
            runs: Runs::default(),
            throughput: Throughput::default(),
            prompts: Prompts::default(),
            view: View::default(),
            over: None,
            entry: None,
            armed: None,
            mouse: false,
            bindings: Bindings::default(),
            stopping: false,
            exit: None,
            notices: Notices::default(),
            page: 10,
            sight: (80, 10),
            targets: Vec::new(),
            dragged_from: None,
            remark: None,
            local,
        }
    }

    /// Greets somebody who sees it for the first time.
    pub fn welcome(&mut self) {
        self.over = Some(Over::Welcome(self.now + WELCOME));
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

    /// Says something in the footer for a while.
    pub fn remark(&mut self, words: impl Into<String>) {
        self.remark = Some((words.into(), self.now + REMARK));
    }

    /// What is said in the footer.
    pub fn remarked(&self) -> Option<&str> {
        self.remark.as_ref().map(|remark| remark.0.as_str())
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.throughput.move_to(now);
        self.remark.take_if(|remark| remark.1 <= now);
        if matches!(self.over, Some(Over::Welcome(until)) if until <= now) {
            self.over = None;
        }
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

    /// Takes a question in; once the program is ending, nobody is to answer any. It ends the greeting, so that a key that was
    /// meant for that isn't taken for an answer.
    pub fn ask(&mut self, question: Question) {
        self.prompts.push(question);
        if self.stopping {
            self.prompts.shelve();
        }
        self.over.take_if(|over| matches!(over, Over::Welcome(_)));
    }

    /// Takes pasted text in.
    pub fn paste(&mut self, text: &str) {
        match &mut self.entry {
            Some(entry) if self.prompts.current().is_none() => entry.paste(text),
            _ => self.prompts.paste(text),
        }
    }

    /// What stands on the normal screen afterwards: every warning and fault, and one line that sums up.
    pub fn summary(&self) -> Vec<String> {
        let mut lines = self.notices.lines();
        let mut last =
            format!("{}: {}", count(self.roster.accounts().len() as u64, "account"), brought(&self.runs.counts));
        for counted in self.notices.counted().iter().filter(|counted| !counted.is_empty()) {
            last = format!("{last}, {counted}");
        }
        lines.push(last);
        lines
    }
}
