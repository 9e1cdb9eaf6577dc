//! The log in a file, beside whatever interface there is.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use chrono::Utc;
use crossbeam_channel::{Receiver, Sender};

use crate::model::event::{Event, EventKind};
use crate::model::ids::LampId;

use super::phrase::{Level, phrase};

/// Opens the file to append to it. A new one is for its owner alone, since names of folders and servers are in it.
pub fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// Hands events on until they end, and writes a line for each that has words: time, level where it matters, account, folder and
/// sentence. When the file can't be written to any more, that is said once, and they are still handed on.
pub fn keep(events: &Receiver<Event>, to: &Sender<Event>, file: impl Write) {
    let mut file = Some(file);
    for event in events {
        let lamp = event.lamp;
        let written = file.as_mut().map_or(Ok(()), |file| write(file, &event));
        if to.send(event).is_err() {
            return;
        }
        if let Err(error) = written {
            file = None;
            let text = format!("writing the log file: {error}; nothing more is written to it");
            let _ = to.send(warning(lamp, text));
        }
    }
}

fn warning(lamp: LampId, text: String) -> Event {
    Event { at: Utc::now(), lamp, kind: EventKind::Warned { account: None, folder: None, text } }
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
    use crossbeam_channel::unbounded;

    use super::*;
    use crate::model::fault::{Fault, FaultKind, Reach};
    use crate::model::ids::AccountName;

    fn events() -> Vec<Event> {
        let at = "2026-03-01T14:03:20.5Z".parse().unwrap();
        let account = || AccountName::new("home");
        let fault = Fault::new(Reach::Account, FaultKind::Network, "connecting", "no\nroute");
        [
            EventKind::SyncStarted { account: account() },
            EventKind::ThreadEnded,
            EventKind::Warned { account: Some(account()), folder: Some("IN".into()), text: "odd".into() },
            EventKind::Failed { account: Some(account()), folder: None, fault },
        ]
        .map(|kind| Event { at, lamp: LampId(1), kind })
        .to_vec()
    }

    fn kept(file: impl Write) -> Vec<Event> {
        let ((put, events_in), (to, out)) = (unbounded(), unbounded());
        for event in events() {
            put.send(event).unwrap();
        }
        drop(put);
        keep(&events_in, &to, file);
        out.try_iter().collect()
    }

    #[test]
    fn every_event_goes_on_and_those_with_words_are_written() {
        let mut file = Vec::new();
        assert_eq!(kept(&mut file), events());
        let text = String::from_utf8(file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[0], "2026-03-01 14:03:20Z home: synchronising");
        assert_eq!(lines[1], "2026-03-01 14:03:20Z warning: home: IN: odd");
        assert!(lines[2].starts_with("2026-03-01 14:03:20Z error: home: connecting: no"), "{text}");
    }

    #[test]
    fn a_file_that_is_full_is_told_once() {
        let full = OpenOptions::new().append(true).open("/dev/full").unwrap();
        let out = kept(full);
        assert_eq!(out.len(), events().len() + 1);
        assert!(matches!(&out[1].kind, EventKind::Warned { text, .. } if text.contains("log file")), "{out:?}");
    }
}
