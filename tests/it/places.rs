//! Names that a directory can't have, or that would lead elsewhere: each is refused for itself, and the rest goes on.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::local::{self, deliver};
use crate::names::{here, made_there, named};
use crate::world::World;

/// Synchronises twice: with the first run as with the second, these are refused in a sentence each; the rest goes on, and nothing
/// is deleted on the server.
#[track_caller]
fn refused(world: &World, sentences: &[&str]) {
    for _ in 0..2 {
        let run = world.sync();
        run.ends_with(1).in_one_sentence();
        for words in sentences {
            run.says(words);
        }
        let failures =
            if sentences.len() == 1 { "1 failure".to_owned() } else { format!("{} failures", sentences.len()) };
        run.says(&failures);
        assert!(!run.text.contains("deleted"), "{}", run.text);
    }
}

#[test]
fn names_that_no_directory_can_have_are_refused_one_by_one() {
    let mut world = World::new();
    let long = ["x".repeat(130), "y".repeat(130)];
    let together = long.join("/");
    made_there(&world, &[&together, "cur", "new", "A/b", "A.b", ".hidden", "..a", "last"]);
    let there = world.status();
    refused(&world, &["longer than the 255 bytes", "\"cur\"", "\"new\"", "A.b and A/b"]);
    let held = named(&["INBOX", ".hidden", "..a", "last"]);
    assert_eq!(here(&world), held);
    // As nested directories some of them have room.
    world.user = "other".to_owned();
    world.separator = '/';
    made_there(&world, &[&together, "Lists", "Lists/cur", "A/b", "A.b", ".hidden", "last"]);
    refused(&world, &["\"Lists/cur\""]);
    let path = world.maildir().join(&together);
    assert_eq!(local::messages(&path).len(), 1);
    assert!(["A/b", "A.b", ".hidden"].iter().all(|name| local::messages(&world.maildir().join(name)).len() == 1));
    assert_eq!(local::messages(&world.maildir().join("Lists")).len(), 1);
    world.user = "me".to_owned();
    assert_eq!(world.status(), there);
}

#[test]
fn names_with_empty_parts_are_not_made_there() {
    let mut world = World::new();
    for name in [".mine", "mine..too", "end."] {
        deliver(&world.maildir().join(name), "mine", "S");
    }
    refused(&world, &["its name would be /mine there", "mine//too", "end/"]);
    world.local = "namemap = s/^\\.//; s/\\.\\././; s/\\.$//\n".to_owned();
    world.remote += "namemap = s/^mine$/.mine/; s/^mine\\/too$/mine..too/; s/^end$/end./\n";
    world.sync().ends_with(0);
    let there = world.status();
    assert!(
        ["mine", "mine/too", "end"].iter().all(|name| there.contains(&format!("\"{name}\" (MESSAGES 1 "))),
        "{there}"
    );
}

#[test]
fn links_do_not_lead_out_of_the_maildir() {
    let mut world = World::new();
    world.separator = '/';
    made_there(&world, &["Lists", "Lists/a", "Work", "last"]);
    let (elsewhere, more) = (world.dovecot.dir.join("elsewhere"), world.dovecot.dir.join("more"));
    local::make(&elsewhere);
    deliver(&elsewhere.join("a"), "not to be sent", "S");
    local::make(&more);
    fs::create_dir_all(world.maildir()).unwrap();
    symlink(&elsewhere, world.maildir().join("Lists")).unwrap();
    symlink(&more, world.maildir().join("Work")).unwrap();
    let before = (world.status(), local::everything(&elsewhere), local::everything(&more));
    refused(&world, &["Lists", "Lists/a", "Work"]);
    assert_eq!((world.status(), local::everything(&elsewhere), local::everything(&more)), before);
    assert_eq!(local::messages(&world.maildir().join("last")).len(), 1);
}

#[test]
fn a_link_that_comes_into_the_place_of_a_folder_is_not_followed() {
    let mut world = World::new();
    world.separator = '/';
    made_there(&world, &["Lists", "Lists/a", "last"]);
    world.sync().ends_with(0);
    let (folder, away) = (world.maildir().join("Lists"), world.dovecot.dir.join("away"));
    fs::rename(&folder, &away).unwrap();
    symlink(&away, &folder).unwrap();
    let before = (world.status(), local::everything(&away));
    world.client(&["append", "Lists/a", "news"]);
    let news = world.status();
    refused(&world, &["Lists", "Lists/a"]);
    assert_eq!(local::everything(&away), before.1);
    assert_eq!(world.status(), news);
}

#[test]
fn a_local_name_that_is_no_text_is_not_passed_over_in_silence() {
    for separator in ['.', '/'] {
        let mut world = World::new();
        world.separator = separator;
        let odd = world.maildir().join(OsStr::from_bytes(b"Entw\xFCrfe"));
        let file = deliver(&odd, "mine", "S");
        deliver(&odd.join("below"), "mine", "S");
        deliver(&world.maildir().join("Plain"), "mine", "S");
        refused(&world, &["its name isn't UTF-8"]);
        assert!(file.exists() && world.status().contains("\"Plain\" (MESSAGES 1 "), "{}", world.status());
    }
}

#[test]
fn a_local_inbox_in_another_case_is_not_mixed_with_the_servers() {
    let world = World::new();
    world.client(&["append", "INBOX", "hello"]);
    let file = deliver(&world.maildir().join("Inbox"), "mine", "S");
    refused(&world, &["its name would be INBOX there"]);
    assert!(file.exists() && local::messages(&world.maildir().join("Inbox")).len() == 1);
    assert_eq!(local::messages(&world.maildir().join("INBOX")).len(), 1);
    assert!(world.status().contains("\"INBOX\" (MESSAGES 1 "), "{}", world.status());
}

#[test]
fn a_file_in_the_place_of_a_folder_stops_only_that_folder() {
    let world = World::new();
    made_there(&world, &["Notes", "last"]);
    fs::create_dir_all(world.maildir()).unwrap();
    fs::write(world.maildir().join("Notes"), "mine").unwrap();
    refused(&world, &["something that is no directory is in its place"]);
    assert_eq!(fs::read(world.maildir().join("Notes")).unwrap(), b"mine");
    assert_eq!(local::messages(&world.maildir().join("last")).len(), 1);
}
