//! What only the ledger in a file can show.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use blinkensync::model::fault::{FaultKind, Reach};
use blinkensync::model::flags::System;

use super::*;

#[test]
fn several_connections_share_one_file_that_only_its_owner_may_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = ledger_path(directory.path(), "Work");
    let writers: Vec<_> = (1..=4u32)
        .map(|writer| {
            let path = path.clone();
            std::thread::spawn(move || {
                let mut ledger = SqliteLedger::open(&path).unwrap();
                let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
                for number in 0..25 {
                    ledger.record(folder, &[Entry::Put(row(writer * 100 + number, &[], State::Synced))]).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    assert_eq!(ledger.rows(folder).unwrap().len(), 100);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn a_ledger_of_another_server_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = ledger_path(directory.path(), "Work");
    SqliteLedger::open(&path).unwrap().bind("me@a.example").unwrap();
    SqliteLedger::open(&path).unwrap().bind("me@a.example").unwrap();
    let fault = SqliteLedger::open(&path).unwrap().bind("me@b.example").unwrap_err();
    assert!(fault.to_string().contains("me@a.example"), "{fault}");
    SqliteLedger::open(&path).unwrap().bind("me@a.example").unwrap();
}

#[test]
fn reading_only_makes_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = ledger_path(directory.path(), "Work");
    assert_eq!(SqliteLedger::open_read_only(&path).unwrap().folders().unwrap(), []);
    assert!(!path.parent().unwrap().exists());
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    assert_eq!(SqliteLedger::open_read_only(&path).unwrap().folders().unwrap().len(), 1, "while it is written");
    drop(ledger);
    let before = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    let mut reader = SqliteLedger::open_read_only(&path).unwrap();
    assert_eq!(reader.folders().unwrap().len(), 1);
    assert_eq!(reader.record(folder, &[Entry::Put(row(1, &[], State::Synced))]).unwrap_err().kind, FaultKind::Ledger);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), before);
}

#[test]
fn a_damaged_or_newer_file_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let damaged = directory.path().join("damaged.sqlite");
    let content = vec![b'x'; 8192];
    std::fs::write(&damaged, &content).unwrap();
    for opened in [SqliteLedger::open(&damaged), SqliteLedger::open_read_only(&damaged)] {
        let fault = opened.unwrap_err();
        assert_eq!((fault.reach, fault.kind), (Reach::Account, FaultKind::Ledger));
        assert!(fault.advice.contains("move it away"), "{fault}");
    }
    assert_eq!(std::fs::read(&damaged).unwrap(), content);
    let newer = directory.path().join("newer.sqlite");
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(SqliteLedger::open(&newer).unwrap_err().cause.contains("format 99"));
}

/// The tables of version 1, with a folder and a message.
const VERSION_1: &str = "
CREATE TABLE folder (id INTEGER PRIMARY KEY, local TEXT NOT NULL UNIQUE, remote TEXT NOT NULL, uid_validity INTEGER,
    remote_mark TEXT, local_mark TEXT);
CREATE TABLE message (folder INTEGER NOT NULL, remote INTEGER NOT NULL, local INTEGER NOT NULL, flags INTEGER NOT NULL,
    keywords TEXT NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY (folder, remote)) WITHOUT ROWID;
CREATE TABLE intent (folder INTEGER NOT NULL, local_name TEXT NOT NULL, size INTEGER NOT NULL, header TEXT NOT NULL,
    uid_next INTEGER NOT NULL, PRIMARY KEY (folder, local_name)) WITHOUT ROWID;
INSERT INTO folder VALUES (1, 'INBOX', 'INBOX', 7, NULL, NULL);
INSERT INTO message VALUES (1, 5, 5, 8, 'b', 0);
PRAGMA user_version = 1;";

#[test]
fn a_file_of_an_older_version_is_understood_and_brought_up_when_it_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch(VERSION_1).unwrap();
    let before = std::fs::read(&path).unwrap();
    let expected = Row { key: None, ..row(5, &["\\Seen", "b"], State::Synced) };
    let mut reader = SqliteLedger::open_read_only(&path).unwrap();
    let folder = reader.folder("INBOX", "INBOX").unwrap().id;
    assert_eq!(reader.rows(folder).unwrap(), std::slice::from_ref(&expected));
    assert_eq!(std::fs::read(&path).unwrap(), before, "reading changes nothing");
    let mut ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.rows(folder).unwrap(), [expected]);
    ledger.record(folder, &[Entry::Quarantine(aside(Side::Local, "x"))]).unwrap();
    drop(ledger);
    assert_eq!(SqliteLedger::open(&path).unwrap().quarantined(folder).unwrap().len(), 1);
}

/// What version 4 added to the tables of version 1, with a message that could not be copied.
const VERSION_4: &str = "
ALTER TABLE message ADD COLUMN key INTEGER NOT NULL DEFAULT 0;
CREATE TABLE quarantine (folder INTEGER NOT NULL, side TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL,
    reason TEXT NOT NULL, tried INTEGER NOT NULL, PRIMARY KEY (folder, side, name)) WITHOUT ROWID;
ALTER TABLE folder ADD COLUMN doubt INTEGER;
CREATE TABLE unflushed (boot TEXT NOT NULL, since INTEGER NOT NULL);
ALTER TABLE intent ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
INSERT INTO quarantine VALUES (1, 'local', 'x', 'Grüße', 'too big', -1);
PRAGMA user_version = 4;";

#[test]
fn what_was_put_aside_before_anything_could_be_ignored_is_not_ignored() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch(&[VERSION_1, VERSION_4].concat()).unwrap();
    let before = std::fs::read(&path).unwrap();
    let expected = [aside(Side::Local, "x")];
    for mut reader in [SqliteLedger::open_read_only(&path).unwrap(), SqliteLedger::open_beside(&path).unwrap()] {
        let folder = reader.folder("INBOX", "INBOX").unwrap().id;
        assert_eq!(reader.quarantined(folder).unwrap(), expected);
        assert_eq!(reader.counts().unwrap(), [(folder, 1)].into());
        assert_eq!(std::fs::read(&path).unwrap(), before, "reading changes nothing");
    }
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    assert_eq!(ledger.quarantined(folder).unwrap(), expected);
    ledger.record(folder, &[Entry::Ignore { side: Side::Local, name: "x".into() }]).unwrap();
    drop(ledger);
    assert!(SqliteLedger::open(&path).unwrap().quarantined(folder).unwrap()[0].ignored);
}

#[test]
fn labels_that_were_recorded_without_their_field_count_for_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.sqlite");
    drop(SqliteLedger::open(&path).unwrap());
    let back = "ALTER TABLE label DROP COLUMN manner;
                INSERT INTO folder (id, local, remote) VALUES (1, 'INBOX', 'INBOX');
                INSERT INTO label VALUES (1, 5, 'a', 7);
                PRAGMA user_version = 9;";
    rusqlite::Connection::open(&path).unwrap().execute_batch(back).unwrap();
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let recorded = ledger.labels(folder).unwrap();
    assert_eq!(recorded.values().map(|known| (known.stamp, known.manner)).collect::<Vec<_>>(), [(7, 0)]);
}

#[test]
fn who_reads_beside_others_sees_what_they_write_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = ledger_path(directory.path(), "Work");
    assert_eq!(SqliteLedger::open_beside(&path).unwrap().folders().unwrap(), []);
    assert!(!path.parent().unwrap().exists());
    // Nobody has it open: no log is there that would tell of others.
    drop(SqliteLedger::open(&path).unwrap());
    let mut reader = SqliteLedger::open_beside(&path).unwrap();
    assert_eq!(reader.folders().unwrap(), []);
    let mut writer = SqliteLedger::open(&path).unwrap();
    let folder = writer.folder("INBOX", "INBOX").unwrap().id;
    for number in 1..=2000 {
        writer.record(folder, &[Entry::Put(row(number, &[], State::Synced))]).unwrap();
        if number % 100 == 0 {
            assert_eq!(reader.counts().unwrap(), [(folder, u64::from(number))].into());
        }
    }
    let refused = reader.record(folder, &[Entry::LookAgain]).unwrap_err();
    assert_eq!((refused.reach, refused.kind), (Reach::Account, FaultKind::Ledger));
    drop(writer);
    assert_eq!(reader.counts().unwrap(), [(folder, 2000)].into());
    drop(reader);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn all_flags_survive() {
    let directory = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&directory.path().join("ledger.sqlite")).unwrap();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let mut flags = Flags::of(System::ALL);
    (0..200).for_each(|number| flags.insert_keyword(format!("keyword{number}").into()));
    let row = Row { flags, ..row(1, &[], State::Synced) };
    ledger.record(folder, &[Entry::Put(row.clone())]).unwrap();
    assert_eq!(ledger.rows(folder).unwrap(), [row]);
}

#[test]
fn a_hundred_folders_with_a_hundred_thousand_messages_are_counted_in_no_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    let mut ledger = SqliteLedger::open(&path).unwrap();
    for folder in 0..100 {
        let id = ledger.folder(&format!("Folder {folder}"), &format!("Folder {folder}")).unwrap().id;
        let rows = |number| Entry::Put(row(number, &["\\Seen", "\\Answered", "$Forwarded"], State::Synced));
        ledger.record(id, &(1..=1000).map(rows).collect::<Vec<_>>()).unwrap();
        ledger.record(id, &[Entry::Quarantine(aside(Side::Remote, "1001"))]).unwrap();
    }
    let begun = Instant::now();
    let mut reader = SqliteLedger::open_beside(&path).unwrap();
    let counts = reader.counts().unwrap();
    let aside: usize = reader.folders().unwrap().iter().map(|one| reader.quarantined(one.id).unwrap().len()).sum();
    let took = begun.elapsed();
    assert_eq!((counts.len(), counts.values().sum::<u64>(), aside), (100, 100_000, 100));
    // It takes some milliseconds; the rest is for machines that are busy with other things.
    assert!(took < Duration::from_secs(1), "{took:?}");
}
