//! The table of folders: in which order, which of them, and which one is chosen.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::model::ids::AccountName;

use super::book::{Book, Page};
use super::log::Scroll;

/// What it is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Column {
    /// The account, then the folder.
    #[default]
    Folder,
    /// Messages on the local side.
    Here,
    /// Messages on the server.
    There,
    /// When it was last the same on both sides.
    Synced,
    /// How much was changed last.
    Changed,
    /// Failures, and messages that are left out.
    Trouble,
}

impl Column {
    fn next(self) -> Self {
        match self {
            Self::Folder => Self::Here,
            Self::Here => Self::There,
            Self::There => Self::Synced,
            Self::Synced => Self::Changed,
            Self::Changed => Self::Trouble,
            Self::Trouble => Self::Folder,
        }
    }

    /// Which of two comes first. Numbers begin with the largest.
    fn order(self, one: &Page, other: &Page) -> Ordering {
        match self {
            Self::Folder => Ordering::Equal,
            Self::Here => other.here.cmp(&one.here),
            Self::There => other.there.cmp(&one.there),
            Self::Synced => other.synced.cmp(&one.synced),
            Self::Changed => other.changed.total().cmp(&one.changed.total()),
            Self::Trouble => (other.failed, other.open()).cmp(&(one.failed, one.open())),
        }
    }
}

/// The table as a person has left it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it is sorted by.
    pub column: Column,
    /// Whether it is sorted the other way round.
    pub reversed: bool,
    /// Only folders with this in their names, or in the account's, in lower case; empty for all.
    pub wanted: String,
    chosen: Option<(AccountName, Arc<str>)>,
}

impl Table {
    /// The folders in their order.
    pub fn rows<'a>(&self, book: &'a Book) -> Vec<&'a Page> {
        let is_wanted = |page: &&Page| {
            let names = [&*page.folder, &page.local, &page.remote, page.account.as_str()];
            self.wanted.is_empty() || names.iter().any(|name| name.to_lowercase().contains(&self.wanted))
        };
        let mut rows: Vec<&Page> = book.pages().iter().filter(is_wanted).collect();
        rows.sort_by(|one, other| {
            let names = |page: &&'a Page| (page.account.as_str(), &*page.folder);
            let order = self.column.order(one, other).then_with(|| names(one).cmp(&names(other)));
            if self.reversed { order.reverse() } else { order }
        });
        rows
    }

    /// The place of the chosen folder among `rows`; the first one's without a choice.
    pub fn place(&self, rows: &[&Page]) -> usize {
        let is = |page: &&Page| {
            self.chosen.as_ref().is_some_and(|chosen| chosen.0 == page.account && chosen.1 == page.folder)
        };
        rows.iter().position(is).unwrap_or(0)
    }

    /// The chosen folder.
    pub fn chosen<'a>(&self, book: &'a Book) -> Option<&'a Page> {
        let rows = self.rows(book);
        rows.get(self.place(&rows)).copied()
    }

    /// Chooses the folder at this place, or the last one.
    pub fn choose(&mut self, book: &Book, place: usize) {
        let rows = self.rows(book);
        let page = rows.get(place.min(rows.len().saturating_sub(1)));
        self.chosen = page.map(|page| (page.account.clone(), page.folder.clone()));
    }

    /// Chooses another one; a page is `page` rows.
    pub fn scroll(&mut self, book: &Book, scroll: Scroll, page: usize) {
        let place = self.place(&self.rows(book));
        self.choose(book, moved(place, scroll, page));
    }

    /// Sorts by the next column.
    pub fn sort_on(&mut self) {
        (self.column, self.reversed) = (self.column.next(), false);
    }
}

/// The place after a movement; whoever uses it sees to the end.
pub fn moved(place: usize, scroll: Scroll, page: usize) -> usize {
    match scroll {
        Scroll::Up => place.saturating_sub(1),
        Scroll::Down => place + 1,
        Scroll::PageUp => place.saturating_sub(page.max(1)),
        Scroll::PageDown => place + page.max(1),
        Scroll::First => 0,
        Scroll::Last => usize::MAX,
    }
}

/// The first row to draw so that the one at `place` is in sight, somewhere near the middle, with no room left empty.
pub fn first_in_sight(place: usize, rows: usize, height: usize) -> usize {
    place.saturating_sub(height / 2).min(rows.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Event, EventKind};
    use crate::model::ids::LampId;
    use chrono::DateTime;

    fn book() -> Book {
        let mut book = Book::default();
        for (account, folder, here, there) in
            [("work", "INBOX", 5, 5), ("home", "Lists", 20, 9), ("home", "INBOX", 3, 30)]
        {
            let (account, folder) = (AccountName::new(account), folder.into());
            let kind = EventKind::Counted { account, folder, here, there };
            book.apply(&Event { at: DateTime::UNIX_EPOCH, lamp: LampId(1), kind }, None);
        }
        book
    }

    fn shown(table: &Table, book: &Book) -> String {
        let names: Vec<String> =
            table.rows(book).iter().map(|page| format!("{}/{}", page.account, page.folder)).collect();
        names.join(" ")
    }

    #[test]
    fn it_is_sorted_by_each_column_both_ways() {
        let (book, mut table) = (book(), Table::default());
        assert_eq!(shown(&table, &book), "home/INBOX home/Lists work/INBOX");
        table.sort_on();
        assert_eq!(shown(&table, &book), "home/Lists work/INBOX home/INBOX");
        table.sort_on();
        assert_eq!(shown(&table, &book), "home/INBOX home/Lists work/INBOX");
        table.reversed = true;
        assert_eq!(shown(&table, &book), "work/INBOX home/Lists home/INBOX");
    }

    #[test]
    fn the_choice_stays_with_its_folder() {
        let (book, mut table) = (book(), Table::default());
        table.scroll(&book, Scroll::Down, 5);
        let chosen = |table: &Table| table.chosen(&book).map(|page| page.folder.to_string());
        assert_eq!(chosen(&table).as_deref(), Some("Lists"));
        table.sort_on();
        assert_eq!(chosen(&table).as_deref(), Some("Lists"));
        table.scroll(&book, Scroll::Last, 5);
        assert_eq!(table.place(&table.rows(&book)), 2);
        table.wanted = "work".into();
        assert_eq!(shown(&table, &book), "work/INBOX");
        table.wanted = "nothing".into();
        assert!(table.chosen(&book).is_none());
    }

    #[test]
    fn the_chosen_row_is_always_in_sight() {
        for rows in 0..30 {
            for height in 1..12 {
                for place in 0..rows {
                    let first = first_in_sight(place, rows, height);
                    assert!(first <= place && place < first + height && (first == 0 || first + height <= rows));
                }
            }
        }
    }
}
