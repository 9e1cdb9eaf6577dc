//! Warnings and failures: counted for the footer, and kept to be read once the screen is gone.

use crate::ui::figures::{count, number};
use crate::ui::phrase::{Level, Phrase};

/// So many different ones are kept; of more, only the number.
const KEPT: usize = 1000;

/// What a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notices {
    /// How many things failed.
    pub failures: u64,
    /// How many warnings there were.
    pub warnings: u64,
    kept: Vec<(String, u64)>,
    lost: u64,
}

impl Notices {
    /// Takes the words of an event in, if they matter that much.
    pub fn add(&mut self, phrase: &Phrase) {
        match phrase.level {
            Level::Debug | Level::Info => return,
            Level::Warning => self.warnings += 1,
            Level::Error => self.failures += 1,
        }
        let line = phrase.line();
        // A server that is away for a night fails the same way many times.
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.0 == line) {
            kept.1 += 1;
        } else if self.kept.len() < KEPT {
            self.kept.push((line, 1));
        } else {
            self.lost += 1;
        }
    }

    /// How many there were in words, the failures first; empty without any.
    pub fn counted(&self) -> [String; 2] {
        let words = |value, noun| if value > 0 { count(value, noun) } else { String::new() };
        [words(self.failures, "failure"), words(self.warnings, "warning")]
    }

    /// A line for each that was kept, in the order in which they came.
    pub fn lines(&self) -> Vec<String> {
        let times = |times: u64| if times > 1 { format!(" ({} times)", number(times)) } else { String::new() };
        let mut lines: Vec<String> = self.kept.iter().map(|kept| format!("{}{}", kept.0, times(kept.1))).collect();
        if self.lost > 0 {
            lines.push(format!("and {} that were not kept", number(self.lost)));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::light::Light;

    fn phrase(level: Level, text: &str) -> Phrase {
        Phrase { level, account: None, folder: None, light: Light::Control, text: text.into() }
    }

    #[test]
    fn what_happens_again_is_said_once() {
        let mut notices = Notices::default();
        for (level, text) in [
            (Level::Error, "no route"),
            (Level::Info, "connected"),
            (Level::Warning, "read-only"),
            (Level::Error, "no route"),
        ] {
            notices.add(&phrase(level, text));
        }
        assert_eq!(notices.lines(), ["no route (2 times)", "read-only"]);
        assert_eq!(notices.counted(), ["2 failures", "1 warning"]);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut notices = Notices::default();
        (0..KEPT + 3).for_each(|number| notices.add(&phrase(Level::Warning, &number.to_string())));
        assert_eq!(notices.lines().len(), KEPT + 1);
        assert_eq!(notices.lines().last().map(String::as_str), Some("and 3 that were not kept"));
    }
}
