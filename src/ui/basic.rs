//! Plain lines for logs, cron and the journal: never asks, says nothing while it waits.

use std::io::{self, Write};

use chrono::{DateTime, FixedOffset, Utc};

use crate::model::event::Event;

use super::journal;
use super::lines::Style;
use super::phrase::phrase;

/// Writes a line for every event that has words.
#[derive(Debug)]
pub struct Basic<W> {
    out: W,
    start: Start,
}

/// What a line begins with.
#[derive(Debug)]
enum Start {
    Nothing,
    /// Its time as the person's clock shows it.
    Time(fn(DateTime<Utc>) -> DateTime<FixedOffset>),
    /// How much it matters, as the journal wants it; the time it knows itself.
    Level,
}

impl<W: Write> Basic<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, start: Start::Nothing }
    }

    /// The same; each line begins with its time as `local` gives it.
    #[must_use]
    pub fn stamped(self, local: fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> Self {
        Self { start: Start::Time(local), ..self }
    }

    /// The same; each line begins with its level as the journal reads it.
    #[must_use]
    pub fn for_the_journal(self) -> Self {
        Self { start: Start::Level, ..self }
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Style for Basic<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        let Some(phrase) = phrase(event) else { return Ok(()) };
        let line = phrase.line();
        match self.start {
            Start::Time(local) => writeln!(self.out, "{} {line}", local(event.at).format("%Y-%m-%d %H:%M:%S"))?,
            Start::Level => writeln!(self.out, "{}{line}", journal::prefix(phrase.level))?,
            Start::Nothing => writeln!(self.out, "{line}")?,
        }
        self.out.flush()
    }
}
