//! The machine protocol and its reference.

use std::collections::BTreeMap;
use std::fs;

use blinkensync::model::ids::AccountName;
use blinkensync::model::question::Ask;
use blinkensync::ui::lines::Style;
use blinkensync::ui::machine::Machine;
use blinkensync::ui::machine::command::{Command, PROTOCOL};

use super::lines::shown;
use super::path;

/// What the reference says of a command: its fields, and an example.
type Entry = (String, String);

fn reference() -> String {
    fs::read_to_string(path("../assets/machineui.md")).unwrap()
}

/// The commands that the reference has, each by its heading.
fn described() -> BTreeMap<String, Entry> {
    let text = reference();
    let entries = text.split("\n### ").skip(1).map(|part| {
        let line = |start: &str| part.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default().to_owned();
        (part.lines().next().unwrap().to_owned(), (line("Fields: "), line("    ")))
    });
    entries.collect()
}

/// The heading of a command in the reference.
fn heading(level: &str, name: &str) -> String {
    if name.is_empty() { format!("{level} without a command") } else { name.to_owned() }
}

#[test]
fn the_reference_has_every_command_and_no_other() {
    let described = described();
    let known: Vec<String> = Command::TABLE.iter().map(|row| heading(row.1, row.2)).collect();
    assert!(described.keys().all(|name| known.contains(name)), "{described:?}");
    for (_, level, name, fields) in Command::TABLE {
        let heading = heading(level, name);
        let (said, example) = described.get(&heading).unwrap_or_else(|| panic!("{heading} is not described"));
        assert_eq!(*said, format!("{}.", fields.join(", ")), "{heading}");
        assert!(example.starts_with(&format!("{level}:{name}:")), "{heading}: {example}");
        let parts: Vec<&str> = example.split(':').collect();
        assert_eq!((parts.len(), parts[3].split("%0A").count()), (4, fields.len()), "{example}");
    }
    assert!(reference().contains(&format!("version {PROTOCOL}")));
}

#[test]
fn every_command_but_those_of_passwords_comes_in_a_scene_with_all_its_fields() {
    let text = shown(Machine::new(Vec::new()), "particulars", Machine::into_inner);
    for (command, level, name, fields) in Command::TABLE {
        if [Command::GetPass, Command::GetPassError].contains(&command) {
            continue;
        }
        let begin = format!("{level}:{name}:");
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(&begin)).collect();
        assert!(!lines.is_empty(), "{begin} is missing in:\n{text}");
        for line in lines {
            assert_eq!(line.rsplit(':').next().unwrap().split("%0A").count(), fields.len(), "{line}");
        }
    }
}

#[test]
fn only_a_password_is_asked_for() {
    let (account, folder) = (AccountName::new("home"), "INBOX".into());
    let mut ui = Machine::new(Vec::new());
    let agreement = Ask::Agreement { account: account.clone(), folder, consequence: "Much would be deleted.".into() };
    assert!(ui.pose(&agreement).unwrap().is_none());
    for refusal in [None, Some("No: try\nagain".to_owned())] {
        let (user, host) = ("an na".into(), "imap.example".into());
        assert!(ui.pose(&Ask::Password { account: account.clone(), user, host, refusal }).unwrap().is_some());
    }
    let text = String::from_utf8(ui.into_inner()).unwrap();
    let lines: Vec<&str> = text.lines().skip(2).collect();
    let asked = "msg:getpass:Account+sync+home:an+na";
    assert_eq!(lines, [asked, "warn:getpasserror:Account+sync+home:an+na%0ANo%3A+try%E2%90%8Aagain", asked]);
}
