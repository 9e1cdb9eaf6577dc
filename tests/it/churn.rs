//! While a second client or a mail reader is at work, the program synchronises again and again. In the end both sides are
//! the same, and as they have to be.

use crate::churning::Churn;
use crate::world::World;

/// Lets both work as much as is said, and synchronises meanwhile.
fn others_work(client: u32, reader: u32) {
    let world = World::new();
    world.fill(5, 30);
    world.sync().ends_with(0);
    let seed = fastrand::u64(..1_000_000);
    let mut churn = Churn::start(&world, seed, client, reader);
    let (mut runs, mut bad) = (0, String::new());
    while churn.goes_on() {
        // On a busy machine so much may have happened since the last run that it looks like a mistake.
        let run = world.sync_allowing_deletes();
        runs += 1;
        if run.code != Some(0) {
            bad.push_str(&run.text);
        }
    }
    assert!(runs > 3, "seed {seed}: only {runs} runs while they worked");
    let run = world.sync_allowing_deletes();
    let wrong = churn.wrong(&world, "check").unwrap_or_default();
    assert!(wrong.is_empty() && run.code == Some(0), "seed {seed}:\n{bad}\n{}\n{wrong}", run.text);
    assert_eq!(bad, "", "seed {seed}: runs that ended badly");
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_second_client_is_at_work() {
    others_work(1500, 0);
}

#[test]
fn a_mail_reader_is_at_work() {
    others_work(0, 1500);
}

#[test]
fn a_second_client_and_a_mail_reader_are_at_work() {
    others_work(1200, 1200);
}
