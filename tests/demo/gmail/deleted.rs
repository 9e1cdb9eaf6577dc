//! What is deleted here goes to the trash there, once it is nowhere else.

use blinkensync::config::settings::GmailSettings;
use blinkensync::demo::{Extensions, Names};
use blinkensync::model::fault::Exit;

use super::world::{World, set};

#[test]
fn deleted_in_its_only_folder_it_goes_to_the_trash_whatever_that_is_called() {
    let slow = Extensions { move_: false, uidplus: false, ..Extensions::GMAIL };
    for (extensions, names) in
        [(Extensions::GMAIL, Names::ENGLISH), (Extensions::GMAIL, Names::GERMAN), (slow, Names::GERMAN)]
    {
        let world = World::with(extensions, names, &[]);
        world.arrives("a", &["INBOX"]);
        world.arrives("b", &["INBOX"]);
        world.settle("before");
        world.delete("INBOX", "a");
        world.settle("after");
        assert_eq!(world.places("a"), set(&[&names.trash.replace('/', ".")]));
        assert_eq!(world.places("b"), set(&["INBOX", &names.all.replace('/', ".")]));
    }
}

#[test]
fn deleted_in_the_trash_or_among_the_spam_it_is_gone() {
    let world = World::new(&[]);
    world.arrives("a", &["[Gmail]/Trash"]);
    world.arrives("b", &["[Gmail]/Spam"]);
    world.settle("before");
    world.delete("[Gmail].Trash", "a");
    world.delete("[Gmail].Spam", "b");
    world.settle("after");
    assert_eq!((world.places("a"), world.places("b")), (set(&[]), set(&[])));
}

#[test]
fn deleted_in_one_of_its_folders_it_stays_in_the_others() {
    let world = World::new(&["Work", "Fish"]);
    world.arrives("a", &["INBOX", "Work", "Fish"]);
    world.settle("before");
    world.delete("Work", "a");
    world.settle("deleted once");
    assert_eq!(world.places("a"), set(&["INBOX", "Fish", "[Gmail].All Mail"]));
    // Starred is no folder that somebody has put it into.
    world.server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        let uid = *inbox.messages.keys().next().unwrap();
        inbox.set_flags(uid, blinkensync::model::flags::Flags::from_imap(["\\Flagged"]));
    });
    world.settle("starred");
    assert_eq!(world.places("a"), set(&["INBOX", "Fish", "[Gmail].All Mail", "[Gmail].Starred"]));
    // In both that are left, in one run.
    world.delete("INBOX", "a");
    world.delete("Fish", "a");
    world.settle("deleted everywhere");
    assert_eq!(world.places("a"), set(&["[Gmail].Trash"]));
}

#[test]
fn deleted_among_all_mail_it_comes_back_as_long_as_it_has_a_label() {
    let world = World::new(&[]);
    world.arrives("labelled", &["INBOX"]);
    world.arrives("archived", &["[Gmail]/All Mail"]);
    world.settle("before");
    world.delete("[Gmail].All Mail", "labelled");
    world.delete("[Gmail].All Mail", "archived");
    world.sync();
    world.places("labelled");
    world.settle("after");
    assert_eq!(world.places("labelled"), set(&["INBOX", "[Gmail].All Mail"]));
    assert_eq!(world.places("archived"), set(&["[Gmail].Trash"]));
}

#[test]
fn the_trash_may_be_named_and_without_one_nothing_is_deleted() {
    let mut world = World::new(&["Bin"]);
    world.arrives("a", &["INBOX"]);
    world.arrives("b", &["INBOX"]);
    world.settle("before");
    let named = |name: &str| GmailSettings { trash: Some(name.to_owned()), ..GmailSettings::default() };
    world.gmail = named("Nowhere");
    world.delete("INBOX", "a");
    let (exit, events) = world.try_sync();
    assert_eq!(exit, Exit::Partial);
    assert!(format!("{events:?}").contains("there is no trash folder Nowhere"), "{events:#?}");
    world.server.with_mailboxes(|mailboxes| assert_eq!(mailboxes.get("INBOX").unwrap().messages.len(), 2));
    world.gmail = named("Bin");
    world.settle("after");
    assert_eq!(world.places("a"), set(&["Bin", "[Gmail].All Mail"]));
    // What is named as spam is deleted in for good.
    world.gmail = GmailSettings { trash: Some("Bin".to_owned()), spam: Some("INBOX".to_owned()), labels: None };
    world.delete("INBOX", "b");
    world.settle("as spam");
    assert_eq!(world.places("b"), set(&["[Gmail].All Mail"]));
}
