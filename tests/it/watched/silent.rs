//! Connections that go dead without a word: noticed within the time limits, and made anew when that is possible again.

use std::time::{Duration, Instant};

use super::calm;
use crate::line::Line;
use crate::working::Working;
use crate::world::World;

/// For what the machine and the server take besides.
const SLACK: Duration = Duration::from_secs(6);

/// A world behind a line, with a time limit of two seconds.
fn behind_a_line() -> (World, Line) {
    let mut world = World::new();
    let line = Line::to(world.dovecot.imaps);
    world.remote = world.remote.replace(&world.dovecot.imaps.to_string(), &line.port.to_string());
    world.remote += "keepalive = 1\n";
    world.account += "autorefresh = 600\n";
    (world, line)
}

fn start_with_a_limit(world: &World) -> Working {
    let config = world.config().replace("[general]\n", "[general]\nsocktimeout = 2\n");
    Working::start(&world.file(&config))
}

#[test]
fn a_connection_that_goes_dead_while_mail_is_copied_is_given_up_in_time() {
    let (world, line) = behind_a_line();
    world.fill(4, 40);
    line.goes_dead_after(150_000);
    let mut working = start_with_a_limit(&world);
    while !line.is_dead() {
        working.says("");
    }
    let begun = Instant::now();
    let error = working.says("no answer");
    assert!(begun.elapsed() < Duration::from_secs(2) + SLACK, "{:?}", begun.elapsed());
    assert!(error.contains("socktimeout") || error.contains("time limit"), "{error}");
    // What can't be reached is tried again, and told of each time, but ever more rarely.
    working.says("no answer");
    line.mend();
    working.says("the server tells of changes in all folders");
    calm(&mut working);
    working.ends();
    world.same(&["dates"]);
}

#[test]
fn a_connection_that_goes_dead_while_nothing_happens_is_noticed_in_time() {
    let (world, line) = behind_a_line();
    world.fill(2, 2);
    let mut working = start_with_a_limit(&world);
    working.says("the server tells of changes in all folders");
    calm(&mut working);
    line.goes_dead_after(0);
    let begun = Instant::now();
    working.says("is made anew");
    assert!(begun.elapsed() < Duration::from_secs(1 + 2) + SLACK, "{:?}", begun.elapsed());
    line.mend();
    working.says("the server tells of changes in all folders");
    world.client(&["append", "INBOX", "news"]);
    working.says("Test: INBOX: 1 downloaded");
    working.ends();
    world.same(&[]);
}
