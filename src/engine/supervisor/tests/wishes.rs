//! What people want beside a run: thorough ones, answers, and messages tried again or left alone.

use super::*;
use crate::model::command::Aside;
use crate::model::ids::Side;

fn aside(account: &str, uid: Option<&str>) -> Aside {
    let message = uid.map(|uid| (Side::Remote, uid.to_owned()));
    Aside { account: name(account), folder: "INBOX".into(), message }
}

/// The wishes that the run begins with.
fn with_it(effects: &[Effect]) -> Vec<Wish> {
    let all = effects.iter().filter_map(|effect| match effect {
        Effect::Start { wishes, .. } => Some(wishes.clone()),
        _ => None,
    });
    all.flatten().collect()
}

#[test]
fn a_thorough_run_is_begun_or_follows_and_is_still_due_when_it_came_to_nothing() {
    let minute = Some(Duration::from_secs(60));
    let mut supervisor =
        Supervisor::new([(name("a"), minute, Quick::Always), (name("b"), minute, Quick::Never)], 2, Lists::Never);
    let wish = || Input::Command(Command::SyncFully(Target::One(name("a"))));
    let failed = Input::Finished { account: name("a"), exit: Exit::Partial, trouble: Some(trouble("no network")) };
    for (second, input, begun) in [
        (0, Input::Begin, &["a quickly", "b"][..]),
        (1, finished("b", Exit::Success), &[]),
        // One that runs is followed by it.
        (2, wish(), &[]),
        (3, finished("a", Exit::Success), &["a thoroughly"]),
        (4, failed, &[]),
        (61, Input::Tick, &["b"]),
        (64, Input::Tick, &["a thoroughly"]),
        (65, finished("a", Exit::Success), &[]),
        // One that waits, or is held, is woken for it; whoever only wants a run gets the usual one.
        (70, wish(), &["a thoroughly"]),
        (71, finished("a", Exit::Success), &[]),
        (72, Input::Command(Command::Pause(Target::One(name("a")))), &[]),
        (73, wish(), &["a thoroughly"]),
        (74, finished("a", Exit::Success), &[]),
        (75, Input::Command(Command::Sync(Target::One(name("a")))), &["a quickly"]),
    ] {
        assert_eq!(started(&supervisor.handle(input, at(second))), begun, "{second}");
    }
}

#[test]
fn a_wish_is_written_down_at_once_and_again_before_the_next_run() {
    let (retry, ignore) = (|uid| Wish::Retry(aside("a", uid)), |uid| Wish::Ignore(aside("a", uid)));
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    // While it runs: it runs again afterwards, for the one that wants that.
    let effects = supervisor.handle(Input::Command(Command::Ignore(aside("a", Some("7")))), at(1));
    assert_eq!(effects, [Effect::Grant(ignore(Some("7")))]);
    let effects = supervisor.handle(Input::Command(Command::Retry(aside("a", None))), at(2));
    assert_eq!(effects, [Effect::Grant(retry(None))]);
    let effects = supervisor.handle(finished("a", Exit::Success), at(3));
    assert_eq!((started(&effects), with_it(&effects)), (vec!["a".to_owned()], vec![ignore(Some("7")), retry(None)]));
    supervisor.handle(finished("a", Exit::Success), at(4));
    // While it waits: the one wakes it, the other one doesn't.
    let effects = supervisor.handle(Input::Command(Command::Ignore(aside("a", None))), at(5));
    assert_eq!(effects, [Effect::Grant(ignore(None))]);
    let effects = supervisor.handle(Input::Command(Command::Retry(aside("a", Some("7")))), at(6));
    assert_eq!(effects[0], Effect::Grant(retry(Some("7"))));
    assert_eq!((started(&effects), with_it(&effects)), (vec!["a".to_owned()], vec![ignore(None), retry(Some("7"))]));
    // Nobody else's run has anything to do with it, and nobody has an account of this name.
    assert_eq!(with_it(&supervisor.handle(finished("b", Exit::Success), at(7))), []);
    assert_eq!(supervisor.handle(Input::Command(Command::Retry(aside("c", None))), at(8)), []);
}

#[test]
fn who_asks_for_folders_has_them_told_whatever_is_going_on() {
    let mut supervisor = refreshed(1);
    supervisor.handle(Input::Begin, at(0));
    let ask = |target| Input::Command(Command::TellFolders(target));
    let tell = |account| Effect::Tell(name(account));
    assert_eq!(supervisor.handle(ask(Target::All), at(1)), [tell("a"), tell("b")]);
    supervisor.handle(Input::Command(Command::Pause(Target::All)), at(2));
    assert_eq!(supervisor.handle(ask(Target::One(name("b"))), at(3)), [tell("b")]);
    assert_eq!(supervisor.handle(ask(Target::One(name("c"))), at(4)), []);
}

#[test]
fn nothing_comes_of_a_wish_while_the_program_stops() {
    let wishes = || {
        [
            Command::Sync(Target::All),
            Command::SyncFully(Target::All),
            Command::TellFolders(Target::All),
            Command::Retry(aside("a", None)),
            Command::Ignore(aside("b", Some("7"))),
            Command::Pause(Target::All),
            Command::Resume(Target::All),
        ]
    };
    let mut supervisor = refreshed(2);
    supervisor.handle(Input::Begin, at(0));
    supervisor.handle(finished("a", Exit::Success), at(1));
    supervisor.handle(Input::Command(Command::Quit), at(2));
    for wish in wishes() {
        assert_eq!(supervisor.handle(Input::Command(wish.clone()), at(3)), [], "{wish:?}");
    }
    assert_eq!(supervisor.handle(finished("b", Exit::Success), at(4)), [Effect::End(Exit::Success)]);
    for wish in wishes() {
        assert_eq!(supervisor.handle(Input::Command(wish.clone()), at(5)), [], "{wish:?}");
    }
}
