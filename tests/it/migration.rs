//! Maildirs from before OfflineIMAP 6.3.5, whose file names carry the digest of the folder's name on the disk. What its
//! program of today, from Debian, calls them is what they have to become.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::local;
use crate::world::{Run, World};

fn offlineimap(world: &World) {
    let config = world.file(&world.config());
    let mut command = Command::new("offlineimap");
    let out = command.args(["-o", "-u", "basic", "-c"]).arg(config).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}");
}

fn migrate(world: &World, flags: &[&str]) -> Run {
    let mut command = world.program(&world.config());
    Run::from(&command.arg("--migrate-fmd5-using-nametrans").args(flags).output().unwrap())
}

/// The names of all files.
fn names(world: &World) -> BTreeSet<PathBuf> {
    local::tree(&world.maildir()).into_iter().filter(|path| path.is_file()).collect()
}

/// An account that OfflineIMAP has synchronised, with names as its older versions would have made them; and the names that it
/// makes now.
fn as_before() -> (World, BTreeSet<PathBuf>) {
    let mut world = World::new();
    world.remote += "ssl = yes\nnametrans = lambda folder: re.sub('^Archive', 'Old', folder)\n";
    world.local.push_str("nametrans = lambda folder: re.sub('^Old', 'Archive', folder)\n");
    world.fill(4, 10);
    offlineimap(&world);
    let now = names(&world);
    for path in &now {
        let folder = path.parent().unwrap().parent().unwrap().file_name().unwrap().to_str().unwrap();
        let file = path.file_name().unwrap().to_str().unwrap();
        let digest = file.split("FMD5=").nth(1).unwrap().split(':').next().unwrap();
        fs::rename(path, path.with_file_name(file.replace(digest, &md5(folder)))).unwrap();
    }
    (world, now)
}

/// The digest that stands for a folder of this name.
fn md5(name: &str) -> String {
    blinkensync::store::bytes::md5_hex(name.as_bytes())
}

#[test]
fn files_get_the_digest_that_counts_now_and_nothing_is_transferred_afterwards() {
    let (world, now) = as_before();
    let (before, there) = (names(&world), world.status());
    assert_ne!(before, now);
    let state = local::everything(&world.metadata());
    migrate(&world, &["--dry-run"]).ends_with(0).says("30 files in 3 folders to rename");
    assert_eq!(names(&world), before, "a dry run renames nothing");
    assert!(local::everything(&world.metadata()) == state, "nor does it leave anything behind");
    let run = migrate(&world, &[]);
    run.ends_with(0).says("Test: Old, called Archive: 10 files renamed").says("30 files in 3 folders renamed");
    assert_eq!(names(&world), now);
    migrate(&world, &[]).ends_with(0).says("Test: 0 files in 3 folders renamed");
    assert_eq!(names(&world), now);
    world.sync().ends_with(0).says("took over 4 folders").says("nothing new");
    assert_eq!((names(&world), world.status()), (now, there));
}

#[test]
fn where_no_name_changes_or_nobody_may_write_nothing_is_done() {
    let mut world = World::new();
    world.fill(2, 2);
    world.sync().ends_with(0);
    let before = names(&world);
    migrate(&world, &[]).ends_with(0).says("nothing to rename");
    world.local = "nametrans = lambda folder: folder.lower()\nreadonly = yes\n".to_owned();
    migrate(&world, &[]).ends_with(1).in_one_sentence().says("read-only");
    assert_eq!(names(&world), before);
}

#[test]
fn an_account_that_is_being_synchronised_is_left_alone() {
    let (world, _) = as_before();
    let before = names(&world);
    let lock = fs::File::options().write(true).create(true).truncate(false).open(world.metadata().join("Test.lock"));
    let lock = lock.unwrap();
    rustix::fs::fcntl_lock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    migrate(&world, &[]).ends_with(4).says("another run");
    migrate(&world, &["--info"]).ends_with(2).says("at once");
    assert_eq!(names(&world), before);
}
