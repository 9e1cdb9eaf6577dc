//! The first run brings everything, and the second changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::world::World;

type Snapshot = BTreeMap<PathBuf, (u64, i64, i64, i64, i64, u64)>;

fn snapshot(dir: &Path, into: &mut Snapshot) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let meta = fs::symlink_metadata(&path).unwrap();
        let times = (meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec(), meta.len());
        if meta.is_dir() {
            snapshot(&path, into);
        }
        into.insert(path, times);
    }
}

#[test]
fn everything_arrives_byte_for_byte_and_a_second_run_touches_nothing() {
    let world = World::new();
    world.fill(20, 200);
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let (mut before, mut after) = (Snapshot::new(), Snapshot::new());
    snapshot(&world.maildir(), &mut before);
    world.sync().ends_with(0);
    snapshot(&world.maildir(), &mut after);
    assert_eq!(before, after);
    assert!(before.len() > 4000);
    world.same(&["dates"]);
}

#[test]
fn everything_arrives_over_starttls() {
    let mut world = World::new();
    world.fill(3, 10);
    let port = format!("remoteport = {}\nssl = no\nstarttls = yes", world.dovecot.port);
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), &port);
    world.sync().ends_with(0);
    world.same(&["dates"]);
}
