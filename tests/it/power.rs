//! The machine stops while mail isn't flushed (`fsync = no`).

use std::fs;

use rusqlite::Connection;

use crate::world::{Run, World};

fn notes(ledger: &Connection) -> u32 {
    ledger.query_row("SELECT COUNT(*) FROM unflushed", [], |row| row.get(0)).unwrap()
}

#[test]
fn what_a_power_cut_took_or_spoilt_is_fetched_again() {
    let world = World::new();
    world.fill(3, 20);
    let config = world.config().replace("[general]\n", "[general]\nfsync = no\n");
    let run = Run::from(&world.program(&config).args(["-d", "maildir"]).output().unwrap());
    // Once, at the end, and not beside what is delivered.
    assert_eq!(run.ends_with(0).text.matches(": flush the file system").count(), 1, "{}", run.text);
    world.same(&["dates"]);
    let ledger = Connection::open(world.metadata().join("Account-Test/blinkensync.sqlite")).unwrap();
    assert_eq!(notes(&ledger), 0, "everything was flushed in the end");
    // As though that run had been cut off, and another boot of the machine had followed.
    ledger.execute("INSERT INTO unflushed (boot, since) VALUES ('an earlier one', 1000000000)", []).unwrap();
    let parts = ["cur", "new"].map(|part| world.maildir().join("INBOX").join(part));
    let mut files = parts.iter().flat_map(|part| fs::read_dir(part).unwrap()).map(|entry| entry.unwrap().path());
    let [lost, empty, zeroes, half] = [(); 4].map(|()| files.next().unwrap());
    fs::remove_file(&lost).unwrap();
    fs::write(&empty, "").unwrap();
    fs::write(&zeroes, vec![0; fs::read(&zeroes).unwrap().len()]).unwrap();
    let content = fs::read(&half).unwrap();
    fs::write(&half, &content[..content.len() / 2]).unwrap();
    world.sync_with(&config).ends_with(0);
    world.same(&["dates"]);
    assert_eq!(notes(&ledger), 0);
    // Without a power cut, what is missing was deleted.
    let deleted = parts.iter().flat_map(|part| fs::read_dir(part).unwrap()).next().unwrap().unwrap().path();
    fs::remove_file(&deleted).unwrap();
    world.sync_with(&config).ends_with(0);
    world.same(&["dates"]);
    assert!(!deleted.exists());
}
