//! Whether the engine gets on, as it says itself to whoever asks.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command as Shell;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use blinkensync::config::settings::{PasswordSource, Settings};
use blinkensync::demo::{self, Server};
use blinkensync::engine::{Engine, Options, Pulse};
use blinkensync::model::command::{Command, Target};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;
use blinkensync::model::question::{Answer, Question, Secret};
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::engine::settings;

/// How long a test waits; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// An engine at work, between whose runs there is all the time in the world.
struct Watched {
    commands: Sender<Command>,
    events: Receiver<Event>,
    questions: Receiver<Question>,
    ask: Sender<Sender<Pulse>>,
    engine: JoinHandle<Exit>,
}

impl Watched {
    fn start(mut settings: Settings) -> Self {
        for account in &mut settings.accounts {
            (account.autorefresh, account.watch) = (Some(Duration::from_secs(36_000)), false);
        }
        let ((events, seen), (questions, asked), (commands, obeyed)) = (unbounded(), bounded(9), bounded(9));
        let (ask, pulse) = bounded(1);
        let (settings, options) = (Arc::new(settings), Options::default());
        let engine = Engine { settings, options, python: None, events, questions, commands: obeyed };
        let engine = thread::spawn(move || engine.run_watched(pulse));
        Self { commands, events: seen, questions: asked, ask, engine }
    }

    /// The number of the one account's run, if there is one that has to get on.
    #[track_caller]
    fn number(&self) -> Option<u64> {
        let (reply, answer) = bounded(1);
        self.ask.send(reply).unwrap();
        let Pulse { runs } = answer.recv_timeout(PATIENCE).unwrap();
        assert!(runs.len() < 2 && runs.iter().all(|(account, _)| account.as_str() == "test"), "{runs:?}");
        runs.first().map(|(_, number)| *number)
    }

    /// Asks until there is such a run, or none.
    #[track_caller]
    fn comes_to(&self, running: bool) {
        let deadline = Instant::now() + PATIENCE;
        while self.number().is_some() != running {
            assert!(Instant::now() < deadline, "it never came to be {running}");
        }
    }

    /// Waits for something to happen.
    #[track_caller]
    fn until(&self, wanted: impl Fn(&EventKind) -> bool) {
        while !wanted(&self.events.recv_timeout(PATIENCE).unwrap().kind) {}
    }

    #[track_caller]
    fn quit(self) {
        self.commands.send(Command::Quit).unwrap();
        assert_eq!(self.engine.join().unwrap(), Exit::Success);
    }
}

#[test]
fn a_run_that_waits_gives_no_sign_and_need_not_while_it_is_paused() {
    let server = Server::start(demo::Options::default()).unwrap();
    let root = tempfile::tempdir().unwrap();
    let mut settings = settings(&server, server.address(), root.path());
    let (gate, begun) = (root.path().join("gate"), root.path().join("begun"));
    for pipe in [&gate, &begun] {
        assert!(Shell::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    settings.accounts[0].hooks.before = Some(format!("echo >{}; cat {}", begun.display(), gate.display()));
    let watched = Watched::start(settings);
    fs::read(&begun).unwrap();
    let number = watched.number();
    assert!(number.is_some());
    assert_eq!(watched.number(), number);
    watched.commands.send(Command::Pause(Target::All)).unwrap();
    watched.comes_to(false);
    watched.commands.send(Command::Resume(Target::All)).unwrap();
    watched.comes_to(true);
    fs::write(&gate, "").unwrap();
    watched.until(|kind| matches!(kind, EventKind::Waiting { .. }));
    // Nothing is expected of an account that waits for its time.
    assert_eq!(watched.number(), None);
    watched.quit();
}

#[test]
fn nothing_is_expected_of_a_run_while_a_person_is_asked() {
    let server = Server::start(demo::Options::default()).unwrap();
    let root = tempfile::tempdir().unwrap();
    let mut settings = settings(&server, server.address(), root.path());
    settings.accounts[0].remote.password = PasswordSource::Ask;
    let watched = Watched::start(settings);
    let question = watched.questions.recv_timeout(PATIENCE).unwrap();
    assert_eq!(watched.number(), None);
    question.reply.send(Answer::Password(Secret::new(server.password().to_owned()))).unwrap();
    watched.until(|kind| matches!(kind, EventKind::Waiting { .. }));
    watched.quit();
}

#[test]
fn the_bytes_of_one_long_message_are_signs_of_life() {
    let server = Server::start(demo::Options { bytes_per_second: Some(40_000), ..demo::Options::default() }).unwrap();
    server.with_mailboxes(|mailboxes| {
        let body = format!("Subject: long\r\n\r\n{}", "0123456789abcdef\r\n".repeat(4000)).into_bytes();
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        mailboxes.get_mut("INBOX").unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
    let root = tempfile::tempdir().unwrap();
    let mut settings = settings(&server, server.address(), root.path());
    settings.accounts[0].remote.compress = false;
    let watched = Watched::start(settings);
    watched.until(|kind| matches!(kind, EventKind::Planned { .. }));
    let (deadline, mut numbers) = (Instant::now() + PATIENCE, BTreeSet::new());
    // Events are signs too, but here none is needed.
    while numbers.len() < 5 {
        if watched.events.try_iter().count() > 0 {
            numbers.clear();
        }
        numbers.extend(watched.number());
        assert!(Instant::now() < deadline, "{numbers:?}");
    }
    watched.quit();
}
