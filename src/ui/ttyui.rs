//! Plain sentences on a terminal, and a password prompt that doesn't show what is typed.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, Read, Write};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::model::event::Event;
use crate::model::ids::AccountName;
use crate::model::question::{Answer, Ask, Secret};

use super::clean::clean;
use super::lines::{Asker, Style};
use super::phrase::phrase;

/// Writes a line for every event that has words, and asks.
#[derive(Debug)]
pub struct Ttyui<W> {
    out: W,
    asker: Asker,
}

impl<W: Write> Ttyui<W> {
    /// Writes to `out` and asks on the terminal that controls the process.
    pub fn on_the_terminal(out: W) -> Self {
        Self::asking(out, ask_on_terminal)
    }

    /// Writes to `out` and asks in this way.
    pub fn asking(out: W, asker: Asker) -> Self {
        Self { out, asker }
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Style for Ttyui<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        let Some(phrase) = phrase(event) else { return Ok(()) };
        writeln!(self.out, "{}", phrase.line())?;
        self.out.flush()
    }

    fn asker(&self) -> Option<Asker> {
        Some(self.asker)
    }
}

/// Asks on the terminal that controls the process, and shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlyAsks;

impl Style for OnlyAsks {
    fn show(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }

    fn asker(&self) -> Option<Asker> {
        Some(ask_on_terminal)
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
    let typed = type_in(&wording(ask), hidden, taken_back).ok().flatten();
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

/// A terminal that doesn't show what is typed, until this goes.
struct Unseen<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Unseen<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut without = before.clone();
        without.local_modes.remove(LocalModes::ECHO);
        without.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON);
        tcsetattr(terminal, OptionalActions::Flush, &without)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        // There is nobody left to tell when the terminal itself is gone.
        let _ = tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}

/// Asks on the controlling terminal; `None` when the person gave up (an empty line or the end of input), or when the
/// question was taken back.
fn type_in(prompt: &str, hidden: bool, taken_back: &PipeReader) -> io::Result<Option<Secret>> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    // In this order, so that who answers as soon as the question stands there isn't seen typing.
    let unseen = if hidden { Some(Unseen::new(&terminal)?) } else { None };
    (&terminal).write_all(prompt.as_bytes())?;
    let mut typed = Zeroizing::new([0_u8; 4096]);
    let mut fds = [PollFd::new(&terminal, PollFlags::IN), PollFd::new(taken_back, PollFlags::IN)];
    loop {
        match poll(&mut fds, None) {
            Err(rustix::io::Errno::INTR) => {}
            Err(other) => return Err(other.into()),
            Ok(_) => break,
        }
    }
    if !fds[1].revents().is_empty() {
        drop(unseen);
        (&terminal).write_all(b"\n")?;
        return Ok(None);
    }
    // In canonical mode one read is one line, whole.
    let length = (&terminal).read(typed.as_mut())?;
    let line = if let Some(line) = typed[..length].strip_suffix(b"\n") {
        line
    } else {
        // The end of input moves no cursor.
        (&terminal).write_all(b"\n")?;
        &typed[..length]
    };
    let text = std::str::from_utf8(line).map_err(io::Error::other)?;
    Ok((!text.is_empty()).then(|| Secret::new(text.to_owned())))
}
