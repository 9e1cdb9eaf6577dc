//! The keys: one table from which come what a key does, the footer, the help and the README.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::log::Scroll;

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// End gracefully; the second time, at once.
    Quit,
    /// Synchronise all accounts now.
    SyncAll,
    /// Synchronise the account with the number of the key.
    SyncOne,
    /// Hold everything, or go on.
    Pause,
    /// Show or hide the help.
    Help,
    /// Move through the log.
    Move(Scroll),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// Close what lies above the rest.
    Close,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The keys as help calls them.
    pub name: &'static str,
    /// The word in the footer; empty when it isn't shown there.
    pub short: &'static str,
    /// What help says.
    pub help: &'static str,
    /// What it means.
    pub meaning: Meaning,
    codes: &'static [(KeyCode, bool)],
}

const fn key(
    name: &'static str,
    short: &'static str,
    help: &'static str,
    meaning: Meaning,
    codes: &'static [(KeyCode, bool)],
) -> Key {
    Key { name, short, help, meaning, codes }
}

/// All keys, in the order of the footer and of the help.
pub const TABLE: [Key; 14] = [
    key(
        "q",
        "quit",
        "finish what is in hand and quit; again: at once",
        Meaning::Quit,
        &[(KeyCode::Char('q'), false), (KeyCode::Char('c'), true)],
    ),
    key("s", "sync all", "synchronise all accounts now", Meaning::SyncAll, &[(KeyCode::Char('s'), false)]),
    key(
        "1-9",
        "one",
        "synchronise one account now",
        Meaning::SyncOne,
        &[
            (KeyCode::Char('1'), false),
            (KeyCode::Char('2'), false),
            (KeyCode::Char('3'), false),
            (KeyCode::Char('4'), false),
            (KeyCode::Char('5'), false),
            (KeyCode::Char('6'), false),
            (KeyCode::Char('7'), false),
            (KeyCode::Char('8'), false),
            (KeyCode::Char('9'), false),
        ],
    ),
    key("p", "pause", "pause everything, or go on", Meaning::Pause, &[(KeyCode::Char('p'), false)]),
    key("?", "help", "show or hide this help", Meaning::Help, &[(KeyCode::Char('?'), false)]),
    key("Up", "", "one line back in the log", Meaning::Move(Scroll::Up), &[(KeyCode::Up, false)]),
    key("Down", "", "one line forth", Meaning::Move(Scroll::Down), &[(KeyCode::Down, false)]),
    key("PgUp", "", "one page back", Meaning::Move(Scroll::PageUp), &[(KeyCode::PageUp, false)]),
    key("PgDn", "", "one page forth", Meaning::Move(Scroll::PageDown), &[(KeyCode::PageDown, false)]),
    key("Home", "", "to the oldest line", Meaning::Move(Scroll::First), &[(KeyCode::Home, false)]),
    key("End", "", "to the newest line, and follow", Meaning::Move(Scroll::Last), &[(KeyCode::End, false)]),
    key("Ctrl-L", "", "draw the screen anew", Meaning::Redraw, &[(KeyCode::Char('l'), true)]),
    key("Ctrl-Z", "", "suspend; fg comes back", Meaning::Suspend, &[(KeyCode::Char('z'), true)]),
    key("Esc", "", "close this help", Meaning::Close, &[(KeyCode::Esc, false)]),
];

/// What `event` means, if anything.
pub fn meaning(event: KeyEvent) -> Option<Meaning> {
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    TABLE.iter().find(|key| key.codes.contains(&(event.code, control))).map(|key| key.meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let mut codes: Vec<_> = TABLE.iter().flat_map(|key| key.codes).map(|code| format!("{code:?}")).collect();
        let all = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn control_makes_another_key() {
        let c = |modifiers| meaning(KeyEvent::new(KeyCode::Char('c'), modifiers));
        assert_eq!(c(KeyModifiers::CONTROL), Some(Meaning::Quit));
        assert_eq!(c(KeyModifiers::NONE), None);
        let help = KeyEvent::new(KeyCode::Char('?'), KeyModifiers::SHIFT);
        assert_eq!(meaning(help), Some(Meaning::Help));
    }
}
