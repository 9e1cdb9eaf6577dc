//! The log: a ring of lines that follows what happens until a person scrolls.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use crate::ui::phrase::Phrase;

/// How many lines are kept.
pub const CAPACITY: usize = 10_000;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What, in words.
    pub phrase: Phrase,
}

/// A movement through the log.
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
    /// To the oldest line.
    First,
    /// To the newest line, and follow again.
    Last,
}

/// The lines, and the place that a person looks at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    lines: VecDeque<Line>,
    dropped: usize,
    /// The number, counted from the very first line, of the line after the last one shown; `None` while following.
    end: Option<usize>,
}

impl Log {
    /// Adds a line at the end; the oldest one makes room when there are too many.
    pub fn push(&mut self, line: Line) {
        if self.lines.len() == CAPACITY {
            self.lines.pop_front();
            self.dropped += 1;
        }
        self.lines.push_back(line);
    }

    /// Whether the newest line is in sight.
    pub fn following(&self) -> bool {
        self.end.is_none()
    }

    /// How many lines there are below the last one shown.
    pub fn below(&self) -> usize {
        self.end.map_or(0, |end| (self.dropped + self.lines.len()).saturating_sub(end))
    }

    /// Moves the view; a page is `page` lines.
    pub fn scroll(&mut self, scroll: Scroll, page: usize) {
        let last = self.dropped + self.lines.len();
        let end = self.end.unwrap_or(last);
        let page = page.max(2) - 1;
        let end = match scroll {
            Scroll::Up => end.saturating_sub(1),
            Scroll::Down => end.saturating_add(1),
            Scroll::PageUp => end.saturating_sub(page),
            Scroll::PageDown => end.saturating_add(page),
            Scroll::First => 0,
            Scroll::Last => last,
        };
        // The first page is as far up as it goes.
        let end = end.max(self.dropped + self.lines.len().min(page + 1));
        self.end = (end < last).then_some(end);
    }

    /// The lines up to the last one in sight, from there backwards.
    pub fn backwards(&self) -> impl Iterator<Item = &Line> {
        let end = self.end.map_or(self.lines.len(), |end| end.saturating_sub(self.dropped).min(self.lines.len()));
        self.lines.range(..end).rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::light::Light;
    use crate::ui::phrase::Level;

    fn log(count: usize) -> Log {
        let mut log = Log::default();
        for number in 0..count {
            push(&mut log, number);
        }
        log
    }

    fn push(log: &mut Log, number: usize) {
        let text = number.to_string();
        let phrase = Phrase { level: Level::Info, account: None, folder: None, light: Light::Control, text };
        log.push(Line { at: DateTime::default(), phrase });
    }

    fn last(log: &Log) -> Option<String> {
        log.backwards().next().map(|line| line.phrase.text.clone())
    }

    #[test]
    fn it_follows_until_scrolled_and_stays_where_it_was_left() {
        let mut log = log(100);
        assert_eq!(last(&log).as_deref(), Some("99"));
        log.scroll(Scroll::Up, 10);
        push(&mut log, 100);
        assert_eq!((last(&log).as_deref(), log.below()), (Some("98"), 2));
        log.scroll(Scroll::First, 10);
        assert_eq!(last(&log).as_deref(), Some("9"));
        log.scroll(Scroll::Last, 10);
        assert!(log.following());
    }

    #[test]
    fn scrolling_down_to_the_end_follows_again() {
        let mut log = log(30);
        log.scroll(Scroll::PageUp, 10);
        log.scroll(Scroll::PageDown, 10);
        assert!(log.following());
    }

    #[test]
    fn the_ring_keeps_the_newest() {
        let mut log = log(CAPACITY);
        log.scroll(Scroll::First, 5);
        (0..10).for_each(|number| push(&mut log, CAPACITY + number));
        assert_eq!(log.lines.len(), CAPACITY);
        assert_eq!(log.lines.front().map(|line| line.phrase.text.as_str()), Some("10"));
        log.scroll(Scroll::Up, 5);
        assert_eq!(last(&log).as_deref(), Some("14"));
    }
}
