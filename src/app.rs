//! Connects everything: configuration, engine, interface, signals.

mod demonstration;

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::bounded;
use rustix::io::Errno;

use crate::cli::Cli;
use crate::config;
use crate::config::settings::{Settings, UiName};
use crate::engine::{Engine, Options};
use crate::errands;
use crate::manual;
use crate::model::command::Command;
use crate::model::fault::Exit;
use crate::model::patterns::Patterns;
use crate::model::topic::{Topic, Topics};
use crate::python::{self, Reader};
use crate::records;
use crate::service;
use crate::signals;
use crate::store::ledger::sqlite::ledger_path;
use crate::store::python::Interpreter;
use crate::ui::beside::Record;
use crate::ui::blinken::bindings::Bindings;
use crate::ui::phrase::Level;
use crate::ui::syslog::Syslog;
use crate::ui::{self, Kind, Links, Output, journal};

/// Events that may wait for the interface before workers are held back.
pub(crate) const EVENTS: usize = 4096;

/// Does what the command line asks for.
pub fn run(cli: &Cli) -> Exit {
    match prepare(cli) {
        Ok(Prepared::Done) => Exit::Success,
        Ok(Prepared::Ended(exit)) => exit,
        Ok(Prepared::Ready(ready)) => ready.synchronise(),
        Err(message) => {
            complain(Level::Error, &message);
            Exit::Config
        }
    }
}

enum Prepared {
    /// Nothing is left to do.
    Done,
    /// Something was done beside synchronising, and ended like this.
    Ended(Exit),
    Ready(Box<Ready>),
}

/// Everything that a synchronisation needs.
struct Ready {
    settings: Settings,
    options: Options,
    ui: Kind,
    /// The interpreter that the configuration was read with, if it was.
    python: Option<Interpreter>,
    /// What is kept beside the interface.
    records: Vec<Box<dyn Record>>,
    /// Lives as long as the demonstration does.
    demo: Option<demonstration::Demo>,
}

fn prepare(cli: &Cli) -> Result<Prepared, String> {
    if cli.version {
        say(&mut io::stdout(), concat!("blinkensync ", env!("CARGO_PKG_VERSION")));
        return Ok(Prepared::Done);
    }
    if print(cli).map_err(|error| format!("writing to the standard output: {error}"))? {
        return Ok(Prepared::Done);
    }
    let options = Options {
        once: cli.once || cli.dry_run,
        allow_deletes: cli.allow_deletes,
        pretend: cli.dry_run,
        debug: topics(&cli.debug)?,
        quick: cli.quick,
        single: cli.single,
        particulars: false,
    };
    if let Some(directory) = &cli.demo {
        return demonstrate(cli, directory.clone(), options)
            .map_err(|error| format!("starting the demonstration: {error}"));
    }
    let (settings, python, warnings) = configure(cli)?;
    Bindings::rebound(&settings.screen.keys).map_err(|wrong| format!("{}: {wrong}", settings.screen.keys_at))?;
    let ui = choose_ui(cli, &settings.ui);
    let elsewhere = matches!(ui, Ok(Kind::Syslog)) && !cli.check_config && !cli.info;
    if !elsewhere {
        for warning in &warnings {
            complain(Level::Warning, warning);
        }
    }
    if cli.check_config {
        return python::check(&settings, python).map(|()| Prepared::Done);
    }
    if errands::is_asked(cli) {
        return errands::run(cli, settings, python).map(Prepared::Ended);
    }
    let ui = ui?;
    let records = records::open(cli, ui, &warnings)?;
    Ok(Prepared::Ready(Box::new(Ready { settings, options, ui, python, records, demo: None })))
}

/// Prints what was asked for of what the program says of itself; whether anything was.
fn print(cli: &Cli) -> io::Result<bool> {
    let mut out = io::stdout();
    if let Some(page) = cli.man {
        manual::write(page, &mut out)?;
    } else if let Some(shell) = cli.completions {
        manual::complete(shell, &mut out)?;
    }
    Ok(cli.man.is_some() || cli.completions.is_some())
}

/// What is to be told in detail.
fn topics(words: &[String]) -> Result<Topics, String> {
    Topics::named(words.iter().map(|word| word.trim())).map_err(|unknown| {
        let names = Topic::TABLE.map(|row| row.1);
        let hint = config::did_you_mean(unknown, names.into_iter().chain([Topic::EVERY]));
        format!("-d: there are no details of \"{unknown}\"; there are {} and {}{hint}", names.join(", "), Topic::EVERY)
    })
}

/// The settings, the interpreter that they needed, and what a person should know of them.
fn configure(cli: &Cli) -> Result<(Settings, Option<Interpreter>, Vec<String>), String> {
    let reader = Reader::default();
    let request = config::Request { file: cli.config.clone(), accounts: wanted(cli), overrides: cli.overrides.clone() };
    let loaded = config::load(&request, &|file, option, code| reader.work_out(file, option, code))?;
    let only = if cli.folders.is_empty() {
        None
    } else {
        let patterns = cli.folders.iter().map(|folder| folder.trim());
        Some(Patterns::parse(patterns).map_err(|message| format!("-f: {message}"))?)
    };
    Ok((Settings { only, ..loaded.settings }, reader.into_inner(), loaded.warnings))
}

/// The accounts to synchronise; for what is about all of them, all that the file lists.
fn wanted(cli: &Cli) -> Vec<String> {
    match &cli.oauth2_login {
        Some(account) => vec![account.clone()],
        None if cli.mbnames_prune => Vec::new(),
        None => cli.accounts.clone(),
    }
}

fn choose_ui(cli: &Cli, configured: &[UiName]) -> Result<Kind, String> {
    if let Some(name) = &cli.ui {
        let kind: Kind = name.parse()?;
        if kind.needs_terminal() && Output::here() != Output::Terminal {
            return Err(format!("{kind} needs a terminal to draw on; use -u basic, or -u quiet"));
        }
        return Ok(kind);
    }
    let wanted: Vec<Kind> = configured
        .iter()
        .map(|name| match name {
            UiName::Blinkenlights => Kind::Blinkenlights,
            UiName::Ttyui => Kind::Ttyui,
            UiName::Basic => Kind::Basic,
            UiName::Quiet => Kind::Quiet,
            UiName::Syslog => Kind::Syslog,
            UiName::Machine => Kind::Machine,
            UiName::Json => Kind::Json,
        })
        // The only one that is wanted says itself what it lacks.
        .filter(|kind| *kind != Kind::Syslog || configured.len() == 1 || Syslog::open().is_ok())
        .collect();
    Ok(ui::choose(&wanted, Output::here()))
}

/// A server of our own, and an ordinary account on it.
fn demonstrate(cli: &Cli, directory: Option<PathBuf>, options: Options) -> io::Result<Prepared> {
    let (settings, demo) = demonstration::begin(directory)?;
    let ui = choose_ui(cli, &[]).map_err(io::Error::other)?;
    let records = records::open(cli, ui, &[]).map_err(io::Error::other)?;
    Ok(Prepared::Ready(Box::new(Ready { settings, options, ui, python: None, records, demo: Some(demo) })))
}

impl Ready {
    /// Runs the engine in a thread of its own and the interface in this one, until both have ended.
    fn synchronise(self) -> Exit {
        let (events, seen) = bounded(EVENTS);
        let (reopen, reopened) = bounded(1);
        let service::Links { record, pulse, warnings } = service::begin(&self.settings);
        let records = self.records.into_iter().chain(record).collect();
        let (seen, records) = match records::keep(seen, reopened, warnings, records) {
            Ok(kept) => kept,
            Err(error) => return internal(&format!("starting the log: {error}")),
        };
        let (questions, asked) = bounded(EVENTS);
        let (commands, obeyed) = bounded(EVENTS);
        let welcome = is_new(&self.settings);
        let Settings { timestamps, reopen_log, .. } = self.settings;
        let setup = ui::Setup { screen: self.settings.screen.clone(), welcome, timestamps, ..ui::Setup::default() };
        let settings = Arc::new(self.settings);
        let python = self.python;
        let options = Options { particulars: self.ui.tells_particulars(), ..self.options };
        let engine = Engine { settings, options, python, events, questions, commands: obeyed };
        let _listener = match signals::Listener::start(commands.clone(), Some(reopen).filter(|_| reopen_log)) {
            Ok(listener) => listener,
            Err(error) => return internal(&format!("listening for signals: {error}")),
        };
        let engine = match thread::Builder::new().name("engine".into()).spawn(move || engine.run_watched(pulse)) {
            Ok(thread) => thread,
            Err(error) => return internal(&format!("starting the engine: {error}")),
        };
        let mut front_end = ui::build(self.ui, setup);
        let stop = commands.clone();
        let shown = front_end.run(Links { events: seen, questions: asked, commands });
        if let Err(error) = &shown {
            complain(Level::Error, &format!("showing what happens: {error}; the program stops"));
            // Nobody sees any more what happens, or can say when it is enough.
            let _ = stop.send(Command::Quit);
        }
        let exit = engine.join().unwrap_or(Exit::Internal);
        if let Some(records) = records {
            // They are complete when it has ended; its only way to fail is a panic, which has been reported.
            let _ = records.join();
        }
        drop(self.demo);
        unless_unseen(exit, &shown)
    }
}

/// Whether nothing has ever been synchronised with these settings.
fn is_new(settings: &Settings) -> bool {
    settings.accounts.iter().all(|account| !ledger_path(&settings.metadata, account.name.as_str()).exists())
}

/// How it has ended; a stop that nobody asked for, since nothing could be shown any more, is no success. Who closes a terminal has
/// asked.
fn unless_unseen(exit: Exit, shown: &io::Result<Exit>) -> Exit {
    let gone = |error: &io::Error| error.raw_os_error() == Some(Errno::IO.raw_os_error());
    match shown {
        Err(error) if exit == Exit::Success && !gone(error) => Exit::Partial,
        _ => exit,
    }
}

pub(crate) fn internal(message: &str) -> Exit {
    complain(Level::Error, message);
    Exit::Internal
}

/// Says what is wrong on standard error; where that is the journal, with its level.
fn complain(level: Level, message: &str) {
    let is_journal = journal::is_at(io::stderr(), |name| env::var(name).ok());
    let lines = if is_journal { journal::lines(level, message) } else { message.to_owned() };
    say(&mut io::stderr(), &lines);
}

/// Writes a line where somebody may read it; that nobody does is no reason to stop.
pub(crate) fn say(to: &mut dyn Write, message: &str) {
    let _ = writeln!(to, "{message}");
}
