//! Watching a server that tells of folders by IDLE only, as `idlefolders` names them, or not at all; `keepalive` says how often it hears of us.

mod crowded;
mod refused;

use std::time::Duration;

use blinkensync::config::settings::{Quick, Settings, WatchSettings};
use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;
use blinkensync::model::watch::Watch;

use crate::engine::{same, settings};
use crate::wishes::Going;

fn append(server: &Server, folder: &str, number: usize) {
    let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
    let body = format!("Subject: {folder} {number}\r\n\r\ntext\r\n").into_bytes();
    server.with_mailboxes(|mailboxes| {
        mailboxes.get_mut(folder).unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
}

/// Settings that watch these folders.
fn watching(server: &Server, root: &std::path::Path, folders: &[&str]) -> Settings {
    let mut settings = settings(server, server.address(), root);
    let folders = folders.iter().map(|folder| (*folder).to_owned()).collect();
    // A sign of life each second: the connection is made to idle anew without losing a word.
    settings.accounts[0].remote.watch = WatchSettings { folders, keepalive: Some(Duration::from_secs(1)), hold: false };
    settings
}

fn watched(going: &mut Going) -> (Watch, Option<u64>) {
    going.until("word on how it is watched", |kind| match kind {
        EventKind::Watched { watch, folders, .. } => Some((*watch, *folders)),
        _ => None,
    })
}

#[test]
fn a_folder_that_is_named_is_told_of_by_the_server() {
    let server = Server::start(Options { extensions: Extensions::ALL, ..Options::default() }).unwrap();
    server.with_mailboxes(|mailboxes| {
        mailboxes.create("Lists").unwrap();
    });
    let root = tempfile::tempdir().unwrap();
    let mut going = Going::watching(watching(&server, root.path(), &["INBOX", "Lists"]), Quick::Never);
    going.done();
    assert_eq!(watched(&mut going), (Watch::Idle, Some(2)));
    for number in 1..=20 {
        for folder in ["INBOX", "Lists"] {
            append(&server, folder, number);
            assert_eq!(going.done().0.downloads, 1, "{folder} {number}");
        }
    }
    same(&server, root.path(), "after what was told");
    assert_eq!(going.quit(), Exit::Success);
}

#[test]
fn a_server_that_tells_nothing_is_asked() {
    let extensions = Extensions { idle: false, ..Extensions::ALL };
    let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
    let root = tempfile::tempdir().unwrap();
    let mut going = Going::watching(watching(&server, root.path(), &["INBOX"]), Quick::Never);
    going.done();
    assert_eq!(watched(&mut going), (Watch::Polling, None));
    assert_eq!(going.quit(), Exit::Success);
}
