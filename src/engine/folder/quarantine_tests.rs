//! Messages that can't be copied.

use std::fs;

use super::tests::{POLICY, World};
use crate::faulty::Fuse;
use crate::model::event::EventKind;
use crate::store::Repository;
use crate::store::ledger::{Entry, FolderId, Ledger, Quarantined};

fn aside(world: &World) -> (FolderId, Vec<Quarantined>) {
    let mut ledger = world.ledger.clone();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    (folder, ledger.quarantined(folder).unwrap())
}

/// A message with a NUL byte, which is refused, beside one that is not.
fn refused() -> World {
    let world = World::new();
    world.write("1.here:2,S", "fine");
    fs::write(world.folder().join("cur/2.here:2,S"), "Subject: with\n NUL\n\n\0\n").unwrap();
    world
}

#[test]
fn a_message_that_is_refused_is_reported_once_and_remembered() {
    let world = refused();
    let done = world.run(POLICY);
    assert_eq!((done.failures, done.counts.uploads), (1, 1));
    let (_, all) = aside(&world);
    assert_eq!((all.len(), all[0].name.as_str(), all[0].subject.as_str()), (1, "2.here", "with NUL"));
    assert!(all[0].reason.contains("NUL"), "{}", all[0].reason);
    let done = world.run(POLICY);
    assert!(done.failures == 0 && done.counts.is_nothing(), "{done:?}");
    assert_eq!(world.here().len(), 2);
}

#[test]
fn what_failed_otherwise_is_looked_at_again() {
    let world = World::new();
    world.run(POLICY);
    world.write("1.here:2,S", "here");
    // Its name with the number that it is about to get is taken, by something that is no message.
    let taken = format!("cur/1.here,U=1,FMD5={}:2,S", crate::store::bytes::md5_hex(b"INBOX"));
    fs::create_dir(world.folder().join(&taken)).unwrap();
    let marks = || {
        let record = world.ledger.clone().folders().unwrap().remove(0);
        (record.remote_mark, record.local_mark)
    };
    let before = marks();
    assert_eq!(world.run(POLICY).failures, 1);
    assert_eq!(marks(), before, "the next run must look again");
    fs::remove_dir(world.folder().join(&taken)).unwrap();
    assert_eq!(world.run(POLICY).failures, 0);
    assert_eq!((world.there(), world.here()), (vec!["here (\\Seen)".to_owned()], vec!["here (\\Seen)".to_owned()]));
    assert_ne!(marks(), before);
}

#[test]
fn what_was_put_aside_is_forgotten_when_it_is_gone() {
    let world = refused();
    world.run(POLICY);
    fs::remove_file(world.folder().join("cur/2.here:2,S")).unwrap();
    assert_eq!(world.run(POLICY).failures, 0);
    assert_eq!(aside(&world).1, []);
}

#[test]
fn what_was_put_aside_is_tried_again_after_a_day() {
    let world = refused();
    world.run(POLICY);
    let (folder, all) = aside(&world);
    fs::write(world.folder().join("cur/2.here:2,S"), "Subject: mended\n\nx\n").unwrap();
    assert!(world.run(POLICY).counts.is_nothing());
    let yesterday = Quarantined { tried: all[0].tried - 100_000, ..all[0].clone() };
    world.ledger.clone().record(folder, &[Entry::Quarantine(yesterday)]).unwrap();
    let done = world.run(POLICY);
    assert_eq!((done.failures, done.counts.uploads), (0, 1));
    assert_eq!(aside(&world).1, []);
    assert_eq!(world.there().len(), 2);
    assert!(world.remote.clone().folders().is_ok());
}

#[test]
fn what_is_ignored_is_never_tried_nor_spoken_of_until_somebody_wants_it_tried_again() {
    let world = refused();
    world.run(POLICY);
    let (folder, all) = aside(&world);
    let (side, name) = (all[0].side, all[0].name.clone());
    let long_ago = Quarantined { tried: 1, ..all[0].clone() };
    let ignore = Entry::Ignore { side, name: name.clone() };
    let mut ledger = world.ledger.clone();
    ledger.record(folder, &[Entry::Quarantine(long_ago), ignore]).unwrap();
    fs::write(world.folder().join("cur/2.here:2,S"), "Subject: mended\n\nx\n").unwrap();
    world.write("3.here:2,S", "another");
    let (done, said) = world.run_in(world.maildir(), POLICY, &Fuse::of(u64::MAX), None);
    assert_eq!((done.failures, done.counts.uploads), (0, 1), "only the other one");
    let warned = |kind: &EventKind| matches!(kind, EventKind::Warned { .. });
    assert!(!said.iter().any(warned), "{said:?}");
    assert!(aside(&world).1[0].ignored);
    ledger.record(folder, &[Entry::Retry { side, name }]).unwrap();
    assert_eq!(world.run(POLICY).counts.uploads, 1);
    assert_eq!(aside(&world).1, []);
}
