//! Folders whose names are spelt in another way now, cut off at every step.

use std::fs;

use super::super::folder::Policy;
use super::world_of_tests::{POLICY, World, subject};
use crate::faulty::Fuse;
use crate::model::folder::Counts;
use crate::store::Repository;

const CODED: [&str; 2] = ["&ANY-rter", "&ANw-bung"];
const READ: [&str; 2] = ["Örter", "Übung"];

/// The world, and two more folders with messages, some alike in both.
fn settled(world: &World) {
    for folder in CODED {
        world.remote.clone().create(folder).unwrap();
        for text in ["same", "same", folder] {
            world.arrive(folder, text);
        }
    }
    assert_eq!(world.run().failures, 0);
}

/// Folder and subject of every message on the disk.
fn here(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(world.directory.path()).unwrap() {
        let folder = entry.unwrap().file_name().into_string().unwrap();
        all.extend(world.files(&folder).iter().map(|file| format!("{folder}: {}", subject(&fs::read(file).unwrap()))));
    }
    all.sort();
    all
}

/// In step, with `utf8foldernames` just switched on, or off.
fn about_to_be_renamed(on: bool) -> World {
    let mut world = World::in_step();
    world.listing.decode = !on;
    settled(&world);
    world.listing.decode = on;
    world
}

#[test]
fn a_crash_at_any_step_of_a_renaming_loses_and_transfers_nothing() {
    for on in [true, false] {
        for step in 1.. {
            let world = about_to_be_renamed(on);
            let (before, wanted) = (here(&world), world.there());
            let fuse = Fuse::of(step);
            let mut total = world.run_on(&fuse, POLICY).counts;
            let through = !fuse.is_burnt();
            let done = world.run();
            total.add(&done.counts);
            assert!(done.fatal.is_none() && done.failures == 0, "on {on}, step {step}: {done:?}");
            assert_eq!(total, Counts::default(), "on {on}, step {step}");
            let (old, new) = if on { (CODED, READ) } else { (READ, CODED) };
            let renamed = |line: &String| {
                let (folder, subject) = line.split_once(": ").unwrap();
                let place = old.iter().position(|name| *name == folder);
                format!("{}: {subject}", place.map_or(folder, |place| new[place]))
            };
            let mut after: Vec<String> = before.iter().map(renamed).collect();
            after.sort();
            assert_eq!(here(&world), after, "on {on}, step {step}");
            assert_eq!(world.there(), wanted, "on {on}, step {step}");
            if through {
                assert!(step > 10, "only {step} steps");
                break;
            }
        }
    }
}

#[test]
fn second_thoughts_after_a_crash_in_a_renaming_lose_and_transfer_nothing() {
    for on in [true, false] {
        for step in 1.. {
            let mut world = about_to_be_renamed(on);
            let (before, wanted) = (here(&world), world.there());
            let fuse = Fuse::of(step);
            let policy = Policy { folder_deletes: true, ..POLICY };
            let mut total = world.run_on(&fuse, policy).counts;
            world.listing.decode = !on;
            let back = world.run_on(&Fuse::of(u64::MAX), policy);
            total.add(&back.counts);
            assert_eq!(world.there(), wanted, "on {on}, step {step}");
            assert!(back.fatal.is_none() && back.failures == 0, "on {on}, step {step}: {back:?}");
            assert_eq!(total, Counts::default(), "on {on}, step {step}");
            assert_eq!(here(&world), before, "on {on}, step {step}");
            if !fuse.is_burnt() {
                break;
            }
        }
    }
}
