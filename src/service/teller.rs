//! Who tells the service manager, in a thread of its own: neither an interface that is slow nor work that hangs keeps it from
//! telling, or from being silent.

use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, at, never, select};

use super::pace::Pace;
use super::socket::Socket;
use super::status::Status;
use super::watchdog::{Step, Trouble, Watchdog};
use crate::engine::Pulse;
use crate::model::event::{Event, EventKind};

/// The manager knows nothing of READY, STATUS and so on but what is said here (`sd_notify(3)`).
const READY: &str = "READY=1";
const STOPPING: &str = "STOPPING=1";
const ALIVE: &str = "WATCHDOG=1";

/// The way to the engine, and back.
pub(super) struct Ways {
    /// Where the engine is asked for its pulse.
    pub(super) ask: Sender<Sender<Pulse>>,
    /// Where it answers.
    pub(super) reply: Sender<Pulse>,
    /// Where people are told what is wrong.
    pub(super) warnings: Sender<String>,
}

/// What is told, and what was.
pub(super) struct Teller {
    pub(super) socket: Socket,
    pub(super) status: Status,
    pub(super) pace: Pace,
    /// Where the manager wants to hear regularly.
    pub(super) watchdog: Option<Watchdog>,
    pub(super) ways: Ways,
    pub(super) stopping: bool,
    /// The last telling failed, and people know.
    pub(super) lost: bool,
}

impl Teller {
    /// Tells what there is to tell until the events end.
    pub(super) fn run(mut self, events: &Receiver<Event>, answers: &Receiver<Pulse>) {
        loop {
            let alarm = self.due().map_or_else(never, at);
            select! {
                recv(events) -> event => match event {
                    Ok(event) => self.hear(&event),
                    Err(_) => return self.stop(),
                },
                recv(answers) -> pulse => {
                    let step = pulse.ok().zip(self.watchdog.as_mut()).map(|(pulse, dog)| dog.answered(&pulse, Instant::now()));
                    self.take(step.flatten());
                }
                recv(alarm) -> _ => {}
            }
            self.look_at_the_clock();
        }
    }

    fn due(&self) -> Option<Instant> {
        self.pace.due().into_iter().chain(self.watchdog.as_ref().and_then(Watchdog::due)).min()
    }

    fn hear(&mut self, event: &Event) {
        self.status.take(event);
        self.pace.stir();
        match event.kind {
            EventKind::Started { .. } => self.tell_at_once(READY),
            EventKind::Stopping | EventKind::Ended { .. } => self.stop(),
            _ => {}
        }
    }

    fn look_at_the_clock(&mut self) {
        let step = self.watchdog.as_mut().and_then(|dog| dog.tick(Instant::now()));
        self.take(step);
        self.tell_status();
    }

    fn take(&mut self, step: Option<Step>) {
        match step {
            // One that is still waiting to be heard is enough.
            Some(Step::Ask) => drop(self.ways.ask.try_send(self.ways.reply.clone())),
            Some(Step::Tell) => {
                self.send(&[ALIVE]);
                self.pace.stir();
            }
            Some(Step::Complain(trouble)) => {
                self.warn(complaint(&trouble));
                self.pace.stir();
            }
            None => {}
        }
    }

    /// Tells that the end has begun, and at the end how it was.
    fn stop(&mut self) {
        if !std::mem::replace(&mut self.stopping, true) {
            return self.tell_at_once(STOPPING);
        }
        self.pace.hurry(Instant::now());
        self.tell_status();
    }

    fn tell_status(&mut self) {
        if let Some(line) = self.pace.take(Instant::now(), || line(&self.status, self.watchdog.as_ref())) {
            self.send(&[&status(&line)]);
        }
    }

    /// Tells this, together with the status.
    fn tell_at_once(&mut self, what: &str) {
        let line = self.pace.tell(Instant::now(), line(&self.status, self.watchdog.as_ref()));
        self.send(&[what, &status(&line)]);
    }

    fn send(&mut self, lines: &[&str]) {
        let sent = self.socket.send(lines);
        let told = std::mem::replace(&mut self.lost, sent.is_err());
        if let Err(error) = sent
            && !told
        {
            self.warn(format!("telling the service manager how things are: {error}; it is tried again"));
        }
    }

    fn warn(&self, text: String) {
        // Whoever doesn't read what is wrong can't be waited for.
        let _ = self.ways.warnings.try_send(text);
    }
}

fn line(status: &Status, watchdog: Option<&Watchdog>) -> String {
    status.line(watchdog.and_then(Watchdog::trouble))
}

fn status(line: &str) -> String {
    format!("STATUS={line}")
}

fn complaint(trouble: &Trouble) -> String {
    const SO: &str = "the service manager is not told that all is well";
    match trouble {
        Trouble::Deaf => format!("the engine does not answer; {SO} until it does"),
        Trouble::Silent(account) => {
            format!(
                "the synchronisation of {account} shows no sign of life, though no time limit is so long; {SO} until it does"
            )
        }
    }
}
