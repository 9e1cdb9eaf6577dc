//! Moves, and folders that go, cut off at every step.

use std::fs;
use std::sync::Arc;

use super::super::folder::Policy;
use super::tests::MOVED;
use super::world_of_tests::{FOLDERS, POLICY, World};
use crate::faulty::Fuse;
use crate::forgetful::Forgetful;
use crate::model::folder::Counts;
use crate::store::maildir::Maildir;

#[test]
fn a_crash_at_any_step_of_a_move_loses_and_doubles_nothing() {
    for step in 1.. {
        let world = World::in_step();
        world.move_here("a", None);
        world.move_here("twin", Some("2.other.reader:2,F"));
        world.move_there(&["b"]);
        let fuse = Fuse::of(step);
        world.run_on(&fuse, POLICY);
        let through = !fuse.is_burnt();
        let done = world.run();
        assert!(done.fatal.is_none() && done.failures == 0, "step {step}: {done:?}");
        assert_eq!(world.there(), MOVED, "there, after a crash at step {step}");
        assert_eq!(world.here(), MOVED, "here, after a crash at step {step}");
        assert_eq!(world.run().counts, Counts::default(), "step {step}");
        if through {
            assert!(step > 20, "only {step} steps");
            return;
        }
    }
}

/// Cuts the power at every step of a run that follows moves on both sides, and lets the next one finish.
fn cut_the_power_anywhere(fsync: bool, check: impl Fn(&World, &str)) {
    for step in 1.. {
        let mut through = false;
        for seed in 0..4 {
            let world = World::in_step();
            world.move_here("a", None);
            world.move_here("twin", Some("2.other.reader:2,F"));
            world.move_there(&["b"]);
            let fuse = Fuse::of(step);
            let disk = Forgetful::on(fuse.clone());
            let maildir = Maildir::open(world.directory.path(), '.', fsync).on(Arc::new(disk.clone()));
            world.run_in(maildir, &fuse, POLICY);
            through = !fuse.is_burnt();
            disk.power_cut(seed);
            if !fsync {
                world.doubt();
            }
            let after = format!("the power was cut at step {step}, seed {seed}");
            let done = world.run();
            assert!(done.fatal.is_none() && done.failures == 0, "{after}: {done:?}");
            check(&world, &after);
            assert_eq!(world.run().counts, Counts::default(), "{after}");
        }
        if through {
            assert!(step > 30, "only {step} steps");
            return;
        }
    }
}

#[test]
fn a_power_cut_at_any_step_of_a_move_loses_and_doubles_nothing() {
    cut_the_power_anywhere(true, |world, after| {
        assert_eq!(world.there(), MOVED, "there, {after}");
        assert_eq!(world.here(), MOVED, "here, {after}");
    });
}

#[test]
fn what_a_power_cut_took_was_not_moved_to_where_a_copy_is() {
    let world = World::in_step();
    world.move_here("a", Some("1.copy:2,F"));
    world.doubt();
    let done = world.run();
    assert!(done.failures == 0 && done.counts.remote_deletes == 0, "{done:?}");
    for folder in FOLDERS {
        assert!(world.there().contains(&format!("{folder}: a (\\Flagged)")), "{:?}", world.there());
    }
    assert_eq!(world.here(), world.there());
}

#[test]
fn a_power_cut_without_flushing_may_leave_a_moved_message_where_it_was_too() {
    cut_the_power_anywhere(false, |world, after| {
        let (mut there, here) = (world.there(), world.here());
        assert_eq!(there, here, "{after}");
        for message in MOVED {
            let place = there.iter().position(|one| one == message);
            there.remove(place.unwrap_or_else(|| panic!("{message} is lost: {after}, {here:?}")));
        }
        let again = ["INBOX: a (\\Flagged)", "INBOX: b (\\Flagged)", "INBOX: twin (\\Flagged)"];
        assert!(there.iter().all(|message| again.contains(&message.as_str())), "{after}: {here:?}");
    });
}

/// A whole folder is gone on one side: at every step of what follows the run is cut off, and goes on to the same end.
fn a_folder_goes(gone: impl Fn(&World), policy: Policy, expected: &[&str]) {
    for step in 1.. {
        let world = World::in_step();
        gone(&world);
        let fuse = Fuse::of(step);
        world.run_on(&fuse, policy);
        let through = !fuse.is_burnt();
        for _ in 0..2 {
            let done = world.run_on(&Fuse::of(u64::MAX), policy);
            assert!(done.fatal.is_none() && done.failures == 0, "step {step}: {done:?}");
            assert_eq!(world.there(), expected, "there, after a crash at step {step}");
            assert_eq!(world.here(), expected, "here, after a crash at step {step}");
        }
        if through {
            return;
        }
    }
}

const INBOX: [&str; 5] = [
    "INBOX: a (\\Flagged)",
    "INBOX: b (\\Flagged)",
    "INBOX: c (\\Flagged)",
    "INBOX: twin (\\Flagged)",
    "INBOX: twin (\\Flagged)",
];

#[test]
fn a_folder_that_is_gone_is_refilled_and_never_emptied() {
    let expected = [&["Archive: old (\\Flagged)"], &INBOX[..]].concat();
    a_folder_goes(|world| fs::remove_dir_all(world.directory.path().join("Archive")).unwrap(), POLICY, &expected);
    a_folder_goes(|world| drop(world.remote.tree().remove("Archive")), POLICY, &expected);
}

#[test]
fn a_folder_that_is_gone_goes_on_the_other_side_where_that_is_wished() {
    let policy = Policy { folder_deletes: true, ..POLICY };
    a_folder_goes(|world| fs::remove_dir_all(world.directory.path().join("Archive")).unwrap(), policy, &INBOX);
    a_folder_goes(|world| drop(world.remote.tree().remove("Archive")), policy, &INBOX);
}
