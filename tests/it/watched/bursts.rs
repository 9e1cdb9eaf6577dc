//! Many changes at once, and changes while a synchronisation is at work: nothing is lost, and nothing goes on without end.

use std::time::Duration;

use super::{calmly, watching};
use crate::local::deliver;
use crate::working::Working;
use crate::world::World;

/// So many folders change at once.
const FOLDERS: usize = 50;
/// Longer than the pause between two parts of a burst, and than the server takes to tell.
const SILENCE: Duration = Duration::from_secs(3);

/// Waits until so many folders have had a message each copied; how many synchronisations it took.
#[track_caller]
fn runs(working: &mut Working, folders: usize, copied: &str) -> usize {
    let before = working.said.len();
    while working.said[before..].iter().filter(|line| line.contains(copied) && is_of_a_folder(line)).count() < folders {
        working.says(copied);
    }
    working.says("Test: synchronised");
    working.said[before..].iter().filter(|line| line.contains("Test: synchronised")).count()
}

/// Whether a line tells of one folder, rather than of the whole account.
fn is_of_a_folder(line: &str) -> bool {
    line.starts_with("Test: ") && line.matches(": ").count() == 2
}

#[test]
fn folders_with_other_names_here_are_watched_on_both_sides() {
    let mut world = World::new();
    world.client(&["create", "INBOX/Lists"]);
    world.remote += "nametrans = lambda name: re.sub('^INBOX/', 'Here/', name)\n";
    world.local += "nametrans = lambda name: re.sub('^Here/', 'INBOX/', name)\n";
    let mut working = watching(&mut world);
    for number in 0..5 {
        world.client(&["append", "INBOX/Lists", &format!("there-{number}")]);
        working.says("Here/Lists: 1 downloaded");
        deliver(&world.maildir().join("Here.Lists"), &format!("here-{number}"), "S");
        working.says("Here/Lists: 1 uploaded");
    }
    working.ends();
    assert!(world.client(&["list", "INBOX/Lists"]).lines().count() == 10);
}

#[test]
fn fifty_folders_that_change_at_once_are_synchronised_in_a_few_runs() {
    let mut world = World::new();
    world.fill(50, 1);
    let mut working = watching(&mut world);
    let (code, said) = world.python("fill.py", &["50", "1", "2"]);
    assert_eq!(code, Some(0), "{said}");
    let there = runs(&mut working, FOLDERS, " 1 downloaded");
    for folder in std::fs::read_dir(world.maildir()).unwrap() {
        deliver(&folder.unwrap().path(), "mine", "S");
    }
    let here = runs(&mut working, FOLDERS, " 1 uploaded");
    // The server tells of fifty changes in a row as they come, which takes as long as a few runs.
    assert!(there <= 12 && here <= 6, "{there} and {here} runs");
    let more = working.falls_silent(SILENCE);
    // The server tells of what was uploaded, and one look shows that it is nothing new.
    let echoes: Vec<&String> = more.iter().filter(|line| line.contains("Test: synchronised")).collect();
    assert!(echoes.len() <= 1 && echoes.iter().all(|line| line.contains("nothing new")), "{more:#?}");
    working.ends();
    world.same(&[]);
}

#[test]
fn what_it_writes_itself_starts_nothing_without_end() {
    let mut world = World::new();
    world.fill(4, 5);
    let mut working = calmly(&mut world);
    world.client(&["append", "INBOX", "one"]);
    working.says("Test: INBOX: 1 downloaded");
    deliver(&world.maildir().join("Archive"), "mine", "S");
    working.says("Test: Archive: 1 uploaded");
    let last = working.falls_silent(SILENCE);
    // A look at what it has done itself here, one at what it has done there, and perhaps one more of each.
    assert!(last.iter().filter(|line| line.contains("starts its thread")).count() <= 4, "{last:#?}");
    working.ends();
    world.same(&[]);
}

#[test]
fn a_state_inside_the_maildir_starts_nothing_without_end() {
    let mut world = World::new();
    world.fill(2, 2);
    let inside = world.maildir().join(".state");
    let metadata = format!("metadata = {}", world.metadata().display());
    world.account += "autorefresh = 600\n";
    let config = world.config().replace(&metadata, &format!("metadata = {}", inside.display()));
    let mailboxes = format!("[mbnames]\nenabled = yes\nfilename = {}\n", world.maildir().join("mailboxes").display());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&(config + &mailboxes))).args(["-u", "basic", "-d", "thread"]);
    let mut working = Working::of(&mut command);
    working.says("the server tells of changes in all folders");
    world.client(&["append", "INBOX", "one"]);
    working.says("Test: INBOX: 1 downloaded");
    let last = working.falls_silent(SILENCE);
    assert!(last.iter().filter(|line| line.contains("starts its thread")).count() <= 4, "{last:#?}");
    working.ends();
}

#[test]
fn what_a_hook_writes_into_the_maildir_starts_nothing_without_end() {
    let mut world = World::new();
    world.fill(2, 2);
    world.account = format!("postsynchook = date > {0}/.index; touch {0}/INBOX/cur\n", world.maildir().display());
    let mut working = calmly(&mut world);
    world.client(&["append", "INBOX", "one"]);
    working.says("Test: INBOX: 1 downloaded");
    let last = working.falls_silent(SILENCE);
    assert!(last.iter().filter(|line| line.contains("starts its thread")).count() <= 4, "{last:#?}");
    working.ends();
}
