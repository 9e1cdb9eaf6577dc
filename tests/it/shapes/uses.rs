//! What OfflineIMAP's manual and its users' files show it to be used for.

use std::fs;

use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use super::Shape;
use crate::dovecot::Dovecot;
use crate::names::made_there;

#[test]
fn all_mail_alone() {
    let shape = Shape::new(include_str!("allmail.rc"));
    made_there(&shape.world, &["\"[Gmail]/All Mail\"", "\"[Gmail]/Trash\"", "work"]);
    shape.sync();
    assert_eq!(shape.here(), ["gmail/all 1"]);
    // What is written into other folders stays here, and there.
    shape.write("gmail/all");
    shape.write("gmail/work");
    shape.sync().says("1 uploaded");
    shape.there("[Gmail]/All Mail", 2);
    shape.there("work", 1);
    shape.nothing_new();
}

#[test]
fn from_gmail_to_another_server_below_its_inbox() {
    let gmail = Server::start(Options { extensions: Extensions::GMAIL, ..Options::default() }).unwrap();
    let arrives = |subject: &str, labels: &[&str]| {
        gmail.with_mailboxes(|mailboxes| {
            for label in labels {
                mailboxes.create(label);
                let body = format!("Subject: {subject}\r\n\r\n{subject}\r\n").into_bytes();
                let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
                mailboxes.get_mut(label).unwrap().append(Flags::default(), date, body.into()).unwrap();
            }
        });
    };
    arrives("first", &["INBOX", "work/2024"]);
    arrives("second", &["work/2024"]);
    let text = include_str!("togmail.rc").replace("__GMAIL__", &gmail.address().port().to_string());
    let shape = Shape::on(Dovecot::start_with("namespace inbox {\n  separator = .\n}\n"), &text);
    shape.sync();
    shape.there("INBOX.INBOX", 1);
    shape.there("INBOX.work.2024", 2);
    shape.there("INBOX.[Gmail].All Mail", 2);
    shape.sync().says("nothing new");
    // What is moved there is moved here, and is still in All Mail once.
    shape.world.client(&["move", "INBOX.work.2024", "2", "INBOX.INBOX"]);
    shape.sync().says("moved");
    gmail.with_mailboxes(|mailboxes| {
        let count = |name: &str| mailboxes.get(name).unwrap().messages.len();
        assert_eq!(["INBOX", "work/2024", "[Gmail]/All Mail"].map(count), [2, 1, 2]);
    });
    shape.sync().says("nothing new");
}

#[test]
fn everything_below_a_name_but_three() {
    let shape = Shape::new(include_str!("gmx.rc"));
    made_there(&shape.world, &["Drafts", "Sent", "Lists", "Lists/a"]);
    shape.world.client(&["append", "INBOX", "hello"]);
    shape.sync();
    assert_eq!(shape.here(), ["Drafts 1", "GMX.Lists 1", "GMX.Lists.a 1", "INBOX 1", "Sent 1"]);
    for folder in ["Sent", "GMX.Lists.a", "GMX.New"] {
        shape.write(folder);
    }
    shape.sync().says("3 uploaded");
    shape.there("Sent", 2);
    shape.there("Lists/a", 2);
    shape.there("New", 1);
    shape.nothing_new();
}

#[test]
fn two_accounts_side_by_side_for_mutt() {
    let mut shape = Shape::new(include_str!("mutt.rc"));
    for user in ["home", "work"] {
        shape.world.user = user.to_owned();
        made_there(&shape.world, &["Lists", "Sent"]);
        shape.world.client(&["append", "Sent", "old", "100"]);
    }
    shape.sync();
    assert_eq!(
        shape.here(),
        ["home/INBOX 0", "home/Lists 1", "home/Sent 2", "work/INBOX 0", "work/Lists 1", "work/Sent 1"]
    );
    let list = fs::read_to_string(shape.world.dovecot.dir.join("mailboxes")).unwrap();
    let folders = ["home/INBOX", "home/Lists", "home/Sent", "work/INBOX", "work/Lists", "work/Sent"];
    let items: Vec<String> = folders.iter().map(|folder| format!("\"+{folder}\"")).collect();
    assert_eq!(list, format!("mailboxes {}\n", items.join(" ")));
    shape.write("home/Sent");
    shape.write("work/Mine");
    shape.sync().says("home: Sent: 1 uploaded").says("work: Mine: 1 uploaded");
    shape.there("Mine", 1);
    shape.nothing_new();
}
