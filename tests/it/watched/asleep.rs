//! A machine that sleeps, as far as the program can tell: one of its clocks goes on for an hour at once, and the other doesn't.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::calm;
use crate::working::Working;
use crate::world::World;

/// How often the clocks are compared, with what it takes to do something about it.
const SOON: Duration = Duration::from_secs(30);

/// What tells a program another time; it comes with the package faketime.
fn library() -> PathBuf {
    let places =
        fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    places.into_iter().find(|path| path.exists()).unwrap()
}

/// Sets the one clock ahead of the other by so much; nobody reads it half written.
fn ahead(clock: &Path, time: &str) {
    let new = clock.with_extension("new");
    fs::write(&new, format!("{time}\n")).unwrap();
    fs::rename(new, clock).unwrap();
}

#[test]
fn after_a_sleep_it_connects_anew_and_synchronises_once() {
    let mut world = World::new();
    world.fill(2, 2);
    // In an hour many runs would have been due.
    world.account = "autorefresh = 10\n".to_owned();
    let clock = world.dovecot.dir.join("clock");
    ahead(&clock, "+0");
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic"]);
    command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", &clock).env("FAKETIME_NO_CACHE", "1");
    let mut working = Working::of(command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1"));
    working.says("the server tells of changes in all folders");
    calm(&mut working);
    let (before, begun) = (working.count("Test: synchronised"), Instant::now());
    ahead(&clock, "+3600");
    let both = ["is made anew: the machine has slept", "Test: synchronised"];
    let first = working.says_one_of(&both);
    working.says(both[usize::from(first.contains(both[0]))]);
    working.says("the server tells of changes in all folders");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    world.client(&["append", "INBOX", "news"]);
    working.says("Test: INBOX: 1 downloaded");
    calm(&mut working);
    assert_eq!(working.count("Test: synchronised"), before + 2, "{}", working.said.join("\n"));
    working.ends();
}
