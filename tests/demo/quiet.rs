//! The server is asked of a folder only when there is something to ask.

use std::fs;
use std::path::PathBuf;

use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::engine;
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::ids::Side;
use blinkensync::model::mark::Mark;
use blinkensync::model::message::{Fingerprint, InternalDate};
use blinkensync::store::Repository;
use blinkensync::store::ledger::sqlite::{SqliteLedger, ledger_path};
use blinkensync::store::ledger::{Entry, FolderRecord, Intent, Ledger, Quarantined, Row, State, Unflushed};
use blinkensync::store::maildir::Maildir;

use crate::calm;
use crate::engine::{on_disk, run_as, run_with, same, settings};
use crate::tap::Tap;

/// A server with mail, a Maildir that was filled from it just now, and an ear on the wire between them.
pub struct World {
    pub server: Server,
    pub root: tempfile::TempDir,
    pub tap: Tap,
}

impl World {
    /// Three folders of three messages each.
    pub fn new() -> Self {
        Self::with(Extensions::ALL)
    }

    fn with(extensions: Extensions) -> Self {
        let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        server.with_mailboxes(|mailboxes| {
            for name in ["Archive", "Lists"] {
                mailboxes.create(name).unwrap();
            }
            for (name, flags) in [("INBOX", ""), ("Archive", "\\Seen"), ("Lists", "\\Flagged $Work")] {
                for number in 1..=3 {
                    let body = format!("Subject: {name} {number}\r\n\r\ntext\r\n").into_bytes();
                    let flags = Flags::from_imap(flags.split_whitespace());
                    mailboxes.get_mut(name).unwrap().append(flags, date, body.into()).unwrap();
                }
            }
        });
        let tap = Tap::new(server.address());
        let world = Self { server, root: tempfile::tempdir().unwrap(), tap };
        assert_eq!(world.run().len(), 3);
        assert_eq!(on_disk(world.root.path()).len(), 9);
        world
    }

    /// Synchronises, and gives the folders that the server was asked of, sorted. Both sides are the same afterwards.
    #[track_caller]
    pub fn run(&self) -> Vec<String> {
        opened(&self.said())
    }

    /// Synchronises, and gives what was said to the server.
    #[track_caller]
    fn said(&self) -> Vec<String> {
        let mut settings = settings(&self.server, self.tap.address(), self.root.path());
        settings.accounts[0].remote.compress = false;
        let (exit, events) = run_with(settings);
        assert_eq!(exit, Exit::Success, "{events:#?}");
        same(&self.server, self.root.path(), "after a run");
        self.tap.said()
    }

    pub fn mail(&self) -> PathBuf {
        self.root.path().join("mail")
    }

    /// The files of a folder, sorted.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let parts = ["cur", "new"].map(|part| fs::read_dir(self.mail().join(folder).join(part)).unwrap());
        let mut files: Vec<PathBuf> = parts.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    pub fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&ledger_path(&self.root.path().join("metadata"), "test")).unwrap()
    }

    pub fn record(&self, folder: &str) -> FolderRecord {
        self.ledger().folders().unwrap().into_iter().find(|record| record.local == folder).unwrap()
    }

    /// What the folder's directories say now.
    pub fn mark(&self, folder: &str) -> Mark {
        let folders = Maildir::open(&self.mail(), '.', false).folders().unwrap();
        folders.into_iter().find(|info| info.name == folder).unwrap().mark.unwrap()
    }

    /// As though the last look at a folder had been now; a calm one: long after its last change.
    pub fn looked(&self, folder: &str, calm: bool) {
        let Mark::Maildir(mut mark) = self.mark(folder) else { panic!("no Maildir") };
        mark.racy &= !calm;
        let record = self.record(folder);
        self.ledger().set_marks(record.id, record.remote_mark, Some(Mark::Maildir(mark))).unwrap();
    }
}

/// The folders that were opened, sorted.
fn opened(said: &[String]) -> Vec<String> {
    let mut opened: Vec<String> = said
        .iter()
        .filter_map(|line| line.strip_prefix("SELECT ").or(line.strip_prefix("EXAMINE ")))
        .map(|rest| rest.split_whitespace().next().unwrap().trim_matches('"').to_owned())
        .collect();
    opened.sort();
    opened.dedup();
    opened
}

#[test]
fn a_run_right_after_the_first_says_as_much_as_one_in_which_nothing_has_changed() {
    let world = World::new();
    let second = world.said();
    for folder in ["INBOX", "Archive", "Lists"] {
        world.looked(folder, true);
    }
    let calm = world.said();
    assert!(calm.iter().any(|line| line.starts_with("LIST ")), "{calm:?}");
    assert!(!calm.iter().any(|line| line.starts_with("SELECT ")), "{calm:?}");
    assert_eq!(second, calm);
}

#[test]
fn a_look_at_the_files_alone_is_remembered_once_it_can_be_believed() {
    let world = World::new();
    let before = world.record("INBOX");
    assert_eq!(world.run(), [""; 0]);
    assert_eq!(world.record("INBOX"), before, "it was too close to the last change");
    calm::wait(&world.mail());
    assert_eq!(world.run(), [""; 0]);
    let after = world.record("INBOX");
    assert_eq!(after.local_mark, Some(world.mark("INBOX")));
    assert!(matches!(after.local_mark, Some(Mark::Maildir(mark)) if !mark.racy));
    assert_eq!(after.remote_mark, before.remote_mark);
}

/// Something that happens to a folder.
type Change = fn(&World);

#[test]
fn whatever_changed_here_takes_the_folder_to_the_server_and_no_other() {
    let changes: [(&str, Change); 6] = [
        ("added", |world| fs::write(world.mail().join("Archive/cur/1.here:2,S"), "Subject: x\n\nnew\n").unwrap()),
        ("removed", |world| fs::remove_file(&world.files("Archive")[0]).unwrap()),
        ("flagged", |world| flag(&world.files("Archive")[0], "FS")),
        ("unflagged", |world| flag(&world.files("Archive")[1], "")),
        ("replaced", |world| {
            // The same number and flags, another file: as many as there were.
            let file = &world.files("Archive")[0];
            let name = file.file_name().unwrap().to_str().unwrap();
            let number = name.split_once(',').unwrap().1;
            fs::copy(file, file.with_file_name(format!("77.other,{number}"))).unwrap();
            fs::remove_file(file).unwrap();
        }),
        ("exchanged", |world| {
            // Two files have each other's numbers.
            let files = world.files("Archive");
            let [a, b] = [&files[0], &files[1]].map(|file| {
                let (unique, rest) = file.file_name().unwrap().to_str().unwrap().split_once(',').unwrap();
                (unique.to_owned(), rest.to_owned())
            });
            fs::rename(&files[0], files[0].with_file_name(format!("{},{}", a.0, b.1))).unwrap();
            fs::rename(&files[1], files[1].with_file_name(format!("{},{}", b.0, a.1))).unwrap();
        }),
    ];
    for (what, change) in changes {
        let world = World::new();
        change(&world);
        assert_eq!(world.run(), ["Archive"], "{what}");
        world.run();
        assert_eq!(world.run(), [""; 0], "{what}, two runs later");
    }
}

fn flag(file: &std::path::Path, flags: &str) {
    let name = file.file_name().unwrap().to_str().unwrap();
    let base = name.split(":2,").next().unwrap();
    fs::rename(file, file.parent().unwrap().with_file_name("cur").join(format!("{base}:2,{flags}"))).unwrap();
}

#[test]
fn whatever_changed_on_the_server_is_fetched_from_there_alone() {
    let world = World::new();
    world.server.with_mailboxes(|mailboxes| {
        let lists = mailboxes.get_mut("Lists").unwrap();
        let first = *lists.messages.keys().next().unwrap();
        lists.set_flags(first, Flags::from_imap(["\\Seen"]));
    });
    assert_eq!(world.run(), ["Lists"]);
    assert_eq!(world.run(), [""; 0]);
}

#[test]
fn a_server_that_counts_no_changes_is_asked_of_every_folder() {
    for extensions in [Extensions::NONE, Extensions { condstore: false, ..Extensions::ALL }] {
        let world = World::with(extensions);
        assert_eq!(world.run().len(), 3);
    }
}

/// What an earlier run may have left in the ledger of a message.
type Leave = Box<dyn Fn(&Row) -> Entry>;

#[test]
fn what_an_earlier_run_left_unfinished_takes_the_folder_to_the_server() {
    let intent = Intent {
        local_name: "1.gone".to_owned(),
        fingerprint: Fingerprint { size: 1, header: String::new() },
        flags: Flags::default(),
        uid_next: 4,
    };
    let due = Quarantined {
        side: Side::Remote,
        name: "3".to_owned(),
        subject: String::new(),
        reason: "no".to_owned(),
        tried: 0,
        ignored: false,
    };
    // It was tried just now, and is gone: the ledger can forget it.
    let gone = Quarantined {
        side: Side::Local,
        name: "1.gone".to_owned(),
        tried: chrono::Utc::now().timestamp(),
        ..due.clone()
    };
    let left: [(&str, Leave); 6] = [
        ("intent", Box::new(move |_| Entry::Intend(intent.clone()))),
        ("to be tried again", Box::new(move |_| Entry::Quarantine(due.clone()))),
        ("put aside", Box::new(move |_| Entry::Quarantine(gone.clone()))),
        ("kept", Box::new(|row| Entry::Put(Row { state: State::Kept, ..row.clone() }))),
        ("unknown file", Box::new(|row| Entry::Put(Row { key: None, ..row.clone() }))),
        ("unknown message", Box::new(|row| Entry::Forget(row.remote))),
    ];
    for (what, leave) in left {
        let world = World::new();
        let mut ledger = world.ledger();
        let id = world.record("Lists").id;
        let rows = ledger.rows(id).unwrap();
        ledger.record(id, &[leave(&rows[1])]).unwrap();
        assert_eq!(world.run(), ["Lists"], "{what}");
        assert_eq!(world.ledger().quarantined(id).unwrap(), [], "{what}");
        assert_eq!(world.ledger().intents(id).unwrap(), [], "{what}");
    }
}

#[test]
fn after_a_power_cut_every_folder_is_looked_at_on_both_sides() {
    let world = World::new();
    world.ledger().set_unflushed(Some(&Unflushed { boot: "another".to_owned(), since: 0 })).unwrap();
    assert_eq!(world.run().len(), 3);
}

/// A run that looks only where messages have come or gone; the folders that the server was asked of.
fn quick(world: &World) -> Vec<String> {
    let mut settings = settings(&world.server, world.tap.address(), world.root.path());
    settings.accounts[0].remote.compress = false;
    let options = engine::Options { quick: true, ..engine::Options::default() };
    let (exit, events) = run_as(settings, options);
    assert_eq!(exit, Exit::Success, "{events:#?}");
    opened(&world.tap.said())
}

#[test]
fn a_quick_run_looks_only_where_messages_have_come_or_gone() {
    let world = World::with(Extensions { condstore: false, qresync: false, ..Extensions::ALL });
    calm::wait(&world.mail());
    // Without modification sequences a full run has to look everywhere.
    assert_eq!(world.run(), ["Archive", "INBOX", "Lists"]);
    assert_eq!(quick(&world), [""; 0]);
    let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
    world.server.with_mailboxes(|mailboxes| {
        let uid = *mailboxes.get_mut("Lists").unwrap().messages.keys().next().unwrap();
        mailboxes.get_mut("Lists").unwrap().set_flags(uid, Flags::from_imap(["\\Seen"]));
        let body = b"Subject: new\r\n\r\ntext\r\n".to_vec();
        mailboxes.get_mut("INBOX").unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
    assert_eq!(quick(&world), ["INBOX"]);
    assert_eq!(on_disk(world.root.path()).len(), 10);
    // The flag has waited for a full run, after which both sides are the same.
    world.run();
    // Where the server tells of flags as easily, a quick run is a full one.
    let world = World::new();
    world.server.with_mailboxes(|mailboxes| {
        let uid = *mailboxes.get_mut("Lists").unwrap().messages.keys().next().unwrap();
        mailboxes.get_mut("Lists").unwrap().set_flags(uid, Flags::from_imap(["\\Seen"]));
    });
    assert_eq!(quick(&world), ["Lists"]);
    same(&world.server, world.root.path(), "after a quick run");
}
