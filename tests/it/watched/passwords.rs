//! What a server lets in changes while the program is running.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{calm, start};
use crate::dovecot::{Dovecot, PASSWORD};
use crate::local::deliver;
use crate::world::World;

/// The password from now on.
fn keep(path: &Path, password: &str) {
    fs::write(path, format!("{password}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_password_that_is_changed_on_both_sides_is_looked_up_again() {
    // This server takes no time to think about a wrong one.
    let patient = "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n";
    let mut world = World::on(Dovecot::start_with(patient));
    world.fill(2, 2);
    let (file, conf) = (world.dovecot.dir.join("password"), world.dovecot.dir.join("dovecot.conf"));
    keep(&file, PASSWORD);
    let kept = format!("remotepassfile = {}", file.display());
    world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}"), &kept);
    world.account = "autorefresh = 600\n".to_owned();
    let mut working = start(&world);
    working.says("the server tells of changes in all folders");
    calm(&mut working);
    world.dovecot.stop();
    let other = fs::read_to_string(&conf).unwrap().replace(PASSWORD, "battery-staple-8");
    fs::write(&conf, other).unwrap();
    keep(&file, "battery-staple-8");
    world.dovecot.start_again();
    working.says("the server tells of changes in all folders");
    deliver(&world.maildir().join("INBOX"), "mine", "S");
    working.says("Test: INBOX: 1 uploaded");
    working.ends();
}

#[test]
fn where_a_server_takes_one_connection_it_is_for_the_runs() {
    let mut world = World::on(Dovecot::start_with("mail_max_userip_connections = 1\n"));
    world.fill(2, 2);
    world.account = "autorefresh = 600\n".to_owned();
    let mut working = start(&world);
    working.says("the server takes no more connections");
    for number in 0..3 {
        deliver(&world.maildir().join("INBOX"), &format!("mine-{number}"), "S");
        working.says("Test: INBOX: 1 uploaded");
    }
    calm(&mut working);
    assert!(working.count("Maximum number of connections") <= 6, "{}", working.said.join("\n"));
    working.ends();
    world.same(&[]);
}
