//! Which interfaces there are, what they are called, and which of them is used.

use std::fmt;
use std::io::{IsTerminal, stderr, stdout};
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, Local, Utc};

use super::FrontEnd;
use super::basic::Basic;
use super::blinken::Blinkenlights;
use super::blinken::theme::abilities::can_be_drawn_on;
use super::journal;
use super::json::Json;
use super::lines::LineUi;
use super::machine::Machine;
use super::quiet::Quiet;
use super::silent::Silent;
use super::ttyui::Ttyui;
use crate::model::screen::ScreenSettings;

/// An interface by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Full screen, with lights.
    Blinkenlights,
    /// Plain text on a terminal, which can ask for a password.
    Ttyui,
    /// Plain text for logs and cron, which never asks.
    Basic,
    /// Faults and warnings only.
    Quiet,
    /// Nothing: the log goes to syslog, which whoever builds it has to see to.
    Syslog,
    /// For programs, in the words of `OfflineIMAP`'s.
    Machine,
    /// For programs, as JSON.
    Json,
}

impl Kind {
    /// Every interface, with the name that `OfflineIMAP` had for it, if any, and the short one.
    pub const TABLE: [(Self, &'static str, &'static str); 7] = [
        (Self::Blinkenlights, "Curses.Blinkenlights", "blinkenlights"),
        (Self::Ttyui, "TTY.TTYUI", "ttyui"),
        (Self::Basic, "Noninteractive.Basic", "basic"),
        (Self::Quiet, "Noninteractive.Quiet", "quiet"),
        (Self::Syslog, "Noninteractive.Syslog", "syslog"),
        (Self::Machine, "Machine.MachineUI", "machineui"),
        (Self::Json, "jsonui", "jsonui"),
    ];

    /// Whether it needs a terminal to draw on.
    pub fn needs_terminal(self) -> bool {
        matches!(self, Self::Blinkenlights)
    }

    /// Whether it tells of each message too.
    pub fn tells_particulars(self) -> bool {
        matches!(self, Self::Machine | Self::Json)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::TABLE.iter().find(|row| row.0 == *self).map_or("basic", |row| row.2))
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let matches = |row: &&(Self, &str, &str)| row.1.eq_ignore_ascii_case(name) || row.2.eq_ignore_ascii_case(name);
        Self::TABLE.iter().find(matches).map(|row| row.0).ok_or_else(|| {
            let known: Vec<&str> = Self::TABLE.iter().map(|row| row.2).collect();
            format!("there is no interface called \"{name}\"; there are {}", known.join(", "))
        })
    }
}

/// What standard output leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// A file, a pipe, or nothing.
    Elsewhere,
    /// A terminal on which nothing can be drawn, such as the shell of an editor.
    Plain,
    /// A terminal.
    Terminal,
}

impl Output {
    /// What it leads to, by the name of the terminal (`TERM`), if it is one.
    pub fn of(is_terminal: bool, term: Option<&str>) -> Self {
        match is_terminal {
            false => Self::Elsewhere,
            true if term.is_some_and(|term| !can_be_drawn_on(term)) => Self::Plain,
            true => Self::Terminal,
        }
    }

    /// What it leads to now.
    pub fn here() -> Self {
        Self::of(stdout().is_terminal(), std::env::var("TERM").ok().as_deref())
    }
}

/// The first of `wanted` that is usable here. Without a wish, lights on a terminal and plain lines elsewhere.
pub fn choose(wanted: &[Kind], output: Output) -> Kind {
    let usable = |kind: &&Kind| output == Output::Terminal || !kind.needs_terminal();
    let otherwise = match output {
        Output::Terminal if wanted.is_empty() => Kind::Blinkenlights,
        // Somebody sits there who may know the password.
        Output::Plain => Kind::Ttyui,
        _ => Kind::Basic,
    };
    wanted.iter().find(usable).copied().unwrap_or(otherwise)
}

/// What an interface needs to know of the world, handed to it so that tests can hand it something else.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The time.
    pub now: fn() -> DateTime<Utc>,
    /// A time as the person's clock shows it.
    pub local: fn(DateTime<Utc>) -> DateTime<FixedOffset>,
    /// Looks an environment variable up: `TERM`, `NO_COLOR`, `LANG` and the like.
    pub env: fn(&str) -> Option<String>,
    /// How the full screen is to look and behave.
    pub screen: ScreenSettings,
    /// Whether somebody sees it for the first time.
    pub welcome: bool,
    /// Whether plain lines begin with their time.
    pub timestamps: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            now: Utc::now,
            local: |time| time.with_timezone(&Local).fixed_offset(),
            env: |name| std::env::var(name).ok(),
            screen: ScreenSettings::default(),
            welcome: false,
            timestamps: false,
        }
    }
}

/// Builds the interface called `kind`, on the program's own standard output.
pub fn build(kind: Kind, setup: Setup) -> Box<dyn FrontEnd + Send> {
    match kind {
        Kind::Blinkenlights => Box::new(Blinkenlights::new(setup)),
        Kind::Ttyui => Box::new(LineUi::new(Ttyui::here())),
        Kind::Basic if journal::is_at(stdout(), setup.env) => {
            Box::new(LineUi::new(Basic::new(stdout()).for_the_journal()))
        }
        Kind::Basic if setup.timestamps => Box::new(LineUi::new(Basic::new(stdout()).stamped(setup.local))),
        Kind::Basic => Box::new(LineUi::new(Basic::new(stdout()))),
        Kind::Quiet if journal::is_at(stderr(), setup.env) => {
            Box::new(LineUi::new(Quiet::new(stderr()).for_the_journal()))
        }
        Kind::Quiet => Box::new(LineUi::new(Quiet::new(stderr()))),
        Kind::Syslog => Box::new(LineUi::new(Silent)),
        Kind::Machine => Box::new(LineUi::new(Machine::new(stdout()))),
        Kind::Json => Box::new(LineUi::new(Json::new(stdout()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_short_names_are_known_in_any_case() {
        for (kind, old, short) in Kind::TABLE {
            assert_eq!(old.to_uppercase().parse(), Ok(kind));
            assert_eq!(short.parse(), Ok(kind));
            assert_eq!(kind.to_string(), short);
        }
        assert!("Gtk".parse::<Kind>().unwrap_err().contains("blinkenlights"));
    }

    #[test]
    fn the_first_usable_one_is_chosen() {
        for (wanted, output, kind) in [
            (&[][..], Output::Terminal, Kind::Blinkenlights),
            (&[], Output::Elsewhere, Kind::Basic),
            (&[], Output::Plain, Kind::Ttyui),
            (&[Kind::Blinkenlights, Kind::Quiet], Output::Elsewhere, Kind::Quiet),
            (&[Kind::Blinkenlights, Kind::Quiet], Output::Plain, Kind::Quiet),
            (&[Kind::Blinkenlights, Kind::Quiet], Output::Terminal, Kind::Blinkenlights),
            (&[Kind::Blinkenlights], Output::Elsewhere, Kind::Basic),
            (&[Kind::Blinkenlights], Output::Plain, Kind::Ttyui),
            (&[Kind::Ttyui], Output::Elsewhere, Kind::Ttyui),
        ] {
            assert_eq!(choose(wanted, output), kind, "{wanted:?} {output:?}");
        }
    }

    #[test]
    fn nothing_is_drawn_on_a_terminal_that_only_prints() {
        for (terminal, term, output) in [
            (false, Some("xterm"), Output::Elsewhere),
            (true, Some("xterm"), Output::Terminal),
            (true, Some("linux"), Output::Terminal),
            (true, None, Output::Terminal),
            (true, Some("dumb"), Output::Plain),
        ] {
            assert_eq!(Output::of(terminal, term), output, "{terminal} {term:?}");
        }
    }
}
