//! Other programs that read and change the Maildir, from Debian: notmuch, mu and neomutt, with what the README says of them.

mod neomutt;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::local;
use crate::working::Working;
use crate::world::{Run, World};

const README: &str = include_str!("../../README.md");

/// Fails unless the README says so.
#[track_caller]
fn said(words: &str) -> &str {
    assert!(README.contains(&format!("`{words}`")), "the README doesn't say {words}");
    words
}

/// A program, about to run at home.
fn at_home(world: &World, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("HOME", &world.dovecot.dir).env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME");
    command
}

fn runs(world: &World, program: &str, words: &[&str]) -> String {
    let run = Run::from(&at_home(world, program).args(words).output().unwrap());
    run.ends_with(0).text.clone()
}

fn sync(world: &World) -> Run {
    let mut command = world.program(&world.config());
    Run::from(&command.env("HOME", &world.dovecot.dir).env_remove("XDG_CACHE_HOME").output().unwrap())
}

/// An account with a hook, and mail of which notmuch knows.
fn with_notmuch() -> World {
    let mut world = World::new();
    world.account = format!("postsynchook = {}\n", said("postsynchook = notmuch new").split_once(" = ").unwrap().1);
    world.fill(3, 8);
    local::make(&world.maildir().join("INBOX"));
    let mut setup = at_home(&world, "notmuch");
    let mut setup = setup.arg("setup").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let answers = format!("Me\nme@example.org\n\n{}\n\n\n", world.maildir().display());
    setup.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    assert!(setup.wait().unwrap().success());
    world
}

/// The flags on the server of the only message that has this subject.
fn flags(world: &World, folder: &str, subject: &str) -> String {
    let list = world.client(&["list", folder]);
    let line = list.lines().find(|line| line.ends_with(&format!(") {subject}"))).unwrap();
    line.split_once('(').unwrap().1.split_once(')').unwrap().0.to_owned()
}

#[test]
fn notmuch_finds_new_mail_and_its_tags_are_flags() {
    let world = with_notmuch();
    sync(&world).ends_with(0);
    let count = |query: &str| runs(&world, "notmuch", &["count", query]).trim().to_owned();
    assert_eq!(count("*"), "24");
    world.client(&["append", "INBOX", "news"]);
    sync(&world).ends_with(0).says("1 downloaded");
    assert_eq!(count("subject:news tag:unread folder:INBOX"), "1");
    // It moves the file from new to cur when a tag goes that is a flag.
    assert!(
        local::find(&world.maildir().join("INBOX"), "news").unwrap().starts_with(world.maildir().join("INBOX/new"))
    );
    runs(&world, "notmuch", &["tag", "-unread", "+flagged", "+replied", "+project", "subject:news"]);
    assert!(
        local::find(&world.maildir().join("INBOX"), "news").unwrap().starts_with(world.maildir().join("INBOX/cur"))
    );
    sync(&world).ends_with(0).says("1 flagged on the server");
    assert_eq!(flags(&world, "INBOX", "news"), "\\Answered \\Flagged \\Seen");
    world.same(&["dates"]);
    // And back: without the one flag, and gone.
    world.client(&["several", "INBOX", "flag 9 - \\Flagged", "flag 1 + \\Deleted"]);
    sync(&world).ends_with(0);
    assert_eq!([count("subject:news tag:flagged"), count("subject:news tag:project"), count("*")], ["0", "1", "24"]);
    sync(&world).ends_with(0).says("nothing new");
    world.same(&["dates"]);
}

#[test]
fn what_notmuch_writes_into_the_maildir_starts_no_synchronisation() {
    let mut world = with_notmuch();
    world.account += "autorefresh = 600\n";
    let mut command = at_home(&world, env!("CARGO_BIN_EXE_blinkensync"));
    let mut working = Working::of(command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic"]));
    working.says("the server tells of changes in all folders");
    working.falls_silent(Duration::from_millis(1500));
    runs(&world, "notmuch", &["tag", "+flagged", "subject:\"3 in Archive\""]);
    working.says("flagged on the server");
    working.falls_silent(Duration::from_millis(1500));
    world.client(&["append", "INBOX", "news"]);
    working.says("1 downloaded");
    let rest = working.falls_silent(Duration::from_millis(1500));
    assert!(rest.len() < 20, "{}", rest.join("\n"));
    assert_eq!(runs(&world, "notmuch", &["count", "subject:news"]), "1\n");
    working.ends();
    world.same(&["dates"]);
}

#[test]
fn mu_finds_new_mail_and_sees_flags() {
    let mut world = World::new();
    world.account = format!("postsynchook = {}\n", said("postsynchook = mu index").split_once(" = ").unwrap().1);
    let root = format!("--maildir={}", world.maildir().display());
    local::make(&world.maildir().join("INBOX"));
    assert_eq!(said("mu init --maildir=~/Mail").split(' ').count(), 3);
    runs(&world, "mu", &["init", &root]);
    world.fill(2, 4);
    world.client(&["append", "INBOX", "news"]);
    sync(&world).ends_with(0);
    let find = |query: &str| {
        let out = at_home(&world, "mu").args(["find", "--fields", "s", query]).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    assert_eq!(find("maildir:/INBOX subject:news flag:unread"), "news\n");
    world.client(&["flag", "INBOX", "5", "+", "\\Seen \\Flagged"]);
    sync(&world).ends_with(0).says("flagged here");
    assert_eq!(find("subject:news flag:flagged flag:seen"), "news\n");
    local::flag(&local::find(&world.maildir().join("INBOX"), "news").unwrap(), "RS");
    sync(&world).ends_with(0).says("flagged on the server");
    assert_eq!(
        (find("subject:news flag:replied").as_str(), flags(&world, "INBOX", "news").as_str()),
        ("news\n", "\\Answered \\Seen")
    );
}
