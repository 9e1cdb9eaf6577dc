//! An account on a server that takes its time, so that a test finds the program busy.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use blinkensync::demo::{Options, Server};
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

/// Messages in each folder.
const EACH: usize = 3;
/// Bytes of each message: a second and a half of a connection.
const SIZE: usize = 60_000;

/// The server, and everything local.
pub struct Slow {
    server: Server,
    place: tempfile::TempDir,
}

impl Slow {
    /// Two folders on two connections that get 40 KB a second each.
    pub fn new() -> Self {
        let server = Server::start(Options { bytes_per_second: Some(40_000), ..Options::default() }).unwrap();
        server.with_mailboxes(|mailboxes| {
            mailboxes.create("Lists");
            for name in ["INBOX", "Lists"] {
                let mailbox = mailboxes.get_mut(name).unwrap();
                for number in 0..EACH {
                    let line = format!("{name} {number}: the same line again and again\r\n");
                    let body = format!("Subject: {number}\r\n\r\n{}", line.repeat(SIZE / line.len()));
                    let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
                    mailbox.append(Flags::default(), date, body.into_bytes().into()).unwrap();
                }
            }
        });
        Self { server, place: tempfile::tempdir().unwrap() }
    }

    /// The configuration file.
    pub fn file(&self) -> PathBuf {
        let (path, place) = (self.place.path().join("rc"), self.place.path().display());
        let text = format!(
            "[general]\naccounts = Test\nmetadata = {place}/state\n\n[Account Test]\nlocalrepository = Here\n\
             remoterepository = There\nautorefresh = 5\n\n[Repository Here]\ntype = Maildir\nlocalfolders = {place}/Mail\n\n\
             [Repository There]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = {}\nremoteuser = {}\nremotepass = {}\n\
             ssl = no\nstarttls = no\nmaxconnections = 2\n",
            self.server.address().port(),
            self.server.user(),
            self.server.password()
        );
        fs::write(&path, text).unwrap();
        path
    }

    /// How many messages there are here.
    pub fn here(&self) -> usize {
        self.bodies().len()
    }

    /// Fails unless nothing is lost or double after a synchronisation to the end.
    #[track_caller]
    pub fn is_whole(&self) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        let out = program.arg("-c").arg(self.file()).args(["-o", "-u", "basic"]).output().unwrap();
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stdout));
        let mut there = self.server.with_mailboxes(|mailboxes| {
            let all = mailboxes.iter().flat_map(|(_, mailbox)| mailbox.messages.values());
            all.map(|message| String::from_utf8_lossy(&message.body).replace("\r\n", "\n")).collect::<Vec<_>>()
        });
        there.sort();
        assert!(there.len() == 2 * EACH && there == self.bodies(), "{} here, {} there", self.here(), there.len());
    }

    /// The messages that are here, sorted.
    fn bodies(&self) -> Vec<String> {
        let parts =
            ["INBOX", "Lists"].into_iter().flat_map(|folder| ["cur", "new"].map(|part| format!("{folder}/{part}")));
        let directories = parts.filter_map(|part| fs::read_dir(self.place.path().join("Mail").join(part)).ok());
        let files = directories.flatten().map(|file| file.unwrap().path());
        let mut bodies: Vec<String> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
        bodies.sort();
        bodies
    }
}
