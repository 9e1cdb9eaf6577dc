//! The first run brings everything.

use crate::world::World;

#[test]
fn everything_arrives_byte_for_byte_with_flags_and_dates() {
    let world = World::new();
    world.fill(20, 200);
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let (_, said) = world.compare(&["dates"]);
    assert!(said.contains("20 folders, 4000 messages"), "{said}");
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn everything_arrives_over_starttls() {
    let mut world = World::new();
    world.fill(3, 10);
    let port = format!("remoteport = {}\nssl = no\nstarttls = yes", world.dovecot.port);
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), &port);
    world.sync().ends_with(0).says("STARTTLS");
    world.same(&["dates"]);
}
