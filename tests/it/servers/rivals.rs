//! Clients are at work on both servers while the program is.

use fastrand::Rng;

use crate::rivals::{Contest, Weather};
use crate::seed::{again, seed};

/// Several rounds on the same mailboxes, each ending in a comparison.
fn others_work(rounds: &[(Weather, u32)]) {
    let seed = seed();
    let mut contest = Contest::new(Rng::with_seed(seed));
    contest.begin("me", 6, 8);
    for (number, (weather, operations)) in rounds.iter().enumerate() {
        let wrong = contest.round(*weather, *operations);
        assert!(wrong.is_none(), "{}, round {number}\n{}", again(seed), wrong.unwrap_or_default());
    }
}

#[test]
fn others_are_at_work_on_both() {
    others_work(&[(Weather::Fair, 80), (Weather::Watched, 60)]);
}

#[test]
fn others_are_at_work_on_both_while_runs_are_killed_and_cut_off_and_folders_come_and_go() {
    others_work(&[(Weather::Foul, 70), (Weather::Foul, 70), (Weather::Fair, 40)]);
}
