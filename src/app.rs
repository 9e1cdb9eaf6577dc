//! Connects everything: configuration, engine, interface, signals.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::cli::Cli;
use crate::config;
use crate::config::settings::{
    AccountSettings, CommonSettings, Hooks, ImapSettings, Listing, MaildirSettings, PasswordSource, Security, Settings,
    UiName,
};
use crate::demo;
use crate::engine::{Engine, Options};
use crate::info;
use crate::model::command::Command;
use crate::model::fault::Exit;
use crate::model::ids::AccountName;
use crate::model::patterns::Patterns;
use crate::model::question::Secret;
use crate::python::Reader;
use crate::signals;
use crate::store::python::Interpreter;
use crate::ui::{self, Kind, Links, log_file};

/// Events that may wait for the interface before workers are held back.
const EVENTS: usize = 4096;

/// Does what the command line asks for.
pub fn run(cli: &Cli) -> Exit {
    match prepare(cli) {
        Ok(Prepared::Done) => Exit::Success,
        Ok(Prepared::Ready(ready)) => ready.synchronise(),
        Err(message) => {
            say(&mut io::stderr(), &message);
            Exit::Config
        }
    }
}

enum Prepared {
    /// Nothing is left to do.
    Done,
    Ready(Box<Ready>),
}

/// Everything that a synchronisation needs.
struct Ready {
    settings: Settings,
    options: Options,
    ui: Kind,
    /// The interpreter that the configuration was read with, if it was.
    python: Option<Interpreter>,
    /// Where the log goes as well.
    log: Option<File>,
    /// Lives as long as the demonstration does.
    demo: Option<Demo>,
}

/// The demonstration's server, and its directory unless the user keeps it.
struct Demo {
    _server: demo::Server,
    _directory: Option<tempfile::TempDir>,
}

fn prepare(cli: &Cli) -> Result<Prepared, String> {
    if cli.version {
        say(&mut io::stdout(), concat!("blinkensync ", env!("CARGO_PKG_VERSION")));
        return Ok(Prepared::Done);
    }
    refuse_what_is_missing(cli)?;
    let options = Options {
        once: cli.once || cli.dry_run,
        allow_deletes: cli.allow_deletes,
        pretend: cli.dry_run,
        explain: !cli.debug.is_empty(),
        quick: cli.quick,
        single: cli.single,
    };
    if let Some(directory) = &cli.demo {
        return demonstrate(cli, directory.clone(), options)
            .map_err(|error| format!("starting the demonstration: {error}"));
    }
    let (settings, python) = configure(cli)?;
    if cli.check_config {
        return Ok(Prepared::Done);
    }
    if cli.info {
        say(&mut io::stdout(), info::describe(&settings)?.trim_end());
        return Ok(Prepared::Done);
    }
    let ui = choose_ui(cli, &settings.ui)?;
    Ok(Prepared::Ready(Box::new(Ready { settings, options, ui, python, log: log_file(cli)?, demo: None })))
}

/// What the command line knows already and the program doesn't do yet is refused, not ignored.
fn refuse_what_is_missing(cli: &Cli) -> Result<(), String> {
    let missing = [
        ("-d with anything but plan", cli.debug.iter().any(|kind| !kind.eq_ignore_ascii_case("plan"))),
        ("-P", cli.profile.is_some()),
        ("-s", cli.syslog),
        ("--delete-folder", cli.delete_folder.is_some()),
        ("--mbnames-prune", cli.mbnames_prune),
        ("--migrate-fmd5-using-nametrans", cli.migrate_fmd5_using_nametrans),
        ("--completions", cli.completions.is_some()),
        ("--man", cli.man),
    ];
    match missing.iter().find(|(_, asked)| *asked) {
        Some((flag, _)) => Err(format!("{flag} is not available yet; nothing was done")),
        None => Ok(()),
    }
}

fn configure(cli: &Cli) -> Result<(Settings, Option<Interpreter>), String> {
    let reader = Reader::default();
    let request =
        config::Request { file: cli.config.clone(), accounts: cli.accounts.clone(), overrides: cli.overrides.clone() };
    let loaded = config::load(&request, &|file, option, code| reader.work_out(file, option, code))?;
    for warning in &loaded.warnings {
        say(&mut io::stderr(), warning);
    }
    let only = if cli.folders.is_empty() {
        None
    } else {
        let patterns = cli.folders.iter().map(|folder| folder.trim());
        Some(Patterns::parse(patterns).map_err(|message| format!("-f: {message}"))?)
    };
    Ok((Settings { only, ..loaded.settings }, reader.into_inner()))
}

fn log_file(cli: &Cli) -> Result<Option<File>, String> {
    let open = |path: &PathBuf| log_file::open(path).map_err(|error| format!("opening {}: {error}", path.display()));
    cli.log.as_ref().map(open).transpose()
}

fn choose_ui(cli: &Cli, configured: &[UiName]) -> Result<Kind, String> {
    if let Some(name) = &cli.ui {
        let kind: Kind = name.parse()?;
        if kind.needs_terminal() && !io::stdout().is_terminal() {
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
        })
        .collect();
    Ok(ui::choose(&wanted, io::stdout().is_terminal()))
}

/// A server of our own, and an ordinary account on it.
fn demonstrate(cli: &Cli, directory: Option<PathBuf>, options: Options) -> io::Result<Prepared> {
    let server = demo::Server::start(demo::Options::demonstration())?;
    let (root, temporary) = if let Some(path) = directory {
        (empty_directory(&path)?, None)
    } else {
        let temporary = tempfile::Builder::new().prefix("blinkensync-demo-").tempdir()?;
        (temporary.path().to_path_buf(), Some(temporary))
    };
    let address = server.address();
    let account = AccountSettings {
        name: AccountName::new("demo"),
        autorefresh: Some(Duration::from_secs(10)),
        max_deletes: None,
        sync_folder_deletes: false,
        hooks: Hooks::default(),
        local: MaildirSettings { common: CommonSettings::open("demo-local"), root: root.join("mail"), separator: '.' },
        remote: ImapSettings {
            common: CommonSettings::open("demo-remote"),
            host: address.ip().to_string(),
            port: address.port(),
            user: server.user().to_owned(),
            password: PasswordSource::Given(Secret::new(server.password().to_owned())),
            security: Security::None,
            tunnel: None,
            compress: false,
            ca_file: None,
            listing: Listing::default(),
            expunge: true,
            max_connections: 4,
        },
    };
    let settings = Settings {
        metadata: root.join("metadata"),
        ui: Vec::new(),
        max_sync_accounts: 1,
        ignore_read_only: false,
        fsync: true,
        socket_timeout: Duration::from_secs(60),
        pythonfile: None,
        only: None,
        accounts: vec![account],
    };
    let ui = choose_ui(cli, &[]).map_err(io::Error::other)?;
    let log = log_file(cli).map_err(io::Error::other)?;
    let demo = Demo { _server: server, _directory: temporary };
    Ok(Prepared::Ready(Box::new(Ready { settings, options, ui, python: None, log, demo: Some(demo) })))
}

/// The directory that is to keep the demonstration's mail. The server begins anew each time, and would take what is there
/// already for the user's wishes; so nothing may be there.
fn empty_directory(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let first = match std::fs::read_dir(&path) {
        Ok(mut entries) => entries.next(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(io::Error::other(format!("{}: {error}", path.display()))),
    };
    match first {
        Some(_) => Err(io::Error::other(format!("{} is not empty; name a new directory", path.display()))),
        None => Ok(path),
    }
}

impl Ready {
    /// Runs the engine in a thread of its own and the interface in this one, until both have ended.
    fn synchronise(self) -> Exit {
        let (events, seen) = bounded(EVENTS);
        let seen = match self.log {
            Some(file) => {
                let (to, shown) = bounded(EVENTS);
                let log = thread::Builder::new().name("log".into());
                if let Err(error) = log.spawn(move || log_file::keep(&seen, &to, file)) {
                    return internal(&format!("starting the log: {error}"));
                }
                shown
            }
            None => seen,
        };
        let (questions, asked) = bounded(EVENTS);
        let (commands, obeyed) = bounded(EVENTS);
        let settings = Arc::new(self.settings);
        let python = self.python;
        let engine = Engine { settings, options: self.options, python, events, questions, commands: obeyed };
        let _listener = match signals::Listener::start(commands.clone()) {
            Ok(listener) => listener,
            Err(error) => return internal(&format!("listening for signals: {error}")),
        };
        let engine = match thread::Builder::new().name("engine".into()).spawn(move || engine.run()) {
            Ok(thread) => thread,
            Err(error) => return internal(&format!("starting the engine: {error}")),
        };
        let mut front_end = ui::build(self.ui, ui::Setup::default());
        let stop = commands.clone();
        if let Err(error) = front_end.run(Links { events: seen, questions: asked, commands }) {
            say(&mut io::stderr(), &format!("showing what happens: {error}; the program stops"));
            // Nobody sees any more what happens, or can say when it is enough.
            let _ = stop.send(Command::Quit);
        }
        let exit = engine.join().unwrap_or(Exit::Internal);
        drop(self.demo);
        exit
    }
}

fn internal(message: &str) -> Exit {
    say(&mut io::stderr(), message);
    Exit::Internal
}

/// Writes a line where somebody may read it; that nobody does is no reason to stop.
fn say(to: &mut dyn Write, message: &str) {
    let _ = writeln!(to, "{message}");
}
