//! `--delete-folder`, asked on a real terminal and refused without one.

use std::fs;

use crate::local;
use crate::terminal::Terminal;
use crate::world::{Run, World};

/// A synchronised account with a folder of three messages, a folder below it, and an empty one.
fn filled() -> World {
    let world = World::new();
    for name in ["Old", "Old/deep", "Empty", "Entw&APw-rfe"] {
        world.client(&["create", name]);
    }
    for subject in ["a", "b", "c"] {
        world.client(&["append", "Old", subject]);
    }
    world.sync().ends_with(0);
    world
}

/// Asks for the folder on a terminal, answers each question, and gives what was shown; the program ends with this code.
fn on_terminal(world: &World, folder: &str, answers: &[(&str, &str)], code: u8) -> String {
    let config = world.file(&world.config());
    let mut terminal = Terminal::open(100, 40);
    terminal.start(&format!("-c {} --delete-folder '{folder}'", config.display()));
    for (question, answer) in answers {
        terminal.wait(question, |screen| screen.contents().contains(question));
        terminal.press(answer);
    }
    terminal.ends_with(code);
    String::from_utf8_lossy(&terminal.shown).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_terminal(world: &World, folder: &str, flags: &[&str]) -> Run {
    let mut command = world.program(&world.config());
    Run::from(&command.args(["--delete-folder", folder]).args(flags).output().unwrap())
}

#[test]
fn a_folder_with_messages_goes_when_its_name_is_typed_as_well() {
    let world = filled();
    let before = local::everything(&world.maildir());
    let answers = [("Delete it? [y/N]", "y\n"), ("type its name (Old)", "Old\n")];
    let shown = on_terminal(&world, "Old", &answers, 0);
    for words in [
        "Test: deleting the folder Old on localhost. It holds 3 messages, which would be gone for good. The folders below it stay.",
        "Deleted the folder Old with 3 messages on localhost.",
        "The folders below it stay: Old/deep.",
        "The next synchronisation would make it again from",
    ] {
        assert!(shown.contains(words), "no \"{words}\" in {shown}");
    }
    let there = world.status();
    assert!(!there.contains("\"Old\"") && there.contains("\"Old/deep\"") && there.contains("\"Empty\""), "{there}");
    assert!(local::everything(&world.maildir()) == before, "nothing was changed here");
    world.sync().ends_with(0).says("made again there");
    assert!(world.status().contains("\"Old\" (MESSAGES 3 "));
}

#[test]
fn anything_but_a_clear_yes_leaves_it() {
    let world = filled();
    let before = world.status();
    let (yes, name) = ("Delete it? [y/N]", "type its name (Old)");
    for answers in [
        &[(yes, "n\n")][..],
        &[(yes, "\n")],
        &[(yes, "\u{4}")],
        &[(yes, "Old\n")],
        &[(yes, "y\n"), (name, "y\n")],
        &[(yes, "y\n"), (name, "old\n")],
        &[(yes, "y\n"), (name, "\n")],
        &[(yes, "y\n"), (name, "\u{4}")],
        // A stop while it asks.
        &[(yes, "\u{3}")],
        &[(yes, "y\n"), (name, "\u{3}")],
    ] {
        let shown = on_terminal(&world, "Old", answers, 0);
        let stopped = answers.iter().any(|(_, answer)| *answer == "\u{3}");
        assert!(stopped || shown.contains("Nothing was deleted."), "{answers:?}: {shown}");
        assert_eq!(world.status(), before, "{answers:?}");
    }
}

#[test]
fn an_empty_folder_needs_one_yes_and_may_be_named_as_people_read_it() {
    let world = filled();
    let shown = on_terminal(&world, "Empty", &[("It holds no message. Delete it? [y/N]", "yes\n")], 0);
    assert!(shown.contains("Deleted the folder Empty with 0 messages"), "{shown}");
    on_terminal(&world, "Entwürfe", &[("Delete it? [y/N]", "y\n")], 0);
    assert!(!world.status().contains("Empty") && !world.status().contains("Entw"), "{}", world.status());
}

#[test]
fn what_comes_while_it_asks_saves_the_folder() {
    let world = filled();
    let config = world.file(&world.config());
    let mut terminal = Terminal::open(100, 40);
    terminal.start(&format!("-c {} --delete-folder Empty", config.display()));
    terminal.wait("question", |screen| screen.contents().contains("Delete it?"));
    // The account is locked meanwhile.
    world.sync().ends_with(4);
    world.client(&["append", "Empty", "news"]);
    terminal.press("y\n");
    terminal.ends_with(1);
    assert!(String::from_utf8_lossy(&terminal.shown).contains("it changed while you were asked"));
    assert!(world.status().contains("\"Empty\" (MESSAGES 1 "));
}

#[test]
fn without_a_terminal_it_is_refused_and_a_dry_run_only_tells() {
    let mut world = filled();
    let before = (world.status(), local::everything(&world.metadata()));
    without_terminal(&world, "Old", &[]).ends_with(2).says("no terminal").says("nothing was deleted");
    let run = without_terminal(&world, "Old", &["--dry-run"]);
    run.ends_with(0).says("Dry run: the folder Old with 3 messages would be deleted on localhost.");
    run.says("Nothing was deleted.");
    world.account = "syncfolderdeletes = yes\n".to_owned();
    without_terminal(&world, "Old", &["--dry-run"]).ends_with(0).says("deletes").says("as well (syncfolderdeletes)");
    world.account.clear();
    world.local = "folderpatterns = !Old\n".to_owned();
    without_terminal(&world, "Old", &["--dry-run"]).ends_with(0).says("isn't sent to the server again");
    fs::remove_dir_all(world.maildir().join("Empty")).unwrap();
    without_terminal(&world, "Empty", &["--dry-run"]).ends_with(0).says("nothing brings it back");
    local::make(&world.maildir().join("Empty"));
    assert_eq!(world.status(), before.0);
    assert!(local::everything(&world.metadata()) == before.1);
}

#[test]
fn what_may_not_be_deleted_or_is_not_there_is_refused() {
    let mut world = filled();
    let before = world.status();
    without_terminal(&world, "inbox", &["--dry-run"]).ends_with(1).in_one_sentence().says("INBOX");
    without_terminal(&world, "old", &["--dry-run"]).ends_with(1).in_one_sentence().says("but there is Old");
    world.remote.push_str("readonly = yes\n");
    without_terminal(&world, "Old", &["--dry-run"]).ends_with(1).in_one_sentence().says("read-only");
    let config = world.config().replace("accounts = Test", "accounts = Test, Other")
        + "\n[Account Other]\nlocalrepository = Elsewhere\nremoterepository = There\n\n[Repository Elsewhere]\n\
           type = Maildir\nlocalfolders = /nowhere\n";
    let mut command = world.program(&config);
    let run = Run::from(&command.args(["--delete-folder", "Old", "--dry-run"]).output().unwrap());
    run.ends_with(2).says("-a");
    assert_eq!(world.status(), before);
}
