//! A server that ends and starts again, with a word or without.

use std::time::Duration;

use crossbeam_channel::after;

use super::{calm, start};
use crate::dovecot::Dovecot;
use crate::working::Working;
use crate::world::World;

/// How often the server is restarted.
const RESTARTS: usize = 5;
/// Lines that a restart may cost, whatever goes wrong in it.
const LINES: usize = 40;
/// What a server offers that tells of one folder at a time.
pub const ONLY_IDLE: &str = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE NAMESPACE UIDPLUS LIST-EXTENDED \
                             CONDSTORE QRESYNC ESEARCH LIST-STATUS MOVE SPECIAL-USE\n";

fn restart(world: &mut World, number: usize) {
    if number.is_multiple_of(2) {
        world.dovecot.stop();
    } else {
        world.dovecot.crash();
    }
    world.dovecot.start_again();
}

/// Restarts the server, and lets mail come afterwards, again and again.
fn again_and_again(world: &mut World, working: &mut Working, restarts: usize, folders: &[&str]) {
    calm(working);
    let (_, files, threads) = working.figures();
    for number in 0..restarts {
        restart(world, number);
        for folder in folders {
            world.client(&["append", folder, &format!("number-{number}")]);
            working.says(&format!("Test: {folder}: 1 downloaded"));
        }
    }
    calm(working);
    assert!(working.said.len() < LINES * restarts, "{}", working.said.join("\n"));
    // Nothing is left of the connections that were lost.
    let (_, files_then, threads_then) = working.figures();
    assert!(files_then <= files && threads_then <= threads, "{files} {threads}, {files_then} {threads_then}");
}

#[test]
fn after_each_restart_of_the_server_its_folders_are_watched_again() {
    let mut world = World::new();
    world.fill(2, 2);
    let mut working = super::watching(&mut world);
    again_and_again(&mut world, &mut working, RESTARTS, &["INBOX", "Archive"]);
    working.ends();
    world.same(&[]);
}

#[test]
fn after_each_restart_of_the_server_each_folder_is_watched_by_idle_again() {
    let mut world = World::on(Dovecot::start_with(ONLY_IDLE));
    world.fill(3, 2);
    world.remote += "idlefolders = ['INBOX', 'Archive', 'Archive/2023']\n";
    world.account += "autorefresh = 600\n";
    let mut working = start(&world);
    working.says("the server tells of changes in 3 folders");
    again_and_again(&mut world, &mut working, 3, &["INBOX", "Archive", "Archive/2023"]);
    working.ends();
    world.same(&[]);
}

#[test]
fn a_server_that_is_restarted_while_mail_is_copied_loses_nothing() {
    let mut world = World::new();
    world.fill(7, 40);
    world.account += "autorefresh = 600\n";
    let mut random = fastrand::Rng::new();
    let mut working = start(&world);
    working.says("connected");
    for number in 0..RESTARTS {
        let _ = after(Duration::from_millis(random.u64(0..150))).recv();
        restart(&mut world, number);
        working.says("connected");
    }
    working.says("the server tells of changes in all folders");
    world.client(&["append", "INBOX", "after-all"]);
    working.says("Test: INBOX: 1 downloaded");
    calm(&mut working);
    assert!(working.said.len() < LINES * RESTARTS, "{}", working.said.join("\n"));
    working.ends();
    world.same(&["dates"]);
}
