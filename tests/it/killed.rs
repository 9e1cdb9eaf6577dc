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

/// Ten rounds, each with a mailbox of its own: prepare, kill twice at random moments, run once to the end. Then both
/// sides are the same, and `wrong` says what is not as it was prepared.
fn rounds<T>(what: &str, prepare: impl Fn(&World, u64) -> T, wrong: impl Fn(&World, T, &str) -> Option<String>) {
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
        let prepared = prepare(&world, round);
        for _ in 0..2 {
            let moment = Duration::from_millis(random.u64(0..whole));
            cut += u32::from(killed_after(&world, moment).is_none());
        }
        let run = world.sync();
        let (code, said) = world.compare(&["dates"]);
        let wrong = wrong(&world, prepared, &said);
        let right = run.code == Some(0) && code == Some(0) && wrong.is_none();
        assert!(right, "{what}, seed {seed}, round {round}:\n{}\n{said}\n{}", run.text, wrong.unwrap_or_default());
    }
    assert!(cut > 0, "{what}, seed {seed}: every run ended before it was killed");
}

/// What is wrong when a comparison counted another number of messages.
fn counted(_: &World, messages: u32, said: &str) -> Option<String> {
    (!said.contains(&format!(" {messages} messages,"))).then(|| format!("expected {messages} messages"))
}

#[test]
fn during_the_first_synchronisation() {
    let prepare = |world: &World, _| {
        world.fill(4, 30);
        120
    };
    rounds("first synchronisation", prepare, counted);
}

#[test]
fn while_local_messages_are_uploaded() {
    let prepare = |world: &World, round| {
        world.fill(1, 3);
        world.sync().ends_with(0);
        for number in 0..150 {
            local::deliver(&world.maildir().join("INBOX"), &format!("{round}-{number}"), "S");
        }
        153
    };
    rounds("uploads", prepare, counted);
}

#[test]
fn on_a_day_of_changes_on_both_sides() {
    let prepare = |world: &World, round| {
        world.fill(6, 12);
        world.sync().ends_with(0);
        world.day(100 + round)
    };
    rounds("a day", prepare, |world, expected, _| {
        let (code, said) = world.evening(&expected);
        (code != Some(0)).then_some(said)
    });
}
