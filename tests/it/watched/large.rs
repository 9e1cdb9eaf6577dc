//! A stop in the middle of a message of a hundred megabytes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use blinkensync::demo::{Options, Server};
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use super::unfinished;
use crate::working::Working;

/// Bytes of the message.
const SIZE: usize = 100_000_000;

#[test]
fn a_stop_in_the_middle_of_a_huge_message_ends_it_in_time_and_loses_nothing() {
    // It takes longer than a stop may.
    let server = Server::start(Options { bytes_per_second: Some(11_000_000), ..Options::default() }).unwrap();
    let line = "the same line again and again\r\n";
    let body = format!("Subject: huge\r\n\r\n{}", line.repeat(SIZE / line.len())).into_bytes();
    let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
    server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        inbox.append(Flags::default(), date, b"Subject: small\r\n\r\ntext\r\n".as_slice().into()).unwrap();
        inbox.append(Flags::default(), date, body.into()).unwrap();
    });
    let place = tempfile::tempdir().unwrap();
    let (path, dir) = (place.path().join("rc"), place.path().display());
    let text = format!(
        "[general]\naccounts = Test\nmetadata = {dir}/state\n[Account Test]\nlocalrepository = Here\n\
         remoterepository = There\nautorefresh = 600\n[Repository Here]\ntype = Maildir\nlocalfolders = {dir}/Mail\n\
         [Repository There]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = {}\nremoteuser = {}\nremotepass = {}\n\
         ssl = no\nstarttls = no\nusecompression = no\nidlefolders = ['INBOX']\n",
        server.address().port(),
        server.user(),
        server.password()
    );
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let mail = place.path().join("Mail");
    let messages = || fs::read_dir(mail.join("INBOX/new")).map_or(0, Iterator::count);
    let mut working = Working::start(&path);
    working.says("Test: INBOX: 2 to download");
    while unfinished(&mail) == 0 && messages() < 2 {
        working.lives_for(Duration::from_millis(20));
    }
    working.ends();
    assert_eq!(unfinished(&mail), 0);
    assert!(messages() < 2, "it was no stop in the middle");
    let mut working = Working::start(&path);
    working.says("Test: synchronised");
    working.ends();
    let sizes = fs::read_dir(mail.join("INBOX/new")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    assert_eq!(sizes.filter(|size| *size > 90_000_000).count(), 1);
    assert_eq!(messages(), 2);
}
