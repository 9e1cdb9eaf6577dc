//! One line an event for programs, in the words of `OfflineIMAP`'s machine protocol; `assets/machineui.md` describes it.

pub mod command;
mod known;
mod naps;
mod work;

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use crate::model::event::{Event, EventKind};
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::ids::{AccountName, LampId, Side};
use crate::model::particular::Particular;
use crate::model::question::{Answer, Ask};
use crate::model::topic::Topic;

use super::lines::{Asker, Style};
use super::phrase::phrase;
use super::typed::Input;
use command::{Command, PROTOCOL};
use known::{Known, MAIN, account_thread};
use naps::Naps;
use work::Work;

/// Writes a line for every event that a program may want to know of, and asks for passwords.
#[derive(Debug)]
pub struct Machine<W> {
    out: W,
    ask: fn() -> Asker,
    known: Known,
    work: Work,
    naps: Naps,
    topics: Vec<Topic>,
    greeted: bool,
}

impl<W: Write> Machine<W> {
    /// Writes to `out`, and reads passwords from the standard input.
    pub fn new(out: W) -> Self {
        Self::asking(out, read_passwords)
    }

    /// Writes to `out` and gets answers in this way, which is chosen before the question is written.
    pub fn asking(out: W, ask: fn() -> Asker) -> Self {
        let (known, work, naps) = (Known::default(), Work::default(), Naps::default());
        Self { out, ask, known, work, naps, topics: Vec::new(), greeted: false }
    }

    /// What it has written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn put(&mut self, command: Command, thread: &str, fields: &[&str]) -> io::Result<()> {
        command.write(&mut self.out, thread, fields)
    }

    fn say(&mut self, command: Command, lamp: LampId, fields: &[&str]) -> io::Result<()> {
        let thread = self.known.thread(lamp);
        self.put(command, &thread, fields)
    }

    fn greet(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.greeted, true) {
            return Ok(());
        }
        self.put(Command::Protocol, MAIN, &[PROTOCOL])?;
        self.put(Command::InitBanner, MAIN, &[concat!("blinkensync ", env!("CARGO_PKG_VERSION"))])
    }

    fn thread_ended(&mut self, lamp: LampId) -> io::Result<()> {
        if lamp == LampId::CONTROL {
            return Ok(());
        }
        let thread = self.known.thread(lamp);
        self.put(Command::ThreadExited, MAIN, &[&thread])?;
        self.put(Command::UnregisterThread, MAIN, &[&thread])
    }

    fn account(&mut self, event: &Event) -> io::Result<()> {
        let lamp = event.lamp;
        match &event.kind {
            EventKind::SyncStarted { account } => {
                self.naps.end(account, &mut self.out)?;
                self.say(Command::Acct, lamp, &[account.as_str()])
            }
            EventKind::SyncDone { account, .. } => self.say(Command::AcctDone, lamp, &[account.as_str()]),
            EventKind::Connecting { account, host, port } => {
                let repository = self.known.place(account, Side::Remote).name;
                let port = port.map_or_else(String::new, |port| port.to_string());
                self.say(Command::Connecting, lamp, &[host, &port, &repository])
            }
            EventKind::FoldersListed { account, .. } => {
                let kind = |side| self.known.place(account, side).kind;
                let (source, destination) = (kind(Side::Remote), kind(Side::Local));
                self.say(Command::SyncFolders, lamp, &[&source, &destination])
            }
            EventKind::Waiting { account, until, .. } => {
                self.sentence(event)?;
                self.naps.begin(account, event.at, *until, &mut self.out)
            }
            EventKind::Paused { account, .. } => {
                self.naps.end(account, &mut self.out)?;
                self.sentence(event)
            }
            _ => self.sentence(event),
        }
    }

    fn particular(&mut self, lamp: LampId, account: &AccountName, what: &Particular) -> io::Result<()> {
        self.known.learn(account, what);
        match what {
            Particular::HookStarted { hook } => self.say(Command::CallHook, lamp, &[&format!("{hook}: begins")]),
            Particular::HookEnded { hook, code } => {
                let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
                self.say(Command::CallHook, lamp, &[&format!("{hook}: exit code {code}")])
            }
            _ => {
                let thread = self.known.thread(lamp);
                self.work.particular(&self.known, &thread, account, what, &mut self.out)
            }
        }
    }

    fn failed(&mut self, event: &Event, fault: &Fault) -> io::Result<()> {
        let Some(line) = phrase(event).map(|phrase| phrase.line()) else { return Ok(()) };
        match fault.kind {
            FaultKind::Stopped => self.say(Command::Display, event.lamp, &[&line]),
            FaultKind::Internal if fault.reach == Reach::Program => self.put(Command::MainException, MAIN, &[&line]),
            FaultKind::Internal => {
                let thread = self.known.thread(event.lamp);
                self.put(Command::ThreadException, MAIN, &[&thread, &line])
            }
            _ => self.say(Command::Error, event.lamp, &[&line]),
        }
    }

    fn detail(&mut self, lamp: LampId, topic: Topic, text: &str) -> io::Result<()> {
        if !self.topics.contains(&topic) {
            self.topics.push(topic);
            self.put(Command::Debugging, MAIN, &[&topic.to_string()])?;
        }
        self.say(Command::Debug, lamp, &[&format!("[{topic}]: {text}")])
    }

    /// An event for which the protocol has no command, in words, if it has any.
    fn sentence(&mut self, event: &Event) -> io::Result<()> {
        match phrase(event) {
            Some(phrase) => self.say(Command::Display, event.lamp, &[&phrase.line()]),
            None => Ok(()),
        }
    }

    fn terminate(&mut self, exit: Exit) -> io::Result<()> {
        let why = Exit::TABLE.iter().find(|row| row.0 == exit && exit != Exit::Success).map_or("", |row| row.2);
        self.put(Command::Terminate, MAIN, &[&exit.code().to_string(), "", why])
    }
}

impl<W: Write> Style for Machine<W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        self.greet()?;
        match &event.kind {
            EventKind::ThreadStarted { account: Some(account) } => {
                self.known.thread_started(event.lamp, account);
                self.say(Command::RegisterThread, event.lamp, &[account.as_str()])
            }
            EventKind::ThreadEnded => self.thread_ended(event.lamp),
            EventKind::Particular { account, what } => self.particular(event.lamp, account, what),
            EventKind::FolderStarted { .. } | EventKind::Listing { .. } => {
                let thread = self.known.thread(event.lamp);
                self.work.folder(&self.known, &thread, &event.kind, &mut self.out)
            }
            EventKind::Failed { fault, .. } => self.failed(event, fault),
            EventKind::Warned { .. } => {
                let line = phrase(event).map(|phrase| phrase.line()).unwrap_or_default();
                self.say(Command::Warn, event.lamp, &[&line])
            }
            EventKind::Detailed { topic, text, .. } => self.detail(event.lamp, *topic, text),
            EventKind::Ended { exit } => self.terminate(*exit),
            _ => self.account(event),
        }
    }

    fn pose(&mut self, ask: &Ask) -> io::Result<Option<Asker>> {
        // Other questions would be new to those who read this, and silence is a no.
        let Ask::Password { account, user, refusal, .. } = ask else { return Ok(None) };
        self.greet()?;
        let thread = account_thread(account);
        if let Some(refusal) = refusal {
            self.put(Command::GetPassError, &thread, &[user, refusal])?;
        }
        let ask = (self.ask)();
        self.put(Command::GetPass, &thread, &[user])?;
        Ok(Some(ask))
    }

    fn holds(&self) -> bool {
        false
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        self.naps.due()
    }

    fn wake(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.naps.wake(now, &mut self.out)
    }
}

fn read_passwords() -> Asker {
    let input = Input::standard(true);
    Box::new(move |_ask, taken_back| {
        let typed = input.and_then(|input| input.line(taken_back));
        typed.ok().flatten().map_or(Answer::GivenUp, Answer::Password)
    })
}
