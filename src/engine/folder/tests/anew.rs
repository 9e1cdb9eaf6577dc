//! A server that numbers its messages anew while a run looks at it again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const MAIL: [&str; 4] = ["a (\\Flagged)", "b ()", "c ()", "mine ()"];

/// Three messages that both sides have, one of them flagged here since, and one whose upload was cut off at this step.
fn cut_off(step: u64) -> Option<World> {
    let world = World::new();
    for text in ["a", "b", "c"] {
        world.arrive(text, &[]);
    }
    world.run(POLICY);
    world.write("1.here:2,", "mine");
    world.run_on(POLICY, &Fuse::of(step));
    world.flag("a", "F");
    let folder = world.ledger.clone().folders().unwrap()[0].id;
    let announced = !world.ledger.clone().intents(folder).unwrap().is_empty();
    announced.then_some(world)
}

/// Before so many looks the messages get each other's numbers, under another UIDVALIDITY.
fn anew_before(remote: MemoryRepository, look: u32) -> BeforeLook {
    let looks = AtomicU32::new(0);
    Arc::new(move || {
        if looks.fetch_add(1, Ordering::SeqCst) != look {
            return;
        }
        let mut tree = remote.tree();
        let folder = tree.get_mut("INBOX").unwrap();
        let before = std::mem::take(&mut folder.messages);
        (folder.uid_validity, folder.uid_next) = (2, 1);
        for message in before.into_values().rev() {
            folder.add(message);
        }
    })
}

#[test]
fn a_server_that_numbers_anew_while_it_is_waited_for_is_understood() {
    let steps: Vec<u64> = (1..100).filter(|step| cut_off(*step).is_some()).collect();
    assert!(!steps.is_empty());
    for step in steps {
        for look in 0..8 {
            let world = cut_off(step).unwrap();
            let what = format!("cut at step {step}, numbered anew before look {look}");
            let done = world.run_while(POLICY, &Fuse::of(u64::MAX), Some(anew_before(world.remote.clone(), look)));
            assert_eq!((done.counts.local_deletes, done.counts.remote_deletes), (0, 0), "{what}: {done:?}");
            for _ in 0..2 {
                let done = world.run(POLICY);
                assert!(done.fatal.is_none() && done.failures == 0, "{what}: {done:?}");
            }
            assert_eq!(world.there(), MAIL, "there, {what}");
            assert_eq!(world.here(), MAIL, "here, {what}");
            assert!(world.run(POLICY).counts.is_nothing(), "{what}");
        }
    }
}

#[test]
fn a_ledger_whose_watermark_is_of_other_numbers_than_its_messages_is_put_right() {
    let world = World::new();
    for text in ["a", "b", "c"] {
        world.arrive(text, &[]);
    }
    world.run(POLICY);
    world.flag("a", "F");
    anew_before(world.remote.clone(), 0)();
    let mark = world.remote.clone().open("INBOX", false).unwrap().look(None).unwrap().mark;
    let folder = world.ledger.clone().folders().unwrap()[0].id;
    world.ledger.clone().set_marks(folder, mark, None).unwrap();
    for _ in 0..2 {
        let done = world.run(POLICY);
        assert!(done.fatal.is_none() && done.failures == 0, "{done:?}");
    }
    assert_eq!(world.there(), ["a (\\Flagged)", "b ()", "c ()"]);
    assert_eq!(world.here(), world.there());
}
