//! A notice as a sequence that a terminal shows its user, wherever they are looking.

use crate::ui::blinken::theme::Glyphs;
use crate::ui::blinken::theme::abilities::{Abilities, Announcing, Between};

use super::Notice;

/// The sequence; `None` for a terminal that would print it.
pub fn sequence(notice: &Notice, abilities: Abilities, glyphs: &Glyphs) -> Option<String> {
    let (title, body) = (glyphs.spell(&notice.title), glyphs.spell(&notice.body));
    let plain = match abilities.announcing() {
        Announcing::Never => return None,
        // It never begins with a number: ConEmu's OSC 9 means other things by numbers.
        Announcing::Sentence => format!("\x1b]9;blinkensync: {title} ({body})\x07"),
        Announcing::Titled => format!("\x1b]777;notify;blinkensync: {};{body}\x07", title.replace(';', ",")),
    };
    Some(match abilities.between {
        Between::Nobody => plain,
        // Both hand what is wrapped like this to the terminal outside, if they are allowed to.
        Between::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Between::Screen => format!("\x1bP{plain}\x1b\\"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::blinken::herald::Topic;
    use crate::ui::blinken::theme::glyphs::{ASCII, FULL};

    #[test]
    fn each_terminal_is_told_in_its_own_way() {
        let notice = Notice { topic: Topic::Mail, title: "2 new messages".into(), body: "home: Entwürfe".into() };
        for (set, wanted) in [
            ("TERM=xterm-256color", Some("\x1b]9;blinkensync: 2 new messages (home: Entwürfe)\x07")),
            ("TERM=foot", Some("\x1b]777;notify;blinkensync: 2 new messages;home: Entwürfe\x07")),
            ("TERM=tmux-256color", Some("\x1bPtmux;\x1b\x1b]9;blinkensync: 2 new messages (home: Entwürfe)\x07\x1b\\")),
            ("TERM=screen", Some("\x1bP\x1b]9;blinkensync: 2 new messages (home: Entwürfe)\x07\x1b\\")),
            ("TERM=linux", None),
            ("TERM=vt100", None),
        ] {
            let value = |name: &str| set.strip_prefix(name)?.strip_prefix('=');
            let abilities = Abilities::of(|name| value(name).map(str::to_owned));
            assert_eq!(sequence(&notice, abilities, &FULL).as_deref(), wanted, "{set}");
        }
        let abilities = Abilities::of(|_| None);
        assert!(sequence(&notice, abilities, &ASCII).unwrap().contains("Entw?rfe"));
    }
}
