//! What a terminal can do, as far as the environment tells: its name, its locale, and who stands between.

use crate::model::screen::{Depth, Ground};

use super::glyphs::{ASCII, CONSOLE, FULL, Glyphs};

/// Who passes our words on to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nobody.
    Nobody,
    /// tmux, which understands truecolor and answers for the terminal.
    Tmux,
    /// GNU screen, which does neither.
    Screen,
}

/// How a terminal wants to be told of something that its user should see, wherever they are looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announcing {
    /// Not at all: it would print it.
    Never,
    /// OSC 9 with one sentence, as iTerm2, kitty, `WezTerm`, ghostty and others do; xterm and the rest ignore it.
    Sentence,
    /// OSC 777 with a title, as urxvt, foot and VTE do.
    Titled,
}

/// How much of xterm's language a terminal understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// All that matters here; what it doesn't know it passes over.
    Xterm,
    /// Less: the console of Linux, whose font lacks much too.
    Console,
    /// Less: the terminals of old.
    Old,
}

/// What a terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// How many colours it has.
    pub colours: Depth,
    /// What is behind its letters, unless it knows better itself.
    pub ground: Ground,
    /// Whether its locale is a UTF-8 one.
    pub utf8: bool,
    /// What it understands.
    pub family: Family,
    /// Who stands between.
    pub between: Between,
    /// Whether it announces with a title.
    titled: bool,
}

/// Names of terminals that know less than xterm, by their beginning, and how many colours they have.
const OLD: [(&str, Depth); 12] = [
    ("dumb", Depth::None),
    ("unknown", Depth::None),
    ("linux", Depth::Sixteen),
    ("ansi", Depth::Sixteen),
    ("pcansi", Depth::Sixteen),
    ("cons25", Depth::Sixteen),
    ("wsvt25", Depth::Sixteen),
    ("cygwin", Depth::Sixteen),
    ("eterm", Depth::Sixteen),
    ("hurd", Depth::Sixteen),
    ("sun", Depth::None),
    ("wy", Depth::None),
];

/// Names of terminals that have all colours, but don't say so to another machine.
const TRUE: [&str; 6] = ["alacritty", "xterm-kitty", "xterm-ghostty", "foot", "wezterm", "contour"];

impl Abilities {
    /// What the environment says: `TERM`, `COLORTERM`, `NO_COLOR` (when it isn't empty), `COLORFGBG`, `TMUX`, `STY`,
    /// `VTE_VERSION`, and the locale.
    pub fn of(env: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| env(name).unwrap_or_default();
        let has = |name| !get(name).is_empty();
        let term = get("TERM");
        let old = old(&term);
        let between = match () {
            () if has("TMUX") || term.starts_with("tmux") => Between::Tmux,
            () if has("STY") || term.starts_with("screen") => Between::Screen,
            () => Between::Nobody,
        };
        let titled = has("VTE_VERSION") || ["rxvt-unicode", "foot"].iter().any(|name| term.starts_with(name));
        Self {
            colours: match old {
                _ if has("NO_COLOR") => Depth::None,
                Some(depth) => depth,
                None => depth(&term, &get("COLORTERM"), between),
            },
            ground: ground(&get("COLORFGBG")),
            utf8: utf8(&env),
            family: match old {
                None => Family::Xterm,
                Some(_) if term.starts_with("linux") => Family::Console,
                Some(_) => Family::Old,
            },
            between,
            titled,
        }
    }

    /// Whether it understands xterm's modes: another screen beside the normal one, pasting in brackets, pictures held back
    /// until they are complete, reports of the mouse.
    pub fn modes(self) -> bool {
        self.family == Family::Xterm
    }

    /// Whether it may be asked for the colour of its ground: it answers, or is silent, and prints nothing.
    pub fn answers(self) -> bool {
        self.family == Family::Xterm && self.between != Between::Screen
    }

    /// How it announces.
    pub fn announcing(self) -> Announcing {
        match self.family {
            Family::Xterm if self.titled => Announcing::Titled,
            Family::Xterm => Announcing::Sentence,
            Family::Console | Family::Old => Announcing::Never,
        }
    }

    /// The characters to draw with; `ascii` is what a person wants, if they want anything.
    pub fn glyphs(self, ascii: Option<bool>) -> &'static Glyphs {
        match ascii.unwrap_or(!self.utf8) {
            true => &ASCII,
            false if self.family == Family::Console => &CONSOLE,
            false => &FULL,
        }
    }
}

/// Whether something can be drawn on a terminal of this name at all.
pub fn can_be_drawn_on(term: &str) -> bool {
    term != "dumb"
}

/// The colours of a terminal that knows less than xterm; `None` for all others.
fn old(term: &str) -> Option<Depth> {
    let numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    if term.strip_prefix("vt").is_some_and(numbered) {
        return Some(Depth::None);
    }
    OLD.iter().find(|(name, _)| term.starts_with(name)).map(|(_, depth)| *depth)
}

fn depth(term: &str, colorterm: &str, between: Between) -> Depth {
    // What the terminal outside can do doesn't get past GNU screen.
    let all = matches!(colorterm, "truecolor" | "24bit") && between != Between::Screen;
    match () {
        () if term.ends_with("-mono") || term.ends_with("-m") => Depth::None,
        () if all || term.ends_with("-direct") || TRUE.contains(&term) => Depth::True,
        () if term.contains("256color") => Depth::Cube,
        () => Depth::Sixteen,
    }
}

/// What `COLORFGBG` says: the numbers of two of the sixteen colours, perhaps with a word between, the ground's last.
fn ground(colorfgbg: &str) -> Ground {
    match colorfgbg.rsplit_once(';').map(|(_, ground)| ground.trim().parse::<u8>()) {
        Some(Ok(7 | 9..=15)) => Ground::Light,
        _ => Ground::Dark,
    }
}

/// Whether the locale for characters is a UTF-8 one: the first of these that is set decides.
fn utf8(env: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| env(name)).find(|value| !value.is_empty());
    let set = set.unwrap_or_default().to_lowercase();
    set.contains("utf-8") || set.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these variables, each as `NAME=value`.
    fn of(set: &str) -> Abilities {
        let value = |name: &str| set.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        Abilities::of(|name| value(name).map(str::to_owned))
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        for (set, depth) in [
            ("TERM=xterm-256color COLORTERM=truecolor", Depth::True),
            ("TERM=xterm-256color COLORTERM=24bit", Depth::True),
            ("TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1", Depth::None),
            ("TERM=xterm-256color NO_COLOR=", Depth::Cube),
            ("TERM=xterm-kitty", Depth::True),
            ("TERM=xterm-direct", Depth::True),
            ("TERM=tmux-256color", Depth::Cube),
            ("TERM=tmux-256color TMUX=/tmp/t COLORTERM=truecolor", Depth::True),
            ("TERM=screen-256color TMUX=/tmp/t COLORTERM=truecolor", Depth::True),
            ("TERM=screen.xterm-256color STY=1 COLORTERM=truecolor", Depth::Cube),
            ("TERM=screen STY=1", Depth::Sixteen),
            ("TERM=rxvt-unicode-256color COLORTERM=rxvt-xpm", Depth::Cube),
            ("TERM=linux COLORTERM=truecolor", Depth::Sixteen),
            ("TERM=vte-256color", Depth::Cube),
            ("TERM=vt100", Depth::None),
            ("TERM=vt220", Depth::None),
            ("TERM=dumb", Depth::None),
            ("TERM=xterm-mono", Depth::None),
            ("TERM=xterm", Depth::Sixteen),
            ("", Depth::Sixteen),
        ] {
            assert_eq!(of(set).colours, depth, "{set}");
        }
    }

    #[test]
    fn the_ground_is_dark_unless_the_environment_names_a_light_one() {
        for (value, ground) in [
            ("0;15", Ground::Light),
            ("0;default;15", Ground::Light),
            ("0;7", Ground::Light),
            ("15;0", Ground::Dark),
            ("15;8", Ground::Dark),
            ("15;default", Ground::Dark),
            ("x", Ground::Dark),
            ("", Ground::Dark),
        ] {
            assert_eq!(of(&format!("COLORFGBG={value}")).ground, ground, "{value}");
        }
    }

    #[test]
    fn characters_are_those_that_locale_and_font_have() {
        for (set, glyphs) in [
            ("LANG=de_DE.UTF-8", &FULL),
            ("LANG=C LC_CTYPE=C.utf8", &FULL),
            ("LANG=C.UTF-8 LC_ALL=C", &ASCII),
            ("LANG=C.UTF-8 LC_ALL=", &FULL),
            ("LANG=de_DE@euro", &ASCII),
            ("", &ASCII),
            ("TERM=linux LANG=C.UTF-8", &CONSOLE),
            ("TERM=linux LANG=C", &ASCII),
        ] {
            assert_eq!(of(set).glyphs(None), glyphs, "{set}");
        }
        assert_eq!(of("LANG=C.UTF-8").glyphs(Some(true)), &ASCII);
        assert_eq!(of("LANG=C").glyphs(Some(false)), &FULL);
        assert_eq!(of("TERM=linux LANG=C").glyphs(Some(false)), &CONSOLE);
    }

    #[test]
    fn what_would_be_printed_is_not_sent() {
        for (set, modes, answers, announcing) in [
            ("TERM=xterm-256color", true, true, Announcing::Sentence),
            ("TERM=xterm-256color VTE_VERSION=7600", true, true, Announcing::Titled),
            ("TERM=foot", true, true, Announcing::Titled),
            ("TERM=tmux-256color TMUX=/tmp/t", true, true, Announcing::Sentence),
            ("TERM=screen STY=1", true, false, Announcing::Sentence),
            ("TERM=linux", false, false, Announcing::Never),
            ("TERM=vt100", false, false, Announcing::Never),
            ("TERM=dumb", false, false, Announcing::Never),
        ] {
            let found = of(set);
            assert_eq!((found.modes(), found.answers(), found.announcing()), (modes, answers, announcing), "{set}");
        }
    }
}
