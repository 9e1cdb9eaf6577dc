//! What is worth telling a person who looks elsewhere: decided here, without a clock or a desktop.

pub mod crier;
mod desktop;
mod sequence;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::event::{Event, EventKind};
use crate::model::ids::AccountName;
use crate::model::screen::Notify;
use crate::ui::clean::clean;
use crate::ui::figures::{count, number};
use crate::ui::phrase::{Level, phrase};

use super::text;

/// The shortest time between two notices of failures.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// So many folders are named in a notice.
const FOLDERS: usize = 4;
/// The most columns that a notice's body takes.
const LONGEST: usize = 200;

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// New mail.
    Mail,
    /// Failures.
    Failures,
}

/// Something to tell, free of what a terminal might obey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub topic: Topic,
    /// A few words.
    pub title: String,
    /// A line.
    pub body: String,
}

/// Hears what happens and says what to tell.
#[derive(Debug)]
pub struct Herald {
    wish: Notify,
    /// What each synchronisation has brought so far, by folder.
    brought: HashMap<AccountName, Vec<(Arc<str>, u64)>>,
    /// Failures that nobody has been told of, and the words of the last one.
    untold: (u64, String),
    /// When failures were last told of.
    told: Option<DateTime<Utc>>,
}

impl Herald {
    /// One that tells what is wished.
    pub fn new(wish: Notify) -> Self {
        Self { wish, brought: HashMap::new(), untold: (0, String::new()), told: None }
    }

    /// Takes an event in.
    pub fn hear(&mut self, event: &Event) -> Option<Notice> {
        match &event.kind {
            EventKind::SyncStarted { account } => {
                self.brought.remove(account);
                None
            }
            EventKind::FolderDone { account, folder, counts, .. } if counts.downloads > 0 => {
                self.brought.entry(account.clone()).or_default().push((folder.clone(), counts.downloads));
                None
            }
            EventKind::SyncDone { account, counts, pretended, .. } => {
                let folders = self.brought.remove(account).unwrap_or_default();
                let wanted = self.wish.mail && !pretended && counts.downloads > 0;
                wanted.then(|| mail(account, folders, counts.downloads))
            }
            EventKind::Failed { .. } if self.wish.errors => {
                let failure = phrase(event).filter(|phrase| phrase.level == Level::Error)?;
                self.untold = (self.untold.0 + 1, failure.line());
                self.tick(event.at)
            }
            EventKind::Ended { .. } => self.failures(),
            _ => None,
        }
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Option<Notice> {
        // A clock that was put back is no reason to be silent for hours.
        let soon = self.told.is_some_and(|told| now.signed_duration_since(told).abs() < PAUSE);
        if soon || self.untold.0 == 0 {
            return None;
        }
        self.told = Some(now);
        self.failures()
    }

    fn failures(&mut self) -> Option<Notice> {
        let (failures, last) = std::mem::take(&mut self.untold);
        let body = text::cut(&last, LONGEST);
        (failures > 0).then(|| Notice { topic: Topic::Failures, title: count(failures, "failure"), body })
    }
}

fn mail(account: &AccountName, mut folders: Vec<(Arc<str>, u64)>, messages: u64) -> Notice {
    // Those that brought most first; the sort keeps the order of the others.
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.1));
    let alone = folders.len() == 1;
    let named = folders.iter().take(FOLDERS).map(|(folder, messages)| {
        if alone { clean(folder).into_owned() } else { format!("{} {}", clean(folder), number(*messages)) }
    });
    let mut words: Vec<String> = named.collect();
    if folders.len() > FOLDERS {
        words.push(count((folders.len() - FOLDERS) as u64, "other folder"));
    }
    let account = clean(account.as_str()).into_owned();
    let body = if words.is_empty() { account } else { format!("{account}: {}", words.join(", ")) };
    Notice { topic: Topic::Mail, title: count(messages, "new message"), body: text::cut(&body, LONGEST) }
}

#[cfg(test)]
mod tests;
