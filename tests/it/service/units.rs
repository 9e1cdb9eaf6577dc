//! The units of systemd that come with the program.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use blinkensync::cli::Cli;
use blinkensync::model::fault::Exit;
use clap::Parser;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/systemd")
}

/// The assignments of a unit, each with its section.
fn read(name: &str) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(directory().join(name)).unwrap();
    let (mut section, mut found) = (String::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else {
            let (key, value) = line.split_once('=').unwrap();
            found.push((section.clone(), key.to_owned(), value.to_owned()));
        }
    }
    found
}

/// The one value of a key; empty, where there is none.
fn value(unit: &[(String, String, String)], key: &str) -> String {
    let values: Vec<&String> = unit.iter().filter(|line| line.1 == key).map(|line| &line.2).collect();
    assert!(values.len() < 2, "{key}: {values:?}");
    values.first().map_or_else(String::new, |value| (*value).clone())
}

/// The command line that a unit starts the program with.
fn command_line(name: &str) -> Cli {
    let command = value(&read(name), "ExecStart").replace("%i", "home");
    assert_eq!(command.split(' ').next(), Some("blinkensync"), "{name}");
    Cli::try_parse_from(command.split(' ')).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn each_starts_the_program_with_flags_that_it_has() {
    let all = command_line("blinkensync.service");
    assert!(all.ui.as_deref() == Some("basic") && all.accounts.is_empty() && !all.once);
    let one = command_line("blinkensync@.service");
    assert!(one.ui.as_deref() == Some("basic") && one.accounts == ["home"] && !one.once);
    let oneshot = command_line("blinkensync-once.service");
    assert!(oneshot.ui.as_deref() == Some("basic") && oneshot.accounts.is_empty() && oneshot.once);
    assert_eq!(value(&read("blinkensync.timer"), "Unit"), "blinkensync-once.service");
}

#[test]
fn one_account_is_looked_after_as_all_are() {
    let strip = |name| {
        let mut unit = read(name);
        unit.retain(|line| line.1 != "ExecStart" && line.1 != "Description");
        unit
    };
    assert_eq!(strip("blinkensync.service"), strip("blinkensync@.service"));
}

#[test]
fn the_manager_takes_the_exit_codes_for_what_they_mean() {
    let codes = |unit: &str, key| {
        let codes = value(&read(unit), key);
        codes.split(' ').map(|code| code.parse::<u8>().unwrap()).collect::<Vec<_>>()
    };
    let of = |exits: &[Exit]| exits.iter().map(|exit| exit.code()).collect::<Vec<_>>();
    assert_eq!(codes("blinkensync.service", "SuccessExitStatus"), of(&[Exit::Partial, Exit::Cut]));
    assert_eq!(codes("blinkensync.service", "RestartPreventExitStatus"), of(&[Exit::Config, Exit::Login]));
    assert_eq!(codes("blinkensync-once.service", "SuccessExitStatus"), of(&[Exit::Locked]));
}

#[test]
fn the_readme_names_units_that_there_are() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let section = readme.split("### As a service").nth(1).unwrap().split("\n## ").next().unwrap();
    for unit in fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().file_name()) {
        let name = unit.to_str().unwrap().trim_end_matches(".service");
        assert!(name == "blinkensync-once" || section.contains(name), "{name}");
    }
}

#[test]
fn systemd_itself_finds_nothing_wrong_with_them() {
    let place = tempfile::tempdir().unwrap();
    let names = ["blinkensync.service", "blinkensync@.service", "blinkensync-once.service", "blinkensync.timer"];
    for name in names {
        let text = fs::read_to_string(directory().join(name)).unwrap();
        // It looks for the program as well.
        let command = format!("ExecStart={}", env!("CARGO_BIN_EXE_blinkensync"));
        fs::write(place.path().join(name), text.replace("ExecStart=blinkensync", &command)).unwrap();
    }
    let mut command = Command::new("systemd-analyze");
    command.args(["--user", "verify"]).env("XDG_RUNTIME_DIR", place.path());
    command.args(names.map(|name| place.path().join(name.replace('@', "@home"))));
    match command.output() {
        Err(error) => {
            // Written past the test runner, which shows nothing of a test that succeeds.
            let why = format!("not tested: what systemd thinks of the units (systemd-analyze: {error})");
            writeln!(io::stderr(), "{why}").unwrap();
        }
        Ok(out) => {
            let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
            assert!(out.status.success() && !said.contains("blinkensync"), "{said}");
        }
    }
}
