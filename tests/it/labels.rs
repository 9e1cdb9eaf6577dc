//! Gmail's labels in a field of each message's header, with the real program, where OfflineIMAP kept them before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use crate::local;
use crate::world::Run;

const ALL: &str = "[Gmail]/All Mail";

fn arrives(server: &Server, subject: &str, labels: &[&str]) {
    server.with_mailboxes(|mailboxes| {
        for label in labels {
            mailboxes.create(label);
            let body =
                format!("From: a@example.org\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\n{subject}\r\n");
            let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
            mailboxes.get_mut(label).unwrap().append(Flags::default(), date, body.into_bytes().into()).unwrap();
        }
    });
}

/// Takes a message out of a folder on the server: the label goes with it.
fn loses(server: &Server, subject: &str, folder: &str) {
    server.with_mailboxes(|mailboxes| {
        let mailbox = mailboxes.get_mut(folder).unwrap();
        let mark = format!("Subject: {subject}\r\n");
        let is_it = |body: &[u8]| String::from_utf8_lossy(body).contains(&mark);
        let uid = mailbox.messages.values().find(|message| is_it(&message.body)).unwrap().uid;
        mailbox.expunge(uid).unwrap();
    });
}

/// How often a folder has messages.
fn count(server: &Server, folder: &str) -> usize {
    server.with_mailboxes(|mailboxes| mailboxes.get(folder).map_or(0, |mailbox| mailbox.messages.len()))
}

/// A message's file in All Mail.
#[track_caller]
fn file(root: &Path, subject: &str) -> PathBuf {
    let mark = format!("Subject: {subject}\n");
    let files = local::messages(&root.join("mail/[Gmail].All Mail"));
    let found: Vec<PathBuf> =
        files.into_iter().filter(|file| fs::read_to_string(file).unwrap().contains(&mark)).collect();
    assert_eq!(found.len(), 1, "{subject}: {found:?}");
    found[0].clone()
}

/// The labels in a message's file.
#[track_caller]
fn labels(root: &Path, subject: &str) -> Vec<String> {
    let text = fs::read_to_string(file(root, subject)).unwrap();
    let header = text.split("\n\n").next().unwrap();
    let fields: Vec<&str> = header.lines().filter_map(|line| line.strip_prefix("X-Keywords:")).collect();
    assert_eq!(fields.len(), 1, "{text}");
    let mut labels: Vec<String> = fields[0].split(',').map(|label| label.trim().to_owned()).collect();
    labels.sort();
    labels
}

#[test]
fn what_offlineimap_kept_in_headers_is_taken_over_and_goes_on() {
    let server = Server::start(Options { extensions: Extensions::GMAIL, ..Options::default() }).unwrap();
    arrives(&server, "one", &["INBOX", "Work", "Sea food"]);
    arrives(&server, "two", &["INBOX"]);
    let root = tempfile::tempdir().unwrap();
    let place = root.path().display();
    let config = format!(
        "[general]\naccounts = Gmail\nmetadata = {place}/metadata\n\
         [Account Gmail]\nlocalrepository = Here\nremoterepository = There\nsynclabels = yes\nignorelabels = \\Inbox\n\
         [Repository Here]\ntype = GmailMaildir\nlocalfolders = {place}/mail\n\
         [Repository There]\ntype = Gmail\nremotehost = 127.0.0.1\nremoteport = {}\nssl = no\nstarttls = no\n\
         remoteuser = {}\nremotepass = {}\nfolderfilter = lambda name: name == '{ALL}'\n",
        server.address().port(),
        server.user(),
        server.password()
    );
    let path = root.path().join("rc");
    fs::write(&path, config).unwrap();
    let run = |program: &str| {
        let mut command = Command::new(program);
        Run::from(&command.args(["-o", "-u", "basic", "-c"]).arg(&path).output().unwrap())
    };
    run("offlineimap").ends_with(0);
    assert_eq!(labels(root.path(), "one"), ["Sea food", "Work"]);
    let files = ["one", "two"].map(|subject| file(root.path(), subject));
    // Since then one label was taken away on each side.
    loses(&server, "one", "Work");
    let text = fs::read_to_string(&files[0]).unwrap();
    fs::write(&files[0], text.replace("Sea food,Work", "Work,Mine").replace("Work,Sea food", "Work,Mine")).unwrap();
    let ours = || run(env!("CARGO_BIN_EXE_blinkensync"));
    let said = ours();
    assert!(!said.ends_with(0).says("took over").text.contains("loaded"), "{}", said.text);
    assert_eq!(labels(root.path(), "one"), ["Mine"]);
    assert_eq!(
        [count(&server, "Work"), count(&server, "Sea food"), count(&server, "Mine"), count(&server, ALL)],
        [0, 0, 1, 2]
    );
    assert_eq!(files, ["one", "two"].map(|subject| file(root.path(), subject)), "files keep their names");
    ours().ends_with(0).says("nothing new");
    // And back again: OfflineIMAP reads what we have written.
    let said = run("offlineimap");
    said.ends_with(0);
    assert_eq!(labels(root.path(), "one"), ["Mine"], "{}", said.text);
    assert_eq!([count(&server, "Mine"), count(&server, ALL)], [1, 2], "{}", said.text);
}
