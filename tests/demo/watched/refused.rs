//! Servers that let nobody in for a while: told of beside a countdown that grows, and over as soon as it is over.

use std::time::{Duration, SystemTime};

use blinkensync::config::settings::{AccountSettings, ImapSettings, Quick};
use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::command::Command;
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use super::{append, watched, watching};
use crate::engine::same;
use crate::wishes::{Going, all};

fn server() -> Server {
    Server::start(Options { extensions: Extensions::ALL, ..Options::default() }).unwrap()
}

/// Waits until an account has been synchronised; how many messages came.
#[track_caller]
fn done(going: &mut Going, name: &str) -> u64 {
    going.until("end of a run", |kind| match kind {
        EventKind::SyncDone { account, counts, failures: 0, .. } => {
            (account.as_str() == name).then_some(counts.downloads)
        }
        _ => None,
    })
}

#[test]
fn a_refusal_that_passes_is_told_of_beside_a_countdown_that_grows_and_disturbs_no_other_account() {
    let (shut, open, root) = (server(), server(), tempfile::tempdir().unwrap());
    for words in ["[UNAVAILABLE] the garage is shut", "[INUSE] the garage is shut"] {
        shut.admit(0, words);
        let mut settings = watching(&shut, &root.path().join(&words[1..5]), &["INBOX"]);
        let mut remote = ImapSettings::plain("remote", open.address(), open.user(), open.password());
        remote.watch.folders = vec!["INBOX".to_owned()];
        settings.accounts.push(AccountSettings::plain("other", root.path().join(&words[1..5]).join("other"), remote));
        settings.max_sync_accounts = 2;
        let mut going = Going::watching(settings, Quick::Never);
        for longest in [1.0, 2.0, 4.0] {
            let (until, retry) = going.until("countdown", |kind| match kind {
                EventKind::Waiting { account, until, retry } if account.as_str() == "test" => {
                    Some((*until, retry.clone()))
                }
                _ => None,
            });
            let left = SystemTime::from(until).duration_since(SystemTime::now()).unwrap_or_default().as_secs_f64();
            // Chance takes up to a third of it away, and the machine a moment.
            assert!(left <= longest && left > longest / 2.0 - 0.3, "{left} of {longest}");
            assert!(retry.unwrap().contains("the garage is shut"));
            append(&open, "INBOX", 1);
            while done(&mut going, "other") == 0 {}
        }
        append(&shut, "INBOX", 1);
        shut.admit(usize::MAX, "");
        assert!(done(&mut going, "test") >= 1);
        // An account whose first run has failed is watched like any other from the first that comes through on.
        append(&shut, "INBOX", 2);
        while done(&mut going, "test") == 0 {}
        assert_eq!(going.quit(), Exit::Success);
    }
}

#[test]
fn a_server_that_refuses_whoever_watches_is_watched_again_when_a_run_has_come_through() {
    for words in ["[UNAVAILABLE] later", "[AUTHENTICATIONFAILED] never", "nobody knows why"] {
        let (server, root) = (server(), tempfile::tempdir().unwrap());
        let mut going = Going::watching(watching(&server, root.path(), &["INBOX"]), Quick::Never);
        going.done();
        watched(&mut going);
        // Whoever begins to watch has it looked at what has changed before.
        going.events_for(Duration::from_secs(1));
        server.admit(0, words);
        server.cut_connections();
        going.until("word of a connection that is made anew", |kind| match kind {
            EventKind::Noted { text, .. } => text.contains(words.rsplit(']').next().unwrap().trim()).then_some(()),
            _ => None,
        });
        server.admit(usize::MAX, "");
        going.tell(Command::Sync(all()));
        watched(&mut going);
        append(&server, "INBOX", 1);
        while going.done().0.downloads == 0 {}
        same(&server, root.path(), words);
        assert_eq!(going.quit(), Exit::Success);
    }
}

#[test]
fn what_comes_while_a_run_is_at_work_is_fetched_by_the_next() {
    let server = Server::start(Options { bytes_per_second: Some(100_000), ..Options::default() }).unwrap();
    server.with_mailboxes(|mailboxes| {
        mailboxes.create("Lists");
    });
    let root = tempfile::tempdir().unwrap();
    let mut settings = watching(&server, root.path(), &["INBOX", "Lists"]);
    settings.accounts[0].remote.max_connections = 1;
    let mut going = Going::watching(settings, Quick::Never);
    going.done();
    watched(&mut going);
    let line = "the same line again and again\r\n";
    let body = format!("Subject: large\r\n\r\n{}", line.repeat(100_000 / line.len())).into_bytes();
    let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
    server.with_mailboxes(|mailboxes| {
        mailboxes.get_mut("Lists").unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
    going.until("message on its way", |kind| matches!(kind, EventKind::Planned { .. }).then_some(()));
    append(&server, "INBOX", 1);
    assert_eq!(going.done().0.downloads, 1);
    assert_eq!(going.done().0.downloads, 1);
    same(&server, root.path(), "after both");
    let more = going.events_for(Duration::from_secs(2));
    assert!(!more.iter().any(|kind| matches!(kind, EventKind::SyncStarted { .. })), "{more:#?}");
    assert_eq!(going.quit(), Exit::Success);
}
