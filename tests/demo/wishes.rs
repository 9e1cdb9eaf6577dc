//! What people want of a program that goes on and on: the real engine, spoken to over its channels while it works or waits.

mod aside;
mod folders;
mod thoroughly;

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use blinkensync::config::settings::{Quick, Settings};
use blinkensync::engine::{Engine, Options};
use blinkensync::model::command::{Command, Target};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::folder::{Counts, KnownFolder};
use blinkensync::model::ids::AccountName;
use blinkensync::model::question::{Answer, Question};
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

/// How long a test waits for an event; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// An engine at work.
pub struct Going {
    commands: Sender<Command>,
    questions: Receiver<Question>,
    events: Receiver<Event>,
    /// What has happened since somebody asked.
    seen: Vec<EventKind>,
    engine: Option<JoinHandle<Exit>>,
}

impl Going {
    /// Starts with these settings; between two runs there is all the time in the world, and nobody watches.
    pub fn start(mut settings: Settings, quick: Quick) -> Self {
        settings.accounts.iter_mut().for_each(|account| account.watch = false);
        Self::watching(settings, quick)
    }

    /// The same; what changes in between is looked at.
    pub fn watching(mut settings: Settings, quick: Quick) -> Self {
        for account in &mut settings.accounts {
            account.autorefresh = Some(Duration::from_secs(36_000));
            account.quick = quick;
        }
        let ((events, seen), (questions, asked), (commands, obeyed)) = (unbounded(), bounded(9), bounded(9));
        let (settings, options) = (Arc::new(settings), Options::default());
        let engine = Engine { settings, options, python: None, events, questions, commands: obeyed };
        let engine = Some(thread::spawn(move || engine.run()));
        Self { commands, questions: asked, events: seen, seen: Vec::new(), engine }
    }

    pub fn tell(&self, command: Command) {
        self.commands.send(command).unwrap();
    }

    /// Waits for something to happen.
    #[track_caller]
    pub fn until<T>(&mut self, what: &str, wanted: impl Fn(&EventKind) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let Ok(event) = self.events.recv_deadline(deadline) else { panic!("no {what} in {:#?}", self.seen) };
            let found = wanted(&event.kind);
            self.seen.push(event.kind);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Waits for the end of a run; what was done in it, and how much of it failed.
    #[track_caller]
    pub fn done(&mut self) -> (Counts, u64) {
        self.until("end of a run", |kind| match kind {
            EventKind::SyncDone { counts, failures, .. } => Some((*counts, *failures)),
            _ => None,
        })
    }

    /// Waits for the answer to a question about folders.
    #[track_caller]
    pub fn known(&mut self) -> Vec<KnownFolder> {
        self.until("list of folders", |kind| match kind {
            EventKind::FoldersKnown { folders, .. } => Some(folders.clone()),
            _ => None,
        })
    }

    /// Waits for a question; who is asked gives the answer there.
    #[track_caller]
    pub fn asked(&mut self) -> Sender<Answer> {
        self.questions.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no question in {:#?}", self.seen)).reply
    }

    /// Whether no question waits for an answer.
    pub fn nobody_is_asked(&self) -> bool {
        self.questions.is_empty()
    }

    /// What has happened since the last time.
    pub fn seen(&mut self) -> Vec<EventKind> {
        self.seen.extend(self.events.try_iter().map(|event| event.kind));
        std::mem::take(&mut self.seen)
    }

    /// What happens in a while.
    pub fn events_for(&mut self, time: Duration) -> Vec<EventKind> {
        let deadline = Instant::now() + time;
        self.seen.clear();
        while let Ok(event) = self.events.recv_deadline(deadline) {
            self.seen.push(event.kind);
        }
        std::mem::take(&mut self.seen)
    }

    /// Ends it; nothing may come after the end.
    #[track_caller]
    pub fn quit(mut self) -> Exit {
        self.tell(Command::Quit);
        let exit = self.engine.take().unwrap().join().unwrap();
        let seen = self.seen();
        assert!(matches!(seen.last(), Some(EventKind::Ended { .. })), "{seen:#?}");
        exit
    }
}

/// The account's name.
fn account() -> AccountName {
    AccountName::new("test")
}

pub fn all() -> Target {
    Target::All
}

/// What was warned of.
fn warnings(seen: &[EventKind]) -> Vec<String> {
    let text = |kind: &EventKind| match kind {
        EventKind::Warned { text, .. } => Some(text.clone()),
        EventKind::Failed { fault, .. } => Some(fault.to_string()),
        _ => None,
    };
    seen.iter().filter_map(text).collect()
}

/// A message in a folder here.
pub fn write(root: &Path, folder: &str, name: &str, text: &str) {
    std::fs::write(root.join("mail").join(folder).join("cur").join(name), text).unwrap();
}
