//! Attempts to make moves lose or double messages.

use std::fs;

use super::world_of_tests::{POLICY, World, subject};
use crate::faulty::Fuse;

fn count(lines: &[String], text: &str) -> usize {
    lines.iter().filter(|line| line.contains(&format!(": {text} ("))).count()
}

/// Cuts a run off at every step and lets somebody do something before the next; every message must still be somewhere.
fn cut_and_then(prepare: impl Fn(&World), act: impl Fn(&World), check: impl Fn(&World, u64)) {
    for step in 1.. {
        let world = World::in_step();
        prepare(&world);
        let fuse = Fuse::of(step);
        world.run_on(&fuse, POLICY);
        let through = !fuse.is_burnt();
        act(&world);
        for _ in 0..3 {
            world.run();
        }
        check(&world, step);
        if through {
            return;
        }
    }
}

fn name_of(world: &World, text: &str) -> String {
    world.find("INBOX", text).file_name().unwrap().to_str().unwrap().to_owned()
}

/// As mail readers do: under the name that it has.
fn move_back(world: &World, text: &str) {
    for file in world.files("Archive") {
        if subject(&fs::read(&file).unwrap()) == text {
            fs::rename(&file, world.directory.path().join("INBOX/cur").join(file.file_name().unwrap())).unwrap();
        }
    }
}

#[test]
fn what_is_moved_back_after_its_move_was_cut_off_is_not_lost() {
    cut_and_then(
        |world| world.move_here("a", None),
        |world| move_back(world, "a"),
        |world, step| {
            assert!(count(&world.here(), "a") >= 1, "lost here, step {step}: {:?} {:?}", world.here(), world.there());
            assert!(count(&world.there(), "a") >= 1, "lost there, step {step}: {:?}", world.there());
        },
    );
}

#[test]
fn what_is_moved_back_after_its_move_was_cut_off_is_not_doubled() {
    cut_and_then(
        |world| world.move_here("a", None),
        |world| move_back(world, "a"),
        |world, step| {
            assert_eq!(count(&world.here(), "a"), 1, "here, step {step}: {:?} {:?}", world.here(), world.there());
            assert_eq!(count(&world.there(), "a"), 1, "there, step {step}: {:?}", world.there());
        },
    );
}

#[test]
fn what_another_client_moves_back_after_a_cut_is_not_lost() {
    cut_and_then(
        |world| world.move_there(&["a"]),
        |world| move_back(world, "a"),
        |world, step| {
            assert!(count(&world.here(), "a") >= 1, "lost here, step {step}: {:?} {:?}", world.here(), world.there());
            assert!(count(&world.there(), "a") >= 1, "lost there, step {step}: {:?}", world.there());
        },
    );
}

#[test]
fn what_is_moved_on_both_sides_to_the_same_folder_is_one() {
    let world = World::in_step();
    world.move_here("a", None);
    world.move_there(&["a"]);
    world.run();
    world.run();
    assert_eq!((count(&world.here(), "a"), count(&world.there(), "a")), (1, 1), "{:?}", world.here());
}

#[test]
fn swaps_and_moves_in_both_directions_at_once_lose_nothing() {
    cut_and_then(
        |world| {
            world.move_here("a", None);
            let old = world.find("Archive", "old");
            fs::rename(&old, world.directory.path().join("INBOX/cur").join(old.file_name().unwrap())).unwrap();
            world.move_there(&["b", "twin"]);
        },
        |_| {},
        |world, step| {
            for text in ["a", "b", "c", "old"] {
                assert_eq!(count(&world.here(), text), 1, "{text}, step {step}: {:?}", world.here());
            }
            assert_eq!(count(&world.here(), "twin"), 2, "step {step}: {:?}", world.here());
            assert_eq!(world.here(), world.there(), "step {step}");
        },
    );
}

#[test]
fn another_file_under_the_number_of_one_that_was_moved_is_not_lost() {
    cut_and_then(
        |world| {
            let name = name_of(world, "a");
            world.move_here("a", Some("1.other:2,F"));
            let other = format!("9.{name}");
            fs::write(world.directory.path().join("INBOX/cur").join(other), "Subject: other\n\nother\n").unwrap();
        },
        |_| {},
        |world, step| {
            assert!(
                count(&world.here(), "a") >= 1 && count(&world.here(), "other") == 1,
                "step {step}: {:?}",
                world.here()
            );
            assert_eq!(world.here(), world.there(), "step {step}");
        },
    );
}

#[test]
fn a_move_that_meets_a_folder_numbered_anew_loses_nothing() {
    cut_and_then(
        |world| {
            world.move_here("a", None);
            world.move_there(&["b"]);
        },
        |world| {
            let mut tree = world.remote.tree();
            let archive = tree.get_mut("Archive").unwrap();
            let messages = std::mem::take(&mut archive.messages);
            (archive.uid_validity, archive.uid_next) = (9, 1);
            for message in messages.into_values() {
                archive.add(message);
            }
        },
        |world, step| {
            for text in ["a", "b", "c", "old"] {
                assert!(count(&world.here(), text) >= 1, "{text}, step {step}: {:?}", world.here());
            }
            assert_eq!(world.here(), world.there(), "step {step}");
        },
    );
}

#[test]
fn what_goes_on_to_a_third_place_after_a_cut_is_one() {
    // Deleted from where it came to: nothing brings it back, and nothing else goes.
    cut_and_then(
        |world| world.move_here("a", None),
        |world| {
            for file in world.files("Archive") {
                if subject(&fs::read(&file).unwrap()) == "a" {
                    fs::remove_file(file).unwrap();
                }
            }
        },
        |world, step| {
            assert_eq!(count(&world.here(), "a"), 0, "step {step}: {:?}", world.here());
            assert_eq!(world.here(), world.there(), "step {step}");
            assert_eq!(world.here().len(), 5, "step {step}");
        },
    );
}

/// Gives the message another body of the same length, under the same header.
fn rewritten(body: &str) -> Vec<u8> {
    format!("Subject: a\r\n\r\n{body}\r\n").into_bytes()
}

#[test]
fn a_new_version_on_the_server_with_the_same_header_and_size_is_fetched() {
    let world = World::in_step();
    {
        let mut tree = world.remote.tree();
        let inbox = tree.get_mut("INBOX").unwrap();
        let uid = *inbox.messages.iter().find(|(_, message)| subject(&message.wire) == "a").unwrap().0;
        let mut message = inbox.messages.remove(&uid).unwrap();
        message.wire = rewritten("X");
        inbox.add(message);
    }
    world.run();
    let file = fs::read(world.find("INBOX", "a")).unwrap();
    assert_eq!(String::from_utf8_lossy(&file), "Subject: a\n\nX\n");
}

#[test]
fn a_new_version_here_with_the_same_header_and_size_is_sent() {
    let world = World::in_step();
    let file = world.find("INBOX", "a");
    fs::remove_file(&file).unwrap();
    fs::write(file.with_file_name("1.edited:2,F"), "Subject: a\n\nX\n").unwrap();
    world.run();
    let there: Vec<Vec<u8>> =
        world.remote.tree()["INBOX"].messages.values().map(|message| message.wire.clone()).collect();
    assert!(there.contains(&rewritten("X")));
}
