//! What is left alone, and what comes of it when that changes.

mod churn;
mod desk;

use std::fs::File;

use crate::engine::folder::Policy;
use crate::faulty::Fuse;
use crate::model::extent::{Age, DAY, Extent};
use crate::store::ledger::Ledger;
use desk::{DAY_ONE, Desk};

const BOTH: (bool, bool) = (true, true);
const ONLY_THERE: (bool, bool) = (true, false);
const ONLY_HERE: (bool, bool) = (false, true);
const NOWHERE: (bool, bool) = (false, false);

#[test]
fn what_is_too_old_is_neither_fetched_nor_sent() {
    let mut desk = Desk::new();
    desk.days(30);
    desk.arrive("40 old", 40);
    desk.arrive("20 old", 20);
    desk.write("50 written", 50);
    desk.write("10 written", 10);
    assert_eq!(desk.rehearse(), ["dry run: 2 messages are left alone: older than 30 days"]);
    desk.run();
    for (text, expected) in [("40 old", ONLY_THERE), ("20 old", BOTH), ("50 written", ONLY_HERE), ("10 written", BOTH)]
    {
        assert_eq!(desk.is(text), expected, "{text}");
    }
    assert!(desk.run().counts.is_nothing());
    assert_eq!(desk.scope().unwrap().count, 2);
    desk.days(60);
    desk.run();
    assert_eq!((desk.is("40 old"), desk.is("50 written")), (BOTH, BOTH));
}

#[test]
fn what_has_become_too_old_is_left_as_it_is_on_both_sides() {
    let mut desk = Desk::in_step(&[35, 34, 33, 32, 31, 1]);
    desk.days(50);
    desk.run();
    assert_eq!(desk.left(), 0);
    desk.day += 30;
    assert!(desk.run().counts.is_nothing());
    desk.delete_here("35 old");
    desk.delete_there("34 old");
    desk.world.flag("33 old", "S");
    desk.flag_there("32 old", &["\\Flagged"]);
    let (there, here) = (desk.world.there(), desk.world.here());
    assert!(desk.run().counts.is_nothing());
    assert_eq!((desk.world.there(), desk.world.here()), (there, here));
    // When it is looked at again, changes of flags meet, and what is missing on one side comes back.
    desk.days(100);
    desk.run();
    assert_eq!(desk.world.there(), desk.world.here());
    assert_eq!(
        desk.world.there(),
        ["1 old ()", "31 old ()", "32 old (\\Flagged)", "33 old (\\Seen)", "34 old ()", "35 old ()"]
    );
    assert!(desk.run().counts.is_nothing());
    desk.extent = Extent::ALL;
    assert!(desk.run().counts.is_nothing());
    assert_eq!((desk.scope(), desk.left()), (None, 0));
}

#[test]
fn flags_that_were_taken_off_in_the_meantime_stay_off() {
    let mut desk = Desk::in_step(&[40]);
    desk.flag_there("40 old", &["\\Flagged", "\\Seen"]);
    desk.run();
    desk.days(30);
    desk.run();
    desk.flag_there("40 old", &["\\Flagged"]);
    desk.world.flag("40 old", "S");
    desk.run();
    desk.extent = Extent::ALL;
    desk.run();
    assert_eq!((desk.world.there(), desk.world.here()), (vec!["40 old ()".to_owned()], vec!["40 old ()".to_owned()]));
}

#[test]
fn what_is_looked_at_is_deleted_as_ever() {
    let mut desk = Desk::in_step(&[40, 20, 19, 1]);
    desk.days(30);
    desk.run();
    desk.delete_here("20 old");
    desk.delete_there("19 old");
    desk.run();
    assert_eq!((desk.is("20 old"), desk.is("19 old")), (NOWHERE, NOWHERE));
    assert_eq!((desk.is("40 old"), desk.is("1 old")), (BOTH, BOTH));
    // The last one that is looked at, too.
    desk.delete_there("1 old");
    desk.run();
    assert_eq!((desk.is("40 old"), desk.is("1 old")), (BOTH, NOWHERE));
}

#[test]
fn what_went_from_the_server_before_it_was_first_left_alone_stays_here() {
    let mut desk = Desk::in_step(&[40, 39, 20, 1]);
    // Both may have been too old by now: the server doesn't say any more.
    desk.delete_there("40 old");
    desk.delete_there("39 old");
    desk.delete_there("1 old");
    // Their files are as new as if another program had fetched them.
    for text in ["40 old", "39 old"] {
        File::options()
            .write(true)
            .open(desk.file(text).unwrap())
            .unwrap()
            .set_modified(std::time::SystemTime::now())
            .unwrap();
    }
    desk.delete_here("39 old");
    desk.days(30);
    desk.run();
    assert_eq!((desk.is("40 old"), desk.is("39 old")), (ONLY_HERE, NOWHERE));
    assert_eq!(desk.is("1 old"), NOWHERE, "that one was certainly looked at");
    assert!(desk.run().counts.is_nothing());
}

#[test]
fn too_many_deletions_are_too_many_of_what_is_looked_at() {
    let ages: Vec<i64> = (0..12).chain(40..70).collect();
    let mut desk = Desk::in_step(&ages);
    desk.days(30);
    desk.run();
    for age in 0..11 {
        desk.delete_here(&format!("{age} old"));
    }
    let done = desk.world.run(Policy { allow_deletes: false, ..desk.policy() });
    assert!(done.failures == 1 && done.counts.is_nothing(), "{done:?}");
    desk.run();
    assert_eq!((desk.is("0 old"), desk.is("40 old")), (NOWHERE, BOTH));
}

#[test]
fn a_clock_that_was_put_back_only_leads_to_another_look() {
    let mut desk = Desk::in_step(&[40, 1]);
    desk.days(60);
    desk.run();
    desk.day += 100;
    desk.arrive("new", 0);
    desk.run();
    assert_eq!(desk.left(), 2);
    desk.delete_here("40 old");
    desk.day -= 100;
    desk.run();
    assert_eq!((desk.is("40 old"), desk.left()), (BOTH, 0));
}

#[test]
fn what_is_too_large_is_left_alone_on_either_side() {
    let mut desk = Desk::new();
    let large = "x".repeat(500);
    desk.arrive(&large, 0);
    desk.arrive("small", 0);
    desk.run();
    desk.extent.largest = Some(300);
    desk.write(&"y".repeat(200), 0);
    desk.write("mine", 0);
    desk.delete_here(&large);
    desk.run();
    assert_eq!((desk.is(&large), desk.is(&"y".repeat(200))), (ONLY_THERE, ONLY_HERE));
    assert_eq!((desk.is("small"), desk.is("mine")), (BOTH, BOTH));
    desk.extent.largest = Some(3000);
    desk.run();
    assert_eq!((desk.is(&large), desk.is(&"y".repeat(200))), (BOTH, BOTH));
}

#[test]
fn a_day_of_beginning_counts_for_what_was_never_on_both_sides() {
    let mut desk = Desk::new();
    desk.arrive("40 old", 40);
    desk.arrive("10 old", 10);
    desk.write("50 written", 50);
    let day = |age| Some((DAY_ONE - age) * DAY);
    desk.extent.there_from = day(30);
    desk.run();
    assert_eq!((desk.is("40 old"), desk.is("10 old"), desk.is("50 written")), (ONLY_THERE, BOTH, BOTH));
    // What both have is looked at, however old it is; and what comes later is, whatever its date.
    desk.arrive("60 old, moved", 60);
    desk.day += 100;
    desk.delete_here("50 written");
    desk.flag_there("10 old", &["\\Seen"]);
    desk.run();
    assert_eq!((desk.is("50 written"), desk.is("60 old, moved"), desk.is("40 old")), (NOWHERE, BOTH, ONLY_THERE));
    assert!(desk.world.here().contains(&"10 old (\\Seen)".to_owned()));
    desk.extent = Extent { here_from: day(10), ..Extent::ALL };
    desk.write("too early", 200);
    desk.write("in time", 0);
    desk.run();
    assert_eq!((desk.is("too early"), desk.is("in time"), desk.is("40 old")), (ONLY_HERE, BOTH, BOTH));
}

#[test]
fn what_both_sides_have_already_is_remembered_until_it_is_looked_at() {
    let mut desk = Desk::in_step(&[40, 1]);
    let mut ledger = desk.world.ledger.clone();
    ledger.forget_folder("INBOX").unwrap();
    desk.days(30);
    desk.run();
    assert_eq!(desk.left(), 1, "no need to compare it again");
    desk.flag_there("40 old", &["\\Seen"]);
    desk.extent = Extent::ALL;
    desk.run();
    assert_eq!(desk.world.here(), ["1 old ()", "40 old (\\Seen)"]);
}

#[test]
fn a_crash_at_any_step_of_looking_at_more_loses_and_doubles_nothing() {
    let prepare = || {
        let mut desk = Desk::in_step(&[40, 39, 38, 20]);
        desk.days(30);
        desk.run();
        desk.delete_here("40 old");
        desk.delete_there("39 old");
        desk.world.flag("38 old", "F");
        desk.write("50 written", 50);
        desk.arrive("50 old", 50);
        desk.run();
        desk.extent = Extent::ALL;
        desk
    };
    let expected = ["20 old ()", "38 old (\\Flagged)", "39 old ()", "40 old ()", "50 old ()", "50 written ()"];
    for step in 1.. {
        let desk = prepare();
        let fuse = Fuse::of(step);
        desk.world.run_on(desk.policy(), &fuse);
        let through = !fuse.is_burnt();
        desk.run();
        assert_eq!(desk.world.there(), expected, "there, after a crash at step {step}");
        assert_eq!(desk.world.here(), expected, "here, after a crash at step {step}");
        assert!(desk.run().counts.is_nothing(), "step {step}");
        if through {
            assert!(step > 10, "only {step} steps");
            return;
        }
    }
}
