use std::fs;
use std::sync::Arc;

use super::super::folder::Done;
use super::super::folder::tests::{DAY_LATER, POLICY, World, a_day_later};
use super::*;
use crate::faulty::{FaultyLedger, Fuse};
use crate::forgetful::Forgetful;
use crate::model::event::EventKind;
use crate::store::maildir::Maildir;

const SEEDS: u64 = 4;

/// An account's run under this boot, on a disk where nothing is flushed but in the end.
fn run(world: &World, disk: &Forgetful, boot: Option<&str>, fuse: &Fuse) -> Option<(Done, Vec<EventKind>)> {
    let maildir = || Maildir::open(world.directory.path(), '.', false).on(Arc::new(disk.later(fuse.clone())));
    let mut ledger = FaultyLedger { inner: world.ledger.clone(), fuse: fuse.clone() };
    let mut flushing = Flushing::begin(&mut ledger, false, boot.map(str::to_owned)).ok()?;
    flushing.announce(&mut ledger).ok()?;
    let result = world.run_in(maildir(), POLICY, fuse, None);
    flushing.end(&mut ledger, || maildir().flush(), false).ok()?;
    Some(result)
}

fn whole() -> Fuse {
    Fuse::of(u64::MAX)
}

fn runs_well(world: &World, disk: &Forgetful, boot: Option<&str>, after: &str) -> Done {
    let (done, _) = run(world, disk, boot, &whole()).unwrap();
    assert!(done.fatal.is_none() && done.failures == 0, "{after}: {done:?}");
    done
}

fn three() -> (World, Forgetful) {
    let (world, disk) = (World::new(), Forgetful::on(whole()));
    for text in ["a", "b", "c"] {
        world.arrive(text, &[]);
    }
    runs_well(&world, &disk, Some("first"), "a first run");
    (world, disk)
}

/// A run that has noted that it writes, and dies.
fn crash(world: &World, boot: Option<&str>) {
    let mut ledger = world.ledger.clone();
    let mut flushing = Flushing::begin(&mut ledger, false, boot.map(str::to_owned)).unwrap();
    flushing.announce(&mut ledger).unwrap();
}

#[test]
fn a_power_cut_at_any_step_without_flushing_loses_and_doubles_nothing() {
    for step in 1.. {
        let mut through = false;
        for seed in 0..SEEDS {
            let (world, fuse) = (a_day_later(), Fuse::of(step));
            let disk = Forgetful::on(whole());
            run(&world, &disk, Some("first"), &fuse);
            through = !fuse.is_burnt();
            disk.power_cut(seed);
            let after = format!("the power was cut at step {step}, seed {seed}");
            runs_well(&world, &disk, Some("second"), &after);
            let (mut there, here) = (world.there(), world.here());
            assert_eq!(there, here, "{after}");
            if !through {
                // That they were removed may be lost, or can't be told from a loss: they may come back, once.
                let mut back: Vec<String> = there.extract_if(.., |message| message.starts_with("gone ")).collect();
                back.dedup();
                assert!(back.iter().all(|message| ["gone here ()", "gone there ()"].contains(&&**message)), "{back:?}");
                assert_eq!(there.len() + back.len(), here.len(), "{after}: {here:?}");
            }
            assert_eq!(there, DAY_LATER, "{after}");
            disk.power_cut(seed);
            assert!(runs_well(&world, &disk, Some("third"), &after).counts.is_nothing(), "{after}");
            assert_eq!(world.here(), here, "{after}");
        }
        if through {
            assert!(step > 40, "only {step} steps");
            return;
        }
    }
}

#[test]
fn after_a_mere_crash_what_is_missing_was_deleted() {
    let (world, disk) = three();
    crash(&world, Some("first"));
    fs::remove_file(world.find("b")).unwrap();
    let done = runs_well(&world, &disk, Some("first"), "a crash");
    assert_eq!((done.counts.remote_deletes, world.there()), (1, vec!["a ()".to_owned(), "c ()".to_owned()]));
}

#[test]
fn after_a_clean_end_what_is_missing_was_deleted() {
    let (world, disk) = three();
    fs::remove_file(world.find("b")).unwrap();
    assert_eq!(runs_well(&world, &disk, Some("second"), "a new boot").counts.remote_deletes, 1);
}

#[test]
fn what_is_missing_under_another_boot_is_fetched_again_and_that_is_said() {
    for boots in [[Some("first"), Some("second")], [None, None], [None, Some("second")], [Some("first"), None]] {
        let (world, disk) = three();
        crash(&world, boots[0]);
        fs::remove_file(world.find("b")).unwrap();
        let (done, said) = run(&world, &disk, boots[1], &whole()).unwrap();
        assert_eq!((done.counts.downloads, world.here(), world.there().len()), (1, world.there(), 3), "{boots:?}");
        let noted = |kind: &EventKind| matches!(kind, EventKind::Noted { text, .. } if text.starts_with("fetching again 1 message that"));
        assert!(said.iter().any(noted), "{said:?}");
        fs::remove_file(world.find("c")).unwrap();
        assert_eq!(runs_well(&world, &disk, boots[1], "the doubt").counts.remote_deletes, 1, "{boots:?}");
    }
}

#[test]
fn a_doubt_outlives_runs_that_do_not_come_to_it() {
    let (world, disk) = three();
    crash(&world, Some("first"));
    fs::remove_file(world.find("b")).unwrap();
    crash(&world, Some("second"));
    crash(&world, Some("second"));
    assert_eq!(runs_well(&world, &disk, Some("second"), "two crashes").counts.downloads, 1);
    assert_eq!(world.there().len(), 3);
}

#[test]
fn a_run_that_flushes_everything_takes_over_what_an_earlier_one_owed() {
    let (world, disk) = three();
    crash(&world, Some("first"));
    let mut ledger = world.ledger.clone();
    let flushing = Flushing::begin(&mut ledger, true, Some("first".into())).unwrap();
    assert!(ledger.unflushed().unwrap().is_some());
    let maildir = Maildir::open(world.directory.path(), '.', true).on(Arc::new(disk));
    flushing.end(&mut ledger, || maildir.flush(), true).unwrap();
    assert_eq!(ledger.unflushed().unwrap(), None);
}

#[test]
fn a_boot_has_a_name_that_lasts() {
    assert_eq!(boot(), boot());
    assert_eq!(boot().is_some(), std::path::Path::new("/proc/sys/kernel/random/boot_id").exists());
}
