//! What those who watch have seen change, failures that pass, and a machine that has slept.

use super::*;

fn stirred(account: &str, side: Side) -> Input {
    Input::Stirred { account: name(account), side }
}

fn failed(account: &str, hope: Hope) -> Input {
    let trouble = Some(Trouble { words: "no route".into(), hope });
    Input::Finished { account: name(account), exit: Exit::Partial, trouble }
}

/// When the countdowns end that these effects tell of, in seconds.
fn countdowns(effects: &[Effect]) -> Vec<i64> {
    let untils = effects.iter().filter_map(|effect| match effect {
        Effect::Publish(EventKind::Waiting { until, .. }) => Some((*until - at(0).wall).num_seconds()),
        _ => None,
    });
    untils.collect()
}

#[test]
fn what_changes_is_looked_at_at_once_and_the_countdown_goes_on() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("b", Exit::Success), at(0));
    supervisor.handle(finished("a", Exit::Success), at(0));
    for (second, input, begun, countdown) in [
        (10, stirred("a", Side::Remote), &["a glancing"][..], &[][..]),
        (11, finished("a", Exit::Success), &[], &[60]),
        (12, stirred("a", Side::Local), &["a glancing here"], &[]),
        // What changes meanwhile is looked at afterwards, once, on both sides.
        (13, stirred("a", Side::Local), &[], &[]),
        (13, stirred("a", Side::Remote), &[], &[]),
        (14, finished("a", Exit::Success), &["a glancing"], &[60]),
        (15, finished("a", Exit::Success), &[], &[60]),
        // The usual runs come when it is their time, and see everything.
        (60, Input::Tick, &["b", "a"], &[]),
        (61, finished("a", Exit::Success), &[], &[121]),
    ] {
        let effects = supervisor.handle(input, at(second));
        let mut begun: Vec<&str> = begun.to_vec();
        begun.sort_unstable();
        let mut started = started(&effects);
        started.sort_unstable();
        assert_eq!(
            (started, countdowns(&effects)),
            (begun.into_iter().map(str::to_owned).collect(), countdown.to_vec()),
            "{second}"
        );
    }
}

#[test]
fn a_hundred_changes_are_looked_at_like_the_first() {
    let mut supervisor = refreshed(1);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(0));
    supervisor.handle(finished("b", Exit::Success), at(0));
    for _ in 0..100 {
        assert_eq!(started(&supervisor.handle(stirred("a", Side::Remote), at(1))), ["a glancing"]);
        assert_eq!(countdowns(&supervisor.handle(finished("a", Exit::Success), at(2))), [60]);
    }
}

#[test]
fn what_changes_in_a_pause_is_looked_at_after_it() {
    let mut supervisor = refreshed(1);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(0));
    supervisor.handle(finished("b", Exit::Success), at(0));
    supervisor.handle(Input::Command(Command::Pause(Target::All)), at(10));
    assert!(started(&supervisor.handle(stirred("a", Side::Remote), at(20))).is_empty());
    let effects = supervisor.handle(Input::Command(Command::Resume(Target::All)), at(100));
    assert_eq!(started(&effects), ["a glancing"]);
    assert_eq!(countdowns(&supervisor.handle(finished("a", Exit::Success), at(101))), [150]);
}

#[test]
fn a_wish_for_a_run_is_more_than_a_glance() {
    let mut supervisor = refreshed(1);
    supervisor.handle(Input::Begin, at(0));
    // While b runs, a waits for its turn.
    supervisor.handle(finished("a", Exit::Success), at(0));
    assert!(started(&supervisor.handle(stirred("a", Side::Local), at(1))).is_empty());
    supervisor.handle(Input::Command(Command::Sync(Target::One(name("a")))), at(2));
    assert_eq!(started(&supervisor.handle(finished("b", Exit::Success), at(3))), ["a"]);
}

#[test]
fn trouble_that_passes_is_tried_again_soon_and_then_later_and_later() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    let failed = |passing| failed("a", if passing { Hope::Time } else { Hope::Unknown });
    let mut now = 0;
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        let effects = supervisor.handle(failed(true), at(now));
        assert_eq!(countdowns(&effects), [now + pause].map(|at| i64::try_from(at).unwrap()));
        now += pause;
        assert!(started(&supervisor.handle(Input::Tick, at(now))).contains(&"a".to_owned()), "{now}");
    }
    // What doesn't pass by itself takes its usual time, and a success makes pauses short again.
    assert_eq!(countdowns(&supervisor.handle(failed(false), at(1000))), [1060]);
    supervisor.handle(Input::Tick, at(1060));
    supervisor.handle(finished("a", Exit::Success), at(1061));
    supervisor.handle(Input::Tick, at(1121));
    assert_eq!(countdowns(&supervisor.handle(failed(true), at(1122))), [1123]);
}

#[test]
fn after_a_sleep_each_account_runs_once_and_those_that_are_held_do_not() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(0));
    supervisor.handle(finished("b", Exit::Success), at(0));
    supervisor.handle(Input::Command(Command::Pause(Target::One(name("b")))), at(1));
    assert_eq!(started(&supervisor.handle(Input::Woke, at(2))), ["a"]);
    assert!(started(&supervisor.handle(Input::Woke, at(3))).is_empty());
}

#[test]
fn nothing_is_looked_at_that_runs_only_once_or_in_the_end() {
    let mut supervisor = Supervisor::new([(name("a"), None, Quick::Never)], 1, Lists::Never);
    supervisor.handle(Input::Begin, at(0));
    assert!(supervisor.handle(stirred("a", Side::Remote), at(1)).is_empty());
    assert_eq!(supervisor.handle(finished("a", Exit::Success), at(2)), [Effect::End(Exit::Success)]);
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(Input::Command(Command::StopAfterSync), at(1));
    supervisor.handle(stirred("a", Side::Remote), at(2));
    supervisor.handle(finished("b", Exit::Success), at(3));
    assert_eq!(supervisor.handle(finished("a", Exit::Success), at(4)), [Effect::End(Exit::Success)]);
}

#[test]
fn in_trouble_only_a_change_that_gives_hope_is_looked_at_before_its_time() {
    for (hope, here, there) in [
        (Hope::Time, false, true),
        (Hope::Room, false, true),
        (Hope::Person, false, false),
        (Hope::Unknown, true, true),
    ] {
        for (side, wanted) in [(Side::Local, here), (Side::Remote, there)] {
            let mut supervisor = refreshed(2);
            supervisor.handle(Input::Begin, at(0));
            // What changes meanwhile, the run's own work for the most part, gives none.
            assert!(started(&supervisor.handle(stirred("a", side), at(1))).is_empty());
            assert!(started(&supervisor.handle(failed("a", hope), at(2))).is_empty(), "{hope:?} {side:?}");
            let begun = !started(&supervisor.handle(stirred("a", side), at(2))).is_empty();
            assert_eq!(begun, wanted, "{hope:?} {side:?}");
            if !begun {
                // It is not forgotten: the next run sees everything.
                assert_eq!(started(&supervisor.handle(Input::Tick, at(62))), ["a"]);
            }
        }
    }
}

#[test]
fn whoever_glances_while_another_run_has_the_account_waits_for_its_turn() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(0));
    assert_eq!(started(&supervisor.handle(stirred("a", Side::Local), at(10))), ["a glancing here"]);
    let mut now = 10;
    for pause in [1, 2, 4, 8] {
        let effects = supervisor.handle(failed("a", Hope::Turn), at(now));
        assert_eq!(countdowns(&effects), [now + pause].map(|at| i64::try_from(at).unwrap()));
        // The other one's work is no reason to hurry.
        assert!(started(&supervisor.handle(stirred("a", Side::Remote), at(now))).is_empty());
        now += pause;
        assert_eq!(started(&supervisor.handle(Input::Tick, at(now))), ["a glancing"], "{now}");
    }
    assert_eq!(countdowns(&supervisor.handle(finished("a", Exit::Success), at(now))), [60]);
    // Whoever was to do all of it is told off for its usual time.
    supervisor.handle(Input::Tick, at(60));
    assert_eq!(countdowns(&supervisor.handle(failed("a", Hope::Turn), at(61))), [121]);
    assert_eq!(started(&supervisor.handle(Input::Tick, at(121))), ["a"]);
}

#[test]
fn a_wish_out_of_a_pause_is_granted_whatever_was_going_on() {
    let one = || Target::One(name("a"));
    for while_it in ["runs", "counts down", "waits for its turn"] {
        let mut supervisor = refreshed(if while_it == "waits for its turn" { 1 } else { 2 });
        supervisor.handle(Input::Begin, at(0));
        match while_it {
            "counts down" => drop(supervisor.handle(finished("a", Exit::Success), at(1))),
            "waits for its turn" => {
                supervisor.handle(finished("a", Exit::Success), at(1));
                supervisor.handle(Input::Command(Command::Sync(one())), at(1));
            }
            _ => {}
        }
        supervisor.handle(Input::Command(Command::Pause(one())), at(2));
        let mut effects = supervisor.handle(Input::Command(Command::Sync(Target::All)), at(3));
        assert!(effects.contains(&Effect::Publish(EventKind::Resumed { account: name("a") })), "{while_it}");
        if while_it == "runs" {
            assert!(effects.contains(&Effect::Order(name("a"), Order::Resume)));
            effects = supervisor.handle(finished("a", Exit::Success), at(4));
        }
        effects.extend(supervisor.handle(finished("b", Exit::Success), at(5)));
        assert!(started(&effects).contains(&"a".to_owned()), "{while_it}: {effects:?}");
    }
}
