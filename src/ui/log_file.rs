//! The log in a file, beside whatever interface there is.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::model::event::Event;

use super::beside::Record;
use super::phrase::{Level, phrase};

/// A line for each event that has words: time, level where it matters, account, folder and sentence.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    /// Until writing fails.
    file: Option<File>,
}

impl LogFile {
    /// Opens the file to append to it. A new one is for its owner alone, since names of folders and servers are in it.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_path_buf(), file: Some(append_to(path)?) })
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

impl Record for LogFile {
    fn take(&mut self, event: &Event) -> Result<(), String> {
        let written = self.file.as_mut().map_or(Ok(()), |file| write(file, event));
        written.map_err(|error| {
            self.file = None;
            format!("writing the log file: {error}; nothing more is written to it")
        })
    }

    fn reopen(&mut self) -> Result<(), String> {
        match append_to(&self.path) {
            Ok(file) => {
                self.file = Some(file);
                Ok(())
            }
            // Rather the old one than none.
            Err(error) => Err(format!("opening the log file {} anew: {error}", self.path.display())),
        }
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
    use std::fs;

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
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut log = LogFile::open(&path).unwrap();
        assert!(events().iter().all(|event| log.take(event).is_ok()));
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(lines[0], "2026-03-01 14:03:20Z home: synchronising");
        assert_eq!(lines[1], "2026-03-01 14:03:20Z warning: home: IN: odd");
        assert!(lines[2].starts_with("2026-03-01 14:03:20Z error: home: connecting: no"), "{text}");
        assert_eq!(lines[3], "2026-03-01 14:03:20Z home: imap 2: -> b1 ␛");
    }

    #[test]
    fn a_file_that_is_full_is_told_once() {
        let mut full = LogFile::open(Path::new("/dev/full")).unwrap();
        let told = |log: &mut LogFile| events().iter().filter_map(|event| log.take(event).err()).collect::<Vec<_>>();
        let first = told(&mut full);
        assert!(first.len() == 1 && first[0].contains("log file"), "{first:?}");
        // Opened anew, it may have room.
        full.reopen().unwrap();
        assert_eq!(told(&mut full).len(), 1);
    }

    #[test]
    fn opened_anew_it_is_another_file_and_the_old_one_goes_on_where_that_fails() {
        let directory = tempfile::tempdir().unwrap();
        let (path, old) = (directory.path().join("log"), directory.path().join("log.1"));
        let mut log = LogFile::open(&path).unwrap();
        let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
        log.take(&events()[0]).unwrap();
        fs::rename(&path, &old).unwrap();
        log.take(&events()[0]).unwrap();
        log.reopen().unwrap();
        log.take(&events()[0]).unwrap();
        assert_eq!((lines(&old), lines(&path)), (2, 1));
        fs::rename(&path, &old).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(log.reopen().unwrap_err().contains("anew"));
        log.take(&events()[0]).unwrap();
        assert_eq!(lines(&old), 2);
    }
}
