//! Tells what the herald has decided: the desktop where there is one, and the terminal where there isn't.

use chrono::{DateTime, Utc};

use crate::model::event::Event;
use crate::model::screen::Notify;
use crate::ui::blinken::theme::Glyphs;
use crate::ui::blinken::theme::abilities::Abilities;

use super::desktop::Desktop;
use super::sequence::sequence;
use super::{Herald, Notice};

/// Hears what happens, and tells what a person wants to be told.
#[derive(Debug)]
pub struct Crier {
    herald: Herald,
    desktop: Option<Desktop>,
    abilities: Abilities,
    glyphs: &'static Glyphs,
    /// What the terminal has to be told.
    pending: Vec<String>,
}

impl Crier {
    /// One that tells what is wished.
    pub fn new(wish: Notify, abilities: Abilities, glyphs: &'static Glyphs, env: fn(&str) -> Option<String>) -> Self {
        let desktop = if wish.anything() { Desktop::of(env) } else { None };
        Self { herald: Herald::new(wish), desktop, abilities, glyphs, pending: Vec::new() }
    }

    /// Takes an event in.
    pub fn hear(&mut self, event: &Event) {
        if let Some(notice) = self.herald.hear(event) {
            self.tell(notice);
        }
    }

    /// Lets time pass, and gives the sequences that the terminal has to be told.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Vec<String> {
        if let Some(notice) = self.herald.tick(now) {
            self.tell(notice);
        }
        let refused: Vec<Notice> = self.desktop.iter().flat_map(|desktop| desktop.refused.try_iter()).collect();
        for notice in &refused {
            self.tell_the_terminal(notice);
        }
        std::mem::take(&mut self.pending)
    }

    /// The last sequences for the terminal, when the desktop has had its time.
    pub fn finish(&mut self) -> Vec<String> {
        let refused = self.desktop.take().map_or_else(Vec::new, Desktop::finish);
        for notice in &refused {
            self.tell_the_terminal(notice);
        }
        std::mem::take(&mut self.pending)
    }

    fn tell(&mut self, notice: Notice) {
        match &self.desktop {
            Some(desktop) => desktop.tell(notice),
            None => self.tell_the_terminal(&notice),
        }
    }

    fn tell_the_terminal(&mut self, notice: &Notice) {
        self.pending.extend(sequence(notice, self.abilities, self.glyphs));
    }
}
