//! From events to notices.

use super::*;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::folder::Counts;
use crate::model::ids::LampId;

const ALL: Notify = Notify { mail: true, errors: true };

fn event(second: i64, kind: EventKind) -> Event {
    let at = DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap();
    Event { at, lamp: LampId(1), kind }
}

fn account(name: &str) -> AccountName {
    AccountName::new(name)
}

fn downloads(downloads: u64) -> Counts {
    Counts { downloads, ..Counts::default() }
}

fn folder(name: &str, folder: &str, messages: u64) -> EventKind {
    EventKind::FolderDone { account: account(name), folder: folder.into(), counts: downloads(messages), failed: false }
}

fn done(name: &str, messages: u64, pretended: bool) -> EventKind {
    let counts = downloads(messages);
    EventKind::SyncDone {
        account: account(name),
        counts,
        folders: 9,
        failures: 0,
        took_ms: 1,
        stopped: false,
        pretended,
    }
}

fn failed(words: &str) -> EventKind {
    let fault = Fault::new(Reach::Account, FaultKind::Network, "connecting", words.to_owned());
    EventKind::Failed { account: Some(account("home")), folder: None, fault }
}

/// What is told of these, each with the second in which it happens.
fn told(wish: Notify, events: &[(i64, EventKind)]) -> Vec<(String, String)> {
    let mut herald = Herald::new(wish);
    let notices = events.iter().filter_map(|(second, kind)| herald.hear(&event(*second, kind.clone())));
    notices.map(|notice| (notice.title, notice.body)).collect()
}

#[test]
fn new_mail_is_told_once_a_synchronisation_with_its_folders() {
    for (events, wanted) in [
        (vec![done("home", 0, false)], None),
        (vec![folder("home", "INBOX", 1), done("home", 1, false)], Some(("1 new message", "home: INBOX"))),
        (
            vec![
                folder("home", "Archive", 1),
                folder("home", "INBOX", 7),
                folder("home", "Sent", 0),
                folder("home", "Lists/rust", 4),
                done("home", 12, false),
            ],
            Some(("12 new messages", "home: INBOX 7, Lists/rust 4, Archive 1")),
        ),
        (
            vec![folder("work", "Boss", 2), folder("home", "INBOX", 3), done("home", 3, false)],
            Some(("3 new messages", "home: INBOX")),
        ),
        (
            (0..6).map(|n| folder("home", &format!("F{n}"), 1)).chain([done("home", 6, false)]).collect(),
            Some(("6 new messages", "home: F0 1, F1 1, F2 1, F3 1, 2 other folders")),
        ),
        (vec![folder("home", "INBOX", 3), done("home", 3, true)], None),
        (
            vec![
                folder("home", "INBOX", 3),
                EventKind::SyncStarted { account: account("home") },
                folder("home", "Sent", 1),
                done("home", 1, false),
            ],
            Some(("1 new message", "home: Sent")),
        ),
        (
            vec![folder("home", "a\u{1b}]0;x\u{7}", 1), done("home", 1, false)],
            Some(("1 new message", "home: a\u{241b}]0;x\u{2407}")),
        ),
    ] {
        let events: Vec<_> = events.into_iter().map(|kind| (0, kind)).collect();
        let found = told(ALL, &events);
        let wanted: Vec<_> = wanted.iter().map(|(title, body)| ((*title).to_owned(), (*body).to_owned())).collect();
        assert_eq!(found, wanted);
    }
}

#[test]
fn failures_are_told_once_a_minute_with_their_number() {
    let mut herald = Herald::new(ALL);
    let mut at = |second, kind: Option<EventKind>| {
        let event = event(second, kind.clone().unwrap_or(EventKind::Stopping));
        let notice = if kind.is_some() { herald.hear(&event) } else { herald.tick(event.at) };
        notice.map(|notice| (notice.title, notice.body.contains("no route 3")))
    };
    let told = |title: &str, last| Some((title.to_owned(), last));
    assert_eq!(at(0, Some(failed("no route 1"))), told("1 failure", false));
    assert_eq!(at(1, Some(failed("no route 2"))), None);
    assert_eq!(at(30, Some(failed("no route 3"))), None);
    assert_eq!(at(59, None), None);
    assert_eq!(at(60, None), told("2 failures", true));
    assert_eq!(at(200, None), None);
    assert_eq!(at(201, Some(failed("no route 4"))), told("1 failure", false));
    assert_eq!(at(202, Some(failed("no route 5"))), None);
    assert_eq!(at(203, Some(EventKind::Ended { exit: Exit::Partial })), told("1 failure", false));
    // The clock is put back by a day.
    assert_eq!(at(-86_400, Some(failed("no route 6"))), told("1 failure", false));
}

#[test]
fn what_was_not_asked_for_is_not_told() {
    let all = [(0, failed("no route")), (1, folder("home", "INBOX", 1)), (2, done("home", 1, false))];
    let titles = |wish| told(wish, &all).into_iter().map(|notice| notice.0).collect::<Vec<_>>();
    assert_eq!(titles(ALL), ["1 failure", "1 new message"]);
    assert_eq!(titles(Notify { mail: true, errors: false }), ["1 new message"]);
    assert_eq!(titles(Notify { mail: false, errors: true }), ["1 failure"]);
    assert_eq!(titles(Notify::default()), [""; 0]);
}

#[test]
fn a_stop_that_was_asked_for_is_no_failure_and_words_are_not_without_end() {
    let stop = Fault::new(Reach::Account, FaultKind::Stopped, "copying", "asked to stop");
    let stopped = EventKind::Failed { account: None, folder: None, fault: stop };
    assert_eq!(told(ALL, &[(0, stopped)]), []);
    let long = told(ALL, &[(0, failed(&"x".repeat(999)))]);
    assert_eq!(text::width(&long[0].1), LONGEST);
}
