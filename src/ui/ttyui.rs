//! Plain sentences on a terminal, how far the copying has come in a line below them, and a password prompt that doesn't show what
//! is typed.

use std::io::{self, PipeReader, Stdout, Write, stdout};

use chrono::{DateTime, TimeDelta, Utc};
use rustix::termios::tcgetwinsize;

use crate::model::event::Event;
use crate::model::ids::AccountName;
use crate::model::question::{Answer, Ask};

use super::bar::Bar;
use super::clean::clean;
use super::kind::Output;
use super::lines::{Asker, Style};
use super::phrase::phrase;
use super::typed;

/// The time between two drawings of the bar, when there is something new.
const PACE: TimeDelta = TimeDelta::milliseconds(250);
/// The same when nothing has happened but that time went by.
const IDLE: TimeDelta = TimeDelta::seconds(1);
/// Takes what stands in the line away: to its beginning, erased to its end.
const ERASE: &str = "\r\x1b[K";

/// Writes a line for every event that has words, and asks.
#[derive(Debug)]
pub struct Ttyui<W> {
    out: W,
    /// `None` where nobody can be asked.
    ask: Option<fn(&Ask, &PipeReader) -> Answer>,
    bottom: Option<Bottom>,
}

/// The line at the bottom of a terminal, which is written again and again.
#[derive(Debug)]
struct Bottom {
    bar: Bar,
    /// How wide the terminal is now.
    columns: fn() -> usize,
    /// Whether it stands there.
    drawn: bool,
    /// Whether there is something new to say.
    news: bool,
    last: Option<DateTime<Utc>>,
}

impl Ttyui<Stdout> {
    /// Writes to the standard output, with a bar if that is a terminal that does more than print, and asks on the terminal that
    /// controls the process.
    pub fn here() -> Self {
        let ui = Self::on_the_terminal(stdout());
        if Output::here() == Output::Terminal { ui.with_bar(columns) } else { ui }
    }
}

fn columns() -> usize {
    let columns = tcgetwinsize(stdout()).map_or(0, |size| size.ws_col.into());
    if columns == 0 { 80 } else { columns }
}

impl<W: Write> Ttyui<W> {
    /// Writes to `out` and asks on the terminal that controls the process, if there is one.
    pub fn on_the_terminal(out: W) -> Self {
        Self { ask: typed::is_there().then_some(ask_on_terminal), ..Self::asking(out, ask_on_terminal) }
    }

    /// Writes to `out` and asks in this way.
    pub fn asking(out: W, ask: fn(&Ask, &PipeReader) -> Answer) -> Self {
        Self { out, ask: Some(ask), bottom: None }
    }

    /// The same; how far the copying has come stands below the lines, on a terminal that is so wide.
    #[must_use]
    pub fn with_bar(self, columns: fn() -> usize) -> Self {
        let bottom = Bottom { bar: Bar::default(), columns, drawn: false, news: false, last: None };
        Self { bottom: Some(bottom), ..self }
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Draws the bar, unless it was drawn only just now.
    fn draw(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        let Some(bottom) = &mut self.bottom else { return Ok(()) };
        // A clock that was set back holds nothing up.
        let early = |last: DateTime<Utc>| (TimeDelta::zero()..PACE).contains(&now.signed_duration_since(last));
        if bottom.last.is_some_and(early) {
            return Ok(());
        }
        // The last column stays free: what stands there would be erased with the rest of the line.
        let line = bottom.bar.line(now, (bottom.columns)().saturating_sub(1));
        if let Some(line) = &line {
            write!(self.out, "\r{line}\x1b[K")?;
            self.out.flush()?;
            (bottom.drawn, bottom.last) = (true, Some(now));
        } else {
            self.erase()?;
        }
        if let Some(bottom) = &mut self.bottom {
            bottom.news = false;
        }
        Ok(())
    }

    /// Takes the bar away, so that something else can stand there.
    fn erase(&mut self) -> io::Result<()> {
        let Some(bottom) = &mut self.bottom else { return Ok(()) };
        if std::mem::take(&mut bottom.drawn) {
            bottom.news = true;
            write!(self.out, "{ERASE}")?;
            self.out.flush()?;
        }
        Ok(())
    }
}

impl<W: Write> Style for Ttyui<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        if let Some(phrase) = phrase(event) {
            self.erase()?;
            writeln!(self.out, "{}", phrase.line())?;
            self.out.flush()?;
        }
        let Some(bottom) = &mut self.bottom else { return Ok(()) };
        if bottom.bar.take(event.at, &event.kind) {
            bottom.news = true;
            self.draw(event.at)?;
        }
        Ok(())
    }

    fn pose(&mut self, _ask: &Ask) -> io::Result<Option<Asker>> {
        let Some(ask) = self.ask else { return Ok(None) };
        self.erase()?;
        Ok(Some(Box::new(ask)))
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        let bottom = self.bottom.as_ref()?;
        let waits = if bottom.news { PACE } else { IDLE };
        bottom.last.filter(|_| bottom.drawn || bottom.news).map(|last| last + waits)
    }

    fn wake(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.draw(now)
    }

    fn leave(&mut self) -> io::Result<()> {
        self.erase()
    }
}

/// Asks on the terminal that controls the process, and shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlyAsks;

impl Style for OnlyAsks {
    fn show(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }

    fn pose(&mut self, _ask: &Ask) -> io::Result<Option<Asker>> {
        Ok(if typed::is_there() { Some(Box::new(ask_on_terminal)) } else { None })
    }
}

/// The words of a question that is asked on one line.
pub fn wording(ask: &Ask) -> String {
    match ask {
        Ask::Password { account, user, host, refusal } => {
            let refusal =
                refusal.as_deref().map_or_else(String::new, |said| format!("The server says: {}\n", clean(said)));
            format!("{refusal}{}", clean(&format!("{account}: password of {user} at {host}: ")))
        }
        Ask::Agreement { account, folder, consequence } => {
            format!("{} Delete them? [y/N] ", clean(&format!("{account}: {folder}: {consequence}")))
        }
        Ask::Removal { account, folder, host, consequence, by_name: false } => {
            let text = format!("{account}: deleting the folder {folder} on {host}. {consequence}");
            format!("{} Delete it? [y/N] ", clean(&text))
        }
        Ask::Certificate { account, host, reason, lines, pin } => certificate(account, host, reason, (lines, pin)),
        Ask::Removal { account, folder, by_name: true, .. } => {
            format!("{account}: to delete it with all that is in it, type its name ({}): ", clean(folder))
        }
    }
}

fn certificate(account: &AccountName, host: &str, reason: &str, (lines, pin): (&[String], &str)) -> String {
    let mut text = format!("{}\n", clean(&format!("{account}: the certificate of {host} isn't trusted: {reason}")));
    for line in lines {
        text.extend(["  ", &*clean(line), "\n"]);
    }
    text + &format!("To trust it for good, write into the configuration: {}\nTrust it for now? [y/N] ", clean(pin))
}

fn ask_on_terminal(ask: &Ask, taken_back: &PipeReader) -> Answer {
    let hidden = matches!(ask, Ask::Password { .. });
    let typed = typed::on_terminal(&wording(ask), hidden, taken_back).ok().flatten();
    match (ask, typed) {
        (Ask::Password { .. }, Some(secret)) => Answer::Password(secret),
        (Ask::Removal { folder, by_name: true, .. }, Some(typed)) if typed.reveal().trim() == folder.trim() => {
            Answer::Agreed
        }
        (Ask::Agreement { .. } | Ask::Certificate { .. } | Ask::Removal { by_name: false, .. }, Some(typed))
            if is_yes(typed.reveal()) =>
        {
            Answer::Agreed
        }
        _ => Answer::GivenUp,
    }
}

fn is_yes(typed: &str) -> bool {
    ["y", "yes"].iter().any(|yes| typed.trim().eq_ignore_ascii_case(yes))
}
