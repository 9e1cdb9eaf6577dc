//! Commands before and after a synchronisation, and when new mail has come.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::local;
use crate::world::{Run, World};

/// An account whose hooks each write a line into a file of its own.
fn hooked() -> World {
    let mut world = World::new();
    let dir = world.dovecot.dir.display().to_string();
    world.account = format!(
        "presynchook = echo \"$BLINKENSYNC_ACCOUNT $OFFLINEIMAPSYNCMODE\" >>{dir}/before\n\
         postsynchook = cat \"$BLINKENSYNC_CHANGES\" >>{dir}/after; echo --- >>{dir}/after\n\
         newmailhook = echo ding >>{dir}/news\n"
    );
    world
}

fn said(world: &World, hook: &str) -> String {
    fs::read_to_string(world.dovecot.dir.join(hook)).unwrap_or_default()
}

#[test]
fn each_is_run_at_its_time_and_told_what_was_done() {
    let world = hooked();
    world.fill(2, 3);
    world.sync().ends_with(0);
    assert_eq!(said(&world, "before"), "Test full\n");
    assert_eq!(said(&world, "news"), "ding\n");
    let after = said(&world, "after");
    for line in ["3\t0\t0\t0\t0\t0\tINBOX\n", "3\t0\t0\t0\t0\t0\tArchive\n"] {
        assert!(after.contains(line), "{after}");
    }
    // Nothing new: both are run all the same, and there is nothing to ring for.
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    world.sync().ends_with(0);
    world.sync().ends_with(0).says("nothing new");
    assert_eq!(said(&world, "before"), "Test full\n".repeat(3));
    assert_eq!(said(&world, "news"), "ding\n");
    assert!(said(&world, "after").ends_with("---\n0\t1\t0\t0\t0\t0\tINBOX\n---\n---\n"), "{}", said(&world, "after"));
    // A dry run runs nothing.
    Run::from(&world_dry(&world).output().unwrap()).ends_with(0);
    assert_eq!(said(&world, "before"), "Test full\n".repeat(3));
}

fn world_dry(world: &World) -> Command {
    let mut command = world.program(&world.config());
    command.arg("--dry-run");
    command
}

#[test]
fn one_that_fails_is_told_and_stops_no_mail() {
    let mut world = World::new();
    world.fill(1, 3);
    world.account = "presynchook = echo 'no net' >&2; exit 3\n".to_owned();
    world.sync().ends_with(1).in_one_sentence().says("presynchook").says("no net").says("3 downloaded");
    world.same(&[]);
}

#[test]
fn none_is_run_afterwards_where_the_server_was_not_reached() {
    let mut world = hooked();
    world.remote = world.remote.replace("remotepass = ", "remotepass = not-");
    world.sync().ends_with(3);
    assert_eq!((said(&world, "before").as_str(), said(&world, "after").as_str()), ("Test full\n", ""));
}

/// Which kind of synchronisation each of the first runs is, by the word of a hook.
fn kinds(world: &World, runs: usize) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic"]);
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    let kind = |line: String| Some(line.split_once("presynchook: ")?.1.to_owned());
    let kinds = lines.by_ref().filter_map(kind).take(runs).collect();
    // It would go on for ever; a request to stop ends it.
    assert!(Command::new("kill").arg(program.id().to_string()).status().unwrap().success());
    let rest: Vec<String> = lines.collect();
    assert_eq!(program.wait().unwrap().code(), Some(0), "{rest:?}");
    kinds
}

#[test]
fn they_are_told_which_synchronisations_are_quick() {
    let mut world = World::new();
    world.fill(1, 1);
    for (quick, wanted) in [
        ("0", ["full", "full", "full", "full", "full"]),
        ("-1", ["quick", "quick", "quick", "quick", "quick"]),
        ("1", ["full", "quick", "full", "quick", "full"]),
        ("3", ["full", "quick", "quick", "quick", "full"]),
    ] {
        world.account = format!("autorefresh = 0.001\nquick = {quick}\npresynchook = echo $OFFLINEIMAPSYNCMODE\n");
        assert_eq!(kinds(&world, wanted.len()), wanted, "quick = {quick}");
    }
    // The command line has the last word.
    let mut quickly = world.program(&world.config());
    Run::from(&quickly.arg("-q").output().unwrap()).ends_with(0).says("presynchook: quick");
}
