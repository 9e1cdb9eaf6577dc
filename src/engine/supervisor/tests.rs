use super::*;

mod stirred;
mod wishes;

fn at(seconds: u64) -> Moment {
    let wall = DateTime::from_timestamp(1_700_000_000 + i64::try_from(seconds).unwrap(), 0).unwrap();
    Moment { since_start: Duration::from_secs(seconds), wall }
}

fn name(text: &str) -> AccountName {
    AccountName::new(text)
}

/// Two accounts, refreshed every 60 seconds.
fn refreshed(at_once: usize) -> Supervisor {
    listing(at_once, Lists::Never)
}

/// The same with a list of their folders.
fn listing(at_once: usize, lists: Lists) -> Supervisor {
    let minute = Some(Duration::from_secs(60));
    Supervisor::new([(name("a"), minute, Quick::Never), (name("b"), minute, Quick::Never)], at_once, lists)
}

fn finished(account: &str, exit: Exit) -> Input {
    Input::Finished { account: name(account), exit, trouble: None }
}

fn trouble(words: &str) -> Trouble {
    Trouble { words: words.into(), hope: Hope::Unknown }
}

fn started(effects: &[Effect]) -> Vec<String> {
    let starts = effects.iter().filter_map(|effect| match effect {
        Effect::Start { account, depth, .. } => Some(format!("{account}{}", adverb(*depth))),
        _ => None,
    });
    starts.collect()
}

fn adverb(depth: Depth) -> &'static str {
    match depth {
        Depth::Quick => " quickly",
        Depth::Full => "",
        Depth::Thorough => " thoroughly",
        Depth::Glance { here: true } => " glancing here",
        Depth::Glance { here: false } => " glancing",
    }
}

#[test]
fn accounts_without_refresh_run_once_and_the_worst_end_counts() {
    let mut supervisor =
        Supervisor::new([(name("a"), None, Quick::Never), (name("b"), None, Quick::Always)], 2, Lists::Never);
    assert_eq!(started(&supervisor.handle(Input::Begin, at(0))), ["a", "b quickly"]);
    assert_eq!(supervisor.handle(finished("a", Exit::Login), at(1)), []);
    assert_eq!(supervisor.handle(finished("b", Exit::Success), at(2)), [Effect::End(Exit::Login)]);
}

#[test]
fn only_so_many_run_at_once() {
    let mut supervisor = refreshed(1);
    assert_eq!(started(&supervisor.handle(Input::Begin, at(0))), ["a"]);
    assert_eq!(started(&supervisor.handle(finished("a", Exit::Success), at(5))), ["b"]);
}

#[test]
fn a_countdown_follows_each_run_and_ends_in_the_next() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    let effects = supervisor.handle(finished("a", Exit::Success), at(10));
    let waiting = EventKind::Waiting { account: name("a"), until: at(70).wall, retry: None };
    // From the first run that came through on, it is watched.
    assert_eq!(effects, [Effect::Watch(name("a")), Effect::Publish(waiting)]);
    assert_eq!(supervisor.next_deadline(), Some(Duration::from_secs(70)));
    assert_eq!(started(&supervisor.handle(Input::Tick, at(69))), [""; 0]);
    assert_eq!(started(&supervisor.handle(Input::Tick, at(70))), ["a"]);
}

#[test]
fn sync_now_wakes_a_waiting_account_and_follows_a_running_one() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(10));
    let effects = supervisor.handle(Input::Command(Command::Sync(Target::All)), at(20));
    assert_eq!(started(&effects), ["a"]);
    assert_eq!(started(&supervisor.handle(finished("b", Exit::Success), at(30))), ["b"]);
    assert_eq!(started(&supervisor.handle(finished("b", Exit::Success), at(40))), [""; 0]);
}

#[test]
fn a_pause_freezes_the_countdown() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(10));
    let one = || Target::One(name("a"));
    let effects = supervisor.handle(Input::Command(Command::Pause(one())), at(30));
    assert_eq!(effects, [Effect::Publish(EventKind::Paused { account: name("a"), left_ms: Some(40_000) })]);
    assert_eq!(started(&supervisor.handle(Input::Tick, at(500))), [""; 0]);
    let effects = supervisor.handle(Input::Command(Command::Resume(one())), at(1000));
    let waiting = EventKind::Waiting { account: name("a"), until: at(1040).wall, retry: None };
    assert_eq!(effects[1], Effect::Publish(waiting));
    assert_eq!(started(&supervisor.handle(Input::Tick, at(1040))), ["a"]);
}

#[test]
fn a_pause_holds_a_running_account() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    let effects = supervisor.handle(Input::Command(Command::Pause(Target::One(name("b")))), at(1));
    assert_eq!(effects[0], Effect::Order(name("b"), Order::Pause));
    let effects = supervisor.handle(Input::Command(Command::Sync(Target::One(name("b")))), at(2));
    assert!(effects.contains(&Effect::Order(name("b"), Order::Resume)));
}

#[test]
fn quitting_stops_what_runs_and_a_second_time_cuts_it() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(1));
    let effects = supervisor.handle(Input::Command(Command::Quit), at(2));
    assert_eq!(effects, [Effect::Publish(EventKind::Stopping), Effect::Unwatch, Effect::Order(name("b"), Order::Stop)]);
    assert_eq!(supervisor.handle(Input::Command(Command::Quit), at(3)), [Effect::Cut]);
    assert_eq!(supervisor.handle(finished("b", Exit::Success), at(4)), [Effect::End(Exit::Cut)]);
}

#[test]
fn quitting_while_nothing_runs_ends_at_once() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(1));
    supervisor.handle(finished("b", Exit::Partial), at(1));
    let effects = supervisor.handle(Input::Command(Command::QuitNow), at(2));
    assert_eq!(effects.last(), Some(&Effect::End(Exit::Partial)));
    assert!(!effects.contains(&Effect::Cut));
}

#[test]
fn stopping_after_the_sync_lets_it_finish() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(1));
    assert_eq!(supervisor.handle(Input::Command(Command::StopAfterSync), at(2)), []);
    assert_eq!(supervisor.handle(finished("b", Exit::Success), at(4)), [Effect::End(Exit::Success)]);
}

#[test]
fn a_stop_that_takes_too_long_is_cut_and_then_not_waited_for() {
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(Input::Command(Command::Quit), at(10));
    assert_eq!(supervisor.handle(Input::Tick, at(16)), []);
    assert_eq!(supervisor.handle(Input::Tick, at(17)), [Effect::Cut]);
    assert_eq!(supervisor.next_deadline(), Some(Duration::from_secs(19)));
    assert_eq!(supervisor.handle(Input::Tick, at(19)), [Effect::End(Exit::Success)]);
}

#[test]
fn quick_runs_stand_between_full_ones_and_who_asks_gets_a_full_one() {
    let mut supervisor =
        Supervisor::new([(name("a"), Some(Duration::from_secs(60)), Quick::Between(2))], 1, Lists::Never);
    let wish = || Input::Command(Command::Sync(Target::All));
    let failed = || Input::Finished { account: name("a"), exit: Exit::Partial, trouble: Some(trouble("no network")) };
    for (second, input, begun) in [
        (0, Input::Begin, &["a"][..]),
        (1, finished("a", Exit::Success), &[]),
        (61, Input::Tick, &["a quickly"]),
        (62, finished("a", Exit::Success), &[]),
        (122, Input::Tick, &["a quickly"]),
        (123, finished("a", Exit::Success), &[]),
        (183, Input::Tick, &["a"]),
        (184, finished("a", Exit::Success), &[]),
        // A wish while it waits, and one while it runs.
        (190, wish(), &["a"]),
        (191, finished("a", Exit::Success), &[]),
        (251, Input::Tick, &["a quickly"]),
        (252, wish(), &[]),
        (253, finished("a", Exit::Success), &["a"]),
        // A full one that came to nothing is still due.
        (254, failed(), &[]),
        (314, Input::Tick, &["a"]),
        (315, finished("a", Exit::Partial), &[]),
        (375, Input::Tick, &["a quickly"]),
    ] {
        assert_eq!(started(&supervisor.handle(input, at(second))), begun, "{second}");
    }
}

#[test]
fn the_list_is_written_when_all_are_at_rest_or_after_each() {
    let listed = || Input::Listed { exit: Exit::Success };
    for (lists, wanted) in [
        (Lists::Never, [false; 8]),
        (Lists::AtRest, [false, false, true, false, false, false, false, true]),
        // What ends while the list is being written is in the next one.
        (Lists::AfterEach, [false, true, false, true, false, false, true, true]),
    ] {
        let mut supervisor = listing(2, lists);
        let inputs = [
            (0, Input::Begin),
            (5, finished("a", Exit::Success)),
            (6, finished("b", Exit::Success)),
            (7, listed()),
            (8, listed()),
            (66, Input::Tick),
            (67, finished("a", Exit::Success)),
            (69, finished("b", Exit::Success)),
        ];
        for (place, (second, input)) in inputs.into_iter().enumerate() {
            if second == 69 {
                supervisor.handle(listed(), at(68));
            }
            let effects = supervisor.handle(input, at(second));
            assert_eq!(effects.contains(&Effect::List), wanted[place], "{lists:?} {second}: {effects:?}");
        }
    }
}

#[test]
fn the_program_waits_for_the_list_and_ends_with_what_came_of_it() {
    let mut supervisor = Supervisor::new([(name("a"), None, Quick::Never)], 1, Lists::AtRest);
    supervisor.handle(Input::Begin, at(0));
    assert_eq!(supervisor.handle(finished("a", Exit::Success), at(1)), [Effect::List]);
    let listed = Input::Listed { exit: Exit::Partial };
    assert_eq!(supervisor.handle(listed, at(2)), [Effect::End(Exit::Partial)]);
    // One that takes too long when the program is to end is cut, and then not waited for.
    let mut supervisor = Supervisor::new([(name("a"), None, Quick::Never)], 1, Lists::AtRest);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(1));
    assert_eq!(
        supervisor.handle(Input::Command(Command::Quit), at(2)),
        [Effect::Publish(EventKind::Stopping), Effect::Unwatch]
    );
    assert_eq!(supervisor.handle(Input::Tick, at(9)), [Effect::Cut]);
    assert_eq!(supervisor.handle(Input::Tick, at(11)), [Effect::End(Exit::Success)]);
}
