use super::*;
use crate::model::event::Progress;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::Counts;
use crate::model::ids::LampId;

fn account() -> AccountName {
    AccountName::new("home")
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

fn planned(folder: &str, downloads: u64, uploads: u64) -> EventKind {
    let counts = Counts { downloads, uploads, local_flags: 5, ..Counts::default() };
    EventKind::Planned { account: account(), folder: folder.into(), counts, pretended: false }
}

fn progress(folder: &str, done: u64, total: u64) -> EventKind {
    let progress = Progress { done, total, ..Progress::default() };
    EventKind::Progress { account: account(), folder: folder.into(), progress }
}

fn folder_done(folder: &str) -> EventKind {
    EventKind::FolderDone { account: account(), folder: folder.into(), counts: Counts::default(), failed: false }
}

fn failed(cause: &str) -> EventKind {
    let fault = Fault::new(Reach::Account, FaultKind::Network, "connecting", cause);
    EventKind::Failed { account: Some(account()), folder: None, fault }
}

fn done(failures: u64) -> EventKind {
    let counts = Counts::default();
    let (folders, took_ms, stopped, pretended) = (2, 1, false, false);
    EventKind::SyncDone { account: account(), counts, folders, failures, took_ms, stopped, pretended }
}

fn waiting(until: DateTime<Utc>, retry: Option<&str>) -> EventKind {
    EventKind::Waiting { account: account(), until, retry: retry.map(str::to_owned) }
}

fn connecting() -> EventKind {
    EventKind::Connecting { account: account(), host: "h".into(), port: None }
}

fn connected() -> EventKind {
    EventKind::Connected { account: account(), host: "h".into(), security: "TLS".into() }
}

/// The status of two accounts, home and work; an hour east of Greenwich.
fn begun() -> Status {
    let mut status = Status::new(|time| time.with_timezone(&FixedOffset::east_opt(3600).unwrap()));
    happens(&mut status, EventKind::Started { accounts: vec![account(), AccountName::new("work")] });
    status
}

fn happens(status: &mut Status, kind: EventKind) {
    status.take(&Event { at: at("14:00:00"), lamp: LampId(1000), kind });
}

/// What is said of home after each of these.
#[track_caller]
fn goes(table: impl IntoIterator<Item = (EventKind, &'static str)>) {
    let mut status = begun();
    for (kind, words) in table {
        let what = format!("{kind:?}");
        happens(&mut status, kind);
        assert_eq!(status.line(None), format!("home: {words}; work: waiting for its turn"), "{what}");
    }
}

#[test]
fn a_run_is_followed_to_its_end() {
    goes([
        (EventKind::SyncStarted { account: account() }, "synchronising"),
        (connecting(), "connecting"),
        (connected(), "synchronising"),
        (planned("INBOX", 8000, 200), "copying 1 folder, 8,200 to go"),
        (planned("Lists", 10, 0), "copying 2 folders, 8,210 to go"),
        (planned("Flags", 0, 0), "copying 2 folders, 8,210 to go"),
        (progress("INBOX", 50, 8200), "copying 2 folders, 8,160 to go"),
        (folder_done("Lists"), "copying 1 folder, 8,150 to go"),
        (progress("INBOX", 8200, 8200), "synchronising"),
        (folder_done("INBOX"), "synchronising"),
        (done(0), "synchronised"),
        (waiting(at("14:04:59"), None), "next at 15:04"),
        // Who watches connects in between.
        (connecting(), "next at 15:04"),
        (connected(), "next at 15:04"),
        (waiting(at("23:30:00"), None), "next at 2026-03-02 00:30"),
        (EventKind::SyncStarted { account: account() }, "synchronising"),
    ]);
}

#[test]
fn failures_are_told_until_the_next_run() {
    goes([
        (EventKind::SyncStarted { account: account() }, "synchronising"),
        (failed("odd"), "synchronising, 1 failure"),
        (done(2), "not all synchronised, 2 failures"),
        (waiting(at("14:05:00"), None), "next at 15:05, 2 failures"),
        (EventKind::SyncStarted { account: account() }, "synchronising"),
        (failed("no route to host"), "synchronising, 1 failure"),
        (done(1), "not all synchronised, 1 failure"),
        (waiting(at("14:06:00"), Some("no route to host; try later")), "no route to host, next try at 15:06"),
    ]);
}

#[test]
fn a_pause_is_told_for_as_long_as_it_lasts() {
    let left_ms = Some(7);
    goes([
        (waiting(at("14:05:00"), None), "next at 15:05"),
        (EventKind::Paused { account: account(), left_ms }, "paused"),
        (EventKind::Resumed { account: account() }, "next at 15:05"),
        (EventKind::SyncStarted { account: account() }, "synchronising"),
        (planned("INBOX", 3, 0), "copying 1 folder, 3 to go"),
        (EventKind::Paused { account: account(), left_ms: None }, "paused"),
        (EventKind::Resumed { account: account() }, "copying 1 folder, 3 to go"),
    ]);
}

#[test]
fn the_end_is_told_of_all_accounts_together() {
    let mut status = begun();
    happens(&mut status, EventKind::Stopping);
    assert_eq!(status.line(None), "finishing what is in hand");
    happens(&mut status, EventKind::Ended { exit: Exit::Partial });
    assert_eq!(status.line(Some(&Trouble::Deaf)), phrase::ended(Exit::Partial));
}

#[test]
fn what_hangs_is_told() {
    let mut status = begun();
    happens(&mut status, waiting(at("14:05:00"), None));
    let silent = Trouble::Silent(AccountName::new("work"));
    assert_eq!(status.line(Some(&silent)), "home: next at 15:05; work: no sign of life");
    assert_eq!(status.line(Some(&Trouble::Deaf)), "the engine does not answer");
}

#[test]
fn the_line_is_clean_and_short_whatever_strangers_write() {
    let mut status = begun();
    happens(&mut status, waiting(at("14:05:00"), Some("\x1b[2J\nREADY=1\u{202e}")));
    let line = status.line(None);
    assert!(!line.contains(char::is_control) && line.contains("␛[2J␊READY=1"), "{line:?}");
    happens(&mut status, waiting(at("14:05:00"), Some(&"ü".repeat(5000))));
    assert!(status.line(None).contains("üü…, next try at 15:05; work: "), "{}", status.line(None));
    let accounts = (0..500).map(|number| AccountName::new(&format!("ä{number}"))).collect();
    happens(&mut status, EventKind::Started { accounts });
    let line = status.line(None);
    assert!(line.len() <= LONGEST && line.ends_with('…'), "{line}");
}
