//! An account of a few messages: its Maildir, its server, and the way to it. The engine keeps them the same.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use blinkensync::config::settings::{AccountSettings, Fetching, ImapSettings, Listing, Settings};
use blinkensync::demo::{self, Extensions, Server};
use blinkensync::engine::{Engine, Options};
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::{Exit, Fault};
use blinkensync::model::flags::{Flags, System};
use blinkensync::model::ids::Uid;
use blinkensync::model::message::InternalDate;
use crossbeam_channel::{bounded, unbounded};

use super::proxy::Proxy;

/// How long a server may be silent in runs that nobody meddles with.
const PATIENCE: Duration = Duration::from_secs(60);

/// Of each message, by folder and subject: its bytes with LF, and the letters of its flags.
pub type Mail = BTreeMap<(String, String), (String, String)>;

/// How a run ended.
pub struct Run {
    pub exit: Exit,
    pub faults: Vec<Fault>,
    /// What was said besides.
    pub words: Vec<String>,
}

pub struct Account {
    pub server: Server,
    pub proxy: Proxy,
    root: tempfile::TempDir,
    pub folder_deletes: bool,
    pub listing: Listing,
    /// How long the server may be silent while it is meddled with.
    pub patience: Duration,
}

impl Account {
    /// Five messages in INBOX, `one` to `five`, and two in Work/Plans, `six` and `seven`; nothing of it is here.
    pub fn new(extensions: Extensions) -> Self {
        let server = Server::start(demo::Options { extensions, ..demo::Options::default() }).unwrap();
        let proxy = Proxy::start(server.address());
        let root = tempfile::tempdir().unwrap();
        let listing = Listing::default();
        let account = Self { server, proxy, root, folder_deletes: false, listing, patience: PATIENCE };
        account.server.with_mailboxes(|mailboxes| mailboxes.create("Work/Plans").map(drop));
        for (name, flags) in [("one", ""), ("two", "S"), ("three", "FS"), ("four", ""), ("five", "")] {
            account.add_there("INBOX", name, flags);
        }
        account.add_there("Work/Plans", "six", "");
        account.add_there("Work/Plans", "seven", "");
        account
    }

    pub fn maildir(&self) -> PathBuf {
        self.root.path().join("mail")
    }

    /// The directory of a folder that the server calls so.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.maildir().join(name.replace('/', "."))
    }

    fn settings(&self, patience: Duration) -> Settings {
        let remote = ImapSettings {
            fetching: Fetching { retries: 0, alone: false },
            listing: self.listing.clone(),
            ..ImapSettings::plain("remote", self.proxy.address, self.server.user(), self.server.password())
        };
        let account = AccountSettings::plain("test", self.maildir(), remote);
        let account = AccountSettings { sync_folder_deletes: self.folder_deletes, ..account };
        let settings = Settings::plain(self.root.path().join("metadata"), vec![account]);
        Settings { fsync: false, socket_timeout: patience, ..settings }
    }

    /// Synchronises once.
    pub fn run(&self, patience: Duration) -> Run {
        let (events, seen) = unbounded();
        // Nobody answers.
        let (questions, _) = bounded(1);
        let (_commands, commands) = bounded(1);
        let options = Options { once: true, ..Options::default() };
        let settings = Arc::new(self.settings(patience));
        let engine = Engine { settings, options, python: None, events, questions, commands };
        let exit = thread::spawn(move || engine.run()).join().unwrap();
        let mut run = Run { exit, faults: Vec::new(), words: Vec::new() };
        for event in seen {
            match event.kind {
                EventKind::Failed { fault, .. } => run.faults.push(fault),
                EventKind::Warned { text, .. } | EventKind::Noted { text, .. } => run.words.push(text),
                _ => {}
            }
        }
        run
    }

    /// A configuration file for the program.
    pub fn configuration(&self) -> PathBuf {
        let file = self.root.path().join("rc");
        let text = format!(
            "[general]\naccounts = test\nmetadata = {}\nsocktimeout = {}\nfsync = no\n\n[Account test]\n\
             localrepository = here\nremoterepository = there\n\n[Repository here]\ntype = Maildir\n\
             localfolders = {}\nsep = .\n\n[Repository there]\ntype = IMAP\nremotehost = 127.0.0.1\n\
             remoteport = {}\nremoteuser = {}\nremotepass = {}\nssl = no\nstarttls = no\nmaxconnections = 1\n",
            self.root.path().join("metadata").display(),
            self.patience.as_secs().max(1),
            self.maildir().display(),
            self.proxy.address.port(),
            self.server.user(),
            self.server.password(),
        );
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        file
    }

    /// Synchronises without anybody meddling; fails unless it goes well and both sides are the same then.
    pub fn run_well(&self, but: fn(&mut Mail)) -> Result<(), String> {
        self.proxy.meddle(Box::new(super::proxy::Honest));
        let run = self.run(PATIENCE);
        if run.exit != Exit::Success {
            let faults: Vec<String> = run.faults.iter().map(ToString::to_string).collect();
            return Err(format!("an honest run ended with {:?}: {faults:#?}", run.exit));
        }
        let (mut there, mut here) = (self.there(), self.here());
        but(&mut there);
        but(&mut here);
        if there == here {
            return Ok(());
        }
        let lacking = |some: &Mail, others: &Mail| -> Vec<String> {
            some.iter().filter(|one| others.get(one.0) != Some(one.1)).map(|one| format!("{one:?}")).collect()
        };
        let (there, here) = (lacking(&there, &here), lacking(&here, &there));
        Err(format!("after an honest run, only there: {there:#?}, only here: {here:#?}"))
    }

    /// What is on the server.
    pub fn there(&self) -> Mail {
        self.server.with_mailboxes(|mailboxes| {
            let mut mail = Mail::new();
            for (name, mailbox) in mailboxes.iter() {
                for message in mailbox.messages.values() {
                    let body = String::from_utf8_lossy(&message.body).replace("\r\n", "\n");
                    put(&mut mail, &name.replace('/', "."), body, letters(&message.flags));
                }
            }
            mail
        })
    }

    /// What is on the disk.
    pub fn here(&self) -> Mail {
        let mut mail = Mail::new();
        for folder in self.folders() {
            for file in files(&self.maildir().join(&folder)) {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                let letters = name.split_once(":2,").map_or("", |(_, letters)| letters).to_owned();
                let body = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
                put(&mut mail, &folder, body, letters);
            }
        }
        mail
    }

    /// The names of the folders on the disk.
    pub fn folders(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.maildir()) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn add_there(&self, folder: &str, name: &str, flags: &str) {
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        let body = message(name).replace('\n', "\r\n");
        self.server.with_mailboxes(|mailboxes| {
            let mailbox = mailboxes.get_mut(folder).unwrap();
            mailbox.append(system(flags), date, body.as_bytes().into()).unwrap();
        });
    }

    pub fn remove_there(&self, folder: &str, name: &str) {
        let uid = self.uid(folder, name);
        self.server.with_mailboxes(|mailboxes| mailboxes.get_mut(folder).unwrap().expunge(uid).unwrap());
    }

    pub fn flag_there(&self, folder: &str, name: &str, flags: &str) {
        let uid = self.uid(folder, name);
        self.server.with_mailboxes(|mailboxes| mailboxes.get_mut(folder).unwrap().set_flags(uid, system(flags)));
    }

    fn uid(&self, folder: &str, name: &str) -> Uid {
        self.server.with_mailboxes(|mailboxes| {
            let mut messages = mailboxes.get(folder).unwrap().messages.values();
            let found = messages.find(|one| subject(&String::from_utf8_lossy(&one.body)) == name);
            found.unwrap().uid
        })
    }

    pub fn add_here(&self, folder: &str, name: &str, flags: &str) {
        let folder = self.folder(folder);
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        fs::write(folder.join("cur").join(format!("1000000000.{name}.here:2,{flags}")), message(name)).unwrap();
    }

    pub fn remove_here(&self, folder: &str, name: &str) {
        fs::remove_file(self.file(folder, name)).unwrap();
    }

    pub fn flag_here(&self, folder: &str, name: &str, flags: &str) {
        let file = self.file(folder, name);
        let text = file.file_name().unwrap().to_str().unwrap().to_owned();
        let base = text.split(":2,").next().unwrap();
        fs::rename(&file, self.folder(folder).join("cur").join(format!("{base}:2,{flags}"))).unwrap();
    }

    pub fn move_here(&self, folder: &str, name: &str, to: &str) {
        let file = self.file(folder, name);
        fs::rename(&file, self.folder(to).join("cur").join(file.file_name().unwrap())).unwrap();
    }

    fn file(&self, folder: &str, name: &str) -> PathBuf {
        let is_it = |file: &PathBuf| subject(&fs::read_to_string(file).unwrap()) == name;
        files(&self.folder(folder)).into_iter().find(is_it).unwrap()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let parts = ["cur", "new"].into_iter().filter_map(|part| fs::read_dir(folder.join(part)).ok());
    parts.flatten().map(|entry| entry.unwrap().path()).collect()
}

fn put(mail: &mut Mail, folder: &str, body: String, letters: String) {
    let mut key = (folder.to_owned(), subject(&body));
    while mail.contains_key(&key) {
        key.1.push_str(" again");
    }
    mail.insert(key, (body, letters));
}

fn message(name: &str) -> String {
    format!("From: me@example.org\nMessage-ID: <{name}@example.org>\nSubject: {name}\n\nThis is {name}.\n")
}

fn subject(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
    line.unwrap_or("without-a-subject").trim_end().to_owned()
}

fn system(letters: &str) -> Flags {
    let all = letters.chars().filter_map(System::from_letter);
    Flags::of(all.fold(System::NONE, |all, flag| all | flag))
}

fn letters(flags: &Flags) -> String {
    System::TABLE.iter().filter(|row| flags.system.contains(row.0)).map(|row| row.1).collect()
}
