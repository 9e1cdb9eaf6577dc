//! The same configurations with OfflineIMAP first: it makes the same folders of them, and what it has done is taken over.

use std::process::Command;

use super::{PREFIX, Shape};
use crate::dovecot::Dovecot;
use crate::names::made_there;

/// Synchronises with OfflineIMAP, then with us, then with OfflineIMAP again: neither finds anything to do after the other.
fn follows(shape: &Shape, folders: &[&str], here: &[&str]) {
    made_there(&shape.world, folders);
    shape.world.client(&["append", "INBOX", "hello"]);
    let offlineimap = || {
        let mut command = Command::new("offlineimap");
        let out = command.args(["-o", "-u", "basic", "-c"]).arg(shape.world.file(&shape.text)).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&[out.stdout, out.stderr].concat()));
    };
    offlineimap();
    assert_eq!(shape.here(), here);
    let there = shape.world.status();
    let run = shape.sync();
    run.says(&format!("took over {} folders from OfflineIMAP", here.len())).says("nothing new");
    assert!(!run.text.contains("recognised"), "{}", run.text);
    for again in [true, false] {
        assert_eq!(
            (shape.here(), shape.world.status()),
            (here.iter().map(ToString::to_string).collect(), there.clone())
        );
        if again {
            offlineimap();
        }
    }
}

#[test]
fn of_a_provider_with_short_names() {
    // OfflineIMAP itself no longer allows what old files say.
    let shape = Shape::new(&include_str!("gmail.rc").replace("status_backend", "#status_backend"));
    let folders = ["\"[Gmail]/All Mail\"", "\"[Gmail]/Sent Mail\"", "\"[Gmail]/Spam\"", "work", "work/2024"];
    let here = ["gmail/INBOX 1", "gmail/archive 1", "gmail/sent 1", "gmail/work 1", "gmail/work.2024 1"];
    follows(&shape, &folders, &here);
}

#[test]
fn of_a_prefix_that_is_taken_off() {
    let shape = Shape::on(Dovecot::start_with(PREFIX), include_str!("prefix.rc"));
    let folders = ["INBOX.Gesendet", "INBOX.Papierkorb", "INBOX.Listen.a", "INBOX.M&APw-ll"];
    follows(&shape, &folders, &["Gesendet 1", "INBOX 1", "Listen.a 1", "M&APw-ll 1"]);
}

#[test]
fn of_couriers_own_layout() {
    let shape = Shape::on(Dovecot::start_with(PREFIX), include_str!("courier.rc"));
    follows(&shape, &["INBOX.Sent", "INBOX.Lists.a"], &[" 1", ".Lists.a 1", ".Sent 1"]);
}

#[test]
fn of_nested_directories_with_decoded_names() {
    let text = include_str!("nested.rc").replacen("[Account me]\n", "[Account me]\nutf8foldernames = yes\n", 1);
    let shape = Shape::new(&text);
    let folders = ["Entw&APw-rfe", "Entw&APw-rfe/M&AOQ-rz", "A&-B", "Trash"];
    follows(&shape, &folders, &["A&B 1", "Entwürfe 1", "Entwürfe/März 1", "INBOX 1"]);
}

#[test]
fn of_a_reference_and_subscriptions() {
    let more = "reference = Mail\nsubscribedonly = yes\nfolderincludes = ['INBOX']\n";
    let text = include_str!("label.rc").replace("folderfilter", "#folderfilter") + more;
    let shape = Shape::new(&text);
    for name in ["Mail/a", "Elsewhere"] {
        made_there(&shape.world, &[name]);
        shape.world.client(&["subscribe", name]);
    }
    follows(&shape, &["Mail/b"], &["INBOX 1", "Mail.a 1"]);
}
