//! The records that are kept beside the interface, as the command line asks for them: `-l`, `-s`, `-P`, and the interface
//! that is nothing but a record.

use std::fmt;
use std::io;
use std::path::Path;
use std::thread::{self, JoinHandle};

use chrono::Utc;
use crossbeam_channel::{Receiver, bounded};

use crate::app::EVENTS;
use crate::cli::Cli;
use crate::model::event::Event;
use crate::ui::Kind;
use crate::ui::beside::{self, Record};
use crate::ui::log_file::LogFile;
use crate::ui::phrase::Level;
use crate::ui::syslog::Syslog;
use crate::ui::trace::Trace;

/// Opens what is wanted; `warnings` are for those who read syslog alone.
///
/// # Errors
/// A sentence, when something can't be opened. Only where syslog is wanted beside an interface that can tell that it is
/// missing, the mail doesn't wait for it.
pub fn open(cli: &Cli, ui: Kind, warnings: &[String]) -> Result<Vec<Box<dyn Record>>, String> {
    let mut records: Vec<Box<dyn Record>> = Vec::new();
    if let Some(path) = &cli.log {
        records.push(Box::new(LogFile::open(path).map_err(|error| trouble("opening the log file", path, &error))?));
    }
    if ui == Kind::Syslog {
        let mut syslog = Syslog::open()?;
        for warning in warnings {
            syslog.write(Level::Warning, Utc::now(), warning).map_err(|error| format!("writing to syslog: {error}"))?;
        }
        records.push(Box::new(syslog));
    } else if cli.syslog {
        records.push(Syslog::open().map_or_else(missing, |syslog| Box::new(syslog)));
    }
    if let Some(directory) = &cli.profile {
        let trace = Trace::open(directory);
        let doing = "making the directory for the timing trace";
        records.push(Box::new(trace.map_err(|error| trouble(doing, directory, &error))?));
    }
    Ok(records)
}

/// The events as the interface sees them: when the records have been kept. The thread that keeps them ends with the events, and not
/// before, even when nobody sees them any more.
///
/// # Errors
/// When the system refuses a thread.
pub fn keep(
    events: Receiver<Event>,
    reopen: Receiver<()>,
    warnings: Receiver<String>,
    mut records: Vec<Box<dyn Record>>,
) -> io::Result<(Receiver<Event>, Option<JoinHandle<()>>)> {
    if records.is_empty() {
        return Ok((events, None));
    }
    let (to, shown) = bounded(EVENTS);
    let keeping = move || beside::keep(&events, reopen, warnings, &to, &mut records);
    let thread = thread::Builder::new().name("log".into()).spawn(keeping)?;
    Ok((shown, Some(thread)))
}

fn trouble(doing: &str, path: &Path, error: &dyn fmt::Display) -> String {
    format!("{doing} {}: {error}", path.display())
}

/// A record that could not be opened: says so as soon as somebody listens.
struct Missing(Option<String>);

/// Says so as soon as somebody listens, and keeps nothing.
pub(crate) fn missing(trouble: String) -> Box<dyn Record> {
    Box::new(Missing(Some(trouble)))
}

impl Record for Missing {
    fn take(&mut self, _event: &Event) -> Result<(), String> {
        self.0.take().map_or(Ok(()), Err)
    }
}
