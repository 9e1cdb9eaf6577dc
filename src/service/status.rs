//! What the program is doing, in one short line for whoever looks after services: a pure fold of the events.
//!
//! Nobody renews the line while nothing happens, so it says at what time something is due and not how long that takes.

mod account;

use chrono::{DateTime, FixedOffset, Utc};

use self::account::Account;
use super::watchdog::Trouble;
use crate::model::event::{Event, EventKind};
use crate::model::fault::Exit;
use crate::model::ids::AccountName;
use crate::ui::clean::clean;
use crate::ui::phrase;

/// Bytes of the longest line. A manager takes 4,096 at once.
const LONGEST: usize = 1000;

/// A time as the person's clock shows it.
pub(super) type Local = fn(DateTime<Utc>) -> DateTime<FixedOffset>;

/// What has happened so far, as far as it matters.
#[derive(Debug)]
pub(super) struct Status {
    local: Local,
    accounts: Vec<(AccountName, Account)>,
    stopping: bool,
    ended: Option<Exit>,
}

impl Status {
    /// Nothing has happened yet; times are shown as `local` gives them.
    pub(super) fn new(local: Local) -> Self {
        Self { local, accounts: Vec::new(), stopping: false, ended: None }
    }

    /// Takes an event in.
    pub(super) fn take(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Started { accounts } => {
                self.accounts = accounts.iter().map(|name| (name.clone(), Account::default())).collect();
            }
            EventKind::Stopping => self.stopping = true,
            EventKind::Ended { exit } => self.ended = Some(*exit),
            kind => {
                let (Some(whose), _) = phrase::whose(kind) else { return };
                if let Some((_, account)) = self.accounts.iter_mut().find(|(name, _)| name == whose) {
                    account.take(kind, (self.local)(event.at), self.local);
                }
            }
        }
    }

    /// The line: clean, and not too long.
    pub(super) fn line(&self, trouble: Option<&Trouble>) -> String {
        if let Some(exit) = self.ended {
            return phrase::ended(exit).to_owned();
        }
        if self.stopping {
            return "finishing what is in hand".to_owned();
        }
        if trouble == Some(&Trouble::Deaf) {
            return "the engine does not answer".to_owned();
        }
        let hangs = |name: &AccountName| trouble == Some(&Trouble::Silent(name.clone()));
        let part = |(name, account): &(AccountName, Account)| {
            let words = if hangs(name) { "no sign of life".to_owned() } else { account.words() };
            clean(&format!("{name}: {words}")).into_owned()
        };
        shortened(self.accounts.iter().map(part).collect::<Vec<_>>().join("; "), LONGEST)
    }
}

/// The text, or as much of it as there is room for in so many bytes.
fn shortened(mut text: String, longest: usize) -> String {
    const MORE: &str = "…";
    if text.len() > longest {
        let end = (0..=longest.saturating_sub(MORE.len())).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
        text.push_str(MORE);
    }
    text
}

#[cfg(test)]
mod tests;
