//! Shows nothing: for a program whose log goes elsewhere.

use std::io;

use crate::model::event::Event;

use super::lines::Style;

/// Writes no line, and never asks.
#[derive(Debug)]
pub struct Silent;

impl Style for Silent {
    fn show(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }
}
