//! What goes wrong ends in a sentence, the documented code, and no loss.

use crate::dovecot::PASSWORD;
use crate::world::World;

#[test]
fn a_wrong_password_is_refused_and_named() {
    let mut world = World::new();
    world.remote = world.remote.replace(PASSWORD, "wrong-one");
    let run = world.sync();
    run.ends_with(3).says("Test");
    assert!(!run.text.contains("wrong-one"), "{}", run.text);
}

#[test]
fn a_closed_port_names_the_host() {
    let mut world = World::new();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let closed = listener.local_addr().unwrap().port().to_string();
    drop(listener);
    world.remote = world.remote.replace(&world.dovecot.imaps.to_string(), &closed);
    world.sync().ends_with(1).says("localhost");
}

#[test]
fn an_unknown_authority_is_refused() {
    let mut world = World::new();
    world.fill(1, 1);
    let ca = format!("sslcacertfile = {}\n", world.dovecot.ca().display());
    world.remote = world.remote.replace(&ca, "");
    world.sync().ends_with(1).says("certificate");
}

#[test]
fn a_broken_line_is_named_with_its_number() {
    let world = World::new();
    world.sync_with("[general]\naccounts = Test\nthis is no option\n").ends_with(2).says("rc-me:3");
}
