//! A stop at any moment of a program that watches: it ends soon and well, and leaves nothing behind.

use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};

use crossbeam_channel::after;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, kill_process};

use super::{calm, start, unfinished};
use crate::terminal::Terminal;
use crate::trial::Task;
use crate::world::World;

/// How often it is stopped.
const STOPS: usize = 24;

#[test]
fn a_stop_at_any_moment_ends_it_well_and_loses_nothing() {
    let mut world = World::new();
    world.account = "autorefresh = 600\n".to_owned();
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    for round in 0..STOPS / 4 {
        let task = Task::ALL[round % 3];
        world.user = format!("round{round}");
        let prepared = world.prepare(task, random.u64(0..1_000_000));
        for _ in 0..4 {
            let mut working = start(&world);
            working.says("account");
            let _ = after(Duration::from_millis(random.u64(0..700))).recv();
            working.ends();
            assert_eq!(unfinished(&world.maildir()), 0, "{task:?}, seed {seed}");
        }
        // The lock is free, and the rest is done.
        let run = world.sync();
        let wrong = world.wrong(&run, &prepared);
        assert!(wrong.is_none(), "{task:?}, seed {seed}, round {round}:\n{}", wrong.unwrap_or_default());
    }
}

#[test]
fn the_tunnel_of_who_watches_ends_with_all_that_it_has_started() {
    let mut world = World::new();
    world.fill(2, 2);
    let pipe = world.dovecot.dir.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let conf = world.dovecot.dir.join("dovecot.conf");
    // Something that listens to nobody is left behind by each of them.
    world.remote = format!(
        "preauthtunnel = (trap '' TERM HUP; sleep 1000) 9<>{} & doveadm -c {} exec imap -u {} 2>/dev/null | cat\n",
        pipe.display(),
        conf.display(),
        world.user
    );
    world.account = "autorefresh = 600\n".to_owned();
    let mut working = start(&world);
    working.says("the server tells of changes in all folders");
    calm(&mut working);
    world.client(&["append", "INBOX", "one"]);
    working.says("Test: INBOX: 1 downloaded");
    calm(&mut working);
    // Only theirs who watch hold the pipe by now.
    let open = File::open(&pipe).unwrap();
    let hung_up = |limit| poll(&mut [PollFd::new(&open, PollFlags::HUP)], Some(&limit)).unwrap() == 1;
    assert!(!hung_up(Timespec { tv_sec: 0, tv_nsec: 0 }));
    let begun = Instant::now();
    working.ends();
    assert!(hung_up(Timespec { tv_sec: 1, tv_nsec: 0 }), "somebody is left");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn another_run_beside_one_that_watches_disturbs_neither() {
    let mut world = World::new();
    world.fill(2, 2);
    let mut working = super::watching(&mut world);
    calm(&mut working);
    let (held, go) = (world.dovecot.dir.join("held"), world.dovecot.dir.join("go"));
    let hook =
        format!("presynchook = touch {}; while ! test -e {}; do sleep 0.1; done\n", held.display(), go.display());
    world.account += &hook;
    let mut other = world.program(&world.config()).stdout(std::process::Stdio::null()).spawn().unwrap();
    while !held.exists() {
        let _ = after(Duration::from_millis(20)).recv();
    }
    // What changes while the other has the account is for the one who comes next.
    world.client(&["append", "INBOX", "one"]);
    working.says(&format!("process {}", other.id()));
    let _ = after(Duration::from_millis(2500)).recv();
    File::create(&go).unwrap();
    assert_eq!(other.wait().unwrap().code(), Some(0));
    world.client(&["append", "INBOX", "two"]);
    working.says("Test: INBOX: 1 downloaded");
    calm(&mut working);
    assert_eq!(working.count("locking the account"), 0, "{}", working.said.join("\n"));
    working.ends();
    world.same(&[]);
}

#[test]
fn a_signal_that_asks_for_a_synchronisation_ends_a_pause() {
    let mut world = World::new();
    world.fill(1, 2);
    world.account = "autorefresh = 600\n".to_owned();
    let mut terminal = Terminal::open(100, 30);
    terminal.start(&format!("-c {} -u blinkenlights", world.file(&world.config()).display()));
    terminal.shows("2 downloaded");
    terminal.press("p");
    terminal.shows("[ paused ]");
    world.client(&["append", "INBOX", "news"]);
    kill_process(terminal.program(), Signal::USR1).unwrap();
    terminal.shows("1 downloaded");
    terminal.wait("countdown that goes on", |screen| !screen.contents().contains("[ paused ]"));
    terminal.press("q");
    terminal.ends_with(0);
}
