//! What events do to the screen.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::event::{Event, EventKind, Progress};
use crate::model::folder::Counts;
use crate::model::ids::AccountName;
use crate::ui::clean::clean;
use crate::ui::figures::{count, number};
use crate::ui::phrase::{Phrase, brought, phrase};

use super::log::Line;
use super::roster::Phase;
use super::screen::Screen;
use super::work::Work;

impl Screen {
    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        let phrase = phrase(event);
        self.book.apply(event, phrase.as_ref());
        self.runs.apply(event);
        self.write_down(event, phrase);
        match &event.kind {
            EventKind::Started { accounts } => accounts.iter().for_each(|name| {
                self.roster.row(name);
            }),
            EventKind::ThreadStarted { account } => self.roster.thread_started(event.lamp, account.as_ref()),
            EventKind::ThreadEnded => self.roster.thread_ended(event.lamp, event.at),
            EventKind::Lit { light } => self.roster.turn(event.lamp, *light, event.at),
            EventKind::Stopping => {
                self.stopping = true;
                self.prompts.shelve();
            }
            EventKind::Ended { exit } => self.exit = Some(*exit),
            kind => {
                self.apply_to_account(event, kind);
                self.apply_to_folder(event.at, kind);
            }
        }
    }

    fn write_down(&mut self, event: &Event, phrase: Option<Phrase>) {
        let Some(phrase) = phrase else { return };
        self.notices.add(&phrase);
        self.log.push(Line { at: event.at, phrase });
    }

    fn apply_to_account(&mut self, event: &Event, kind: &EventKind) {
        let at = event.at;
        match kind {
            EventKind::SyncStarted { account } => {
                let row = self.roster.row(account);
                (row.phase, row.trouble, row.status) = (Phase::Active, false, "starting".into());
            }
            EventKind::Connecting { account, host, .. } => {
                self.roster.row(account).say(|| clean(&format!("connecting to {host}")).into_owned());
            }
            EventKind::Connected { account, host, .. } => {
                let row = self.roster.row(account);
                row.connected(event.lamp);
                row.say(|| clean(&format!("connected to {host}")).into_owned());
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
                row.every = until.signed_duration_since(at).to_std().ok().max(row.every);
                row.trouble |= retry.is_some();
                row.phase =
                    Phase::Waiting { until: *until, retry: retry.as_deref().map(|why| clean(why).into_owned()) };
            }
            EventKind::Watched { account, watch, folders } => {
                self.roster.row(account).watch = Some((*watch, *folders));
            }
            EventKind::Paused { account, left_ms } => self.roster.row(account).pause(*left_ms),
            EventKind::Resumed { account } => self.roster.row(account).resume(at),
            _ => {}
        }
    }

    fn sync_done(&mut self, at: DateTime<Utc>, account: &AccountName, counts: &Counts, failures: u64, stopped: bool) {
        self.work.retain(|work| work.account != *account);
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
                self.runs.add(account, (down, up));
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
}
