//! Faults and warnings only: nothing that the program makes good by itself.

use std::io::{self, Write};

use crate::model::event::Event;

use super::lines::Style;
use super::phrase::{Level, phrase};

/// Writes a line for every fault and every warning.
#[derive(Debug)]
pub struct Quiet<W>(W);

impl<W: Write> Quiet<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self(out)
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.0
    }
}

impl<W: Write> Style for Quiet<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        let Some(phrase) = phrase(event).filter(|phrase| phrase.level > Level::Info) else { return Ok(()) };
        writeln!(self.0, "{}", phrase.line())?;
        self.0.flush()
    }
}
