//! The colour behind the letters, as the terminal itself tells it.
//!
//! The question is put before the first picture. The answer comes the way that keys come, at once, late, or never, so it is
//! taken out of the keys wherever it turns up: nothing has to wait for it, no key is lost to it, and none of it is taken for a
//! key.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::model::screen::Ground;

use super::theme::colour::{Rgb, luminance};

/// The question (xterm's OSC 11).
pub const QUESTION: &str = "\x1b]11;?\x1b\\";

/// How long the first picture waits for the answer; a later one changes the colours of what is seen.
pub const PATIENCE: Duration = Duration::from_millis(200);

/// How long the end of the program waits for it: the shell that comes next would take it for something typed.
pub const LAST: Duration = Duration::from_secs(1);

/// What comes before the colour, and the longest answer that makes sense.
const BEGIN: &str = "11;rgb";
const LONGEST: usize = 40;

/// Whether a colour is a dark ground or a light one: which of black and white is nearer to the eye.
pub fn ground(colour: Rgb) -> Ground {
    if luminance(colour) > 0.18 { Ground::Light } else { Ground::Dark }
}

/// Takes answers out of the keys.
#[derive(Debug, Default)]
pub struct Sieve {
    /// What could be the beginning of an answer, as it was read.
    held: Vec<Event>,
    /// The same as text.
    text: String,
    /// Whether the last key was Esc by itself.
    escaped: bool,
}

/// What comes out of the sieve.
#[derive(Debug, PartialEq, Eq)]
pub enum Sifted {
    /// Nothing yet.
    Held,
    /// These are what they seem to be.
    Keys(Vec<Event>),
    /// The terminal has told its colour.
    Answer(Rgb),
}

impl Sieve {
    /// Takes in what was read.
    pub fn take(&mut self, event: Event) -> Sifted {
        let Event::Key(key) = event else { return self.pass(event) };
        if self.held.is_empty() {
            // A slow line may part the two characters that begin an answer.
            let parted = std::mem::replace(&mut self.escaped, key.code == KeyCode::Esc);
            let begins = key.code == KeyCode::Char(']') && (parted || key.modifiers.contains(KeyModifiers::ALT));
            return if begins { self.hold(event) } else { Sifted::Keys(vec![event]) };
        }
        match key.code {
            KeyCode::Char(c) if !ends(&key) && self.fits(c) => {
                self.text.push(c);
                self.hold(event)
            }
            _ if !self.text.starts_with(BEGIN) => self.pass(event),
            _ => self.end(event, ends(&key)),
        }
    }

    /// What has begun as an answer ends as one, or is broken off; nobody has typed that.
    fn end(&mut self, event: Event, well: bool) -> Sifted {
        let Self { text, .. } = std::mem::take(self);
        match colour(&text) {
            Some(rgb) if well => Sifted::Answer(rgb),
            _ if well => Sifted::Held,
            _ => Sifted::Keys(vec![event]),
        }
    }

    fn fits(&self, c: char) -> bool {
        match BEGIN.as_bytes().get(self.text.len()) {
            Some(wanted) => c == char::from(*wanted),
            None => self.text.len() < LONGEST && (c.is_ascii_hexdigit() || matches!(c, ':' | '/' | 'a')),
        }
    }

    fn hold(&mut self, event: Event) -> Sifted {
        self.held.push(event);
        Sifted::Held
    }

    /// It was no answer.
    fn pass(&mut self, event: Event) -> Sifted {
        let mut keys = std::mem::take(&mut self.held);
        keys.push(event);
        *self = Self::default();
        Sifted::Keys(keys)
    }
}

/// Whether a key is one of the two ends of an answer as they are read: BEL is Ctrl-G, and ST is Alt-\.
fn ends(key: &KeyEvent) -> bool {
    match key.code {
        KeyCode::Char('g') => key.modifiers.contains(KeyModifiers::CONTROL),
        KeyCode::Char('\\') => key.modifiers.contains(KeyModifiers::ALT),
        _ => false,
    }
}

/// `11;rgb:RRRR/GGGG/BBBB`, each with one to four digits, or the same with a fourth part for what shines through.
fn colour(text: &str) -> Option<Rgb> {
    let parts = text.strip_prefix(BEGIN)?.trim_start_matches('a').strip_prefix(':')?;
    let mut rgb = parts.split('/').map(|part| {
        let most = match part.len() {
            1..=4 => (1_u32 << (4 * part.len())) - 1,
            _ => return None,
        };
        u8::try_from(u32::from_str_radix(part, 16).ok()? * 255 / most).ok()
    });
    Some([rgb.next()??, rgb.next()??, rgb.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As crossterm reads these characters; an escape sign makes the next one Alt's.
    fn keys(text: &str) -> Vec<Event> {
        let mut alt = KeyModifiers::NONE;
        let mut keys = Vec::new();
        for c in text.chars() {
            match c {
                '\x1b' => alt = KeyModifiers::ALT,
                '\x07' => keys.push(KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL)),
                c => keys.push(KeyEvent::new(KeyCode::Char(c), std::mem::replace(&mut alt, KeyModifiers::NONE))),
            }
        }
        keys.into_iter().map(Event::Key).collect()
    }

    /// What comes through of these, and the answers.
    fn sifted(events: Vec<Event>) -> (Vec<Event>, Vec<Rgb>) {
        let (mut sieve, mut through, mut answers) = (Sieve::default(), Vec::new(), Vec::new());
        for event in events {
            match sieve.take(event) {
                Sifted::Held => {}
                Sifted::Keys(keys) => through.extend(keys),
                Sifted::Answer(rgb) => answers.push(rgb),
            }
        }
        (through, answers)
    }

    #[test]
    fn an_answer_is_taken_out_of_the_keys_around_it() {
        for (typed, through, answer) in [
            ("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\", "", [0xfd, 0xf6, 0xe3]),
            ("\x1b]11;rgb:0000/0000/0000\x07", "", [0; 3]),
            ("q\x1b]11;rgb:ff/ff/ff\x07p", "qp", [255; 3]),
            ("\x1b]11;rgb:F/f/0\x07", "", [255, 255, 0]),
            ("\x1b]11;rgba:1e1e/1e1e/1e1e/ffff\x1b\\", "", [0x1e; 3]),
        ] {
            assert_eq!(sifted(keys(typed)), (keys(through), vec![answer]), "{typed:?}");
        }
    }

    #[test]
    fn an_answer_that_comes_in_two_parts_is_none_of_the_keys_but_esc() {
        let esc = Event::Key(KeyEvent::from(KeyCode::Esc));
        let parted = [vec![esc.clone()], keys("]11;rgb:ff/ff/ff\x07")].concat();
        assert_eq!(sifted(parted), (vec![esc], vec![[255; 3]]));
    }

    #[test]
    fn keys_are_what_they_are_when_they_are_no_answer() {
        let paste = Event::Paste("\x1b]11;rgb:ff/ff/ff\x07".into());
        for typed in ["q]11;rgb:ff/ff/ff", "\x1b]q", "\x1b]11;p", "\x1b]12;\x07"] {
            assert_eq!(sifted(keys(typed)), (keys(typed), vec![]), "{typed:?}");
        }
        let pasted = [keys("\x1b]11"), vec![paste], keys("q")].concat();
        assert_eq!(sifted(pasted.clone()), (pasted, vec![]));
    }

    #[test]
    fn of_an_answer_that_is_broken_off_nothing_is_taken_for_a_key() {
        for typed in ["\x1b]11;rgb:ff/q", "\x1b]11;rgb:\x07q", "\x1b]11;rgb:12345/1/1\x07q", "\x1b]11;rgb:ff/ff\x07q"] {
            assert_eq!(sifted(keys(typed)), (keys("q"), vec![]), "{typed:?}");
        }
        let long = format!("\x1b]11;rgb:{}q", "f".repeat(LONGEST - BEGIN.len() - 1));
        assert_eq!(sifted(keys(&long)), (keys("q"), vec![]));
    }

    #[test]
    fn grounds_are_told_apart_by_what_the_eye_takes_for_the_middle() {
        for (colour, wanted) in [
            ([0; 3], Ground::Dark),
            ([0x00, 0x2b, 0x36], Ground::Dark),
            ([0x28, 0x2c, 0x34], Ground::Dark),
            ([0, 0, 255], Ground::Dark),
            ([0xfd, 0xf6, 0xe3], Ground::Light),
            ([0xc0; 3], Ground::Light),
        ] {
            assert_eq!(ground(colour), wanted, "{colour:?}");
        }
    }
}
