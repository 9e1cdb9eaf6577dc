//! Lines as the journal of systemd wants them, where it listens.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::world::{Run, World};

/// What the journal calls its end of a stream.
fn name(stream: &OwnedFd) -> String {
    let meta = File::from(stream.try_clone().unwrap()).metadata().unwrap();
    format!("{}:{}", meta.dev(), meta.ino())
}

/// Runs the program as the manager of services does, with both outputs led to the journal; all that the journal heard.
fn heard(world: &World, ui: &str) -> String {
    let (mut journal, theirs) = UnixStream::pair().unwrap();
    let theirs = OwnedFd::from(theirs);
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args([
        "-o",
        "-u",
        ui,
        "-k",
        "ui.Noninteractive.Basic:timestamps=yes",
    ]);
    command.env("JOURNAL_STREAM", name(&theirs)).stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut program = command.spawn().unwrap();
    drop(command);
    let mut text = String::new();
    journal.read_to_string(&mut text).unwrap();
    program.wait().unwrap();
    text
}

/// Whether there is a line that begins so and has these words.
#[track_caller]
fn has(text: &str, start: &str, words: &str) {
    assert!(text.lines().any(|line| line.starts_with(start) && line.contains(words)), "{start} … {words} in:\n{text}");
}

#[test]
fn warnings_and_errors_have_their_level_and_no_line_has_a_time() {
    let mut world = World::new();
    world.fill(1, 2);
    world.account = "nonsensical = yes\npostsynchook = exit 3\n".to_owned();
    let text = heard(&world, "basic");
    has(&text, "<6>Test: INBOX: 2 downloaded", "");
    has(&text, "<4>", "nonsensical");
    has(&text, "<3>Test: running the postsynchook", "exit status: 3");
    let begins_so = |line: &str| ["<3>", "<4>", "<6>"].iter().any(|level| line.starts_with(level));
    assert!(text.lines().all(begins_so), "{text}");
    let quiet = heard(&world, "quiet");
    has(&quiet, "<3>Test: running the postsynchook", "exit status: 3");
    assert!(quiet.lines().all(begins_so), "{quiet}");
}

#[test]
fn what_is_wrong_with_the_configuration_is_an_error_in_the_journal() {
    let mut world = World::new();
    world.account = "autorefresh = often\nquick = perhaps\n".to_owned();
    let text = heard(&world, "basic");
    has(&text, "<3>", "autorefresh");
    has(&text, "<3>", "quick");
    assert!(text.lines().all(|line| line.starts_with("<3>")), "{text}");
}

#[test]
fn an_output_that_leads_elsewhere_has_no_levels() {
    let world = World::new();
    world.fill(1, 1);
    // As a child of a service has it whose output goes to a file.
    let file = world.dovecot.dir.join("out");
    let (_journal, theirs) = UnixStream::pair().unwrap();
    let mut command = world.program(&world.config());
    command.env("JOURNAL_STREAM", name(&OwnedFd::from(theirs)));
    let status = command.stdout(File::create(&file).unwrap()).stderr(Stdio::inherit()).status().unwrap();
    assert!(status.success());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\nTest: INBOX: 1 downloaded\n") && !text.contains("<6>"), "{text}");
    let mut command = world.program(&world.config());
    let stamped = Run::from(&command.args(["-k", "ui.Noninteractive.Basic:timestamps=yes"]).output().unwrap());
    assert!(stamped.text.starts_with("20"), "{}", stamped.text);
}
