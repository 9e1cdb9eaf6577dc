//! Which folders take part, and what they are called on the other side, said without Python.

use std::collections::BTreeSet;
use std::fs;

use crate::local::{self, deliver};
use crate::world::{Run, World};

/// The names of the local folders.
pub fn here(world: &World) -> BTreeSet<String> {
    fs::read_dir(world.maildir()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Names as a set.
pub fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Makes a folder with a message in it on the server.
pub fn made_there(world: &World, names: &[&str]) {
    for name in names {
        world.client(&["create", name]);
        world.client(&["append", name, "hello"]);
    }
}

#[test]
fn patterns_say_which_folders_take_part() {
    let mut world = World::new();
    made_there(&world, &["Spam", "Lists", "Lists/a", "Lists/noise", "Entw&APw-rfe"]);
    world.remote += "folderpatterns = INBOX, Lists/*, !Lists/noise*, Entwürfe\nfolderincludes = ['Spam']\n";
    // A folder that is left out there is not made there either, whatever is in it here.
    deliver(&world.maildir().join("Lists.noise2"), "mine", "S");
    world.sync().ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "Lists.a", "Entw&APw-rfe", "Spam", "Lists.noise2"]));
    assert!(!world.status().contains("noise2"), "{}", world.status());
    // What takes part no longer is left alone on both sides.
    let before = world.status();
    world.remote = world.remote.replace("Entwürfe", "!Entwürfe").replace("['Spam']", "[]");
    world.sync().ends_with(0).says("nothing new");
    assert_eq!(local::messages(&world.maildir().join("Entw&APw-rfe")).len(), 1);
    assert_eq!(world.status(), before);
    // And the local side can leave out folders that the server has.
    world.user = "other".to_owned();
    made_there(&world, &["A", "B"]);
    world.remote = world.remote.lines().filter(|line| !line.starts_with("folder")).collect::<Vec<_>>().join("\n");
    world.local = "folderpatterns = !B\n".to_owned();
    world.sync().ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "A"]));
}

#[test]
fn a_map_names_folders_there_and_back() {
    let mut world = World::new();
    made_there(&world, &["INBOX/Lists", "INBOX/Lists/a", "Odd"]);
    world.remote += "namemap = s/^INBOX\\///\n";
    deliver(&world.maildir().join("Mine.new"), "mine", "S");
    world.sync().ends_with(0).says("Lists/a");
    assert_eq!(here(&world), named(&["INBOX", "Lists", "Lists.a", "Odd", "Mine.new"]));
    assert!(world.status().contains("\"INBOX/Mine/new\" (MESSAGES 1 "), "{}", world.status());
    deliver(&world.maildir().join("Lists.a"), "more", "S");
    world.sync().ends_with(0).says("1 uploaded");
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_name_without_a_way_back_is_the_fault_of_that_folder() {
    let mut world = World::new();
    made_there(&world, &["work-a"]);
    world.remote += "namemap = s/^(work|home)-//\n";
    let file = deliver(&world.maildir().join("Mine"), "mine", "S");
    world.sync().ends_with(1).in_one_sentence().says("Mine").says("can't be derived").says("1 downloaded");
    assert!(file.exists());
    world.local = "namemap = s/^/work-/\n".to_owned();
    world.sync().ends_with(0).says("1 uploaded");
    assert!(world.status().contains("\"work-Mine\" (MESSAGES 1 "), "{}", world.status());
}

#[test]
fn a_change_of_the_map_uploads_nothing_again() {
    let mut world = World::new();
    made_there(&world, &["INBOX/Lists"]);
    world.sync().ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "INBOX.Lists"]));
    let before = world.status();
    world.remote += "namemap = s/^INBOX\\///\n";
    world.sync().ends_with(1).in_one_sentence().says("INBOX.Lists").says("another name here now");
    assert_eq!(world.status(), before);
    assert_eq!(local::messages(&world.maildir().join("INBOX.Lists")).len(), 1);
}

#[test]
fn two_folders_with_one_name_are_refused_and_the_rest_goes_on() {
    let mut world = World::new();
    made_there(&world, &["work-a", "home-a", "b"]);
    world.remote += "namemap = s/^(work|home)-//\n";
    world.sync().ends_with(1).in_one_sentence().says("home-a and work-a");
    assert_eq!(here(&world), named(&["INBOX", "b"]));
}

#[test]
fn the_command_line_names_the_only_folders() {
    let world = World::new();
    made_there(&world, &["Lists", "Lists/a", "Lists/b", "Entw&APw-rfe"]);
    let only = |folders: &str| Run::from(&world.program(&world.config()).args(["-f", folders]).output().unwrap());
    only("Lists.a,Entwürfe").ends_with(0).says("2 folders");
    assert_eq!(here(&world), named(&["Lists.a", "Entw&APw-rfe"]));
    only("Lists*,!Lists/b").ends_with(0);
    assert_eq!(here(&world), named(&["Lists", "Lists.a", "Entw&APw-rfe"]));
    only("!").ends_with(2).in_one_sentence().says("-f");
    only("lists").ends_with(0).says("-f names no folder");
    assert!(!only("Lists").text.contains("-f names no folder"));
}

#[test]
fn rules_that_leave_every_folder_out_are_told() {
    let mut world = World::new();
    world.remote += "folderpatterns = inbox\n";
    world.sync().ends_with(0).in_one_sentence().says("none of the server's folders takes part");
}

#[test]
fn the_log_goes_to_a_file_as_well() {
    let world = World::new();
    made_there(&world, &["Lists"]);
    let file = world.dovecot.dir.join("log");
    for _ in 0..2 {
        let mut program = world.program(&world.config());
        Run::from(&program.arg("-l").arg(&file).output().unwrap()).ends_with(0);
    }
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches("Test: synchronising\n").count(), 2, "{text}");
    assert!(text.contains("Z Test: Lists: 1 downloaded\n"), "{text}");
    let mut program = world.program(&world.config());
    let run = Run::from(&program.args(["-l", "/no/such/directory/log"]).output().unwrap());
    run.ends_with(2).in_one_sentence().says("/no/such/directory/log");
}

#[test]
fn flags_about_synchronisations_are_said_to_do_nothing_elsewhere() {
    let world = World::new();
    let log = world.dovecot.dir.join("log");
    let mut program = world.program(&world.config());
    let run = Run::from(&program.args(["--info", "-d", "imap", "-l"]).arg(&log).output().unwrap());
    run.ends_with(0).says("-l is about synchronisations; nothing comes of it with --info").says("-d is about");
    assert!(!log.exists());
}

#[test]
fn another_name_on_the_other_side_makes_no_message_another_one() {
    let mut world = World::new();
    world.fill(3, 12);
    made_there(&world, &["Few"]);
    world.sync().ends_with(0);
    let before = world.status();
    // The digest in the files' names is that of a name that has just changed.
    world.remote += "namemap = s/^/x-/; s/^x-INBOX$/INBOX/\n";
    for folder in ["Archive", "Archive.2023", "Few"] {
        let new = world.maildir().join(format!("x-{folder}"));
        fs::rename(world.maildir().join(folder), new).unwrap();
    }
    world.local = "namemap = s/^x-//\n".to_owned();
    let run = world.sync();
    run.ends_with(0);
    assert!(!run.text.contains("uploaded") && !run.text.contains("deleted"), "{}", run.text);
    assert_eq!(world.status(), before);
    // The same where folders keep their names here, and have to be looked at.
    world.local = "namemap = s/^x-/y-/; s/^INBOX$/Inbox/\n".to_owned();
    world.client(&["append", "INBOX", "news"]);
    world.client(&["append", "Few", "news"]);
    let before = world.status();
    let run = world.sync();
    assert!(!run.text.contains("uploaded") && !run.text.contains("deleted"), "{}", run.text);
    assert_eq!(world.status(), before);
}
