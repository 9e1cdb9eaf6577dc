//! A second run changes nothing: not a file, not a time stamp, not the server.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::local;
use crate::world::World;

/// Of every file and directory: inode, time and size, and of what stands in it a hash.
type Snapshot = BTreeMap<PathBuf, (u64, (i64, i64), u64, u64)>;

fn snapshot(path: &Path, into: &mut Snapshot) {
    let meta = fs::symlink_metadata(path).unwrap();
    let mut hasher = DefaultHasher::new();
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            snapshot(&entry.unwrap().path(), into);
        }
    } else {
        fs::read(path).unwrap().hash(&mut hasher);
    }
    let state = (meta.ino(), (meta.mtime(), meta.mtime_nsec()), meta.len(), hasher.finish());
    into.insert(path.to_owned(), state);
}

fn both_sides(world: &World) -> (Snapshot, String) {
    let mut files = Snapshot::new();
    snapshot(&world.maildir(), &mut files);
    (files, world.status())
}

#[test]
fn nothing_is_touched() {
    let world = World::new();
    world.fill(8, 20);
    world.sync().ends_with(0);
    // The second run is the first to look at what the program itself has uploaded.
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    local::deliver(&world.maildir().join("Own.Folder"), "mine-too", "");
    world.sync().ends_with(0).says("2 uploaded");
    let before = both_sides(&world);
    assert!(before.0.len() > 160 + 8 * 4, "{}", before.0.len());
    assert!(before.1.contains("\"Own/Folder\" (MESSAGES 1 "), "{}", before.1);
    for _ in 0..2 {
        world.sync().ends_with(0).says("nothing new");
        let after = both_sides(&world);
        assert_eq!(before.1, after.1);
        assert_eq!(before.0, after.0);
    }
}
