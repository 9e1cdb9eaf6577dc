//! The log: a ring of lines that follows what happens until a person scrolls, shows all or some, and is searched.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use crate::ui::phrase::Phrase;

use super::filter::Filter;

/// How many lines are kept.
pub const CAPACITY: usize = 20_000;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What, in words.
    pub phrase: Phrase,
}

/// How much is in sight at once.
pub struct Room<'a> {
    /// So many lines of the screen.
    pub height: usize,
    /// How many of them a line of the log takes; at least one.
    pub lines: &'a dyn Fn(&Line) -> usize,
}

/// A movement through what is in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    /// One line towards the beginning.
    Up,
    /// One line towards the end.
    Down,
    /// One page towards the beginning.
    PageUp,
    /// One page towards the end.
    PageDown,
    /// To the first line.
    First,
    /// To the last line, and follow again.
    Last,
}

/// The lines, and the place that a person looks at. Lines are numbered from the very first one on, so that a number
/// means the same line however many have been dropped.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    lines: VecDeque<Line>,
    dropped: usize,
    filter: Filter,
    /// The numbers of the lines that the filter shows.
    shown: VecDeque<usize>,
    /// The number after that of the last line in sight; `None` while following.
    end: Option<usize>,
    /// The chosen lines: where the choice began, and where it has come to.
    chosen: Option<(usize, usize)>,
}

impl Log {
    /// Adds a line at the end; the oldest one makes room when there are too many.
    pub fn push(&mut self, line: Line) {
        if self.lines.len() == CAPACITY {
            self.lines.pop_front();
            if self.shown.front() == Some(&self.dropped) {
                self.shown.pop_front();
            }
            self.dropped += 1;
        }
        if self.filter.shows(&line.phrase) {
            self.shown.push_back(self.dropped + self.lines.len());
        }
        self.lines.push_back(line);
    }

    /// All lines that are kept, whether they are shown or not.
    pub fn all(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    /// What is shown.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Shows other lines; the place stays where it was, as far as there is something to see.
    pub fn show(&mut self, filter: Filter) {
        self.filter = filter;
        let numbered = self.lines.iter().enumerate();
        self.shown = numbered
            .filter(|(_, line)| self.filter.shows(&line.phrase))
            .map(|(place, _)| place + self.dropped)
            .collect();
        self.chosen = None;
    }

    /// Whether the newest line is in sight.
    pub fn following(&self) -> bool {
        self.end.is_none()
    }

    /// How many lines there are below the last one in sight.
    pub fn below(&self) -> usize {
        self.shown.len() - self.last_place()
    }

    /// How many of the lines that are shown stand above the end of what is in sight.
    fn last_place(&self) -> usize {
        self.end.map_or(self.shown.len(), |end| self.shown.partition_point(|number| *number < end))
    }

    /// Moves the view, or the end of the choice. A page begins or ends with a line that was in sight before.
    pub fn scroll(&mut self, scroll: Scroll, room: &Room<'_>) {
        if self.chosen.is_some() {
            return self.choose(scroll, room);
        }
        let place = self.last_place();
        let place = match scroll {
            Scroll::Up => place.saturating_sub(1),
            Scroll::Down => place + 1,
            Scroll::PageUp => place.saturating_sub((self.fitting_above(place, room) - 1).max(1)),
            Scroll::PageDown => {
                let last = place.saturating_sub(1);
                (last + self.fitting_from(last, room)).max(place + 1)
            }
            Scroll::First => 0,
            Scroll::Last => self.shown.len(),
        };
        self.look_at(place);
        self.settle(room);
    }

    /// Sees to it that no room is left empty above the first line, whatever was dropped or hidden meanwhile.
    pub fn settle(&mut self, room: &Room<'_>) {
        if self.end.is_some() {
            let first_page = self.fitting_from(0, room).min(self.shown.len());
            if self.last_place() < first_page {
                self.look_at(first_page);
            }
        }
    }

    /// How many of the lines that are shown are wholly in sight when so many of them stand above the end of it; one at least.
    fn fitting_above(&self, place: usize, room: &Room<'_>) -> usize {
        self.fitting(self.shown.range(..place).rev(), room)
    }

    /// How many are wholly in sight when the one at this place is the first; one at least.
    fn fitting_from(&self, place: usize, room: &Room<'_>) -> usize {
        self.fitting(self.shown.range(place.min(self.shown.len())..), room)
    }

    fn fitting<'a>(&self, numbers: impl Iterator<Item = &'a usize>, room: &Room<'_>) -> usize {
        let mut used = 0;
        let fits = |line: &&Line| {
            used += (room.lines)(line).max(1);
            used <= room.height
        };
        numbers.filter_map(|number| self.line(*number)).take_while(fits).count().max(1)
    }

    /// Puts the end of what is in sight behind so many of the lines that are shown.
    fn look_at(&mut self, place: usize) {
        self.end = self.shown.get(place).copied();
    }

    /// Brings a line into sight, if it isn't there yet.
    fn bring(&mut self, number: usize, room: &Room<'_>) {
        let place = self.shown.partition_point(|shown| *shown < number);
        let last = self.last_place();
        if place >= last {
            self.look_at(place + 1);
        } else if place + self.fitting_above(last, room) < last {
            self.look_at(place + self.fitting_from(place, room));
        }
    }

    /// The lines up to the last one in sight, from there backwards, each with its number.
    pub fn backwards(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.shown.range(..self.last_place()).rev().filter_map(|number| Some((*number, self.line(*number)?)))
    }

    fn line(&self, number: usize) -> Option<&Line> {
        self.lines.get(number.checked_sub(self.dropped)?)
    }
}

/// Searching.
impl Log {
    /// Goes to the nearest line above the last one in sight (or, `back`, on from there) in which `is` says yes, and says
    /// which one it is. `from` is the line that was found before.
    pub fn find(
        &mut self,
        from: Option<usize>,
        down: bool,
        room: &Room<'_>,
        is: impl Fn(&Phrase) -> bool,
    ) -> Option<usize> {
        let here = from.map_or(self.last_place(), |number| self.shown.partition_point(|shown| *shown < number));
        let matches = |number: &&usize| self.line(**number).is_some_and(|line| is(&line.phrase));
        let found = if down {
            let after = (here + usize::from(from.is_some())).min(self.shown.len());
            self.shown.range(after..).chain(self.shown.range(..after)).find(matches)
        } else {
            self.shown.range(..here).rev().chain(self.shown.range(here..).rev()).find(matches)
        };
        let found = found.copied();
        if let Some(number) = found {
            self.bring(number, room);
        }
        found
    }
}

/// Choosing lines to copy.
impl Log {
    /// Whether lines are being chosen.
    pub fn choosing(&self) -> bool {
        self.chosen.is_some()
    }

    /// Begins to choose, at the last line in sight; or ends the choice.
    pub fn toggle_choice(&mut self) {
        let last = self.last_place().checked_sub(1).and_then(|place| self.shown.get(place)).copied();
        self.chosen = if self.chosen.is_some() { None } else { last.map(|last| (last, last)) };
    }

    /// Chooses from the line where a pointer went down to the one where it is.
    pub fn choose_between(&mut self, from: usize, to: usize) {
        self.chosen = Some((from, to));
    }

    /// Nothing is chosen any more.
    pub fn let_go(&mut self) {
        self.chosen = None;
    }

    /// Whether this line is chosen.
    pub fn is_chosen(&self, number: usize) -> bool {
        self.chosen.is_some_and(|(from, to)| (from.min(to)..=from.max(to)).contains(&number))
    }

    fn choose(&mut self, scroll: Scroll, room: &Room<'_>) {
        let Some((from, to)) = self.chosen else { return };
        let place = self.shown.partition_point(|shown| *shown < to);
        let place = match scroll {
            Scroll::Up => place.saturating_sub(1),
            Scroll::Down => place + 1,
            Scroll::PageUp => place.saturating_sub(self.fitting_above((place + 1).min(self.shown.len()), room)),
            Scroll::PageDown => place + self.fitting_from(place, room),
            Scroll::First => 0,
            Scroll::Last => usize::MAX,
        };
        if let Some(to) = self.shown.get(place.min(self.shown.len().saturating_sub(1))).copied() {
            self.chosen = Some((from, to));
            self.bring(to, room);
        }
    }

    /// The chosen lines; or, with none chosen, those in sight.
    pub fn chosen(&self, room: &Room<'_>) -> Vec<&Line> {
        if self.chosen.is_none() {
            let mut used = 0;
            let in_sight = |line: &&Line| {
                let begins = used < room.height;
                used += (room.lines)(line).max(1);
                begins
            };
            let mut lines: Vec<&Line> = self.backwards().map(|(_, line)| line).take_while(in_sight).collect();
            lines.reverse();
            return lines;
        }
        let chosen = self.shown.iter().filter(|number| self.is_chosen(**number));
        chosen.filter_map(|number| self.line(*number)).collect()
    }
}

#[cfg(test)]
mod tests;
