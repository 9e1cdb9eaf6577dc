//! Only a part of the mail: what isn't too old, or too large, or named by a function.

use std::fs;
use std::path::PathBuf;

use crate::local::{self, deliver};
use crate::seed::{again, seed};
use crate::windows::Game;
use crate::world::{Run, World};

/// A message comes to INBOX on the server that is so many days old.
fn arrive(world: &World, subject: &str, days: u32) {
    world.client(&["append", "INBOX", subject, &days.to_string()]);
}

fn inbox(world: &World) -> PathBuf {
    world.maildir().join("INBOX")
}

fn delete_here(world: &World, subject: &str) {
    fs::remove_file(local::find(&inbox(world), subject).unwrap()).unwrap();
}

/// The line of a message on the server.
fn line(world: &World, subject: &str) -> Option<String> {
    let list = world.client(&["list", "INBOX"]);
    let mut lines = list.lines().filter(|line| line.ends_with(&format!(") {subject}")));
    let line = lines.next().map(str::to_owned);
    assert_eq!(lines.next(), None, "once");
    line
}

fn uid(world: &World, subject: &str) -> String {
    line(world, subject).unwrap().split(' ').next().unwrap().to_owned()
}

fn delete_there(world: &World, subject: &str) {
    let (code, said) = world.python("delete.py", &["INBOX", &uid(world, subject)]);
    assert_eq!(code, Some(0), "{said}");
}

/// Whether INBOX has this message on the server and here.
fn is(world: &World, subject: &str) -> (bool, bool) {
    (line(world, subject).is_some(), local::find(&inbox(world), subject).is_some())
}

const BOTH: (bool, bool) = (true, true);
const ONLY_THERE: (bool, bool) = (true, false);
const ONLY_HERE: (bool, bool) = (false, true);
const NOWHERE: (bool, bool) = (false, false);

fn told(world: &World, flag: &str) -> Run {
    let run = Run::from(&world.program(&world.config()).arg(flag).output().unwrap());
    run.ends_with(0);
    run
}

#[track_caller]
fn nothing_new(world: &World) {
    let before = (local::everything(&world.maildir()), world.status());
    world.sync().ends_with(0).says("nothing new");
    assert!((local::everything(&world.maildir()), world.status()) == before);
}

#[test]
fn what_is_too_old_is_left_alone_until_more_is_wanted() {
    let mut world = World::new();
    for (subject, days) in [("old a", 100), ("old b", 60), ("new a", 20), ("new b", 1)] {
        arrive(&world, subject, days);
    }
    world.account = "maxage = 30\n".into();
    deliver(&inbox(&world), "1000000000.mine", "S");
    deliver(&inbox(&world), "mine", "S");
    told(&world, "--dry-run").says("3 messages are left alone: older than 30 days").says("2 to download, 1 to upload");
    world.sync().ends_with(0).says("2 downloaded, 1 uploaded");
    for (subject, expected) in
        [("old a", ONLY_THERE), ("old b", ONLY_THERE), ("new a", BOTH), ("1000000000.mine", ONLY_HERE), ("mine", BOTH)]
    {
        assert_eq!(is(&world, subject), expected, "{subject}");
    }
    nothing_new(&world);
    told(&world, "--info").says("3 messages: older than 30 days").says("3 messages on both sides");
    // What is looked at is deleted as ever, even the last of it.
    delete_here(&world, "new a");
    delete_there(&world, "new b");
    delete_there(&world, "mine");
    world.sync().ends_with(0).says("1 deleted on the server");
    for subject in ["new a", "new b", "mine"] {
        assert_eq!(is(&world, subject), NOWHERE, "{subject}");
    }
    assert_eq!((is(&world, "old a"), is(&world, "1000000000.mine")), (ONLY_THERE, ONLY_HERE));
    world.account = "maxage = 80\n".into();
    told(&world, "--info").says("other messages are to be");
    world.sync().ends_with(0).says("1 downloaded");
    assert_eq!((is(&world, "old a"), is(&world, "old b")), (ONLY_THERE, BOTH));
    world.account = "maxage = 2001-01-01\n".into();
    world.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    world.account.clear();
    nothing_new(&world);
    world.same(&["dates"]);
}

#[test]
fn what_falls_out_of_the_window_stays_as_it_is_and_comes_back_as_it_was() {
    let mut world = World::new();
    for (subject, days) in [("a", 50), ("b", 50), ("c", 50), ("d", 50), ("e", 50), ("f", 1), ("g", 1)] {
        arrive(&world, subject, days);
    }
    world.client(&["flag", "INBOX", "5", "+", "\\Seen \\Flagged"]);
    world.sync().ends_with(0).says("7 downloaded");
    world.account = "maxage = 30\n".into();
    // Whether it was before or after that: what is too old is not looked at.
    for round in 0..2 {
        let [here, there] = [["a", "b"], ["b", "a"]][round];
        if round == 0 {
            delete_here(&world, here);
            delete_there(&world, there);
        }
        local::flag(&local::find(&inbox(&world), "c").unwrap(), if round == 0 { "S" } else { "RS" });
        world.client(&["flag", "INBOX", &uid(&world, "d"), "+", ["\\Seen", "\\Flagged"][round]]);
        world.client(&["flag", "INBOX", &uid(&world, "f"), "+", ["\\Seen", "\\Flagged"][round]]);
        let before = (world.client(&["list", "INBOX"]), local::find(&inbox(&world), "d"));
        world.sync().ends_with(0);
        assert_eq!((world.client(&["list", "INBOX"]), local::find(&inbox(&world), "d")), before);
        assert_eq!((is(&world, "a"), is(&world, "b")), (ONLY_THERE, ONLY_HERE));
    }
    let flags = |subject| {
        local::find(&inbox(&world), subject).unwrap().to_str().unwrap().rsplit_once(',').unwrap().1.to_owned()
    };
    assert_eq!(flags("f"), "FS");
    // A quick synchronisation looks no further.
    delete_there(&world, "g");
    let quick = Run::from(&world.program(&world.config()).arg("-q").output().unwrap());
    quick.ends_with(0).says("1 deleted here");
    world.client(&["flag", "INBOX", &uid(&world, "e"), "-", "\\Flagged"]);
    local::flag(&local::find(&inbox(&world), "e").unwrap(), "F");
    world.account.clear();
    let quick = Run::from(&world.program(&world.config()).arg("-q").output().unwrap());
    quick.ends_with(0).says("1 downloaded, 1 uploaded");
    world.same(&["dates"]);
    let flags = |subject| line(&world, subject).unwrap();
    assert!(flags("c").contains("(\\Answered \\Seen)") && flags("d").contains("(\\Flagged \\Seen)"));
    assert!(flags("e").contains("()"), "each side's change counts: {}", flags("e"));
    nothing_new(&world);
}

#[test]
fn what_was_moved_meanwhile_is_moved_when_it_is_looked_at_again() {
    let mut world = World::new();
    arrive(&world, "a", 100);
    deliver(&inbox(&world), "1000000000.b", "S");
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = local::find(&inbox(&world), "1000000000.b").unwrap();
    fs::File::options().write(true).open(file).unwrap().set_modified(written).unwrap();
    deliver(&world.maildir().join("Archive"), "x", "S");
    world.sync().ends_with(0);
    world.account = "maxage = 30\n".into();
    world.sync().ends_with(0);
    let (code, said) = world.python("relocate.py", &["INBOX", "Archive", &uid(&world, "a")]);
    assert_eq!(code, Some(0), "{said}");
    let file = local::find(&inbox(&world), "1000000000.b").unwrap();
    fs::rename(&file, world.maildir().join("Archive/cur").join(file.file_name().unwrap())).unwrap();
    nothing_new(&world);
    // Nothing is sent, fetched or there twice.
    world.account.clear();
    let run = world.sync();
    run.ends_with(0).says("moved 1 message from INBOX here").says("moved 1 message from INBOX on the server");
    assert!(!run.text.contains("loaded"), "{}", run.text);
    world.same(&["dates"]);
    assert_eq!((is(&world, "a"), is(&world, "1000000000.b")), (NOWHERE, NOWHERE));
    assert_eq!(local::messages(&world.maildir().join("Archive")).len(), 3);
    nothing_new(&world);
}

#[test]
fn a_folder_with_mail_that_is_left_alone_is_not_deleted_with_its_counterpart() {
    let mut world = World::new();
    arrive(&world, "hello", 1);
    world.client(&["create", "Lists"]);
    for (subject, days) in [("old", "100"), ("new", "1")] {
        world.client(&["append", "Lists", subject, days]);
    }
    world.account = "maxage = 30\nsyncfolderdeletes = yes\n".into();
    world.sync().ends_with(0);
    fs::remove_dir_all(world.maildir().join("Lists")).unwrap();
    world.sync().ends_with(0).says("so it is not deleted");
    let list = world.client(&["list", "Lists"]);
    assert_eq!(list.lines().count(), 2, "{list}");
    assert_eq!(local::messages(&world.maildir().join("Lists")).len(), 1);
}

#[test]
fn what_is_too_large_is_left_alone() {
    let mut world = World::new();
    world.client(&["append", "INBOX", "large", "0", "5000"]);
    world.client(&["append", "INBOX", "small", "0", "500"]);
    let text = |subject: &str, size| format!("From: a@example.org\nSubject: {subject}\n\n{}\n", "x".repeat(size));
    local::write(&inbox(&world), "1.a", "S", text("mine, large", 5000).as_bytes());
    local::write(&inbox(&world), "2.b", "S", text("mine, small", 500).as_bytes());
    world.account = "maxsize = 3000\n".into();
    world.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    assert_eq!((is(&world, "large"), is(&world, "mine, large")), (ONLY_THERE, ONLY_HERE));
    nothing_new(&world);
    told(&world, "--info").says("2 messages: larger than 3000 bytes");
    world.account = "maxsize = 300\n".into();
    world.sync().ends_with(0);
    delete_here(&world, "small");
    delete_there(&world, "mine, small");
    nothing_new(&world);
    world.account.clear();
    world.sync().ends_with(0).says("2 downloaded, 2 uploaded");
    world.same(&["dates"]);
}

#[test]
fn each_side_may_begin_with_a_day() {
    let mut world = World::new();
    arrive(&world, "before", 4000);
    arrive(&world, "after", 10);
    deliver(&inbox(&world), "1000000000.mine", "S");
    world.remote += "startdate = 2020-01-31\n";
    world.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    // What both sides have is looked at however old it is, and so is what comes later.
    local::flag(&local::find(&inbox(&world), "1000000000.mine").unwrap(), "FS");
    arrive(&world, "later", 4000);
    world.sync().ends_with(0).says("1 downloaded");
    assert!(line(&world, "1000000000.mine").unwrap().contains("\\Flagged"));
    nothing_new(&world);
    world.remote = world.remote.replace("startdate = 2020-01-31\n", "");
    world.local += "startdate = 2020-01-31\n";
    deliver(&inbox(&world), "1000000001.mine", "S");
    deliver(&inbox(&world), "mine", "S");
    world.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    assert_eq!((is(&world, "before"), is(&world, "1000000001.mine")), (BOTH, ONLY_HERE));
    nothing_new(&world);
    world.local.clear();
    world.sync().ends_with(0).says("1 uploaded");
    world.same(&["dates"]);
}

#[test]
fn what_a_function_names_is_never_copied() {
    let mut world = World::new();
    world.fill(2, 6);
    let open = world.remote.clone();
    world.remote += "copy_ignore_eval = lambda foldername: {'INBOX': [2, 3]}.get(foldername)\n";
    world.sync().ends_with(0).says("INBOX: 4 downloaded").says("Archive: 6 downloaded");
    assert_eq!((is(&world, "1 in INBOX"), is(&world, "2 in INBOX")), (ONLY_THERE, ONLY_THERE));
    nothing_new(&world);
    told(&world, "--info").says("2 messages: they are never copied");
    // Others are looked at as soon as the function names others; what both sides have stays in step.
    world.remote = format!("{open}copy_ignore_eval = lambda foldername: [3, 4] if foldername == 'INBOX' else None\n");
    delete_here(&world, "3 in INBOX");
    world.sync().ends_with(0).says("1 downloaded, 1 deleted on the server");
    assert_eq!((is(&world, "2 in INBOX"), is(&world, "3 in INBOX")), (ONLY_THERE, NOWHERE));
    // A folder that the function fails on is left out, and said so.
    world.remote = format!("{open}copy_ignore_eval = lambda foldername: {{'Archive': None}}[foldername]\n");
    world.client(&["append", "Archive", "news"]);
    world.sync().ends_with(1).says("copy_ignore_eval").says("KeyError").says("1 downloaded").in_one_sentence();
    world.remote = open;
    world.sync().ends_with(0).says("1 downloaded");
    world.same(&["dates"]);
}

#[test]
fn windows_that_come_and_go_lose_and_double_nothing() {
    let seed = seed();
    println!("{}", again(seed));
    Game::new(fastrand::Rng::with_seed(seed)).rounds(6);
}
