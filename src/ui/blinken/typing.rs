//! What is typed in the footer, and what comes of it.

use crossterm::event::KeyEvent;

use super::entry::{Entry, Purpose, Typed};
use super::keys::Meaning;
use super::log::Room;
use super::logview::Columns;
use super::screen::Screen;
use super::search::Search;
use super::view::View;

impl Screen {
    pub(super) fn begin_to_type(&mut self, meaning: Meaning) {
        let entry = match (meaning, self.view) {
            (Meaning::Search, View::Folders) => Entry::new(Purpose::Folders, self.table.wanted.clone()),
            (Meaning::Search, _) => Entry::new(Purpose::Search, String::new()),
            _ => Entry::new(Purpose::Filter, self.log.filter().words()),
        };
        self.entry = Some(entry);
    }

    pub(super) fn type_in(&mut self, key: KeyEvent) {
        let Some(entry) = &mut self.entry else { return };
        match entry.key(key) {
            Typed::Nothing => self.entry = None,
            Typed::Whole => {
                if let Some(entry) = self.entry.take() {
                    self.typed(entry);
                }
            }
            // Folders are few, so that each letter can tell at once.
            Typed::More if entry.purpose == Purpose::Folders => self.table.wanted = entry.text.to_lowercase(),
            Typed::More => {}
        }
    }

    fn typed(&mut self, entry: Entry) {
        match entry.purpose {
            Purpose::Folders => self.table.wanted = entry.text.to_lowercase(),
            Purpose::Search => {
                self.search = Search::new(&entry.text);
                self.find(false);
            }
            Purpose::Filter => match entry.text.parse() {
                Ok(filter) => self.log.show(filter),
                Err(words) => {
                    self.remark(words);
                    self.entry = Some(entry);
                }
            },
        }
    }

    pub(super) fn find(&mut self, down: bool) {
        if self.search.words().is_empty() {
            return self.remark(format!("{} looks for words", self.bindings.first(Meaning::Search)));
        }
        let (search, columns) = (&self.search, Columns::new(self, self.sight.0));
        let room = Room { height: self.sight.1, lines: &|line| columns.lines(line) };
        self.search.found = self.log.find(search.found, down, &room, |phrase| search.is_in(phrase));
        if self.search.found.is_none() {
            self.remark(format!("nothing has \"{}\" in it", self.search.words()));
        }
    }
}
