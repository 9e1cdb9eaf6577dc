//! The whole engine keeps a Maildir and the demonstration's server the same, whatever the server can do.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use blinkensync::config::settings::{AccountSettings, ImapSettings, Settings};
use blinkensync::demo::{self, Extensions, Server};
use blinkensync::engine::{Engine, Options};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::ids::Uid;
use blinkensync::model::message::InternalDate;
use crossbeam_channel::{bounded, unbounded};

/// Folder, bytes with LF, letters of the flags: sorted.
pub type Mail = Vec<(String, String, String)>;

/// Settings of an account that reaches the server at this address.
pub fn settings(server: &Server, address: SocketAddr, root: &Path) -> Settings {
    let remote = ImapSettings::plain("remote", address, server.user(), server.password());
    let remote = ImapSettings { compress: true, max_connections: 2, ..remote };
    let account = AccountSettings::plain("test", root.join("mail"), remote);
    Settings { fsync: false, ..Settings::plain(root.join("metadata"), vec![account]) }
}

/// Synchronises once, and gives back what happened.
fn synchronise(server: &Server, root: &Path) -> Vec<Event> {
    let (exit, events) = run(server, root);
    assert_eq!(exit, Exit::Success, "{events:#?}");
    events
}

fn run(server: &Server, root: &Path) -> (Exit, Vec<Event>) {
    run_with(settings(server, server.address(), root))
}

/// Runs once, and gives back what happened.
pub fn run_with(settings: Settings) -> (Exit, Vec<Event>) {
    run_as(settings, Options::default())
}

/// The same with these options.
pub fn run_as(settings: Settings, options: Options) -> (Exit, Vec<Event>) {
    let (events, seen) = unbounded();
    let (questions, _asked) = bounded(1);
    let (_commands, obeyed) = bounded(1);
    let settings = Arc::new(settings);
    let options = Options { once: true, ..options };
    let engine = Engine { settings, options, python: None, events, questions, commands: obeyed };
    let exit = thread::spawn(move || engine.run()).join().unwrap();
    (exit, seen.iter().collect())
}

pub fn on_the_server(server: &Server) -> Mail {
    let mut mail = server.with_mailboxes(|mailboxes| {
        let mut mail = Mail::new();
        for (name, mailbox) in mailboxes.iter() {
            for message in mailbox.messages.values() {
                let body = String::from_utf8_lossy(&message.body).replace("\r\n", "\n");
                mail.push((name.replace('/', "."), body, message.flags.system_letters()));
            }
        }
        mail
    });
    mail.sort();
    mail
}

pub fn on_disk(root: &Path) -> Mail {
    let mut mail = Mail::new();
    for folder in fs::read_dir(root.join("mail")).unwrap() {
        let folder = folder.unwrap();
        for part in ["cur", "new"] {
            for file in fs::read_dir(folder.path().join(part)).unwrap() {
                let file = file.unwrap();
                let name = file.file_name().to_string_lossy().into_owned();
                let letters = name.split_once(":2,").map_or("", |(_, letters)| letters).to_owned();
                let body = String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned();
                mail.push((folder.file_name().to_string_lossy().into_owned(), body, letters));
            }
        }
    }
    mail.sort();
    mail
}

trait Letters {
    fn system_letters(&self) -> String;
}

impl Letters for Flags {
    fn system_letters(&self) -> String {
        use blinkensync::model::flags::System;
        System::TABLE.iter().filter(|row| self.system.contains(row.0)).map(|row| row.1).collect()
    }
}

fn change_the_server(server: &Server) {
    server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        let uids: Vec<Uid> = inbox.messages.keys().copied().collect();
        inbox.expunge(uids[0]).unwrap();
        inbox.set_flags(uids[1], Flags::from_imap(["\\Flagged", "\\Answered"]));
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        inbox.append(Flags::default(), date, b"Subject: remote\r\n\r\nnew there\r\n".as_slice().into()).unwrap();
        mailboxes.create("Made/Remotely").unwrap().append(Flags::default(), date, b"A: b\r\n\r\n".as_slice().into());
    });
}

/// Deletes one message, flags another, adds one with bytes of its own, and makes a folder.
fn change_the_disk(root: &Path) {
    let archive = root.join("mail/Archive");
    let mut files: Vec<_> = ["cur", "new"]
        .iter()
        .flat_map(|part| fs::read_dir(archive.join(part)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    fs::remove_file(&files[0]).unwrap();
    let name = files[1].file_name().unwrap().to_string_lossy().into_owned();
    let base = name.split(":2,").next().unwrap();
    fs::rename(&files[1], archive.join("cur").join(format!("{base}:2,FRS"))).unwrap();
    fs::write(archive.join("new/1000000000_0.1.here"), "Subject: local\n\nnew here\n").unwrap();
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(root.join("mail/Made.Locally").join(part)).unwrap();
    }
    fs::write(root.join("mail/Made.Locally/cur/1000000001_0.1.here:2,S"), "Subject: folder\n\nx\n").unwrap();
}

/// Every file with its time of change, and every mailbox with its modification sequence.
fn stand(server: &Server, root: &Path) -> (BTreeMap<String, std::time::SystemTime>, Vec<u64>) {
    let mut files = BTreeMap::new();
    for folder in fs::read_dir(root.join("mail")).unwrap() {
        for part in ["cur", "new"] {
            for file in fs::read_dir(folder.as_ref().unwrap().path().join(part)).unwrap() {
                let file = file.unwrap();
                files.insert(file.path().display().to_string(), file.metadata().unwrap().modified().unwrap());
            }
        }
    }
    (files, server.with_mailboxes(|mailboxes| mailboxes.iter().map(|(_, mailbox)| mailbox.modseq).collect()))
}

#[track_caller]
pub fn same(server: &Server, root: &Path, what: &str) {
    let (remote, local) = (on_the_server(server), on_disk(root));
    let differences = |some: &Mail, others: &Mail| -> Vec<(String, String, String)> {
        let short = |text: &str| text.chars().take(80).collect();
        let missing = some.iter().filter(|one| !others.contains(one));
        missing.map(|(folder, body, letters)| (folder.clone(), short(body), letters.clone())).take(5).collect()
    };
    assert!(
        remote == local,
        "{what}: only on the server {:#?}, only on disk {:#?}",
        differences(&remote, &local),
        differences(&local, &remote)
    );
}

fn a_day(what: &str, extensions: Extensions) {
    let server = Server::start(demo::Options { extensions, filled: true, ..demo::Options::default() }).unwrap();
    let root = tempfile::tempdir().unwrap();
    synchronise(&server, root.path());
    assert!(on_disk(root.path()).len() > 600);
    same(&server, root.path(), what);
    change_the_server(&server);
    change_the_disk(root.path());
    synchronise(&server, root.path());
    if extensions.gmail {
        // What was done in one folder has come to the others.
        synchronise(&server, root.path());
    }
    same(&server, root.path(), what);
    let made = server.with_mailboxes(|mailboxes| mailboxes.get("Made/Locally").map(|made| made.messages.len()));
    assert_eq!(made, Some(1), "{what}");
    let before = stand(&server, root.path());
    synchronise(&server, root.path());
    assert!(before == stand(&server, root.path()), "{what}: a run with nothing to do changed something");
}

#[test]
fn everything_is_kept_the_same_whatever_extensions_there_are() {
    for (name, extensions) in Extensions::variations() {
        a_day(&name, extensions);
    }
}

#[test]
fn what_only_some_servers_hold_is_fetched_and_what_this_one_refuses_stays() {
    let server = Server::start(demo::Options::default()).unwrap();
    let root = tempfile::tempdir().unwrap();
    let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
    let there: [&[u8]; 4] = [b"", b"a \0 byte\r\n", b"bare\nLF\r\n", b"\r"];
    server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        for body in there {
            inbox.append(Flags::default(), date, body.into()).unwrap();
        }
    });
    synchronise(&server, root.path());
    let bodies = |mail: Mail| mail.into_iter().map(|(_, body, _)| body).collect::<Vec<_>>();
    assert_eq!(bodies(on_disk(root.path())), ["", "\r", "a \0 byte\n", "bare\nLF\n"]);
    let before = stand(&server, root.path());
    synchronise(&server, root.path());
    assert!(before == stand(&server, root.path()), "a run with nothing to do changed something");
    for (name, text) in [("1.here:2,", "good\n"), ("2.here:2,", ""), ("3.here:2,", "good too\n")] {
        fs::write(root.path().join("mail/INBOX/cur").join(name), text).unwrap();
    }
    let (exit, events) = run(&server, root.path());
    assert_eq!(exit, Exit::Partial, "{events:#?}");
    let failed = events.iter().find_map(|event| match &event.kind {
        EventKind::Failed { folder, fault, .. } => Some((folder.clone(), fault.to_string())),
        _ => None,
    });
    let (folder, words) = failed.unwrap();
    assert_eq!(folder.unwrap().to_string(), "INBOX");
    assert!(words.contains("a message has at least one byte"), "{words}");
    assert!(root.path().join("mail/INBOX/cur/2.here:2,").exists());
    assert_eq!(on_the_server(&server).len(), 6);
}
