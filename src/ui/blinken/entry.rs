//! A line that a person is typing in the footer: words to look for, or a filter.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// No line is longer than this many characters.
const LONGEST: usize = 200;

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be looked for in the log.
    Search,
    /// To say which lines of the log are shown.
    Filter,
    /// To say which folders are shown.
    Folders,
}

impl Purpose {
    /// What stands before the line.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Search => "/",
            Self::Filter => "show only ",
            Self::Folders => "folders with ",
        }
    }
}

/// What a key has made of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// It goes on.
    More,
    /// It is complete.
    Whole,
    /// It is given up.
    Nothing,
}

/// The line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is for.
    pub purpose: Purpose,
    /// What was typed.
    pub text: String,
}

impl Entry {
    /// A line that begins with this text.
    pub fn new(purpose: Purpose, text: String) -> Self {
        Self { purpose, text }
    }

    /// Takes a key in.
    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match usual(key) {
            KeyCode::Enter => return Typed::Whole,
            KeyCode::Esc => return Typed::Nothing,
            KeyCode::Backspace if self.text.is_empty() => return Typed::Nothing,
            KeyCode::Backspace => drop(self.text.pop()),
            KeyCode::Char('u') if held => self.text.clear(),
            KeyCode::Char('w') if held => {
                let kept = self.text.trim_end().rfind(' ').map_or(0, |space| space + 1);
                self.text.truncate(kept);
            }
            KeyCode::Char(c) if !held => self.paste(c.encode_utf8(&mut [0; 4])),
            _ => {}
        }
        Typed::More
    }

    /// Adds text; of several lines only the first.
    pub fn paste(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.chars().count());
        self.text.extend(text.chars().take_while(|c| !matches!(c, '\r' | '\n')).filter(|c| !c.is_control()).take(room));
    }
}

/// What a key is when it is typed into a line: some terminals send Ctrl-H for Backspace, and pasted lines may end in Ctrl-J.
pub fn usual(key: KeyEvent) -> KeyCode {
    match key.code {
        KeyCode::Char('h') if key.modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Backspace,
        KeyCode::Char('j') if key.modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Enter,
        code => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_typed_corrected_and_given_up() {
        let mut entry = Entry::new(Purpose::Search, String::new());
        entry.paste("one two\nthree");
        assert_eq!(entry.text, "one two");
        let press = |entry: &mut Entry, code, modifiers| entry.key(KeyEvent::new(code, modifiers));
        assert_eq!(press(&mut entry, KeyCode::Char('w'), KeyModifiers::CONTROL), Typed::More);
        assert_eq!(entry.text, "one ");
        press(&mut entry, KeyCode::Backspace, KeyModifiers::NONE);
        press(&mut entry, KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert_eq!(entry.text, "oneS");
        assert_eq!(press(&mut entry, KeyCode::Enter, KeyModifiers::NONE), Typed::Whole);
        press(&mut entry, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(press(&mut entry, KeyCode::Backspace, KeyModifiers::NONE), Typed::Nothing);
        entry.paste(&"x".repeat(1000));
        assert_eq!(entry.text.len(), LONGEST);
    }
}
