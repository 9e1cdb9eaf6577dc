//! Folders of every kind, made on either side, and sides that nothing may be written to.

use std::fs;

use crate::local::{self, deliver};
use crate::world::World;

fn nested(separator: char) {
    let mut world = World::new();
    world.separator = separator;
    // Nested, non-ASCII, with a space and with quotes.
    world.fill(7, 2);
    let folder = |name: &str| world.maildir().join(name.replace('/', &separator.to_string()));
    for name in ["Mine/Deep/Down", "Entw&APw-rfe/2024", "My space", "Say \"bye\" \\ again", "Kept (1%)"] {
        deliver(&folder(name), "here", "S");
    }
    local::make(&folder("Mine/Empty"));
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let there = world.status();
    for name in ["Mine/Deep/Down", "Entw&APw-rfe/2024", "My space", "Say \\\"bye\\\" \\\\ again", "Kept (1%)"] {
        assert!(there.contains(&format!("\"{name}\" (MESSAGES 1 ")), "{name} in {there}");
    }
    assert!(there.contains("\"Mine/Empty\" (MESSAGES 0 "), "{there}");
    for name in ["Archive/2023/May", "Entw&APw-rfe", "With space", "Say \"hello\""] {
        assert!(folder(name).join("cur").is_dir(), "{name}");
    }
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn with_points_between_the_parts() {
    nested('.');
}

#[test]
fn as_nested_directories() {
    nested('/');
}

#[test]
fn a_local_name_that_the_server_cannot_spell_stops_only_that_folder() {
    let world = World::new();
    world.fill(2, 2);
    let file = deliver(&world.maildir().join("Entwürfe"), "here", "S");
    world.sync().ends_with(1).says("Entwürfe").says("Entw&APw-rfe");
    assert!(file.exists());
    fs::rename(world.maildir().join("Entwürfe"), world.maildir().join("Entw&APw-rfe")).unwrap();
    world.sync().ends_with(0);
    world.same(&["dates"]);
}

#[test]
fn without_createfolders_here_only_folders_that_are_there_are_filled() {
    let mut world = World::new();
    world.local = "createfolders = no\n".into();
    world.fill(3, 2);
    local::make(&world.maildir().join("Archive"));
    world.sync().ends_with(0);
    assert_eq!(fs::read_dir(world.maildir()).unwrap().count(), 1);
    assert_eq!(local::messages(&world.maildir().join("Archive")).len(), 2);
}

#[test]
fn without_createfolders_there_none_is_made() {
    let mut world = World::new();
    world.remote.push_str("createfolders = no\n");
    world.fill(2, 2);
    let file = deliver(&world.maildir().join("Mine"), "here", "S");
    deliver(&world.maildir().join("INBOX"), "up", "S");
    world.sync().ends_with(0);
    let there = world.status();
    assert!(!there.contains("Mine") && there.contains("\"INBOX\" (MESSAGES 3 "), "{there}");
    assert!(file.exists());
}

#[test]
fn a_read_only_server_is_never_written() {
    let mut world = World::new();
    world.fill(2, 4);
    world.sync().ends_with(0);
    let there = world.status();
    let (_, said) = world.compare(&[]);
    assert!(said.contains(" 8 messages,"), "{said}");
    world.remote.push_str("readonly = yes\n");
    let inbox = world.maildir().join("INBOX");
    deliver(&inbox, "here", "S");
    deliver(&world.maildir().join("Mine"), "here", "S");
    let mut files = local::messages(&world.maildir().join("Archive"));
    fs::remove_file(files.pop().unwrap()).unwrap();
    local::flag(&files.pop().unwrap(), "DFRST");
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert_eq!(world.status(), there);
    }
    assert!(inbox.join("cur/here:2,S").exists());
}

#[test]
fn a_read_only_maildir_is_never_written() {
    let mut world = World::new();
    world.fill(2, 4);
    world.sync().ends_with(0);
    world.local = "readonly = yes\n".into();
    let before = local::tree(&world.maildir());
    world.fill(4, 6);
    let (code, _) = world.python("delete.py", &["Archive", "1"]);
    assert_eq!(code, Some(0));
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert_eq!(before, local::tree(&world.maildir()));
    }
}
