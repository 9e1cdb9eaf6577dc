//! The way to a server through a program that speaks to it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};

use crate::dovecot::PASSWORD;
use crate::local;
use crate::world::{Run, World};

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
fn what_a_tunnel_complains_of_is_noted_as_it_comes() {
    let mut world = World::new();
    world.fill(1, 3);
    let conf = world.dovecot.dir.join("dovecot.conf");
    world.remote = format!(
        "preauthtunnel = printf 'debug1: \\033[2Jhello\\n\\nwell\\n' >&2; exec doveadm -c {} exec imap -u {} | cat\n",
        conf.display(),
        world.user
    );
    let run = world.sync();
    run.ends_with(0)
        .says("Test: tunnel says: debug1: ␛[2Jhello\n")
        .says("Test: tunnel says: well\n")
        .says("3 downloaded");
    assert_eq!(run.text.matches("tunnel says: well").count(), 1, "{}", run.text);
}

/// Processes that this one has started and not collected.
fn children(process: u32) -> String {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default()).collect()
}

#[test]
fn nothing_is_left_of_a_tunnel_while_its_account_rests() {
    let mut world = World::new();
    world.fill(3, 5);
    let conf = world.dovecot.dir.join("dovecot.conf");
    world.remote = format!("preauthtunnel = doveadm -c {} exec imap -u {} | cat\n", conf.display(), world.user);
    // Who watches has a tunnel of his own, which he may have begun by then.
    world.account = "autorefresh = 5\nwatch = no\n".to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic"]).stdout(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("connected to")));
    assert_ne!(children(program.id()), "");
    assert!(lines.any(|line| line.starts_with("Test: synchronised")));
    assert_eq!(children(program.id()), "");
    kill_process(Pid::from_child(&program), Signal::TERM).unwrap();
    lines.for_each(drop);
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

/// A pipe, which a tunnel can hold open as long as it lives.
fn pipe(world: &World) -> PathBuf {
    let pipe = world.dovecot.dir.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    pipe
}

#[test]
fn a_tunnel_whose_server_side_is_killed_ends_with_all_that_it_has_started() {
    let mut world = World::new();
    let pipe = pipe(&world);
    world.remote = format!(
        "preauthtunnel = sleep 1000 >{} & echo '* PREAUTH hello'; read line; echo 'killed' >&2; kill -KILL $$\n",
        pipe.display()
    );
    let program = world.program(&world.config()).stdout(Stdio::piped()).spawn().unwrap();
    // Comes back when the command has opened it as well.
    let open = File::open(&pipe).unwrap();
    let run = Run::from(&program.wait_with_output().unwrap());
    run.ends_with(1).in_one_sentence().says("the server closed the connection").says("tunnel says: killed");
    let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
    assert_eq!(poll(&mut [PollFd::new(&open, PollFlags::IN)], Some(&patience)).unwrap(), 1);
}

#[test]
fn a_stop_ends_a_tunnel_that_has_not_said_a_word() {
    let mut world = World::new();
    let pipe = pipe(&world);
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
