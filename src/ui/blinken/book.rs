//! What is known of each folder: its names, its messages, when it was the same on both sides, and what happened to it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::event::{Event, EventKind};
use crate::model::folder::{Counts, KnownFolder, LeftOut};
use crate::model::ids::{AccountName, Side};
use crate::ui::phrase::{Phrase, whose};

/// So many lines are kept of what happened to a folder.
const HISTORY: usize = 100;

/// A folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its account.
    pub account: AccountName,
    /// The name that people know.
    pub folder: Arc<str>,
    /// Its name on the local side; empty while it isn't known.
    pub local: String,
    /// Its name on the server; empty while it isn't known.
    pub remote: String,
    /// Messages on the local side.
    pub here: Option<u64>,
    /// Messages on the server.
    pub there: Option<u64>,
    /// When it was last the same on both sides.
    pub synced: Option<DateTime<Utc>>,
    /// What the last work on it that was not for nothing has done.
    pub changed: Counts,
    /// Whether it is being worked on.
    working: bool,
    /// Whether the last work on it failed, wholly or in part.
    pub failed: bool,
    /// Messages that could not be copied.
    pub left_out: Vec<LeftOut>,
    /// What happened to it, the newest last.
    pub history: VecDeque<(DateTime<Utc>, Phrase)>,
}

impl Page {
    fn new(account: &AccountName, folder: &Arc<str>) -> Self {
        Self {
            account: account.clone(),
            folder: folder.clone(),
            local: String::new(),
            remote: String::new(),
            here: None,
            there: None,
            synced: None,
            changed: Counts::default(),
            working: false,
            failed: false,
            left_out: Vec::new(),
            history: VecDeque::new(),
        }
    }

    fn note(&mut self, at: DateTime<Utc>, phrase: &Phrase) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back((at, phrase.clone()));
    }

    /// How many of its messages are left out and not ignored.
    pub fn open(&self) -> usize {
        self.left_out.iter().filter(|message| !message.ignored).count()
    }
}

/// All folders, in the order in which they became known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Book {
    pages: Vec<Page>,
    places: HashMap<(AccountName, Arc<str>), usize>,
}

impl Book {
    /// The folders.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// A folder, if it is known.
    pub fn page(&self, account: &AccountName, folder: &Arc<str>) -> Option<&Page> {
        self.places.get(&(account.clone(), folder.clone())).and_then(|place| self.pages.get(*place))
    }

    fn open(&mut self, account: &AccountName, folder: &Arc<str>) -> &mut Page {
        let pages = &mut self.pages;
        let place = *self.places.entry((account.clone(), folder.clone())).or_insert_with(|| {
            pages.push(Page::new(account, folder));
            pages.len() - 1
        });
        &mut pages[place]
    }

    /// Takes an event in, with its words, where it has some.
    pub fn apply(&mut self, event: &Event, phrase: Option<&Phrase>) {
        if let ((Some(account), Some(folder)), Some(phrase)) = (whose(&event.kind), phrase) {
            self.open(account, folder).note(event.at, phrase);
        }
        match &event.kind {
            EventKind::FoldersKnown { account, folders } => self.known(account, folders),
            EventKind::FolderStarted { account, folder } => {
                let page = self.open(account, folder);
                (page.working, page.failed) = (true, false);
            }
            EventKind::Listing { account, folder, side, messages: Some(messages) } => {
                let page = self.open(account, folder);
                *(if *side == Side::Local { &mut page.here } else { &mut page.there }) = Some(*messages);
            }
            EventKind::Counted { account, folder, here, there } => {
                let page = self.open(account, folder);
                (page.here, page.there) = (Some(*here), Some(*there));
            }
            EventKind::FolderDone { account, folder, counts, failed } => {
                let page = self.open(account, folder);
                (page.working, page.failed) = (false, *failed);
                if !counts.is_nothing() {
                    page.changed = *counts;
                }
                page.synced = if *failed { page.synced } else { Some(event.at) };
            }
            EventKind::Failed { account: Some(account), folder: Some(folder), fault } if !fault.is_stop() => {
                self.open(account, folder).failed = true;
            }
            EventKind::SyncDone { account, stopped: false, pretended: false, failures, .. } => {
                // An account that failed as a whole has looked at nothing; the others were the same where nothing was done.
                let all = *failures == 0;
                for page in self.pages.iter_mut().filter(|page| page.account == *account && !page.failed && all) {
                    page.synced = Some(event.at);
                }
            }
            _ => {}
        }
    }

    fn known(&mut self, account: &AccountName, folders: &[KnownFolder]) {
        for folder in folders {
            let page = self.open(account, &folder.names.shown);
            (page.local, page.remote) = (folder.names.local.clone(), folder.names.remote.clone());
            // What is being looked at will soon be known better.
            if !page.working {
                page.here = page.here.or(Some(folder.messages));
                page.there = page.there.or(Some(folder.messages));
            }
            page.left_out.clone_from(&folder.aside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::folder::FolderPair;
    use crate::model::ids::LampId;

    fn account() -> AccountName {
        AccountName::new("home")
    }

    fn told(book: &mut Book, kind: EventKind) {
        let event = Event { at: DateTime::UNIX_EPOCH, lamp: LampId(1), kind };
        book.apply(&event, crate::ui::phrase::phrase(&event).as_ref());
    }

    fn known(messages: u64) -> EventKind {
        let names = FolderPair { shown: "Entwürfe".into(), remote: "Entw&APw-rfe".into(), local: "Drafts".into() };
        let folders = vec![KnownFolder { names, messages, aside: Vec::new() }];
        EventKind::FoldersKnown { account: account(), folders }
    }

    fn done(failed: bool) -> EventKind {
        let counts = Counts { downloads: 2, ..Counts::default() };
        EventKind::FolderDone { account: account(), folder: "Entwürfe".into(), counts, failed }
    }

    #[test]
    fn what_is_counted_is_newer_than_what_the_ledger_knew() {
        let mut book = Book::default();
        told(&mut book, EventKind::Counted { account: account(), folder: "Entwürfe".into(), here: 3, there: 4 });
        told(&mut book, known(1));
        let page = &book.pages()[0];
        assert_eq!((page.here, page.there, page.local.as_str()), (Some(3), Some(4), "Drafts"));
        assert_eq!(book.pages().len(), 1);
    }

    #[test]
    fn a_folder_that_failed_was_not_the_same_on_both_sides() {
        let mut book = Book::default();
        told(&mut book, done(true));
        assert!(book.pages()[0].failed && book.pages()[0].synced.is_none());
        told(&mut book, done(false));
        assert!(!book.pages()[0].failed && book.pages()[0].synced.is_some());
        assert_eq!(book.pages()[0].changed.downloads, 2);
        assert_eq!(book.pages()[0].history.len(), 2);
    }
}
