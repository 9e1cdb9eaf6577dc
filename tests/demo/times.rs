//! What the times of directories don't tell by themselves is noticed all the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use blinkensync::model::fault::Exit;
use blinkensync::model::mark::{DirStamp, MaildirMark, Mark};

use crate::engine::{on_disk, run_with, settings};
use crate::quiet::World;

/// A change to a folder, by what to call it.
type Change = fn(&Path);

/// One of each kind.
const CHANGES: [(&str, Change); 3] = [
    ("added", |folder| fs::write(folder.join("cur/1.here:2,S"), "Subject: x\n\nnew\n").unwrap()),
    ("removed", |folder| fs::remove_file(first(folder)).unwrap()),
    ("renamed", |folder| {
        let file = first(folder);
        let name = file.to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(&file, format!("{name}:2,T")).unwrap();
    }),
];

fn first(folder: &Path) -> PathBuf {
    fs::read_dir(folder.join("cur")).unwrap().map(|entry| entry.unwrap().path()).min().unwrap()
}

fn shell(script: &str, arguments: &[&Path]) {
    let out = Command::new("sh").args(["-ec", script, "sh"]).args(arguments).output().unwrap();
    assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&out.stderr));
}

fn maildir(mark: Mark) -> MaildirMark {
    match mark {
        Mark::Maildir(mark) => mark,
        Mark::Server(_) => panic!("no Maildir"),
    }
}

#[test]
fn a_change_in_the_same_tick_as_the_look_is_seen() {
    for (what, change) in CHANGES {
        let world = World::new();
        let before = on_disk(world.root.path());
        change(&world.mail().join("Archive"));
        // The times are the change's own, as though the clock had stood still between the look and the change.
        world.looked("Archive", false);
        assert!(maildir(world.record("Archive").local_mark.unwrap()).racy);
        assert_eq!(world.run(), ["Archive"], "{what}");
        assert_ne!(on_disk(world.root.path()), before, "{what}");
    }
}

#[test]
fn it_would_not_be_seen_if_the_look_were_believed() {
    let world = World::new();
    world.looked("INBOX", true);
    world.looked("Lists", true);
    CHANGES[0].1(&world.mail().join("Archive"));
    world.looked("Archive", true);
    let settings = settings(&world.server, world.server.address(), world.root.path());
    assert_eq!(run_with(settings).0, Exit::Success);
    assert!(world.mail().join("Archive/cur/1.here:2,S").exists(), "it has no number");
}

/// Ways to put a folder back with all its times: `$1` is where it comes from, `$2` where it goes. They leave the directories
/// that there are in place, or replace them.
const WAYS: [(&str, &str); 5] = [
    ("cp", "rm -r \"$2\"; cp -a \"$1\" \"$2\""),
    ("tar", "rm -r \"$2\"; mkdir \"$2\"; tar -C \"$1\" -cf - . | tar -C \"$2\" -xpf -"),
    ("tar in place", "find \"$2\" -type f -delete; tar -C \"$1\" -cf - . | tar -C \"$2\" -xpf -"),
    ("rsync", "rm -r \"$2\"; rsync -a \"$1/\" \"$2/\""),
    ("rsync in place", "rsync -a --delete \"$1/\" \"$2/\""),
];

fn is_there(way: &str) -> bool {
    let tool = way.split(' ').next().unwrap();
    Command::new(tool).arg("--version").output().is_ok()
}

/// Whole seconds, which is all that some archives keep.
fn round_times(folder: &Path) {
    for part in ["cur", "new"] {
        let directory = fs::File::open(folder.join(part)).unwrap();
        directory.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000)).unwrap();
    }
}

/// The times that archives keep, of both directories.
fn kept_times(stamps: MaildirMark) -> [i64; 2] {
    [stamps.cur, stamps.new].map(|stamp: DirStamp| stamp.mtime)
}

#[test]
fn a_folder_put_back_with_its_times_but_other_mail_is_noticed() {
    for (way, script) in WAYS.into_iter().filter(|(way, _)| is_there(way)) {
        for (what, change) in CHANGES {
            let world = World::new();
            let (folder, archive) = (world.mail().join("Archive"), world.root.path().join("archive"));
            round_times(&folder);
            world.looked("Archive", true);
            let times = kept_times(maildir(world.mark("Archive")));
            shell("cp -a \"$1\" \"$2\"", &[&folder, &archive]);
            change(&archive);
            round_times(&archive);
            let before = on_disk(world.root.path());
            shell(script, &[&archive, &folder]);
            assert_eq!(kept_times(maildir(world.mark("Archive"))), times, "{way}, {what}: it tests nothing");
            assert_eq!(world.run(), ["Archive"], "{way}, {what}");
            assert_ne!(on_disk(world.root.path()), before, "{way}, {what}");
        }
    }
}

#[test]
fn a_tree_put_back_as_it_was_costs_a_look_at_its_files_and_changes_nothing() {
    for (way, script) in WAYS.into_iter().filter(|(way, _)| is_there(way)) {
        let world = World::new();
        let (mail, archive) = (world.mail(), world.root.path().join("archive"));
        shell("cp -a \"$1\" \"$2\"", &[&mail, &archive]);
        let before = on_disk(world.root.path());
        shell(script, &[&archive, &mail]);
        for _ in 0..2 {
            assert_eq!(world.run(), [""; 0], "{way}");
            assert_eq!(on_disk(world.root.path()), before, "{way}");
        }
    }
}

#[test]
fn a_folder_that_was_away_between_two_runs_costs_nothing_at_all() {
    let world = World::new();
    for folder in ["INBOX", "Archive", "Lists"] {
        world.looked(folder, true);
    }
    let before = world.record("Archive").local_mark;
    shell("mv \"$1\" \"$2\"; mv \"$2\" \"$1\"", &[&world.mail().join("Archive"), &world.root.path().join("away")]);
    assert_eq!(world.run(), [""; 0]);
    // What was believed is as it was: no look has replaced it by one that is too close to the last change.
    assert_eq!(world.record("Archive").local_mark, before);
}

#[test]
fn times_in_the_future_are_never_believed() {
    let world = World::new();
    let future = SystemTime::now() + Duration::from_secs(1_000_000);
    fs::File::open(world.mail().join("Archive/cur")).unwrap().set_modified(future).unwrap();
    for (_, change) in CHANGES {
        world.run();
        assert_eq!(world.run(), [""; 0]);
        assert!(maildir(world.mark("Archive")).racy);
        change(&world.mail().join("Archive"));
        fs::File::open(world.mail().join("Archive/cur")).unwrap().set_modified(future).unwrap();
        // Nothing but the inode's own time has changed; and that a look saw already.
        world.looked("Archive", false);
        assert_eq!(world.run(), ["Archive"]);
    }
}
