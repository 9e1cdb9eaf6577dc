//! Attempts to make the program delete what nobody deleted.

use std::fs;
use std::process::{Command, Stdio};

use crate::local;
use crate::world::World;

/// An account that OfflineIMAP has synchronised, whose Maildir is gone: it shall be fetched anew, or into another place.
fn fetched_anew() -> World {
    let mut world = World::new();
    world.remote += "ssl = yes\n";
    world.fill(6, 10);
    let config = world.file(&world.config());
    let out = Command::new("offlineimap").args(["-o", "-u", "basic", "-c"]).arg(config).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    fs::rename(world.maildir(), world.dovecot.dir.join("elsewhere")).unwrap();
    world
}

fn status(world: &World) -> String {
    let (code, said) = world.python("status.py", &[]);
    assert_eq!(code, Some(0), "{said}");
    said
}

#[test]
fn empty_folders_beside_offlineimaps_caches_empty_nothing_on_the_server() {
    let world = fetched_anew();
    let folders = fs::read_dir(world.dovecot.dir.join("elsewhere")).unwrap();
    for folder in folders.map(|entry| entry.unwrap().file_name()) {
        local::make(&world.maildir().join(folder));
    }
    let before = status(&world);
    let run = world.sync();
    assert_eq!(status(&world), before, "{}", run.text);
}

#[test]
fn a_first_run_that_is_killed_beside_offlineimaps_caches_empties_nothing_on_the_server() {
    let world = fetched_anew();
    let before = status(&world);
    let mut child = world.program(&world.config()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let count = || fs::read_dir(world.maildir()).map_or(0, Iterator::count);
    while count() < 6 && child.try_wait().unwrap().is_none() {}
    child.kill().unwrap();
    child.wait().unwrap();
    let run = world.sync();
    assert_eq!(status(&world), before, "{}", run.text);
    world.same(&[]);
}

#[test]
fn of_two_files_with_one_number_at_a_takeover_none_goes_with_the_message() {
    let mut world = World::new();
    world.remote += "ssl = yes\n";
    world.fill(1, 10);
    let config = world.file(&world.config());
    let out = Command::new("offlineimap").args(["-o", "-u", "basic", "-c"]).arg(config).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let inbox = world.maildir().join("INBOX");
    let file = local::messages(&inbox).remove(3);
    let name = file.file_name().unwrap().to_str().unwrap();
    let uid = name.split(",U=").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let text = "Subject: only here\n\nonly here\n";
    fs::write(file.with_file_name(format!("00,{}", name.split_once(',').unwrap().1)), text).unwrap();
    world.sync().ends_with(0);
    let (code, said) = world.python("delete.py", &["INBOX", &uid]);
    assert_eq!(code, Some(0), "{said}");
    world.sync().ends_with(0);
    let has = |path: &std::path::PathBuf| fs::read_to_string(path).is_ok_and(|said| said.contains("only here"));
    assert!(local::messages(&inbox).iter().any(has));
    world.same(&[]);
}
