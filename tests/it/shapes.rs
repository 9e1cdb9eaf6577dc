//! Configurations as people have them, each with the folders that come of it on both sides.

mod forms;
mod takeover;
mod uses;

use std::fs;
use std::path::Path;

use blinkensync::config::options::OPTIONS;

use crate::dovecot::{Dovecot, PASSWORD};
use crate::local::{self, deliver};
use crate::names::made_there;
use crate::world::{Run, World};

/// A server that keeps everything below INBOX.
const PREFIX: &str = "namespace inbox {\n  prefix = INBOX.\n  separator = .\n}\n";

/// A server, and a file in which its particulars stand in place of the words in capitals.
struct Shape {
    world: World,
    text: String,
}

impl Shape {
    fn new(text: &str) -> Self {
        Self::on(Dovecot::start(), text)
    }

    fn on(dovecot: Dovecot, text: &str) -> Self {
        let world = World::on(dovecot);
        let text = fitted(&world, text);
        Self { world, text }
    }

    /// The pythonfile, and the passwords that it reads.
    fn with_helpers(self, secrets: &[&str]) -> Self {
        let dir = &self.world.dovecot.dir;
        fs::write(dir.join("helpers.py"), fitted(&self.world, include_str!("shapes/helpers.py"))).unwrap();
        for name in secrets {
            fs::write(dir.join(format!("{name}.secret")), format!("{PASSWORD}\n")).unwrap();
        }
        self
    }

    #[track_caller]
    fn sync(&self) -> Run {
        let run = self.world.sync_with(&self.text);
        run.ends_with(0);
        run
    }

    /// The folders below `Mail`, by their paths, each with the number of its messages.
    fn here(&self) -> Vec<String> {
        let root = self.world.dovecot.dir.join("Mail");
        let mut all = Vec::new();
        collect(&root, &root, &mut all);
        all.sort();
        all
    }

    /// A message that somebody wrote here.
    fn write(&self, folder: &str) {
        let number = local::tree(&self.world.dovecot.dir.join("Mail")).len();
        deliver(&self.world.dovecot.dir.join("Mail").join(folder), &format!("mine{number}"), "S");
    }

    /// Fails unless the server has so many messages in a folder.
    #[track_caller]
    fn there(&self, folder: &str, messages: u32) {
        let there = self.world.status();
        let line = format!("\"{folder}\" (MESSAGES {messages} ");
        assert!(there.replace('"', "").contains(&line.replace('"', "")), "no {line} in {there}");
    }

    #[track_caller]
    fn nothing_new(&self) {
        let before = (self.here(), self.world.status());
        self.sync().says("nothing new");
        assert_eq!((self.here(), self.world.status()), before);
    }
}

fn fitted(world: &World, text: &str) -> String {
    let (dir, ca) = (world.dovecot.dir.display().to_string(), world.dovecot.ca().display().to_string());
    let port = world.dovecot.imaps.to_string();
    text.replace("__DIR__", &dir).replace("__CA__", &ca).replace("__PORT__", &port).replace("__PASSWORD__", PASSWORD)
}

fn collect(root: &Path, directory: &Path, all: &mut Vec<String>) {
    if directory.join("cur").is_dir() {
        let name = directory.strip_prefix(root).unwrap().to_str().unwrap();
        all.push(format!("{name} {}", local::messages(directory).len()));
    }
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["cur", "new", "tmp"].contains(&name) {
            collect(root, &path, all);
        }
    }
}

#[test]
fn the_folders_of_a_provider_have_short_names_here_and_their_own_there() {
    let shape = Shape::new(include_str!("shapes/gmail.rc"));
    let own = ["All Mail", "Sent Mail", "Drafts", "Starred", "Spam", "Trash"].map(|name| format!("\"[Gmail]/{name}\""));
    made_there(&shape.world, &own.each_ref().map(String::as_str));
    made_there(&shape.world, &["work", "work/2024"]);
    shape.sync();
    let folders = ["INBOX 0", "archive 1", "drafts 1", "flagged 1", "sent 1", "work 1", "work.2024 1"];
    assert_eq!(shape.here(), folders.map(|line| format!("gmail/{line}")));
    shape.write("gmail/sent");
    shape.write("gmail/lists.rust");
    shape.sync().says("2 uploaded");
    shape.there("[Gmail]/Sent Mail", 2);
    shape.there("lists/rust", 1);
    shape.there("[Gmail]/Spam", 1);
    shape.nothing_new();
}

#[test]
fn only_what_carries_a_label() {
    let shape = Shape::new(include_str!("shapes/label.rc"));
    made_there(&shape.world, &["MyLabel", "MyLabel/a", "MyLabels", "Other"]);
    shape.sync();
    assert_eq!(shape.here(), ["MyLabel 1", "MyLabel.a 1", "MyLabels 1"]);
    shape.write("MyLabel.b");
    shape.write("Another");
    shape.sync().says("1 uploaded");
    shape.there("MyLabel/b", 1);
    assert!(!shape.world.status().contains("Another"), "{}", shape.world.status());
    shape.nothing_new();
}

#[test]
fn only_what_is_in_a_list_over_several_lines() {
    let shape = Shape::new(include_str!("shapes/list.rc"));
    made_there(
        &shape.world,
        &["\"Sent Mail\"", "Drafts", "Junk", "\"Deleted Items\"", "Lists", "Lists/a", "Lists/noise"],
    );
    shape.sync();
    assert_eq!(shape.here(), ["Deleted Items 1", "INBOX 0", "Lists.a 1", "Sent Mail 1"]);
    shape.write("Received");
    shape.write("Lists.b");
    shape.write("Junk");
    shape.sync().says("2 uploaded");
    shape.there("Received", 1);
    shape.there("Lists/b", 1);
    shape.there("Junk", 1);
    shape.nothing_new();
}

/// All below INBOX but three folders.
fn prefixed(text: &str, path: Option<&str>) {
    let shape = Shape::on(Dovecot::start_with(PREFIX), text);
    let sync = || {
        let mut program = shape.world.program(&shape.text);
        if let Some(path) = path {
            program.env("PATH", path);
        }
        let run = Run::from(&program.output().unwrap());
        run.ends_with(0);
        run
    };
    let folders = ["Gesendet", "Spamverdacht", "Papierkorb", "Entw&APw-rfe", "Listen", "Listen.a", "INBOX"];
    made_there(&shape.world, &folders.map(|name| format!("INBOX.{name}")).each_ref().map(String::as_str)[..6]);
    shape.world.client(&["append", "INBOX", "hello"]);
    sync();
    assert_eq!(shape.here(), ["Gesendet 1", "INBOX 1", "Listen 1", "Listen.a 1"]);
    shape.write("Gesendet");
    shape.write("Neu.hier");
    sync().says("2 uploaded");
    shape.there("INBOX.Gesendet", 2);
    shape.there("INBOX.Neu.hier", 1);
    let before = (shape.here(), shape.world.status());
    sync().says("nothing new");
    assert_eq!((shape.here(), shape.world.status()), before);
}

#[test]
fn everything_below_inbox_but_three() {
    prefixed(include_str!("shapes/prefix.rc"), None);
}

#[test]
fn the_same_without_python() {
    prefixed(include_str!("shapes/plain.rc"), Some("/nowhere"));
}

#[test]
fn couriers_own_layout_with_inbox_above_all() {
    let shape = Shape::on(Dovecot::start_with(PREFIX), include_str!("shapes/courier.rc"));
    made_there(&shape.world, &["INBOX.Sent", "INBOX.Lists.a"]);
    shape.world.client(&["append", "INBOX", "hello"]);
    shape.sync();
    assert_eq!(shape.here(), [" 1", ".Lists.a 1", ".Sent 1"]);
    shape.write("");
    shape.write(".Lists.b");
    shape.sync().says("2 uploaded");
    shape.there("INBOX", 2);
    shape.there("INBOX.Lists.b", 1);
    shape.nothing_new();
}

#[test]
fn two_accounts_share_their_python() {
    let mut shape = Shape::new(include_str!("shapes/two.rc")).with_helpers(&["home", "work"]);
    for user in ["home", "work"] {
        shape.world.user = user.to_owned();
        made_there(&shape.world, &["INBOX/Lists/a", "\"Sent Items\"", "Trash", "Zebra", "apple"]);
    }
    let run = shape.sync();
    let lines = ["INBOX 0", "Trash 1", "Zebra 1", "apple 1", "lists-a 1", "sent 1"];
    let home: Vec<String> = lines.iter().map(|line| format!("home/{line}")).collect();
    let work = lines.iter().filter(|line| **line != "Trash 1").map(|line| format!("work/{line}"));
    assert_eq!(shape.here(), home.into_iter().chain(work).collect::<Vec<_>>());
    let order = |account: &str, folders: &[&str]| {
        let place = |folder: &&str| run.text.find(&format!("{account}: {folder}: 1 downloaded")).unwrap();
        let places: Vec<usize> = folders.iter().map(place).collect();
        assert!(places.is_sorted(), "{account}: {}", run.text);
    };
    order("Home", &["sent", "apple", "lists-a", "Trash", "Zebra"]);
    order("Work", &["sent", "lists-a", "apple", "Zebra"]);
    shape.write("work/lists-b");
    shape.write("home/sent");
    shape.sync().says("Work: lists-b: 1 uploaded").says("Home: sent: 1 uploaded");
    shape.there("INBOX/Lists/b", 1);
    shape.nothing_new();
}

#[test]
fn directories_within_directories() {
    let shape = Shape::new(include_str!("shapes/nested.rc"));
    made_there(&shape.world, &["Work", "Work/v1.2", "Work/v1.2/deep", "Empty/only/below", "Trash", "Trash/2024"]);
    shape.sync();
    assert_eq!(shape.here(), ["Empty/only/below 1", "INBOX 0", "Work 1", "Work/v1.2 1", "Work/v1.2/deep 1"]);
    shape.write("Mine/v3.4/x");
    shape.write("Work/v1.2");
    shape.sync().says("2 uploaded");
    shape.there("Mine/v3.4/x", 1);
    shape.there("Work/v1.2", 2);
    shape.nothing_new();
}

#[test]
fn files_that_went_through_many_hands_are_read_all_the_same() {
    let text = format!("\u{feff}{}", include_str!("shapes/odd.rc").replace('\n', "\r\n"));
    let shape = Shape::new(&text).with_helpers(&["100%"]);
    made_there(&shape.world, &["Work", "Trash", "100%", "#news"]);
    let run = shape.sync();
    run.says("Odd% One: Work: 1 downloaded");
    assert!(!run.text.to_lowercase().contains("nothing comes of it"), "{}", run.text);
    assert_eq!(shape.here(), ["odd one/100percent 1", "odd one/INBOX 0", "odd one/Work 1"]);
    shape.write("odd one/Mine.too");
    shape.sync().says("1 uploaded");
    shape.there("Mine/too", 1);
    shape.nothing_new();
}

#[test]
fn every_option_that_is_followed_at_once() {
    let text = include_str!("shapes/everything.rc");
    let keys = || text.lines().filter_map(|line| line.split(" = ").next());
    // Other ways to the server, another user there, what needs a server of its own, and what another option stands for.
    let others = [
        "preauthtunnel",
        "transporttunnel",
        "remote_identity",
        "sslclientcert",
        "sslclientkey",
        "cert_fingerprint",
        "startdate",
    ];
    for option in OPTIONS {
        let name = option.name;
        let other = others.contains(&name) || name.starts_with("oauth2_");
        assert!(keys().any(|key| option.is(key)) != other, "{name} belongs into everything.rc");
    }
    let shape = Shape::new(text).with_helpers(&["home"]);
    let folders = ["Arbeit", "Arbeit/M&AOQ-rz", "Arbeit/M&APw-ll", "Arbeit/Private", "Arbeit/left out", "Elsewhere"];
    for name in folders.map(|name| format!("\"{name}\"")) {
        made_there(&shape.world, &[&name]);
        if !name.contains("left out") {
            shape.world.client(&["subscribe", &name]);
        }
    }
    shape.world.client(&["append", "INBOX", "hello"]);
    let run = shape.sync();
    run.says("utf8foldernames");
    assert_eq!(shape.here(), ["Arbeit 1", "INBOX 1", "Work.März 1", "Work.Private 1"]);
    assert_eq!(fs::read_to_string(shape.world.dovecot.dir.join("hooks")).unwrap(), "before\nnew\nafter\n");
    let list = fs::read_to_string(shape.world.dovecot.dir.join("muttrc")).unwrap();
    assert_eq!(list, "mailboxes \"+Whole/Arbeit\" \"+Whole/Work.März\" \"+Whole/Work.Private\"\n");
    shape.write("Work.Grüße");
    shape.write("Work.März");
    shape.write("Private.mine");
    shape.sync().says("2 uploaded");
    shape.there("Arbeit/Gr&APwA3w-e", 1);
    shape.there("Arbeit/M&AOQ-rz", 2);
    shape.nothing_new();
}
