//! Killed at any moment, the program loses nothing and brings nothing twice.

use std::time::{Duration, Instant};

use crate::killing::killed_after;
use crate::trial::Task;
use crate::world::World;

/// So many runs are really killed, rather than ended before.
const KILLS: u32 = 10;
/// Rounds after which a machine is thought to be too quick for this test.
const MOST_ROUNDS: u64 = 60;

/// Rounds with a mailbox of its own each: prepare, kill twice at random moments, run once to the end.
fn rounds(task: Task) {
    let mut world = World::new();
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    // How long an undisturbed run takes says where the interesting moments are.
    world.prepare(task, 0);
    let begun = Instant::now();
    world.sync().ends_with(0);
    let whole = u64::try_from(begun.elapsed().as_millis()).unwrap().max(50);
    let (mut kills, mut round) = (0, 0);
    while kills < KILLS {
        round += 1;
        assert!(round <= MOST_ROUNDS, "{task:?}, seed {seed}: only {kills} runs were killed before they ended");
        world.user = format!("round{round}");
        let prepared = world.prepare(task, 100 + round);
        for _ in 0..2 {
            let moment = Duration::from_millis(random.u64(0..whole));
            kills += u32::from(killed_after(&mut world.program(&world.config()), moment).code.is_none());
        }
        let run = world.sync();
        let wrong = world.wrong(&run, &prepared);
        assert!(wrong.is_none(), "{task:?}, seed {seed}, round {round}:\n{}", wrong.unwrap_or_default());
    }
}

#[test]
fn during_the_first_synchronisation() {
    rounds(Task::First);
}

#[test]
fn while_local_messages_are_uploaded() {
    rounds(Task::Uploads);
}

#[test]
fn on_a_day_of_changes_on_both_sides() {
    rounds(Task::Day);
}
