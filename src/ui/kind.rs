//! Which interfaces there are, what they are called, and which of them is used.

use std::fmt;
use std::io::{stderr, stdout};
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, Local, Utc};

use super::FrontEnd;
use super::basic::Basic;
use super::blinken::Blinkenlights;
use super::json::Json;
use super::lines::LineUi;
use super::machine::Machine;
use super::quiet::Quiet;
use super::silent::Silent;
use super::ttyui::Ttyui;

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

/// The first of `wanted` that is usable here. Without a wish, lights on a terminal and plain lines elsewhere.
pub fn choose(wanted: &[Kind], stdout_is_terminal: bool) -> Kind {
    let usable = |kind: &&Kind| stdout_is_terminal || !kind.needs_terminal();
    let otherwise = if stdout_is_terminal && wanted.is_empty() { Kind::Blinkenlights } else { Kind::Basic };
    wanted.iter().find(usable).copied().unwrap_or(otherwise)
}

/// What an interface needs to know of the world, handed to it so that tests can hand it something else.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// The time.
    pub now: fn() -> DateTime<Utc>,
    /// A time as the person's clock shows it.
    pub local: fn(DateTime<Utc>) -> DateTime<FixedOffset>,
    /// Looks an environment variable up: `COLORTERM`, `TERM`, `NO_COLOR`.
    pub env: fn(&str) -> Option<String>,
    /// The character that a lamp is drawn with; `None`: the program's own.
    pub lamp: Option<char>,
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
            lamp: None,
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
        Kind::Basic if setup.timestamps => Box::new(LineUi::new(Basic::new(stdout()).stamped(setup.local))),
        Kind::Basic => Box::new(LineUi::new(Basic::new(stdout()))),
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
        for (wanted, terminal, kind) in [
            (&[][..], true, Kind::Blinkenlights),
            (&[], false, Kind::Basic),
            (&[Kind::Blinkenlights, Kind::Quiet], false, Kind::Quiet),
            (&[Kind::Blinkenlights, Kind::Quiet], true, Kind::Blinkenlights),
            (&[Kind::Blinkenlights], false, Kind::Basic),
            (&[Kind::Ttyui], false, Kind::Ttyui),
        ] {
            assert_eq!(choose(wanted, terminal), kind, "{wanted:?} {terminal}");
        }
    }
}
