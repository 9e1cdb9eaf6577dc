//! Which of a server's folders are looked at: those that are subscribed to, those below a reference.

use std::fs;

use crate::local::{self, deliver};
use crate::names::{here, made_there, named};
use crate::world::World;

fn subscribed(world: &World, names: &[&str]) {
    for name in names {
        world.client(&["subscribe", name]);
    }
}

/// An account with folders of which two are subscribed to.
fn subscribing() -> World {
    let mut world = World::new();
    made_there(&world, &["Lists", "Lists/a", "Lists/b", "Spam"]);
    subscribed(&world, &["INBOX", "Lists/a"]);
    world.remote += "subscribedonly = yes\n";
    world
}

#[test]
fn only_folders_that_are_subscribed_to_take_part() {
    let mut world = subscribing();
    world.remote += "folderincludes = ['Spam']\n";
    // A new one is subscribed to, or the next run would not know it.
    deliver(&world.maildir().join("Mine"), "mine", "S");
    world.sync().ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "Lists.a", "Spam", "Mine"]));
    deliver(&world.maildir().join("Mine"), "more", "S");
    world.sync().ends_with(0).says("Mine: 1 uploaded");
    // A local folder that is like one that is left out stays for itself.
    deliver(&world.maildir().join("Lists.b"), "mine", "S");
    let before = world.status();
    world.sync().ends_with(0).says("nothing new");
    assert_eq!(world.status(), before);
}

#[test]
fn a_folder_that_is_unsubscribed_from_is_left_alone_and_comes_back() {
    let mut world = subscribing();
    world.account = "syncfolderdeletes = yes\n".to_owned();
    world.sync().ends_with(0);
    let before = world.status();
    let folder = world.maildir().join("Lists.a");
    for round in 0..2 {
        world.client(&["unsubscribe", "Lists/a"]);
        world.sync().ends_with(0);
        assert_eq!((world.status(), local::messages(&folder).len()), (before.clone(), 1), "round {round}");
        world.client(&["subscribe", "Lists/a"]);
        let run = world.sync();
        run.ends_with(0);
        assert!(!run.text.contains("loaded") && !run.text.contains("deleted"), "{}", run.text);
        // The same where the ledger keeps what it knows.
        world.account.clear();
    }
    world.client(&["append", "Lists/a", "news"]);
    world.sync().ends_with(0).says("Lists/a: 1 downloaded");
}

#[test]
fn a_folder_that_goes_after_it_was_unsubscribed_from_is_not_deleted_here() {
    let mut world = subscribing();
    world.account = "syncfolderdeletes = yes\n".to_owned();
    world.sync().ends_with(0);
    world.client(&["unsubscribe", "Lists/a"]);
    world.sync().ends_with(0);
    world.client(&["remove", "Lists/a"]);
    world.sync().ends_with(0);
    assert_eq!(local::messages(&world.maildir().join("Lists.a")).len(), 1);
    // One that goes while it is subscribed to is gone.
    subscribed(&world, &["Lists/b"]);
    world.sync().ends_with(0).says("Lists/b: 1 downloaded");
    world.client(&["remove", "Lists/b"]);
    world.sync().ends_with(0).says("folder deleted here");
    assert!(!world.maildir().join("Lists.b").exists());
}

#[test]
fn a_local_folder_that_goes_while_it_is_unsubscribed_from_is_not_deleted_there() {
    let mut world = subscribing();
    world.account = "syncfolderdeletes = yes\n".to_owned();
    world.sync().ends_with(0);
    world.client(&["unsubscribe", "Lists/a"]);
    fs::remove_dir_all(world.maildir().join("Lists.a")).unwrap();
    world.sync().ends_with(0);
    subscribed(&world, &["Lists/a"]);
    world.sync().ends_with(0).says("Lists/a: 1 downloaded");
}

#[test]
fn when_nothing_is_subscribed_to_that_is_said() {
    let mut world = World::new();
    made_there(&world, &["Lists"]);
    world.remote += "subscribedonly = yes\n";
    world.sync().ends_with(0).says("none of the server's folders is subscribed to");
    assert_eq!(here(&world), named(&[]));
}

#[test]
fn folders_begin_at_the_reference_and_keep_their_names() {
    let mut world = World::new();
    made_there(&world, &["Mail", "Mail/a", "Mail/a/b", "Elsewhere"]);
    world.remote += "reference = Mail/\nfolderincludes = ['INBOX']\n";
    deliver(&world.maildir().join("Mail.mine"), "mine", "S");
    world.sync().ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "Mail.a", "Mail.a.b", "Mail.mine"]));
    assert!(world.status().contains("\"Mail/mine\" (MESSAGES 1 "), "{}", world.status());
    world.sync().ends_with(0).says("nothing new");
    // One that could not be found again there is not made.
    let file = deliver(&world.maildir().join("mine"), "mine", "S");
    world.sync().ends_with(1).in_one_sentence().says("Mail/, the reference");
    assert!(file.exists() && !world.status().contains("\"mine\""), "{}", world.status());
}

#[test]
fn a_reference_that_comes_later_deletes_nothing() {
    let mut world = World::new();
    world.account = "syncfolderdeletes = yes\n".to_owned();
    made_there(&world, &["Mail/a", "Elsewhere"]);
    world.sync().ends_with(0);
    let (there, files) = (world.status(), here(&world));
    let plain = world.remote.clone();
    for reference in ["reference = Mail\n", "reference = \"Mail/\"\n", ""] {
        world.remote = format!("{plain}{reference}");
        let run = world.sync();
        run.ends_with(0);
        assert!(!run.text.contains("loaded") && !run.text.contains("deleted"), "{}", run.text);
        assert_eq!((world.status(), here(&world)), (there.clone(), files.clone()));
    }
}
