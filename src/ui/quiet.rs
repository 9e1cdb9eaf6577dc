//! Faults and warnings only: nothing that the program makes good by itself.

use std::io::{self, Write};

use crate::model::event::Event;

use super::journal;
use super::lines::Style;
use super::phrase::{Level, phrase};

/// Writes a line for every fault and every warning.
#[derive(Debug)]
pub struct Quiet<W> {
    out: W,
    /// Whether each begins with its level as the journal reads it.
    levels: bool,
}

impl<W: Write> Quiet<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, levels: false }
    }

    /// The same; each line begins with its level as the journal reads it.
    #[must_use]
    pub fn for_the_journal(self) -> Self {
        Self { levels: true, ..self }
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Style for Quiet<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        let Some(phrase) = phrase(event).filter(|phrase| phrase.level > Level::Info) else { return Ok(()) };
        let level = if self.levels { journal::prefix(phrase.level) } else { String::new() };
        writeln!(self.out, "{level}{}", phrase.line())?;
        self.out.flush()
    }
}
