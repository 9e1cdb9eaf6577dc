//! Plain lines for logs and cron: never asks, says nothing while it waits.

use std::io::{self, Write};

use crate::model::event::Event;

use super::lines::{Asker, Style};
use super::phrase::phrase;

/// Writes a line for every event that has words.
#[derive(Debug)]
pub struct Basic<W>(W);

impl<W: Write> Basic<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self(out)
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.0
    }
}

impl<W: Write> Style for Basic<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        let Some(phrase) = phrase(event) else { return Ok(()) };
        writeln!(self.0, "{}", phrase.line())?;
        self.0.flush()
    }

    fn asker(&self) -> Option<Asker> {
        None
    }
}
