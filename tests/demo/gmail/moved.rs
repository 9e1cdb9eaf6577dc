//! What is moved is moved, and neither transferred nor doubled, though All Mail has a copy of everything.

use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use super::world::{World, copies, set};
use crate::engine::run_with;
use crate::tap::Tap;

#[test]
fn what_is_moved_between_labels_is_not_transferred_on_either_side() {
    let world = World::new(&["Work", "Fish"]);
    world.arrives("here", &["INBOX", "Fish"]);
    world.arrives("there", &["INBOX"]);
    world.settle("before");
    world.shift("INBOX", "Work", "here");
    assert_eq!(copies(&world.sync()), (0, 0));
    world.settle("moved here");
    assert_eq!(world.places("here"), set(&["Work", "Fish", "[Gmail].All Mail"]));
    world.server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        let uid = *inbox.messages.keys().last().unwrap();
        let message = inbox.expunge(uid).unwrap();
        mailboxes.get_mut("Work").unwrap().append(message.flags, message.date, message.body);
    });
    assert_eq!(copies(&world.sync()), (0, 0));
    world.settle("moved there");
    assert_eq!(world.places("there"), set(&["Work", "[Gmail].All Mail"]));
}

#[test]
fn what_is_moved_to_where_it_is_already_is_there_once() {
    let world = World::new(&["Work"]);
    world.arrives("archived", &["INBOX"]);
    world.arrives("filed", &["INBOX", "Work"]);
    world.settle("before");
    world.shift("INBOX", "[Gmail].All Mail", "archived");
    world.shift("INBOX", "Work", "filed");
    assert_eq!(copies(&world.sync()), (0, 0));
    world.settle("after");
    assert_eq!(world.places("archived"), set(&["[Gmail].All Mail"]));
    assert_eq!(world.places("filed"), set(&["Work", "[Gmail].All Mail"]));
}

#[test]
fn what_is_moved_out_of_all_mail_gets_a_label_and_stays_there() {
    let world = World::new(&["Work"]);
    world.arrives("a", &["[Gmail]/All Mail"]);
    world.settle("before");
    world.shift("[Gmail].All Mail", "Work", "a");
    world.settle("after");
    assert_eq!(world.places("a"), set(&["Work", "[Gmail].All Mail"]));
}

#[test]
fn what_is_copied_here_gets_a_second_label_and_a_double_is_kept_once() {
    let world = World::new(&["Work"]);
    world.arrives("a", &["INBOX"]);
    world.settle("before");
    let mail = world.root.path().join("mail");
    for folder in ["Work", "INBOX"] {
        std::fs::copy(world.file("INBOX", "a"), mail.join(folder).join("cur/77.copy.reader:2,")).unwrap();
        world.settle(folder);
        assert_eq!(world.places("a"), set(&["INBOX", "Work", "[Gmail].All Mail"]));
    }
}

#[test]
fn the_trash_takes_what_is_moved_there_and_gives_it_back() {
    let world = World::new(&["Work"]);
    world.arrives("a", &["INBOX"]);
    world.settle("before");
    world.shift("INBOX", "[Gmail].Trash", "a");
    assert_eq!(copies(&world.sync()), (0, 0));
    world.settle("thrown away");
    assert_eq!(world.places("a"), set(&["[Gmail].Trash"]));
    world.shift("[Gmail].Trash", "Work", "a");
    world.settle("taken back");
    assert_eq!(world.places("a"), set(&["Work", "[Gmail].All Mail"]));
}

#[test]
fn a_star_given_here_is_one_everywhere() {
    let world = World::new(&["Work"]);
    world.arrives("a", &["INBOX", "Work"]);
    world.settle("before");
    let file = world.file("INBOX", "a");
    let name = file.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
    std::fs::rename(&file, file.parent().unwrap().with_file_name("cur").join(format!("{name}:2,FS"))).unwrap();
    world.settle("starred");
    assert_eq!(world.places("a"), set(&["INBOX", "Work", "[Gmail].All Mail", "[Gmail].Starred"]));
    let letters = crate::engine::on_disk(world.root.path()).into_iter().map(|(_, _, letters)| letters);
    assert_eq!(letters.collect::<Vec<_>>(), ["FS"; 4]);
    // Taking it out of there takes the star away.
    world.delete("[Gmail].Starred", "a");
    world.settle("no longer starred");
    assert_eq!(world.places("a"), set(&["INBOX", "Work", "[Gmail].All Mail"]));
}

/// Two messages with the same header and of the same size.
const TWINS: [&[u8]; 2] = [b"Subject: twin\r\n\r\none\r\n", b"Subject: twin\r\n\r\ntwo\r\n"];

#[test]
fn what_gmail_calls_otherwise_is_another_message_however_alike_they_look() {
    let world = World::new(&["Work"]);
    let put = |folder: &str, body: &[u8]| {
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        world.server.with_mailboxes(|mailboxes| {
            mailboxes.get_mut(folder).unwrap().append(Flags::default(), date, body.into()).unwrap();
        });
    };
    put("INBOX", TWINS[0]);
    world.settle("before");
    world.server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        let uid = *inbox.messages.keys().next().unwrap();
        inbox.expunge(uid).unwrap();
    });
    put("Work", TWINS[1]);
    // Each side has the one body there, and the other one among all mail only.
    world.settle("after");
}

#[test]
fn what_is_moved_there_is_known_by_what_gmail_calls_it() {
    let world = World::new(&["Work"]);
    world.arrives("a", &["INBOX"]);
    world.settle("before");
    world.server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        let uid = *inbox.messages.keys().next().unwrap();
        let message = inbox.expunge(uid).unwrap();
        mailboxes.get_mut("Work").unwrap().append(message.flags, message.date, message.body);
    });
    let tap = Tap::new(world.server.address());
    let mut settings = world.settings();
    settings.accounts[0].remote.port = tap.address().port();
    settings.accounts[0].remote.compress = false;
    let (_, events) = run_with(settings);
    assert_eq!(copies(&events), (0, 0));
    let said = tap.said();
    assert!(said.iter().any(|line| line.contains("X-GM-MSGID")), "{said:#?}");
    assert!(!said.iter().any(|line| line.contains("BODY.PEEK") || line.contains("RFC822.SIZE")), "{said:#?}");
    assert_eq!(world.places("a"), set(&["Work", "[Gmail].All Mail"]));
}
