//! What each thread spends its time on (`-P`): a file for each, which the viewers of Chrome (`chrome://tracing`)
//! and Perfetto (`ui.perfetto.dev`) open.
//!
//! The format is the JSON array of Chrome's trace events. A thread's life is a slice, in it lies one for each folder that it
//! works on, and in these one for each of its lights, without gaps; times are microseconds since the program began. Whatever
//! begins is written at once, so that a program that is killed leaves all it knew; the closing bracket is then missing, which
//! the format allows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::model::event::{Event, EventKind};
use crate::model::ids::{AccountName, LampId};
use crate::model::light::Light;

use super::beside::Record;

/// The files of a run in their directory.
#[derive(Debug)]
pub struct Trace {
    directory: PathBuf,
    began: Option<DateTime<Utc>>,
    threads: BTreeMap<LampId, Thread>,
    failed: bool,
}

/// The file of one thread, and of those that take its place when it has ended.
#[derive(Debug)]
struct Thread {
    file: File,
    lamp: LampId,
    /// The time of what was written last, which the next one is never before.
    at: i64,
    /// The slices that have begun and not ended, the outermost first.
    open: Vec<Slice>,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slice {
    Life,
    Folder(String),
    Light(&'static str),
}

impl Trace {
    /// Makes the directory, if it isn't there; its owner alone may enter.
    pub fn open(directory: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        fs::read_dir(directory)?;
        Ok(Self { directory: directory.to_path_buf(), began: None, threads: BTreeMap::new(), failed: false })
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        let began = *self.began.get_or_insert(event.at);
        let at = event.at.signed_duration_since(began).num_microseconds().unwrap_or(0);
        if let EventKind::Ended { .. } = event.kind {
            return std::mem::take(&mut self.threads).into_values().try_for_each(|thread| thread.end(at));
        }
        if let EventKind::ThreadStarted { account } = &event.kind {
            return self.thread(event.lamp, account.as_ref())?.start(at);
        }
        match self.threads.get_mut(&event.lamp) {
            Some(thread) => thread.go_on(at, &event.kind),
            None => Ok(()),
        }
    }

    /// The file of this lamp's threads; made, when it is the first one.
    fn thread(&mut self, lamp: LampId, account: Option<&AccountName>) -> io::Result<&mut Thread> {
        let name = account.map(|account| format!("{} {}", account.as_str(), lamp.number()));
        let file = account.map(|account| format!("{}-{}", file_name(account.as_str()), lamp.number()));
        let path = self.directory.join(format!("{}.json", file.as_deref().unwrap_or("main")));
        match self.threads.entry(lamp) {
            Entry::Occupied(thread) => Ok(thread.into_mut()),
            Entry::Vacant(place) => {
                let thread = Thread::create(&path, lamp, name.as_deref().unwrap_or("main thread"))?;
                Ok(place.insert(thread))
            }
        }
    }
}

impl Record for Trace {
    fn take(&mut self, event: &Event) -> Result<(), String> {
        if self.failed {
            return Ok(());
        }
        self.write(event).map_err(|error| {
            self.failed = true;
            format!("writing the timing trace in {}: {error}; nothing more is written there", self.directory.display())
        })
    }
}

impl Thread {
    fn create(path: &Path, lamp: LampId, name: &str) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let process = std::process::id();
        let about = |what: &str, name: &str| json!({ "name": what, "ph": "M", "pid": process, "tid": lamp.0, "args": { "name": name } });
        let (program, thread) = (about("process_name", "blinkensync"), about("thread_name", name));
        file.write_all(format!("[\n{program},\n{thread}").as_bytes())?;
        Ok(Self { file, lamp, at: 0, open: Vec::new() })
    }

    fn start(&mut self, at: i64) -> io::Result<()> {
        self.leave(at, 0)?;
        self.enter(at, Slice::Life)?;
        self.enter(at, Slice::Light("starting"))
    }

    fn go_on(&mut self, at: i64, kind: &EventKind) -> io::Result<()> {
        match kind {
            EventKind::Lit { light } => self.light(at, *light),
            EventKind::FolderStarted { folder, .. } => self.folder(at, Some(folder)),
            EventKind::FolderDone { .. } => self.folder(at, None),
            EventKind::ThreadEnded => self.leave(at, 0),
            _ => Ok(()),
        }
    }

    fn light(&mut self, at: i64, light: Light) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        self.leave(at, self.open.len() - 1)?;
        self.enter(at, Slice::Light(light.meaning()))
    }

    /// Goes over to another folder, or to none. The light that is on is begun anew, since a slice must lie in another as a whole.
    fn folder(&mut self, at: i64, folder: Option<&str>) -> io::Result<()> {
        let Some(light) = self.open.last().cloned() else { return Ok(()) };
        self.leave(at, 1)?;
        if let Some(name) = folder {
            self.enter(at, Slice::Folder(name.to_owned()))?;
        }
        self.enter(at, light)
    }

    fn enter(&mut self, at: i64, slice: Slice) -> io::Result<()> {
        let (category, name) = match &slice {
            Slice::Life => ("thread", "thread"),
            Slice::Folder(name) => ("folder", name.as_str()),
            Slice::Light(name) => ("light", *name),
        };
        let begins = json!({ "name": name, "cat": category, "ph": "B" });
        self.open.push(slice);
        self.put(at, begins)
    }

    /// Ends slices, the innermost first, until so many are left.
    fn leave(&mut self, at: i64, left: usize) -> io::Result<()> {
        while self.open.len() > left {
            self.open.pop();
            self.put(at, json!({ "ph": "E" }))?;
        }
        Ok(())
    }

    fn put(&mut self, at: i64, mut what: Value) -> io::Result<()> {
        // The clock may be set back.
        self.at = self.at.max(at);
        what["ts"] = self.at.into();
        what["pid"] = std::process::id().into();
        what["tid"] = self.lamp.0.into();
        self.file.write_all(format!(",\n{what}").as_bytes())
    }

    fn end(mut self, at: i64) -> io::Result<()> {
        self.leave(at, 0)?;
        self.file.write_all(b"\n]\n")
    }
}

/// An account's name as a part of a file's name, different for each.
fn file_name(account: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    account.chars().map(|c| if plain(c) { c.to_string() } else { format!("%{:x}", u32::from(c)) }).collect()
}

#[cfg(test)]
mod tests;
