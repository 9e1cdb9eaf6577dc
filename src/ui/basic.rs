//! Plain lines for logs and cron: never asks, says nothing while it waits.

use std::io::{self, Write};

use chrono::{DateTime, FixedOffset, Utc};

use crate::model::event::Event;

use super::lines::Style;
use super::phrase::phrase;

/// Writes a line for every event that has words.
#[derive(Debug)]
pub struct Basic<W> {
    out: W,
    /// A time as the person's clock shows it, where lines begin with one.
    stamp: Option<fn(DateTime<Utc>) -> DateTime<FixedOffset>>,
}

impl<W: Write> Basic<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, stamp: None }
    }

    /// The same; each line begins with its time as `local` gives it.
    #[must_use]
    pub fn stamped(self, local: fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> Self {
        Self { stamp: Some(local), ..self }
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
        match self.stamp {
            Some(local) => writeln!(self.out, "{} {line}", local(event.at).format("%Y-%m-%d %H:%M:%S"))?,
            None => writeln!(self.out, "{line}")?,
        }
        self.out.flush()
    }
}
