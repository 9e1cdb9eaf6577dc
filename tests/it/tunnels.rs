//! The way to a server through a program that speaks to it.

use std::fs::File;
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};

use crate::dovecot::PASSWORD;
use crate::local;
use crate::world::World;

#[test]
fn a_tunnel_that_is_logged_in_needs_neither_name_nor_password() {
    let mut world = World::new();
    world.fill(3, 10);
    // Without the last part of it, Dovecot would not speak to root.
    let conf = world.dovecot.dir.join("dovecot.conf");
    let command = format!("doveadm -c {} exec imap -u {} | cat", conf.display(), world.user);
    world.remote = format!("preauthtunnel = {command}\n");
    let config = world.config().replace("remoteuser = me\n", "");
    world.sync_with(&config).ends_with(0).says("connecting to the tunnel").says("30 downloaded");
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    world.sync_with(&config).ends_with(0).says("1 uploaded");
    world.same(&[]);
}

#[test]
fn a_tunnel_to_log_in_through() {
    let mut world = World::new();
    world.fill(2, 10);
    let (port, ca) = (world.dovecot.imaps, world.dovecot.ca());
    world.remote = format!(
        "transporttunnel = openssl s_client -quiet -verify_return_error -CAfile {} -connect localhost:{port}\n\
         remotepass = {PASSWORD}\n",
        ca.display()
    );
    world.sync().ends_with(0).says("20 downloaded");
    world.same(&[]);
}

#[test]
fn a_tunnel_that_fails_says_why() {
    let mut world = World::new();
    world.remote = "preauthtunnel = echo 'ssh: no route to host' >&2; exit 255\n".to_owned();
    world.sync().ends_with(1).in_one_sentence().says("the command says: ssh: no route to host");
    // A command line may hold a password.
    world.remote = format!("preauthtunnel = not-a-command --password {PASSWORD} 2>/dev/null\n");
    world.sync().ends_with(1).in_one_sentence().says("check preauthtunnel");
    world.remote = "preauthtunnel = echo '* OK hello'; cat >/dev/null\n".to_owned();
    world.sync().ends_with(1).in_one_sentence().says("wants a log-in");
}

#[test]
fn a_stop_ends_a_tunnel_that_has_not_said_a_word() {
    let mut world = World::new();
    let pipe = world.dovecot.dir.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    world.remote = format!("preauthtunnel = sleep 1000 9>{}; true\n", pipe.display());
    let mut program = world.program(&world.config()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Comes back when the command has opened it as well.
    let open = File::open(&pipe).unwrap();
    let pid = Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let _ = program.wait().unwrap();
    // Whoever lived on would hold it open.
    let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
    assert_eq!(poll(&mut [PollFd::new(&open, PollFlags::IN)], Some(&patience)).unwrap(), 1);
}

#[test]
fn two_tunnels_are_one_too_many() {
    let mut world = World::new();
    world.remote = "preauthtunnel = a\ntransporttunnel = b\n".to_owned();
    world.sync().ends_with(2).says("expected one of the two");
}
