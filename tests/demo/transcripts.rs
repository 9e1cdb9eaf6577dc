//! Conversations that any server with these extensions has to hold alike: ours, and Dovecot.
//!
//! A line is `who> command`, `who? line to wait for`, or an expected answer. Every `who` is a connection that logs in when
//! it first speaks. `who>> command` is sent together with the next one. `$V` and `$M` stand for the UIDVALIDITY and the
//! HIGHESTMODSEQ that the last SELECT told. Answers are compared in the form of [`normal`](crate::normal).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use blinkensync::demo::{Options, Server};

use crate::client::Client;
use crate::dovecot::{Dovecot, PASSWORD};
use crate::normal;

const TRANSCRIPTS: [(&str, &str); 4] = [
    ("messages", include_str!("transcripts/messages.txt")),
    ("mailboxes", include_str!("transcripts/mailboxes.txt")),
    ("changes", include_str!("transcripts/changes.txt")),
    ("extensions", include_str!("transcripts/extensions.txt")),
];

/// One conversation with one server.
struct Conversation<'a> {
    address: SocketAddr,
    user: &'a str,
    password: &'a str,
    clients: BTreeMap<char, Client>,
    validity: String,
    modseq: String,
    answers: Vec<String>,
}

impl Conversation<'_> {
    fn speak(&mut self, line: &str) {
        let who = line.chars().next().unwrap();
        let text = line[1..].trim_start_matches('>').trim().replace("$V", &self.validity).replace("$M", &self.modseq);
        let (address, user, password) = (self.address, self.user, self.password);
        let client = self.clients.entry(who).or_insert_with(|| Client::logged_in(address, user, password));
        let answers = match text.as_str() {
            "GOES" => {
                self.clients.remove(&who);
                return;
            }
            "IDLE" => {
                client.send("IDLE");
                assert!(client.line().starts_with('+'));
                Vec::new()
            }
            "DONE" => {
                client.raw("DONE");
                client.finish()
            }
            command if line[1..].starts_with(">>") => client.send(command),
            command => client.run(command),
        };
        for answer in &answers {
            self.remember(answer);
        }
        self.answers = answers.iter().filter_map(|answer| normal::line(answer)).collect();
    }

    fn remember(&mut self, answer: &str) {
        let after = |word: &str| Some(answer.split_once(word)?.1.split(']').next()?.to_owned());
        self.validity = after("* OK [UIDVALIDITY ").unwrap_or(std::mem::take(&mut self.validity));
        self.modseq = after("* OK [HIGHESTMODSEQ ").unwrap_or(std::mem::take(&mut self.modseq));
    }

    /// Reads until this line has come; whatever comes before it is passed over.
    fn wait(&mut self, line: &str) {
        let client = self.clients.get_mut(&line.chars().next().unwrap()).unwrap();
        while normal::line(&client.line()).as_deref() != Some(line[2..].trim()) {}
    }
}

/// Holds a conversation, and returns where it went another way.
fn differences(address: SocketAddr, user: &str, password: &str, text: &str) -> Vec<String> {
    let mut conversation = Conversation {
        address,
        user,
        password,
        clients: BTreeMap::new(),
        validity: String::new(),
        modseq: String::new(),
        answers: Vec::new(),
    };
    let (mut wrong, mut said, mut expected) = (Vec::new(), "", Vec::new());
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines.chain(["."]) {
        let spoken = line.get(1..2).filter(|_| line.as_bytes()[0].is_ascii_digit());
        if !matches!(spoken, Some(">" | "?")) && line != "." {
            expected.push(line.to_owned());
            continue;
        }
        if conversation.answers != expected {
            wrong.push(format!("{said}\n  expected {expected:#?}\n  came {:#?}", conversation.answers));
        }
        conversation.answers.clear();
        (said, expected) = (line, Vec::new());
        match spoken {
            Some(">") => conversation.speak(line),
            Some(_) => conversation.wait(line),
            None => {}
        }
    }
    wrong
}

/// Holds all of them, each by `hold`, which is told its name.
fn hold_all(mut hold: impl FnMut(&str, &str) -> Vec<String>) {
    let mut wrong = Vec::new();
    for (name, text) in TRANSCRIPTS {
        for (number, part) in (1..).zip(text.split("\n---\n")) {
            let name = format!("{name}{number}");
            wrong.extend(hold(&name, part).into_iter().map(|what| format!("{name}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn our_server_answers_as_written() {
    hold_all(|_, part| {
        let server = Server::start(Options::default()).unwrap();
        differences(server.address(), server.user(), server.password(), part)
    });
}

#[test]
fn dovecot_answers_as_written() {
    if !Path::new("/usr/sbin/dovecot").exists() {
        return;
    }
    let dovecot = Dovecot::start();
    let address = SocketAddr::from(([127, 0, 0, 1], dovecot.port));
    hold_all(|user, part| differences(address, user, PASSWORD, part));
}
