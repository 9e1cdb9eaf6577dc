//! Places that are not there: a Maildir that goes away and comes back, folders to be watched that nobody has.

use std::fs;
use std::process::Command;

use super::restarts::ONLY_IDLE;
use super::{calm, start, watching};
use crate::dovecot::Dovecot;
use crate::local::deliver;
use crate::world::World;

#[test]
fn a_maildir_that_goes_away_and_comes_back_is_watched_again() {
    let mut world = World::new();
    world.fill(2, 3);
    let mut working = watching(&mut world);
    calm(&mut working);
    // As from a backup, or as another file system that is mounted there.
    let away = world.dovecot.dir.join("away");
    assert!(Command::new("cp").arg("-a").arg(world.maildir()).arg(&away).status().unwrap().success());
    fs::rename(world.maildir(), world.dovecot.dir.join("old")).unwrap();
    working.says("it is missing, though it was synchronised before");
    fs::rename(&away, world.maildir()).unwrap();
    // It is looked at when it comes back, and watched from then on.
    for number in 0..3 {
        deliver(&world.maildir().join("INBOX"), &format!("mine-{number}"), "S");
        working.says("Test: INBOX: 1 uploaded");
    }
    working.ends();
    world.same(&[]);
}

#[test]
fn a_folder_that_goes_away_and_comes_back_is_watched_again() {
    let mut world = World::new();
    world.fill(3, 3);
    let mut working = watching(&mut world);
    calm(&mut working);
    let (folder, away) = (world.maildir().join("Archive"), world.dovecot.dir.join("away"));
    fs::rename(&folder, &away).unwrap();
    fs::rename(&away, &folder).unwrap();
    calm(&mut working);
    for number in 0..3 {
        deliver(&folder, &format!("mine-{number}"), "S");
        working.says("Test: Archive: 1 uploaded");
    }
    working.ends();
}

#[test]
fn a_folder_to_be_watched_that_nobody_has_is_told_of_once_and_disturbs_no_other() {
    let mut world = World::on(Dovecot::start_with(ONLY_IDLE));
    world.fill(2, 2);
    world.remote += "idlefolders = ['Missing', 'INBOX', 'Archive']\n";
    world.account += "autorefresh = 600\n";
    let mut working = start(&world);
    working.says("the server tells of changes in");
    for number in 0..2 {
        for folder in ["INBOX", "Archive"] {
            world.client(&["append", folder, &format!("number-{number}")]);
            working.says(&format!("Test: {folder}: 1 downloaded"));
        }
    }
    calm(&mut working);
    assert_eq!(working.count("Missing"), 1, "{}", working.said.join("\n"));
    // The account's first run, a connection for each folder, and one for each of the four glances that found something.
    assert!(working.count("connecting to") < 20, "{}", working.said.join("\n"));
    working.ends();
    world.same(&[]);
}
