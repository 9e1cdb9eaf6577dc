//! Where labels could be lost, or come back: messages that are moved, other settings, odd labels and odd messages.

use std::fs;

use blinkensync::config::settings::{LabelSettings, Quick, WatchSettings};
use blinkensync::engine::Options;
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use super::labels::{ALL, configured, file, label, replace, said, settle, store, there, world};
use super::world::{World, copies, set};
use crate::engine::{on_the_server, run_as, run_with};
use crate::tap::Tap;
use crate::wishes::Going;

fn keep(world: &mut World, field: &str, ignored: &[&str]) {
    world.gmail.labels = Some(LabelSettings { field: field.to_owned(), ignored: ignored.iter().collect() });
}

#[test]
fn what_was_taken_off_a_message_while_it_was_moved_there_does_not_come_back() {
    let world = world(&["A", "B", "Work"]);
    world.arrives("a", &["INBOX", "A"]);
    world.arrives("b", &["INBOX", "A", "B"]);
    settle(&world, "before");
    store(&world, "a", "-X-GM-LABELS (\\Inbox A)");
    store(&world, "a", "+X-GM-LABELS (Work)");
    assert_eq!(copies(&world.sync()), (0, 0));
    settle(&world, "moved");
    assert_eq!(there(&world, "a"), "Work");
    assert_eq!(world.places("a"), set(&["Work", ALL]));
    assert_eq!(file(&world, "Work", "a").0, "X-Keywords:");
    assert_eq!(file(&world, "B", "b").0, "X-Keywords: A,\\Inbox");
}

#[test]
fn what_was_taken_off_a_message_while_it_was_moved_here_does_not_come_back() {
    let world = world(&["A", "Work"]);
    world.arrives("a", &["INBOX", "A"]);
    settle(&world, "before");
    label(&world, "INBOX", "a", "X-Keywords: Mine\n");
    world.shift("INBOX", "Work", "a");
    world.sync();
    settle(&world, "moved");
    assert_eq!(there(&world, "a"), "Mine Work");
}

#[test]
fn in_another_field_the_same_labels_are_kept() {
    let mut world = world(&[]);
    world.arrives("a", &["INBOX"]);
    world.arrives("b", &["INBOX"]);
    for subject in ["a", "b"] {
        store(&world, subject, "+X-GM-LABELS (One Two)");
    }
    settle(&world, "before");
    keep(&mut world, "X-Label", &[]);
    label(&world, "INBOX", "a", "X-Label: Three\nX-Keywords: One,Two\n");
    for _ in 0..3 {
        world.sync();
    }
    assert_eq!(there(&world, "a"), "One Three Two \\Inbox");
    assert_eq!(there(&world, "b"), "One Two \\Inbox");
    assert_eq!(file(&world, "INBOX", "b").0, "X-Label: One Two");
    assert_eq!(said(&world.sync()), [""; 0]);
}

#[test]
fn labels_that_are_ignored_from_now_on_stay_and_those_that_no_longer_are_come() {
    let mut world = world(&[]);
    world.arrives("a", &["INBOX"]);
    store(&world, "a", "+X-GM-LABELS (One Two)");
    settle(&world, "before");
    keep(&mut world, "X-Keywords", &["One"]);
    store(&world, "a", "+X-GM-LABELS (Three)");
    settle(&world, "ignored");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: One,Three,Two");
    assert_eq!(there(&world, "a"), "One Three Two \\Inbox");
    store(&world, "a", "+X-GM-LABELS (Four)");
    keep(&mut world, "X-Keywords", &["Four"]);
    settle(&world, "another");
    keep(&mut world, "X-Keywords", &[]);
    settle(&world, "no more");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Four,One,Three,Two");
    assert_eq!(there(&world, "a"), "Four One Three Two \\Inbox");
}

#[test]
fn a_label_written_in_other_letters_is_not_lost() {
    let world = world(&["Work"]);
    world.arrives("a", &["INBOX", "Work"]);
    settle(&world, "before");
    label(&world, "INBOX", "a", "X-Keywords: work\n");
    settle(&world, "after");
    assert_eq!(there(&world, "a"), "Work \\Inbox");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Work");
}

#[test]
fn a_label_that_is_refused_holds_no_other_one_back() {
    let world = world(&["Work"]);
    world.arrives("a", &["INBOX"]);
    settle(&world, "before");
    let long = "x".repeat(300);
    label(&world, "INBOX", "a", &format!("X-Keywords: Work,{long},More\n"));
    let (exit, events) = world.try_sync();
    assert_eq!(exit, Exit::Partial);
    let wanted = format!("adding the label \"{}…\" in INBOX", "x".repeat(50));
    assert!(said(&events).iter().any(|text| text.starts_with(&wanted)), "{:?}", said(&events));
    assert_eq!(there(&world, "a"), "More Work \\Inbox");
}

#[test]
fn a_message_that_begins_with_white_space_stays_as_it_is() {
    let world = world(&["Work"]);
    world.arrives(" x\r\n odd", &["INBOX"]);
    world.server.with_mailboxes(|mailboxes| {
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        let body = b" begins\r\n\tso\r\nSubject: odd\r\n\r\nodd\r\n".to_vec();
        mailboxes.get_mut("INBOX").unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
    world.sync();
    store(&world, "odd", "+X-GM-LABELS (Work)");
    for _ in 0..3 {
        world.sync();
    }
    assert_eq!(said(&world.sync()), [""; 0]);
    assert_eq!(there(&world, "odd"), "Work \\Inbox");
    let text = fs::read_to_string(world.file("INBOX", "odd")).unwrap();
    assert_eq!(text, " begins\n\tso\nX-Keywords: Work\nSubject: odd\n\nodd\n");
}

/// As neomutt 20220429 does it: the file has another name, without its number, and more fields, of which some were there.
#[test]
fn a_label_that_mutt_changes_is_changed_and_the_message_is_the_same() {
    let world = World::new(&["Work"]);
    let sync = || {
        let (exit, events) = run_with(configured(&world, "synclabels = yes\nlabelsheader = X-Label\n", "GmailMaildir"));
        assert_eq!(exit, Exit::Success, "{events:#?}");
        events
    };
    world.server.with_mailboxes(|mailboxes| {
        let body = b"Subject: a\r\nLines: 7\r\nX-Label: theirs\r\n\r\nbody\r\n".to_vec();
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        mailboxes.get_mut("INBOX").unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
    sync();
    sync();
    let before = on_the_server(&world.server);
    let path = world.file("INBOX", "a");
    assert_eq!(fs::read_to_string(&path).unwrap(), "X-Label:\nSubject: a\nLines: 7\n\nbody\n");
    fs::remove_file(&path).unwrap();
    let text =
        "Subject: a\nStatus: RO\nContent-Length: 5\nLines: 1\nX-Label: =?utf-8?Q?Caf=C3=A9_=22sea_food=22?=\n\nbody\n";
    fs::write(world.root.path().join("mail/INBOX/cur/1796049890.R121543173.vm:2,S"), text).unwrap();
    let events = sync();
    assert_eq!(copies(&events), (0, 0), "{events:#?}");
    assert_eq!(there(&world, "a"), "Caf&AOk- \\Inbox sea food");
    sync();
    assert_eq!(said(&sync()), [""; 0]);
    let after = on_the_server(&world.server);
    assert!(
        before.iter().all(|(folder, body, _)| after.iter().any(|(there, same, _)| (there, same) == (folder, body)))
    );
    assert!(after.iter().all(|(_, body, _)| *body == before[0].1), "{after:?}");
    assert_eq!(after.len(), 4, "in All Mail, INBOX, and the two new labels");
}

#[test]
fn what_a_read_only_side_did_not_get_comes_to_it_when_it_may_be_changed_again() {
    for local in [true, false] {
        let world = world(&[]);
        world.arrives("a", &["INBOX"]);
        settle(&world, "before");
        label(&world, "INBOX", "a", "X-Keywords: Here\n");
        store(&world, "a", "+X-GM-LABELS (There)");
        let mut settings = world.settings();
        let account = &mut settings.accounts[0];
        let common = if local { account.local.common_mut() } else { &mut account.remote.common };
        common.read_only = true;
        for _ in 0..2 {
            let (exit, events) = run_with(settings.clone());
            assert_eq!(exit, Exit::Success, "{events:#?}");
        }
        settle(&world, "after");
        assert_eq!(there(&world, "a"), "Here There \\Inbox");
        assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Here,There");
    }
}

#[test]
fn what_happens_to_a_message_while_it_is_not_looked_at_is_seen_afterwards() {
    let world = world(&[]);
    world.arrives("a", &["INBOX"]);
    world.arrives("b", &["INBOX"]);
    settle(&world, "before");
    let mut settings = world.settings();
    settings.accounts[0].extent.largest = Some(1);
    let young = || {
        let (exit, events) = run_with(settings.clone());
        assert_eq!(exit, Exit::Success, "{events:#?}");
    };
    young();
    label(&world, "INBOX", "a", "X-Keywords: Here\n");
    store(&world, "a", "+X-GM-LABELS (There)");
    store(&world, "b", "+X-GM-LABELS (There)");
    young();
    young();
    assert_eq!(there(&world, "a"), "There \\Inbox");
    settle(&world, "after");
    assert_eq!(there(&world, "a"), "Here There \\Inbox");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Here,There");
    assert_eq!(file(&world, "INBOX", "b").0, "X-Keywords: There");
}

#[test]
fn labels_survive_another_validity_and_a_lost_ledger() {
    let world = world(&["Work"]);
    world.arrives("a", &["INBOX", "Work"]);
    world.arrives("b", &["INBOX"]);
    settle(&world, "before");
    fs::remove_dir_all(world.root.path().join("metadata")).unwrap();
    label(&world, "INBOX", "a", "X-Keywords: Mine,Work\n");
    store(&world, "b", "+X-GM-LABELS (There)");
    world.sync();
    settle(&world, "after");
    assert_eq!(there(&world, "a"), "Mine Work \\Inbox");
    assert_eq!(there(&world, "b"), "There \\Inbox");
    assert_eq!(file(&world, "INBOX", "b").0, "X-Keywords: There");
}

#[test]
fn quick_runs_see_labels_that_are_changed_here() {
    let world = world(&[]);
    world.arrives("a", &["INBOX"]);
    settle(&world, "before");
    label(&world, "INBOX", "a", "X-Keywords: Here\n");
    let (exit, events) = run_as(world.settings(), Options { quick: true, ..Options::default() });
    assert_eq!(exit, Exit::Success, "{events:#?}");
    assert_eq!(there(&world, "a"), "Here \\Inbox");
}

/// Puts the labels behind the body, where a response has both.
fn late(said: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8(said.to_vec()).unwrap();
    if !text.contains("BODY[] {") {
        return Some(text.into_bytes());
    }
    let (before, rest) = text.split_once(" FETCH (X-GM-LABELS (")?;
    let (labels, rest) = rest.split_once(") ")?;
    let (message, end) = rest.rsplit_once(")\r\n").filter(|(_, end)| end.ends_with("fetched\r\n"))?;
    Some(format!("{before} FETCH ({message} X-GM-LABELS ({labels}))\r\n{end}").into_bytes())
}

#[test]
fn a_field_that_came_with_a_message_is_not_taken_for_labels_that_are_told_behind_it() {
    let world = world(&[]);
    world.server.with_mailboxes(|mailboxes| {
        let body = b"Subject: a\r\nX-Keywords: theirs\r\n\r\nbody\r\n".to_vec();
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        mailboxes.get_mut("INBOX").unwrap().append(Flags::default(), date, body.into()).unwrap();
    });
    store(&world, "a", "+X-GM-LABELS (Work)");
    let tap = Tap::twisting(world.server.address(), late);
    let mut settings = world.settings();
    settings.accounts[0].remote.port = tap.address().port();
    settings.accounts[0].remote.compress = false;
    let (exit, events) = run_with(settings);
    assert_eq!(exit, Exit::Success, "{events:#?}");
    assert_eq!(there(&world, "a"), "Work \\Inbox");
    assert_eq!(file(&world, "INBOX", "a"), ("X-Keywords: Work".to_owned(), "Subject: a\n\nbody\n".to_owned()));
}

#[test]
fn what_was_taken_off_a_message_that_was_moved_on_both_sides_does_not_come_back() {
    let world = world(&["A", "Work"]);
    world.arrives("a", &["INBOX", "A"]);
    settle(&world, "before");
    store(&world, "a", "-X-GM-LABELS (\\Inbox A)");
    store(&world, "a", "+X-GM-LABELS (Work)");
    world.delete("A", "a");
    let path = world.file("INBOX", "a");
    fs::rename(&path, world.root.path().join("mail/Work/cur").join(path.file_name().unwrap())).unwrap();
    assert_eq!(copies(&world.sync()), (0, 0));
    settle(&world, "moved");
    assert_eq!(there(&world, "a"), "Work");
    assert_eq!(world.places("a"), set(&["Work", ALL]));
}

#[test]
fn a_dry_run_before_anything_was_synchronised_changes_no_labels() {
    let mut world = World::new(&["Work"]);
    world.arrives("a", &["INBOX", "Work"]);
    world.sync();
    keep(&mut world, "X-Keywords", &[]);
    world.arrives("b", &["INBOX"]);
    let (exit, events) = run_as(world.settings(), Options { pretend: true, ..Options::default() });
    assert_eq!(exit, Exit::Success, "{events:#?}");
    let said = said(&events);
    assert!(said.len() == 3 && said.iter().all(|text| text == "the labels of 1 message would change here"), "{said:?}");
    assert_eq!(file(&world, "INBOX", "a").0, "Subject: a");
}

#[test]
fn labels_that_change_between_two_runs_start_one() {
    let world = world(&[]);
    world.arrives("a", &["INBOX"]);
    settle(&world, "before");
    let mut settings = world.settings();
    let folders = vec!["INBOX".to_owned()];
    settings.accounts[0].remote.watch = WatchSettings { folders, keepalive: None, hold: false };
    let mut going = Going::watching(settings, Quick::Never);
    going.done();
    going.until("word on how it is watched", |kind| matches!(kind, EventKind::Watched { .. }).then_some(()));
    label(&world, "INBOX", "a", "X-Keywords: Here\n");
    while going.done().0.remote_flags == 0 {}
    assert_eq!(there(&world, "a"), "Here \\Inbox");
    store(&world, "a", "+X-GM-LABELS (There)");
    while !file(&world, "INBOX", "a").0.contains("There") {
        going.done();
    }
    assert_eq!(going.quit(), Exit::Success);
}

#[test]
fn what_messages_say_themselves_is_no_label_when_labels_are_kept_from_now_on() {
    let mut world = World::new(&["Work"]);
    world.server.with_mailboxes(|mailboxes| {
        let body = b"Subject: a\r\nX-Keywords: theirs,Work,\\Trash\r\n\r\nbody\r\n".to_vec();
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        for folder in ["INBOX", "Work"] {
            mailboxes.get_mut(folder).unwrap().append(Flags::default(), date, body.clone().into()).unwrap();
        }
    });
    world.sync();
    keep(&mut world, "X-Keywords", &[]);
    replace(&world, "INBOX", "a", "Subject: a\nX-Keywords: theirs,Work,\\Trash,Mine\n\nbody\n");
    for _ in 0..3 {
        world.sync();
    }
    assert_eq!(there(&world, "a"), "Mine Work \\Inbox");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Mine,Work");
    assert_eq!(file(&world, ALL, "a").0, "X-Keywords: Mine,Work,\\Inbox");
    assert_eq!(said(&world.sync()), [""; 0]);
}
