//! The power fails, or the disk does, at any step.

use std::sync::Arc;

use rustix::io::Errno;

use super::tests::{DAY_LATER, POLICY, World, a_day_later};
use crate::failing::Failing;
use crate::faulty::Fuse;
use crate::forgetful::Forgetful;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::maildir::Maildir;

const SEEDS: u64 = 4;

fn on(world: &World, disk: &Forgetful) -> Maildir {
    Maildir::open(world.directory.path(), '.', true).on(Arc::new(disk.clone()))
}

/// More messages than are flushed one by one.
fn many_arrive() -> (World, Vec<String>) {
    let world = World::new();
    for number in 10..22 {
        world.arrive(&number.to_string(), &[]);
    }
    (world, (10..22).map(|number| format!("{number} ()")).collect())
}

fn a_day() -> (World, Vec<String>) {
    (a_day_later(), DAY_LATER.map(str::to_owned).to_vec())
}

/// Runs to the end on a disk that works, and compares both sides.
fn ends_well(world: &World, expected: &[String], after: &str) {
    let done = world.run(POLICY);
    assert!(done.fatal.is_none() && done.failures == 0, "{after}: {done:?}");
    assert_eq!(world.there(), expected, "{after}");
    assert_eq!(world.here(), expected, "{after}");
    assert!(world.run(POLICY).counts.is_nothing(), "{after}");
}

/// Cuts the power at every step of a run, and lets the next one finish.
fn cut_the_power_anywhere(setting: fn() -> (World, Vec<String>)) {
    for step in 1.. {
        let mut through = false;
        for seed in 0..SEEDS {
            let ((world, expected), fuse) = (setting(), Fuse::of(step));
            let disk = Forgetful::on(fuse.clone());
            world.run_in(on(&world, &disk), POLICY, &fuse, None);
            through = !fuse.is_burnt();
            disk.power_cut(seed);
            ends_well(&world, &expected, &format!("the power was cut at step {step}, seed {seed}"));
        }
        if through {
            assert!(step > 50, "only {step} steps");
            return;
        }
    }
}

#[test]
fn a_power_cut_at_any_step_loses_and_doubles_nothing() {
    cut_the_power_anywhere(a_day);
}

#[test]
fn a_power_cut_while_many_messages_arrive_loses_and_doubles_none() {
    cut_the_power_anywhere(many_arrive);
}

#[test]
fn what_a_crashed_run_left_is_not_believed_before_it_is_flushed() {
    for step in 1.. {
        let mut through = false;
        for seed in 0..SEEDS {
            let ((world, expected), fuse) = (a_day(), Fuse::of(step));
            let disk = Forgetful::on(fuse.clone());
            world.run_in(on(&world, &disk), POLICY, &fuse, None);
            through = !fuse.is_burnt();
            let later = fastrand::Rng::with_seed(seed * 1000 + step).u64(1..60);
            let fuse = Fuse::of(later);
            world.run_in(on(&world, &disk.later(fuse.clone())), POLICY, &fuse, None);
            disk.power_cut(seed);
            let after =
                format!("a crash at step {step}, and the power was cut at step {later} of the next run, seed {seed}");
            ends_well(&world, &expected, &after);
        }
        if through {
            return;
        }
    }
}

/// Every effect on the disk fails, one after the other.
fn on_a_failing_disk(lasting: bool, errno: Errno, check: impl Fn(&[Fault], &Failing)) {
    for effect in 1.. {
        let ((world, expected), disk) = (a_day(), Arc::new(Failing::at(effect, lasting, errno)));
        let maildir = Maildir::open(world.directory.path(), '.', true).on(disk.clone());
        let (done, said) = world.run_in(maildir, POLICY, &Fuse::of(u64::MAX), None);
        let mut faults: Vec<Fault> = done.fatal.into_iter().collect();
        faults.extend(said.into_iter().filter_map(|kind| match kind {
            EventKind::Failed { fault, .. } => Some(fault),
            _ => None,
        }));
        if !disk.has_failed() {
            assert!(effect > 20 && faults.is_empty(), "only {effect} effects");
            return;
        }
        check(&faults, &disk);
        ends_well(&world, &expected, &format!("effect {effect} failed with {errno} (lasting: {lasting})"));
    }
}

#[test]
fn a_full_disk_stops_the_account_and_harms_nothing() {
    for lasting in [false, true] {
        on_a_failing_disk(lasting, Errno::NOSPC, |faults, disk| {
            // A date that can't be set, and what only tidies up, are no reason to stop.
            let Some(fault) = faults.first() else { return assert!(!lasting) };
            assert_eq!((faults.len(), fault.reach, fault.kind), (1, Reach::Account, FaultKind::Disk), "{faults:?}");
            assert!(fault.advice.contains("free some space"), "{fault}");
            assert!(
                disk.afterwards().iter().all(|what| ["remove", "flush"].contains(what)),
                "{fault}: {:?}",
                disk.afterwards()
            );
        });
    }
}

#[test]
fn a_failing_disk_is_reported_as_one_and_harms_nothing() {
    for lasting in [false, true] {
        on_a_failing_disk(lasting, Errno::IO, |faults, disk| {
            assert!(!lasting || !faults.is_empty());
            for fault in faults {
                assert_eq!(fault.kind, FaultKind::Disk, "{fault}");
                assert!(fault.advice.contains("the disk may be failing"), "{fault}");
            }
            // One message's file may be bad alone; whatever else fails stops the account.
            if faults.iter().any(|fault| fault.reach > Reach::Message) && !lasting {
                assert_eq!((faults.len(), faults[0].reach), (1, Reach::Account), "{faults:?}");
                assert!(
                    disk.afterwards().iter().all(|what| ["remove", "flush"].contains(what)),
                    "{:?}",
                    disk.afterwards()
                );
            }
        });
    }
}
