//! Gmail gives so much in a while, and lets so many in; whoever is refused comes back later.

use blinkensync::model::event::EventKind;
use blinkensync::model::fault::{Exit, FaultKind};

use super::world::{World, set};

const LIMIT: &str = "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)";

#[test]
fn whoever_asked_for_too_much_is_refused_and_loses_nothing_at_any_command() {
    let bye = format!("BYE {LIMIT}");
    for words in [LIMIT, "[THROTTLED] (Failure)", &bye] {
        let world = World::new(&["Work"]);
        for number in 0..5 {
            world.arrives(&format!("m{number}"), &["INBOX", "Work"]);
        }
        world.settle("before");
        world.delete("INBOX", "m0");
        world.shift("INBOX", "Work", "m1");
        world.delete("Work", "m2");
        world.arrives("m5", &["Work"]);
        let mut refused = 0;
        for after in (0..40).step_by(3) {
            world.server.throttle(after, words);
            let (exit, events) = world.try_sync();
            let faults = events.iter().filter_map(|event| match &event.kind {
                EventKind::Failed { fault, .. } => Some(fault.kind),
                _ => None,
            });
            for kind in faults {
                refused += 1;
                // So that the next attempt waits, each time longer, and needs fewer connections.
                assert_eq!(kind, FaultKind::Busy, "{words} after {after}: {events:#?}");
            }
            assert!(matches!(exit, Exit::Success | Exit::Partial), "{exit:?} {events:#?}");
        }
        assert!(refused > 0);
        world.server.throttle(usize::MAX, words);
        world.settle("after");
        assert_eq!(world.places("m0"), set(&["Work", "[Gmail].All Mail"]));
        assert_eq!(world.places("m1"), set(&["Work", "[Gmail].All Mail"]));
        assert_eq!(world.places("m2"), set(&["INBOX", "[Gmail].All Mail"]));
        assert_eq!(world.places("m5"), set(&["Work", "[Gmail].All Mail"]));
    }
}

#[test]
fn what_comes_back_to_all_mail_comes_back_though_the_connection_is_cut_at_any_command() {
    let bye = format!("BYE {LIMIT}");
    let mut through = false;
    for after in 0.. {
        let world = World::new(&[]);
        world.arrives("labelled", &["INBOX"]);
        world.settle("before");
        world.delete("[Gmail].All Mail", "labelled");
        world.server.throttle(after, &bye);
        through = world.try_sync().0 == Exit::Success;
        world.server.throttle(usize::MAX, &bye);
        world.settle(&format!("cut after {after} commands"));
        assert_eq!(world.places("labelled"), set(&["INBOX", "[Gmail].All Mail"]), "cut after {after} commands");
        if through {
            break;
        }
    }
    assert!(through);
}
