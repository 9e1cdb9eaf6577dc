//! How much is said to the server: what can be counted, and doesn't depend on the machine.

use std::collections::BTreeSet;
use std::fs;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};
use rustix::io::Errno;

use crate::calm;
use crate::dovecot::PASSWORD;
use crate::local;
use crate::meter::{Figures, Meter};
use crate::world::World;

/// An account in plain text, past the meter.
fn metered() -> (World, Meter) {
    let mut world = World::new();
    let meter = Meter::new(world.dovecot.port, Duration::ZERO);
    world.remote = format!(
        "remotehost = 127.0.0.1\nremoteport = {}\nremotepass = {PASSWORD}\nssl = no\nstarttls = no\nmaxconnections = 4\n",
        meter.port
    );
    (world, meter)
}

/// Synchronises once; what that took.
fn counted(world: &World, meter: &Meter) -> Figures {
    world.sync().ends_with(0);
    meter.take()
}

/// Fills the server and synchronises until nothing is left to look at again.
fn settled(world: &World, meter: &Meter, folders: u32, messages: u32) {
    world.fill(folders, messages);
    world.sync().ends_with(0);
    settle(world, meter);
}

fn settle(world: &World, meter: &Meter) {
    calm::wait(&world.maildir());
    world.sync().ends_with(0).says("nothing new");
    meter.take();
}

/// How many commands begin with this word, `UID` in front of it or not.
fn commands(figures: &Figures, verb: &str) -> usize {
    let is_it = |command: &&String| {
        let words: Vec<&str> = command.split(' ').collect();
        let word = if words[0].eq_ignore_ascii_case("UID") { words.get(1).unwrap_or(&"") } else { words[0] };
        word.eq_ignore_ascii_case(verb)
    };
    figures.commands().iter().filter(is_it).count()
}

fn folder(world: &World, name: &str) -> PathBuf {
    world.maildir().join(name)
}

#[test]
fn where_nothing_changed_a_hundred_folders_take_one_look() {
    let (mut world, meter) = metered();
    let mut seen = Vec::new();
    for messages in [1, 4] {
        world.user = format!("with{messages}");
        settled(&world, &meter, 100, messages);
        let figures = counted(&world, &meter);
        assert!(figures.turns <= 5, "{figures:?}");
        assert!(figures.up + figures.down <= 30_000, "{figures:?}");
        assert_eq!(figures.connections, 1);
        assert_eq!(commands(&figures, "SELECT") + commands(&figures, "EXAMINE"), 0, "{figures:?}");
        assert_eq!(commands(&figures, "LIST"), 1, "{figures:?}");
        seen.push(figures);
    }
    assert_eq!(seen[0].turns, seen[1].turns);
    // The numbers of UIDs and changes get longer by a digit.
    assert!(seen[1].down.abs_diff(seen[0].down) < 500, "{seen:?}");
}

#[test]
fn where_only_recent_mail_is_looked_at_the_rest_costs_nothing() {
    let (mut world, meter) = metered();
    world.account = "maxage = 30\n".into();
    for age in 0..6 {
        world.client(&["append", "INBOX", &format!("{age}"), &(age * 20).to_string()]);
    }
    world.sync().ends_with(0).says("2 downloaded");
    settle(&world, &meter);
    let figures = counted(&world, &meter);
    assert_eq!(commands(&figures, "SELECT") + commands(&figures, "EXAMINE"), 0, "{figures:?}");
    // Only what is new is listed, although most of the folder isn't here; and one question tells what isn't looked at.
    world.client(&["append", "INBOX", "news", "0"]);
    let figures = counted(&world, &meter);
    let asked = figures.commands();
    let all: Vec<&String> = asked.iter().filter(|command| command.contains("1:* (FLAGS)")).collect();
    assert!(all.is_empty() && commands(&figures, "SEARCH") == 1, "{asked:?}");
    assert!(world.maildir().join("INBOX").join("new").read_dir().unwrap().count() == 3);
}

/// What was read of these directories while `action` went on.
fn read_meanwhile(directories: &[PathBuf], action: impl FnOnce()) -> BTreeSet<PathBuf> {
    let watch = init(CreateFlags::NONBLOCK).unwrap();
    let watched: Vec<i32> =
        directories.iter().map(|path| add_watch(&watch, path, WatchFlags::ACCESS).unwrap()).collect();
    action();
    let mut room = [MaybeUninit::uninit(); 4096];
    let (mut reader, mut seen) = (Reader::new(&watch, &mut room), BTreeSet::new());
    loop {
        match reader.next() {
            Ok(event) => seen.insert(watched.iter().position(|one| *one == event.wd()).unwrap()),
            Err(Errno::WOULDBLOCK) => return seen.into_iter().map(|place| directories[place].clone()).collect(),
            Err(error) => panic!("{error}"),
        };
    }
}

#[test]
fn where_nothing_changed_no_directory_is_read() {
    let (world, meter) = metered();
    settled(&world, &meter, 5, 3);
    let directories = calm::directories(&world.maildir());
    assert_eq!(directories.len(), 10);
    let read = read_meanwhile(&directories, || {
        world.sync().ends_with(0).says("nothing new");
    });
    assert_eq!(read, BTreeSet::new());
    // The watch does see when one is read: where there is something new, that folder is, and no other.
    local::deliver(&folder(&world, "Archive"), "mine", "S");
    let read = read_meanwhile(&directories, || {
        world.sync().ends_with(0).says("1 uploaded");
    });
    let all_of = |name: &str| -> BTreeSet<PathBuf> {
        directories.iter().filter(|path| path.parent() == Some(&folder(&world, name))).cloned().collect()
    };
    assert_eq!(read, all_of("Archive"));
}

#[test]
fn new_messages_cost_the_folder_they_are_in_and_not_their_number() {
    let (world, meter) = metered();
    settled(&world, &meter, 10, 3);
    let idle = counted(&world, &meter);
    let mut turns = Vec::new();
    for count in [2, 20] {
        for number in 0..count {
            world.client(&["append", "INBOX", &format!("news-{count}-{number}")]);
        }
        let figures = counted(&world, &meter);
        assert_eq!(commands(&figures, "SELECT"), 1, "{figures:?}");
        assert_eq!(commands(&figures, "FETCH"), 1, "{figures:?}");
        assert!(figures.turns <= idle.turns + 4, "{figures:?}");
        turns.push(figures.turns);
        settle(&world, &meter);
    }
    assert_eq!(turns[0], turns[1]);
}

#[test]
fn flags_cost_the_folders_they_change_in_and_not_their_number() {
    let (world, meter) = metered();
    settled(&world, &meter, 10, 8);
    let idle = counted(&world, &meter);
    let of = |folders: &[&str], uids: &str, flag: &str| {
        for folder in folders {
            world.client(&["flag", folder, uids, "+", flag]);
        }
        let figures = counted(&world, &meter);
        assert_eq!(commands(&figures, "SELECT"), folders.len(), "{figures:?}");
        assert_eq!(commands(&figures, "FETCH"), 0, "{figures:?}");
        let logins = figures.connections * idle.turns;
        let more = figures.turns.saturating_sub(logins);
        assert!(more <= 3 * folders.len() as u64, "{more} turns besides {} log-ins: {figures:?}", figures.connections);
        settle(&world, &meter);
    };
    of(&["INBOX", "Archive"], "1", "one");
    of(&["INBOX", "Archive"], "1:8", "two");
    of(&["INBOX", "Archive", "Folder00", "Folder01", "Folder02", "Entw&APw-rfe"], "1:8", "three");
}

/// What it takes to upload this many messages.
fn uploading(world: &World, meter: &Meter, count: u32) -> Figures {
    for number in 0..count {
        local::deliver(&folder(world, "Archive"), &format!("of{count}-{number}"), "S");
    }
    world.sync().ends_with(0).says(&format!("{count} uploaded"));
    meter.take()
}

#[test]
fn uploads_do_not_wait_for_one_another() {
    let (world, meter) = metered();
    settled(&world, &meter, 3, 3);
    let idle = counted(&world, &meter);
    for count in [10, 100] {
        let figures = uploading(&world, &meter, count);
        assert!(figures.turns <= idle.turns + 12, "{count} messages: {figures:?}");
        settle(&world, &meter);
    }
}

/// Every second file of the folder.
fn every_second(folder: &Path) -> Vec<PathBuf> {
    local::messages(folder).into_iter().step_by(2).collect()
}

#[test]
fn deletions_go_to_the_server_as_whole_sets() {
    let (world, meter) = metered();
    settled(&world, &meter, 2, 61);
    let idle = counted(&world, &meter);
    for file in every_second(&folder(&world, "Archive")) {
        fs::remove_file(file).unwrap();
    }
    let run = world.sync_allowing_deletes();
    run.ends_with(0).says("31 deleted");
    let figures = meter.take();
    assert_eq!((commands(&figures, "STORE"), commands(&figures, "EXPUNGE")), (1, 1), "{figures:?}");
    let expunges = figures.commands().into_iter().find(|command| command.starts_with("UID EXPUNGE ")).unwrap();
    assert!(expunges.contains(','), "a set of UIDs, and only these: {expunges}");
    assert!(figures.turns <= idle.turns + 4, "{figures:?}");
    world.same(&["dates"]);
}
