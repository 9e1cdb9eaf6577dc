//! A key as people write it down: `q`, `Ctrl-L`, `F5`, `PgUp`, `Space`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key, with Ctrl or Alt held or not. Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    control: bool,
    alt: bool,
}

/// The keys that have names.
const NAMED: [(&str, KeyCode); 14] = [
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Space", KeyCode::Char(' ')),
    ("Delete", KeyCode::Delete),
    ("Backspace", KeyCode::Backspace),
];

impl From<KeyEvent> for Chord {
    fn from(event: KeyEvent) -> Self {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        let code = match event.code {
            // Terminals disagree on whether Ctrl makes a small letter or a capital.
            KeyCode::Char(c) if control => KeyCode::Char(c.to_ascii_lowercase()),
            code => code,
        };
        Self { code, control, alt }
    }
}

impl FromStr for Chord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut rest, mut control, mut alt) = (text, false, false);
        loop {
            let after = |prefix: &str| {
                let (head, tail) = rest.split_at_checked(prefix.len())?;
                (head.eq_ignore_ascii_case(prefix) && !tail.is_empty()).then_some(tail)
            };
            if let Some(tail) = after("Ctrl-") {
                (rest, control) = (tail, true);
            } else if let Some(tail) = after("Alt-") {
                (rest, alt) = (tail, true);
            } else {
                break;
            }
        }
        let code = code(rest).ok_or_else(|| format!("there is no key called \"{text}\""))?;
        let (code, control) = match code {
            KeyCode::Char(c) if control => as_sent(c.to_ascii_lowercase()),
            code => (code, control),
        };
        Ok(Self { code, control, alt })
    }
}

/// What comes of a character with Ctrl: terminals send the same for some as for keys that have names.
fn as_sent(c: char) -> (KeyCode, bool) {
    match c {
        'i' => (KeyCode::Tab, false),
        'm' => (KeyCode::Enter, false),
        '[' => (KeyCode::Esc, false),
        c => (KeyCode::Char(c), true),
    }
}

fn code(name: &str) -> Option<KeyCode> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return (!letter.is_control() && letter != ' ').then_some(KeyCode::Char(letter));
    }
    if let Some((_, code)) = NAMED.iter().find(|named| named.0.eq_ignore_ascii_case(name)) {
        return Some(*code);
    }
    let number = name.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMED.iter().find(|named| named.1 == self.code).map(|named| named.0.to_owned());
        let name = name.unwrap_or_else(|| match self.code {
            KeyCode::Char(c) if self.control => c.to_ascii_uppercase().to_string(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::F(number) => format!("F{number}"),
            _ => String::new(),
        });
        let (control, alt) = (if self.control { "Ctrl-" } else { "" }, if self.alt { "Alt-" } else { "" });
        write!(f, "{control}{alt}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_called_as_it_is_written() {
        for (written, shown) in [
            ("q", "q"),
            ("Q", "Q"),
            ("ctrl-l", "Ctrl-L"),
            ("Ctrl-Alt-x", "Ctrl-Alt-X"),
            ("alt-x", "Alt-x"),
            ("pgup", "PgUp"),
            ("SPACE", "Space"),
            ("f5", "F5"),
            ("-", "-"),
            ("Ctrl--", "Ctrl--"),
            ("Ctrl-I", "Tab"),
            ("ctrl-m", "Enter"),
            ("Ctrl-[", "Esc"),
            ("ß", "ß"),
        ] {
            assert_eq!(written.parse::<Chord>().map(|chord| chord.to_string()).as_deref(), Ok(shown));
        }
        for wrong in ["", "qq", "F0", "F25", "Ctrl-", "Hyper-x", " "] {
            assert!(wrong.parse::<Chord>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_the_terminal_sends_is_the_key_that_is_meant() {
        let event = |code, modifiers| Chord::from(KeyEvent::new(code, modifiers)).to_string();
        assert_eq!(event(KeyCode::Char('?'), KeyModifiers::SHIFT), "?");
        assert_eq!(event(KeyCode::Char('L'), KeyModifiers::CONTROL | KeyModifiers::SHIFT), "Ctrl-L");
        assert_eq!(event(KeyCode::Up, KeyModifiers::NONE), "Up");
    }
}
