//! One account's part of the status.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::{Local, shortened};
use crate::model::event::EventKind;
use crate::ui::figures::{count, number};

/// Bytes of the longest reason for trying again that is told.
const LONGEST_REASON: usize = 80;

/// What one account is doing.
#[derive(Debug, Default)]
pub(super) struct Account {
    phase: Phase,
    paused: bool,
    /// Messages that are still to be copied, by folder.
    left: BTreeMap<Arc<str>, u64>,
    /// What failed in the run under way, or the last one.
    failures: u64,
}

#[derive(Debug, Default)]
enum Phase {
    /// It has not been its turn yet.
    #[default]
    New,
    /// A run is under way.
    Running(&'static str),
    /// The next run begins then; why the last one failed as a whole.
    Waiting { when: String, why: Option<String> },
    /// A run has ended, and nothing was said of another one.
    Done,
}

impl Account {
    /// Takes an event of this account in, which has happened at this time.
    pub(super) fn take(&mut self, kind: &EventKind, at: DateTime<FixedOffset>, local: Local) {
        match kind {
            EventKind::SyncStarted { .. } => {
                self.left.clear();
                (self.phase, self.failures) = (Phase::Running("synchronising"), 0);
            }
            // Those who watch connect as well, beside the runs.
            EventKind::Connecting { .. } if self.is_running() => self.phase = Phase::Running("connecting"),
            EventKind::Connected { .. } if self.is_running() => self.phase = Phase::Running("synchronising"),
            EventKind::Planned { folder, counts, pretended: false, .. } => self.leave(folder, counts.copies()),
            EventKind::Progress { folder, progress, .. } if self.left.contains_key(folder) => {
                self.leave(folder, progress.total.saturating_sub(progress.done));
            }
            EventKind::FolderDone { folder, .. } => self.leave(folder, 0),
            EventKind::Failed { fault, .. } if !fault.is_stop() => self.failures += 1,
            EventKind::SyncDone { failures, .. } => (self.phase, self.failures) = (Phase::Done, *failures),
            EventKind::Waiting { until, retry, .. } => {
                let until = local(*until);
                let form = if until.date_naive() == at.date_naive() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
                // What follows the first part is advice; and the parts of the status are separated in the same way.
                let first = |why: &String| why.split(';').next().unwrap_or_default().to_owned();
                let why = retry.as_ref().map(|why| shortened(first(why), LONGEST_REASON));
                self.phase = Phase::Waiting { when: until.format(form).to_string(), why };
            }
            EventKind::Paused { .. } => self.paused = true,
            EventKind::Resumed { .. } => self.paused = false,
            _ => {}
        }
    }

    fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running(_))
    }

    fn leave(&mut self, folder: &Arc<str>, messages: u64) {
        if messages == 0 {
            self.left.remove(folder);
        } else {
            self.left.insert(folder.clone(), messages);
        }
    }

    /// What it is doing, in a few words.
    pub(super) fn words(&self) -> String {
        let words = match &self.phase {
            _ if self.paused => "paused".to_owned(),
            Phase::New => "waiting for its turn".to_owned(),
            Phase::Running(_) if !self.left.is_empty() => {
                let (folders, messages) = (self.left.len() as u64, self.left.values().sum());
                format!("copying {}, {} to go", count(folders, "folder"), number(messages))
            }
            Phase::Running(what) => (*what).to_owned(),
            Phase::Waiting { when, why: Some(why) } => return format!("{why}, next try at {when}"),
            Phase::Waiting { when, why: None } => format!("next at {when}"),
            Phase::Done if self.failures > 0 => "not all synchronised".to_owned(),
            Phase::Done => "synchronised".to_owned(),
        };
        if self.failures > 0 { format!("{words}, {}", count(self.failures, "failure")) } else { words }
    }
}
