use std::fs;
use std::thread;

use crossbeam_channel::unbounded;

use super::tests::{POLICY, World};
use super::*;
use crate::faulty::Fuse;
use crate::model::question::Question;

/// A folder of 20 messages, in step.
fn in_step() -> World {
    let world = World::new();
    for number in 0..20 {
        world.arrive(&number.to_string(), &[]);
    }
    world.run(POLICY);
    world
}

/// In step until everything was deleted on the server.
fn emptied_there() -> World {
    let world = in_step();
    let mut tree = world.remote.tree();
    let inbox = tree.get_mut("INBOX").unwrap();
    inbox.messages.clear();
    inbox.modseq += 1;
    drop(tree);
    world
}

fn emptied_here() -> World {
    let world = in_step();
    world.files().iter().for_each(|file| fs::remove_file(file).unwrap());
    world
}

/// Runs while somebody deals with each question; what was asked, what came of it, and what was said.
fn asked(world: &World, policy: Policy, answer: impl Fn(&Question) + Send) -> (Vec<Ask>, Done, Vec<EventKind>) {
    let (questions, asked) = unbounded::<Question>();
    thread::scope(|scope| {
        let person = scope.spawn(move || {
            let mut asks = Vec::new();
            for question in asked {
                answer(&question);
                asks.push(question.ask);
            }
            asks
        });
        let (done, said) = world.run_asking(world.maildir(), policy, &Fuse::of(u64::MAX), None, questions);
        (person.join().unwrap(), done, said)
    })
}

fn agree(question: &Question) {
    question.reply.send(Answer::Agreed).unwrap();
}

fn give_up(question: &Question) {
    question.reply.send(Answer::GivenUp).unwrap();
}

/// A question that is dropped without an answer is given up.
fn drop_it(_: &Question) {}

#[test]
fn an_emptied_folder_empties_nothing_until_that_is_allowed() {
    let world = emptied_there();
    assert_eq!(world.run(POLICY).failures, 1);
    assert_eq!(world.here().len(), 20);
    assert_eq!(world.run(Policy { allow_deletes: true, ..POLICY }).failures, 0);
    assert!(world.here().is_empty());
}

#[test]
fn a_lot_is_deleted_when_a_person_agrees() {
    for (world, there, here) in [(emptied_there(), "on the server", "here"), (emptied_here(), "here", "on the server")]
    {
        let (asks, done, said) = asked(&world, POLICY, agree);
        let [Ask::Agreement { account, folder, consequence }] = &asks[..] else { panic!("{asks:?}") };
        assert_eq!((account.as_str(), &**folder), ("t", "INBOX"));
        let whole = format!("20 of its 20 messages would be deleted {here}, because they are gone {there}.");
        assert_eq!(*consequence, whole);
        assert!(done.failures == 0 && done.fatal.is_none(), "{done:?}");
        assert_eq!(done.counts.local_deletes + done.counts.remote_deletes, 20);
        assert!(world.here().is_empty() && world.there().is_empty());
        assert!(said.contains(&EventKind::Lit { light: Light::Waiting }), "{said:?}");
        assert!(asked(&world, POLICY, agree).0.is_empty(), "once is enough");
    }
}

#[test]
fn nothing_is_deleted_when_a_person_does_not_agree() {
    for refuse in [give_up, drop_it] {
        for world in [emptied_there(), emptied_here()] {
            let before = (world.there(), world.here());
            for _ in 0..2 {
                let (asks, done, said) = asked(&world, POLICY, refuse);
                assert_eq!((asks.len(), done.failures), (1, 1), "it is asked again at each run");
                assert!(done.fatal.is_none() && done.counts.is_nothing(), "{done:?}");
                let advised = |kind: &EventKind| matches!(kind, EventKind::Failed { fault, .. } if fault.to_string().contains("--allow-deletes"));
                assert!(said.iter().any(advised), "{said:?}");
                assert_eq!((world.there(), world.here()), before);
            }
            assert!(
                asked(&world, POLICY, agree).1.failures == 0 && world.there().is_empty() && world.here().is_empty()
            );
        }
    }
}

#[test]
fn nobody_is_asked_for_what_is_allowed() {
    let world = emptied_here();
    let (asks, done, _) = asked(&world, Policy { allow_deletes: true, ..POLICY }, drop_it);
    assert!(asks.is_empty() && done.failures == 0 && world.there().is_empty());
    let world = emptied_here();
    let (asks, done, _) = asked(&world, Policy { most_deletes: Some(20), ..POLICY }, drop_it);
    assert!(asks.is_empty() && done.failures == 0 && world.there().is_empty());
    let world = emptied_here();
    let (asks, done, _) = asked(&world, Policy { most_deletes: Some(19), ..POLICY }, drop_it);
    assert!(asks.len() == 1 && done.failures == 1 && world.there().len() == 20);
}
