//! The log in a file, beside whatever interface there is.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::model::event::Event;

use super::beside::Record;
use super::phrase::{Level, phrase};

/// A line for each event that has words: time, level where it matters, account, folder and sentence.
#[derive(Debug)]
pub struct LogFile<W>(Option<W>);

impl LogFile<File> {
    /// Opens the file to append to it. A new one is for its owner alone, since names of folders and servers are in it.
    pub fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(Self::new)
    }
}

impl<W: Write> LogFile<W> {
    /// Writes to `file`, until that fails.
    pub fn new(file: W) -> Self {
        Self(Some(file))
    }
}

impl<W: Write + Send> Record for LogFile<W> {
    fn take(&mut self, event: &Event) -> Result<(), String> {
        let written = self.0.as_mut().map_or(Ok(()), |file| write(file, event));
        written.map_err(|error| {
            self.0 = None;
            format!("writing the log file: {error}; nothing more is written to it")
        })
    }
}

fn write(file: &mut impl Write, event: &Event) -> io::Result<()> {
    let Some(phrase) = phrase(event) else { return Ok(()) };
    let level = match phrase.level {
        Level::Debug | Level::Info => "",
        Level::Warning => "warning: ",
        Level::Error => "error: ",
    };
    let time = event.at.format("%Y-%m-%d %H:%M:%SZ");
    // At once, so that it tells how far things had come when the machine stops.
    file.write_all(format!("{time} {level}{}\n", phrase.line()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::EventKind;
    use crate::model::fault::{Fault, FaultKind, Reach};
    use crate::model::ids::{AccountName, LampId};
    use crate::model::topic::Topic;

    fn events() -> Vec<Event> {
        let at = "2026-03-01T14:03:20.5Z".parse().unwrap();
        let account = || AccountName::new("home");
        let fault = Fault::new(Reach::Account, FaultKind::Network, "connecting", "no\nroute");
        [
            EventKind::SyncStarted { account: account() },
            EventKind::ThreadEnded,
            EventKind::Warned { account: Some(account()), folder: Some("IN".into()), text: "odd".into() },
            EventKind::Failed { account: Some(account()), folder: None, fault },
            EventKind::Detailed { account: Some(account()), topic: Topic::Imap, text: "-> b1 \x1b".into() },
        ]
        .map(|kind| Event { at, lamp: LampId(1002), kind })
        .to_vec()
    }

    #[test]
    fn what_has_words_is_written() {
        let mut file = Vec::new();
        let mut log = LogFile::new(&mut file);
        assert!(events().iter().all(|event| log.take(event).is_ok()));
        let text = String::from_utf8(file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(lines[0], "2026-03-01 14:03:20Z home: synchronising");
        assert_eq!(lines[1], "2026-03-01 14:03:20Z warning: home: IN: odd");
        assert!(lines[2].starts_with("2026-03-01 14:03:20Z error: home: connecting: no"), "{text}");
        assert_eq!(lines[3], "2026-03-01 14:03:20Z home: imap 2: -> b1 ␛");
    }

    #[test]
    fn a_file_that_is_full_is_told_once() {
        let mut full = LogFile::new(OpenOptions::new().append(true).open("/dev/full").unwrap());
        let told: Vec<String> = events().iter().filter_map(|event| full.take(event).err()).collect();
        assert!(told.len() == 1 && told[0].contains("log file"), "{told:?}");
    }
}
