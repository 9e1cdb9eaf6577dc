//! Every way to log in, with a real server that offers it.

use crate::dovecot::{Dovecot, PASSWORD};
use crate::world::World;

/// All that Dovecot can do with a password that it knows.
const ALL: &str = "auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256\n";

/// Somebody who may act as others.
const MASTER: &str = "auth_mechanisms = plain scram-sha-256\nauth_master_user_separator = *\n\
                      passdb {\n  driver = static\n  args = password={PLAIN}correct-horse-7\n  master = yes\n}\n\
                      mail_plugins =\n";

fn world(more: &str) -> World {
    let world = World::on(Dovecot::start_with(more));
    world.fill(1, 3);
    world
}

/// What a line of the server's log says about the way of the last log-in, once there is one more than `before`.
fn method(world: &World, before: usize) -> String {
    let logins = |log: &str| log.matches("method=").count();
    let log = world.dovecot.log_when(|log| logins(log) > before);
    let (_, last) = log.rsplit_once("method=").unwrap();
    last.split(',').next().unwrap().to_owned()
}

fn logins(world: &World) -> usize {
    world.dovecot.log().matches("method=").count()
}

#[test]
fn each_mechanism_logs_in_when_it_is_the_only_one_allowed() {
    let mut world = world(ALL);
    let common = world.remote.replace("maxconnections = 4", "maxconnections = 1");
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN"] {
        world.remote = format!("{common}auth_mechanisms = {}\n", mechanism.to_lowercase());
        let before = logins(&world);
        world.sync().ends_with(0);
        assert_eq!(method(&world, before), mechanism);
    }
    // LOGIN is a command of its own, which the server calls PLAIN.
    world.remote = format!("{common}auth_mechanisms = LOGIN\n");
    world.sync().ends_with(0);
    world.same(&["dates"]);
}

#[test]
fn the_first_of_those_that_are_allowed_and_offered_is_taken() {
    let mut world = world(ALL);
    let common = world.remote.replace("maxconnections = 4", "maxconnections = 1");
    for (allowed, taken) in [
        ("", "SCRAM-SHA-256"),
        ("auth_mechanisms = GSSAPI, XOAUTH2, CRAM-MD5, PLAIN\n", "CRAM-MD5"),
        ("auth_mechanisms = PLAIN, SCRAM-SHA-256\n", "PLAIN"),
    ] {
        world.remote = format!("{common}{allowed}");
        let before = logins(&world);
        world.sync().ends_with(0);
        assert_eq!(method(&world, before), taken, "{allowed}");
    }
}

#[test]
fn a_wrong_password_is_refused_by_each_of_them() {
    let mut world = world(ALL);
    let common = world.remote.replace(PASSWORD, "a wrong one");
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"] {
        world.remote = format!("{common}auth_mechanisms = {mechanism}\n");
        world
            .sync()
            .ends_with(3)
            .in_one_sentence()
            .says("AUTHENTICATIONFAILED")
            .says("check remoteuser and the password");
    }
}

#[test]
fn what_the_server_does_not_offer_is_named_beside_what_is_allowed() {
    let mut world = world("");
    world.remote += "auth_mechanisms = SCRAM-SHA-256, XOAUTH2\n";
    let run = world.sync();
    run.ends_with(3)
        .in_one_sentence()
        .says("the server offers LOGIN, PLAIN")
        .says("allowed are SCRAM-SHA-256, XOAUTH2");
}

#[test]
fn somebody_who_may_acts_as_another() {
    let mut world = world(MASTER);
    let user = std::mem::replace(&mut world.user, "boss".to_owned());
    let common = world.remote.clone();
    for (mechanism, news) in [("PLAIN", "3 downloaded"), ("SCRAM-SHA-256", "nothing new")] {
        world.remote = format!("{common}auth_mechanisms = {mechanism}\nremote_identity = {user}\n");
        // The mail is the other one's.
        world.sync().ends_with(0).says(news);
        let log = world.dovecot.log_when(|log| log.contains(&format!("user=<{user}>, method={mechanism}")));
        assert!(log.contains(&format!("user=<{user}>, method={mechanism}")));
    }
    world.remote = format!("{common}auth_mechanisms = CRAM-MD5\nremote_identity = {user}\n");
    world.sync().ends_with(3).says("remote_identity needs PLAIN");
}
