//! What changes between synchronisations is synchronised by itself, at once, however often.

mod asleep;
mod bursts;
mod large;
mod passwords;
mod places;
mod restarts;
mod silent;
mod stops;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::working::Working;
use super::world::World;

fn start(world: &World) -> Working {
    Working::start(&world.file(&world.config()))
}

fn watching(world: &mut World) -> Working {
    world.account += "autorefresh = 600\n";
    let mut working = start(world);
    working.says("the server tells of changes in all folders");
    working
}

/// Watching, and telling when it begins a run.
fn calmly(world: &mut World) -> Working {
    world.account += "autorefresh = 600\n";
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic", "-d", "thread"]);
    let mut working = Working::of(&mut command);
    working.says("the server tells of changes in all folders");
    working
}

/// Waits until nothing happens any more.
#[track_caller]
fn calm(working: &mut Working) {
    working.falls_silent(Duration::from_millis(1500));
}

/// The files that are being delivered.
fn unfinished(root: &Path) -> usize {
    let Ok(folders) = fs::read_dir(root) else { return 0 };
    folders.filter_map(|folder| fs::read_dir(folder.unwrap().path().join("tmp")).ok()).flatten().count()
}

/// The one file in `new` or `cur` of a folder whose content has this subject.
fn file(world: &World, folder: &str, subject: &str) -> Option<std::path::PathBuf> {
    let places = ["new", "cur"].map(|place| world.maildir().join(folder).join(place));
    let files = places.iter().flat_map(|place| fs::read_dir(place).unwrap()).map(|entry| entry.unwrap().path());
    files
        .into_iter()
        .find(|path| fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("Subject: {subject}\n"))))
}

#[test]
fn what_changes_is_synchronised_by_itself_a_hundred_times() {
    let mut world = World::new();
    world.fill(2, 2);
    let mut working = watching(&mut world);
    for number in 0..50 {
        // On the server ...
        let subject = format!("number-{number}");
        world.client(&["append", "INBOX", &subject]);
        working.says("Test: INBOX: 1 downloaded");
        // ... and here.
        let path = file(&world, "INBOX", &subject).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(&path, world.maildir().join("INBOX/cur").join(format!("{name}:2,S"))).unwrap();
        working.says("Test: INBOX: 1 flagged on the server");
    }
    working.ends();
    world.same(&[]);
}

#[test]
fn a_folder_that_is_made_on_either_side_is_made_on_the_other() {
    let mut world = World::new();
    world.fill(1, 1);
    let mut working = watching(&mut world);
    world.client(&["create", "There"]);
    working.says("Test: There: folder created here");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(world.maildir().join("Here").join(part)).unwrap();
    }
    working.says("Test: Here: folder created on the server");
    working.ends();
    world.same(&[]);
}

#[test]
fn hooks_are_run_for_what_comes_and_only_then() {
    let mut world = World::new();
    world.fill(1, 1);
    let notes = world.dovecot.dir.join("notes");
    world.account = format!(
        "presynchook = echo before $OFFLINEIMAPSYNCMODE >> {0}\npostsynchook = echo after >> {0}\n",
        notes.display()
    );
    let mut working = watching(&mut world);
    let of_the_first = "before full\nafter\n";
    assert_eq!(fs::read_to_string(&notes).unwrap(), of_the_first);
    world.client(&["append", "INBOX", "one"]);
    working.says("Test: INBOX: 1 downloaded");
    working.says("Test: synchronised");
    assert_eq!(fs::read_to_string(&notes).unwrap(), format!("{of_the_first}before idle\nafter\n"));
    working.ends();
}

#[test]
fn a_connection_is_kept_for_the_next_run_and_made_anew_when_it_is_lost() {
    let mut world = World::new();
    world.fill(1, 1);
    world.account = "watch = no\nautorefresh = 0.01\n".into();
    world.remote += "holdconnectionopen = yes\nkeepalive = 1\n";
    let mut working = Working::start(&world.file(&world.config()));
    let connections = |working: &mut Working, runs: usize| {
        let before = working.said.len();
        (0..runs).for_each(|_| drop(working.says("Test: synchronised")));
        working.said[before..].iter().filter(|line| line.contains("Test: connected")).count()
    };
    assert_eq!(connections(&mut working, 4), 1);
    assert_eq!(connections(&mut working, 4), 0);
    world.dovecot.hang_up();
    assert_eq!(connections(&mut working, 4), 1);
    working.ends();
}

#[test]
fn nobody_is_watched_who_does_not_want_it() {
    let mut world = World::new();
    world.fill(1, 1);
    world.account = "watch = no\nautorefresh = 0.02\n".into();
    let mut working = start(&world);
    for _ in 0..3 {
        working.says("Test: synchronised");
    }
    assert!(!working.said.iter().any(|line| line.contains("tells of changes")), "{:?}", working.said);
    working.ends();
}

#[test]
fn nobody_is_watched_by_who_only_pretends_or_runs_once() {
    let mut world = World::new();
    world.fill(1, 1);
    world.account = "autorefresh = 0.02\n".into();
    for flag in ["--dry-run", "-o"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(world.file(&world.config())).args([flag, "-u", "basic"]);
        let mut working = Working::of(&mut command);
        working.says("everything is synchronised, or the program was asked to stop");
        assert_eq!(working.count("tells of changes"), 0, "{:?}", working.said);
    }
}
