//! A folder so large that several connections fetch from it.

use std::fs;
use std::time::{Duration, Instant};

use crate::killing::killed_after;
use crate::local;
use crate::world::World;

/// More than three portions of a huge folder.
const MANY: u32 = 3200;

/// For each session that has ended, how many bodies it fetched.
fn bodies(log: &str) -> Vec<u64> {
    let counts = log.split("Disconnected: Logged out").skip(1).filter_map(|rest| rest.split("body_count=").nth(1));
    counts.filter_map(|rest| rest.split_whitespace().next()?.parse().ok()).collect()
}

#[test]
fn all_connections_fetch_from_it_and_a_kill_loses_nothing() {
    let world = World::new();
    world.fill(1, MANY);
    let begun = Instant::now();
    world.sync().ends_with(0).says("INBOX: 3,200 downloaded").says("1 folder in");
    let whole = u64::try_from(begun.elapsed().as_millis()).unwrap();
    world.same(&[]);
    let log = world.dovecot.log_when(|log| bodies(log).iter().sum::<u64>() >= u64::from(MANY));
    let busy = bodies(&log).iter().filter(|count| **count > 0).count();
    assert!(busy > 1, "{busy} connection fetched all of it:\n{log}");
    // A message that comes is one connection's work.
    world.client(&["append", "INBOX", "one more"]);
    world.sync().ends_with(0).says("INBOX: 1 downloaded");
    world.same(&[]);

    let (seed, mut kills) = (fastrand::u64(..), 0);
    let mut random = fastrand::Rng::with_seed(seed);
    while kills < 4 {
        fs::remove_dir_all(world.maildir()).unwrap();
        fs::remove_dir_all(world.metadata()).unwrap();
        for _ in 0..2 {
            let moment = Duration::from_millis(random.u64(0..whole));
            kills += u32::from(killed_after(&mut world.program(&world.config()), moment).code.is_none());
        }
        world.sync().ends_with(0);
        world.same(&[]);
        let files = local::messages(&world.maildir().join("INBOX")).len();
        assert_eq!(files, MANY as usize + 1, "seed {seed}");
    }
}
