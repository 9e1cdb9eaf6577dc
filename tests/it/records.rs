//! What is kept beside the interface: the log, syslog, and what each thread spends its time on.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::working::Working;
use crate::world::{Run, World};

/// Ends what a daemon hears.
const END: &[u8] = b"the end";

/// Listens as a syslog daemon does.
fn daemon(path: &Path) -> JoinHandle<Vec<String>> {
    let socket = UnixDatagram::bind(path).unwrap();
    thread::spawn(move || {
        let (mut lines, mut buffer) = (Vec::new(), vec![0; 10_000]);
        loop {
            let count = socket.recv(&mut buffer).unwrap();
            if &buffer[..count] == END {
                return lines;
            }
            lines.push(String::from_utf8(buffer[..count].to_vec()).unwrap());
        }
    })
}

/// Runs the program with these arguments, and a syslog that listens, or doesn't.
fn run(world: &World, arguments: &[&str], listens: bool) -> (Output, Vec<String>) {
    let path = world.dovecot.dir.join("syslog");
    let _ = fs::remove_file(&path);
    let heard = listens.then(|| daemon(&path));
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.env("BLINKENSYNC_SYSLOG", &path).arg("-c").arg(world.file(&world.config())).arg("-o").args(arguments);
    let out = command.output().unwrap();
    let lines = heard.map(|heard| {
        UnixDatagram::unbound().unwrap().send_to(END, &path).unwrap();
        heard.join().unwrap()
    });
    (out, lines.unwrap_or_default())
}

/// Whether one of the lines has this priority and ends so, after time and name.
fn has(lines: &[String], priority: u8, end: &str) -> bool {
    let form = |line: &String| {
        let rest = line.strip_prefix(&format!("<{priority}>"))?;
        // "Mar  1 04:03:20 blinkensync[7]: "
        let (name, text) = rest.get(16..)?.split_once("]: ")?;
        (name.strip_prefix("blinkensync[")?.parse::<u32>().is_ok() && text.starts_with(end)).then_some(())
    };
    lines.iter().any(|line| form(line).is_some())
}

#[test]
fn syslog_as_an_interface_shows_nothing_here() {
    let mut world = World::new();
    world.fill(2, 3);
    world.account = "nonsensical = yes\n".to_owned();
    let (out, lines) = run(&world, &["-u", "syslog", "-d", "imap"], true);
    assert!(out.status.success() && out.stdout.is_empty() && out.stderr.is_empty(), "{}", Run::from(&out).text);
    assert!(has(&lines, 22, "Test: synchronised: 2 folders in "), "{lines:#?}");
    assert!(has(&lines, 23, "Test: imap 0: -> b1 AUTHENTICATE PLAIN ***"), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("<20>") && line.contains("nonsensical")), "{lines:#?}");
    world.remote = world.remote.replace("remotepass = ", "remotepass = not-");
    let (out, lines) = run(&world, &["-k", "general:ui=syslog"], true);
    assert!(out.status.code() == Some(3) && out.stdout.is_empty() && out.stderr.is_empty());
    assert!(has(&lines, 19, "Test: logging in as me on localhost"), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("not-")), "{lines:#?}");
}

#[test]
fn syslog_beside_an_interface_has_the_same_lines() {
    let world = World::new();
    world.fill(1, 3);
    let (out, lines) = run(&world, &["-u", "basic", "-s"], true);
    let said = Run::from(&out);
    said.ends_with(0).says("Test: INBOX: 3 downloaded");
    assert!(has(&lines, 22, "Test: INBOX: 3 downloaded"), "{lines:#?}");
    assert_eq!(lines.len(), said.text.lines().count(), "{lines:#?}");
}

#[test]
fn a_syslog_that_is_missing_stops_only_who_has_nothing_else() {
    let world = World::new();
    world.fill(1, 1);
    let alone = Run::from(&run(&world, &["-u", "syslog"], false).0);
    alone.ends_with(2).in_one_sentence().says("connecting to syslog at ").says("-l");
    let alone = Run::from(&run(&world, &["-k", "general:ui=syslog"], false).0);
    alone.ends_with(2).says("connecting to syslog at ");
    assert!(!world.maildir().exists());
    let (out, _) = run(&world, &["-k", "general:ui=syslog, basic"], false);
    Run::from(&out).ends_with(0).says("Test: INBOX: 1 downloaded");
    let (out, _) = run(&world, &["-u", "basic", "-s"], false);
    Run::from(&out).ends_with(0).in_one_sentence().says("connecting to syslog at ").says("Test: synchronised");
}

/// The events of each file of a timing trace, which may lack their end.
fn traced(directory: &Path) -> BTreeMap<String, Vec<Value>> {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let whole = if text.ends_with("]\n") { text } else { text + "]" };
        (path.file_name().unwrap().to_str().unwrap().to_owned(), serde_json::from_str(&whole).unwrap())
    };
    files.map(read).collect()
}

/// How long all slices of each category were, in microseconds.
fn lengths(events: &[Value]) -> BTreeMap<&str, i64> {
    let (mut open, mut lengths) = (Vec::new(), BTreeMap::new());
    for event in events {
        let at = event["ts"].as_i64();
        match event["ph"].as_str() {
            Some("B") => open.push((event["cat"].as_str().unwrap(), at.unwrap())),
            Some("E") => {
                let (category, begun): (&str, i64) = open.pop().unwrap();
                *lengths.entry(category).or_default() += at.unwrap() - begun;
            }
            _ => {}
        }
    }
    assert_eq!(open, []);
    lengths
}

#[test]
fn the_timing_trace_tells_of_every_thread() {
    let world = World::new();
    world.fill(3, 20);
    let directory = world.dovecot.dir.join("some/trace");
    let out = world.program(&world.config()).arg("-P").arg(&directory).output().unwrap();
    Run::from(&out).ends_with(0);
    assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    let files = traced(&directory);
    for (file, name) in [("main.json", "main thread"), ("Test-0.json", "Test 0"), ("Test-1.json", "Test 1")] {
        let events = &files[file];
        assert!(
            events.iter().any(|event| event["name"] == "thread_name" && event["args"]["name"] == name),
            "{events:?}"
        );
        let lengths = lengths(events);
        assert!(lengths["thread"] > 0 && lengths["thread"] == lengths["light"], "{file}: {lengths:?}");
    }
    let folders = files.values().flatten().filter(|event| event["cat"] == "folder");
    assert_eq!(folders.count(), 3, "{files:?}");
    assert!(files.values().flatten().any(|event| event["name"] == "downloading"), "{files:?}");
}

#[test]
fn a_killed_program_leaves_a_trace_that_can_be_read() {
    let mut world = World::new();
    let (directory, pipe) = (world.dovecot.dir.join("trace"), world.dovecot.dir.join("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    world.account = format!("presynchook = cat {}\n", pipe.display());
    let mut command = world.program(&world.config());
    let mut program = command.arg("-P").arg(&directory).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "Test: synchronising"));
    // It is in the middle of its work, and stays there.
    let hook = File::options().write(true).open(&pipe).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    drop(hook);
    let files = traced(&directory);
    let begun = |file: &str| files[file].iter().filter(|event| event["ph"] == "B").count();
    assert!(begun("main.json") >= 2 && begun("Test-0.json") >= 3, "{files:?}");
    assert!(!fs::read_to_string(directory.join("Test-0.json")).unwrap().contains(']'));
}

#[test]
fn a_trace_that_cannot_be_kept_is_refused_before_anything_is_done() {
    let world = World::new();
    world.fill(1, 1);
    let out = world.program(&world.config()).args(["-P", "/dev/null/trace"]).output().unwrap();
    Run::from(&out).ends_with(2).in_one_sentence().says("/dev/null/trace");
    assert!(!world.maildir().exists());
}

/// A program that synchronises now and then, with its log in a file: at work once that has begun.
fn logging(world: &World, log: &Path) -> Working {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic", "-l"]).arg(log);
    let mut program = Working::of(&mut command);
    program.says("Test: synchronised");
    program
}

#[test]
fn the_log_is_opened_anew_at_a_hangup_only_where_that_is_wished() {
    let mut world = World::new();
    world.fill(1, 1);
    world.account = "autorefresh = 60\n".to_owned();
    let (log, old) = (world.dovecot.dir.join("log"), world.dovecot.dir.join("log.1"));
    logging(&world, &log).ends_by(Signal::HUP);
    world.remote += "\n[general]\nreopenlog = yes\n";
    let mut program = logging(&world, &log);
    fs::rename(&log, &old).unwrap();
    program.signal(Signal::HUP);
    // At once, whether something happens or not.
    let late = Instant::now() + Duration::from_secs(30);
    while !log.exists() {
        assert!(Instant::now() < late, "the log was never opened anew");
        thread::yield_now();
    }
    let before = fs::read_to_string(&old).unwrap();
    program.signal(Signal::USR1);
    program.says("Test: synchronised");
    program.ends();
    assert_eq!(fs::read_to_string(&old).unwrap(), before);
    let new = fs::read_to_string(&log).unwrap();
    assert!(new.contains("Test: synchronised") && !new.contains("1 account"), "{new}");
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_log_is_the_same_beside_any_interface() {
    let world = World::new();
    world.fill(1, 1);
    world.sync().ends_with(0);
    for ui in ["ttyui", "basic", "quiet", "syslog", "machineui", "jsonui"] {
        let log = world.dovecot.dir.join(format!("log-{ui}"));
        let (out, _) = run(&world, &["-u", ui, "-l", log.to_str().unwrap()], true);
        Run::from(&out).ends_with(0);
        let text = fs::read_to_string(log).unwrap();
        let lines: Vec<&str> = text.lines().map(|line| line.split_at(21).1).collect();
        assert_eq!(lines.len(), 7, "{ui}: {text}");
        assert!(lines[5].starts_with("Test: synchronised: 1 folder in "), "{ui}: {text}");
    }
}

#[test]
fn where_nothing_can_be_shown_it_is_no_success_and_the_log_tells_the_rest() {
    let world = World::new();
    world.fill(1, 1);
    for ui in ["ttyui", "basic", "machineui", "jsonui"] {
        let log = world.dovecot.dir.join(format!("log-{ui}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(world.file(&world.config())).args(["-o", "-u", ui, "-l"]).arg(&log);
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = Run::from(&command.stdout(full).output().unwrap());
        run.ends_with(1).says("showing what happens: No space left on device");
        let text = fs::read_to_string(log).unwrap();
        assert!(text.contains("finishing what is in hand") && text.contains("asked to stop\n"), "{ui}: {text}");
    }
}
