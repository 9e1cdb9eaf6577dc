//! What is moved is moved, and neither transferred nor doubled, though All Mail has a copy of everything.

use super::world::{World, copies, set};

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
