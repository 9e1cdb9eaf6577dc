//! Servers that take only so many connections: runs come first, and watching makes do with what is left.

use blinkensync::config::settings::Quick;
use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;

use super::{append, watched, watching};
use crate::engine::same;
use crate::wishes::{Going, write};

const FULL: &str = "[ALERT] Too many simultaneous connections. (Failure)";

/// How many faults there were.
fn failures(seen: &[EventKind]) -> usize {
    seen.iter().filter(|kind| matches!(kind, EventKind::Failed { .. })).count()
}

fn server(folders: &[&str]) -> Server {
    let server = Server::start(Options { extensions: Extensions::ALL, ..Options::default() }).unwrap();
    server.with_mailboxes(|mailboxes| {
        for folder in folders {
            mailboxes.create(folder);
        }
    });
    server
}

/// Waits until somebody who watches has given a connection up.
fn room(going: &mut Going) {
    going.until("word of room that is made", |kind| match kind {
        EventKind::Noted { text, .. } => text.contains("takes no more connections").then_some(()),
        _ => None,
    });
}

#[test]
fn where_there_is_one_connection_it_is_for_the_runs() {
    let server = server(&[]);
    server.admit(1, FULL);
    let root = tempfile::tempdir().unwrap();
    let mut going = Going::watching(watching(&server, root.path(), &["INBOX"]), Quick::Never);
    going.done();
    watched(&mut going);
    // Whoever watches looks for what has changed before, and there is no connection left for that.
    room(&mut going);
    append(&server, "INBOX", 1);
    assert_eq!(going.done().0.downloads, 1);
    // From now on only what changes here is noticed at once.
    for number in 1..=3 {
        write(root.path(), "INBOX", &format!("{number}.here:2,S"), &format!("Subject: mine {number}\n\ntext\n"));
        assert_eq!(going.done().0.uploads, 1);
    }
    same(&server, root.path(), "over one connection");
    let seen = going.seen();
    assert!(failures(&seen) <= 2, "{seen:#?}");
    assert!(going.nobody_is_asked(), "{seen:#?}");
    assert_eq!(going.quit(), Exit::Success);
}

#[test]
fn where_there_are_few_connections_the_folders_named_first_are_watched() {
    let server = server(&["A", "B", "C", "D"]);
    server.admit(3, FULL);
    let root = tempfile::tempdir().unwrap();
    let settings = watching(&server, root.path(), &["INBOX", "A", "B", "C", "D"]);
    let mut going = Going::watching(settings, Quick::Never);
    going.done();
    assert_eq!(watched(&mut going).1, Some(5));
    for number in 1..=5 {
        append(&server, "INBOX", number);
        let told = |kind: &EventKind| match kind {
            EventKind::SyncDone { counts, .. } => (counts.downloads == 1).then_some(()),
            _ => None,
        };
        going.until("download", told);
    }
    same(&server, root.path(), "over three connections");
    let seen = going.seen();
    assert!(failures(&seen) <= 4, "{seen:#?}");
    assert_eq!(going.quit(), Exit::Success);
}
