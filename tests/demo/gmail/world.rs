//! An account at Gmail, and a Maildir.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use blinkensync::config::settings::{GmailSettings, Settings};
use blinkensync::demo::{Extensions, Names, Options, Server};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use crate::engine::{on_disk, on_the_server, run_with, same, settings};

pub struct World {
    pub server: Server,
    pub root: tempfile::TempDir,
    pub gmail: GmailSettings,
}

impl World {
    /// With these folders, besides INBOX and Gmail's own.
    pub fn new(folders: &[&str]) -> Self {
        Self::with(Extensions::GMAIL, Names::ENGLISH, folders)
    }

    pub fn with(extensions: Extensions, names: Names, folders: &[&str]) -> Self {
        let server = Server::start(Options { extensions, names, ..Options::default() }).unwrap();
        server.with_mailboxes(|mailboxes| {
            for folder in folders {
                mailboxes.create(folder).unwrap();
            }
        });
        let world = Self { server, root: tempfile::tempdir().unwrap(), gmail: GmailSettings::default() };
        world.sync();
        world
    }

    /// Mail comes in, with these labels.
    pub fn arrives(&self, subject: &str, folders: &[&str]) {
        self.server.with_mailboxes(|mailboxes| {
            let body: Vec<u8> = format!("Subject: {subject}\r\n\r\n{subject}\r\n").into_bytes();
            for folder in folders {
                let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
                mailboxes.get_mut(folder).unwrap().append(Flags::default(), date, body.clone().into()).unwrap();
            }
        });
    }

    pub fn settings(&self) -> Settings {
        let mut settings = settings(&self.server, self.server.address(), self.root.path());
        let account = &mut settings.accounts[0];
        account.remote.gmail = Some(self.gmail.clone());
        if let Some(labels) = &self.gmail.labels {
            account.remote.left_out = vec![labels.field.to_ascii_lowercase()];
            account.local.leave_out(&account.remote.left_out);
            account.local.keep_labels(Some(labels.clone()));
        }
        settings
    }

    pub fn try_sync(&self) -> (Exit, Vec<Event>) {
        run_with(self.settings())
    }

    /// Synchronises once.
    #[track_caller]
    pub fn sync(&self) -> Vec<Event> {
        let (exit, events) = self.try_sync();
        assert_eq!(exit, Exit::Success, "{events:#?}");
        events
    }

    /// Synchronises until both sides are the same: what is done in one folder comes to the others a run later.
    #[track_caller]
    pub fn settle(&self, what: &str) {
        self.sync();
        self.sync();
        same(&self.server, self.root.path(), what);
        assert_eq!(copies(&self.sync()), (0, 0), "{what}: it goes on");
        same(&self.server, self.root.path(), what);
    }

    /// The folders in which both sides have this message, each once.
    #[track_caller]
    pub fn places(&self, subject: &str) -> BTreeSet<String> {
        let mark = format!("Subject: {subject}\n");
        let [there, here] = [on_the_server(&self.server), on_disk(self.root.path())].map(|mail| {
            let found = mail.into_iter().filter(|(_, body, _)| body.contains(&mark));
            found.map(|(folder, ..)| folder).collect::<Vec<String>>()
        });
        assert_eq!(there, here, "{subject}");
        let places: BTreeSet<String> = there.iter().cloned().collect();
        assert_eq!(places.len(), there.len(), "{subject} is twice in one folder: {there:?}");
        places
    }

    /// The only file of this message in a folder.
    #[track_caller]
    pub fn file(&self, folder: &str, subject: &str) -> PathBuf {
        let parts = ["cur", "new"].map(|part| fs::read_dir(self.root.path().join("mail").join(folder).join(part)));
        let files = parts.into_iter().flat_map(|entries| entries.unwrap()).map(|entry| entry.unwrap().path());
        let mark = format!("Subject: {subject}\n");
        let found: Vec<PathBuf> = files.filter(|file| fs::read_to_string(file).unwrap().contains(&mark)).collect();
        assert_eq!(found.len(), 1, "{subject} in {folder}: {found:?}");
        found[0].clone()
    }

    /// Deletes it here, as a mail reader would.
    #[track_caller]
    pub fn delete(&self, folder: &str, subject: &str) {
        fs::remove_file(self.file(folder, subject)).unwrap();
    }

    /// Moves it here, as a mail reader would.
    #[track_caller]
    pub fn shift(&self, from: &str, to: &str, subject: &str) {
        let to = self.root.path().join("mail").join(to).join("cur").join(format!("99.{subject}.reader:2,S"));
        fs::rename(self.file(from, subject), to).unwrap();
    }
}

/// How many messages were fetched and sent.
pub fn copies(events: &[Event]) -> (u64, u64) {
    let counts = events.iter().find_map(|event| match &event.kind {
        EventKind::SyncDone { counts, .. } => Some(*counts),
        _ => None,
    });
    counts.map(|counts| (counts.downloads, counts.uploads)).unwrap()
}

/// Names in order.
pub fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
