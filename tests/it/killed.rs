//! Killed at any moment, the program loses nothing and brings nothing twice.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::local;
use crate::world::World;

/// Runs the program and kills it, with SIGKILL, after this long, unless it has ended before. Says how it ended.
fn killed_after(world: &World, moment: Duration) -> Option<i32> {
    let mut command: Command = world.program(&world.config());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let (sender, ended) = channel();
    let reader = thread::spawn(move || {
        let _ = output.read_to_end(&mut Vec::new());
        let _ = sender.send(());
    });
    if ended.recv_timeout(moment).is_err() {
        child.kill().unwrap();
    }
    reader.join().unwrap();
    child.wait().unwrap().code()
}

/// Ten rounds, each with a mailbox of its own: prepare, kill twice at random moments, run once to the end, compare.
fn rounds(what: &str, prepare: impl Fn(&World, u64)) {
    let mut world = World::new();
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut cut = 0;
    // How long an undisturbed run takes says where the interesting moments are.
    prepare(&world, 0);
    let begun = Instant::now();
    world.sync().ends_with(0);
    let whole = u64::try_from(begun.elapsed().as_millis()).unwrap().max(150);
    for round in 1..=10 {
        world.user = format!("round{round}");
        prepare(&world, round);
        for _ in 0..2 {
            let moment = Duration::from_millis(random.u64(0..whole));
            cut += u32::from(killed_after(&world, moment).is_none());
        }
        let run = world.sync();
        let (code, said) = world.compare(&["dates"]);
        let ended = (run.code, code);
        assert_eq!(ended, (Some(0), Some(0)), "{what}, seed {seed}, round {round}:\n{}\n{said}", run.text);
    }
    assert!(cut > 0, "{what}, seed {seed}: every run ended before it was killed");
}

#[test]
fn during_the_first_synchronisation() {
    rounds("first synchronisation", |world, _| world.fill(4, 30));
}

#[test]
fn while_local_messages_are_uploaded() {
    rounds("uploads", |world, round| {
        world.fill(1, 3);
        world.sync().ends_with(0);
        for number in 0..150 {
            local::deliver(&world.maildir().join("INBOX"), &format!("{round}-{number}"), "S");
        }
    });
}
