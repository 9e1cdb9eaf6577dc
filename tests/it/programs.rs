//! The interfaces that programs read: what they are told, in which order, and how they answer.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::dovecot::{Dovecot, PASSWORD};
use crate::local;
use crate::terminal::Terminal;
use crate::world::{Run, World};

/// An account whose password nobody but a program knows, and with a command to run.
fn without() -> World {
    let patient = "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n";
    let mut world = World::on(Dovecot::start_with(patient));
    world.remote = world
        .remote
        .replace(&format!("remotepass = {PASSWORD}\n"), "")
        .replace("maxconnections = 4", "maxconnections = 1");
    world.account += "presynchook = exit 0\n";
    world
}

/// Runs the program once with this interface, and with these lines at its input.
fn run(world: &World, ui: &str, input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(world.file(&world.config())).args(["-o", "-u", ui]);
    // Nobody else's password is found.
    command.env("HOME", &world.dovecot.dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    // It ends without reading what it has no use for.
    let _ = program.stdin.take().unwrap().write_all(input.as_bytes());
    Run::from(&program.wait_with_output().unwrap())
}

/// Fails unless these lines come in this order, among others; a `*` at the end stands for anything.
#[track_caller]
fn in_order(text: &str, wanted: &[&str]) {
    let mut lines = text.lines();
    for wanted in wanted {
        let fits = |line: &str| match wanted.strip_suffix('*') {
            Some(begin) => line.starts_with(begin),
            None => line == *wanted,
        };
        assert!(lines.any(fits), "no {wanted} where it should be in:\n{text}");
    }
}

#[test]
fn the_machine_protocol_tells_what_is_done_and_asks_for_the_password() {
    let world = without();
    world.fill(2, 3);
    let first = run(&world, "Machine.MachineUI", &format!("wrong\n{PASSWORD}\n"));
    first.ends_with(0);
    let (account, worker) = ("Account+sync+Test", "Folder+worker+1+%5Bacc%3A+Test%5D");
    let line = |command: &str, fields: &str| format!("{command}:{account}:{fields}");
    in_order(
        &first.text,
        &[
            "msg:protocol:MainThread:7.2.0",
            "msg:initbanner:MainThread:blinkensync+*",
            &line("msg:registerthread", "Test"),
            &line("msg:acct", "Test"),
            &line("msg:callhook", "presynchook%3A+begins"),
            &line("msg:callhook", "presynchook%3A+exit+code+0"),
            &line("msg:getpass", "me"),
            &line("msg:connecting", &format!("localhost%0A{}%0AThere", world.dovecot.imaps)),
            &line("warn:getpasserror", "me%0A%5BAUTHENTICATIONFAILED%5D+*"),
            &line("msg:getpass", "me"),
            &line("msg:syncfolders", "IMAP%0AMaildir"),
            &format!("msg:syncingfolder:{worker}:IMAP%0AINBOX%0AMaildir%0AINBOX%0A"),
            &format!("msg:loadmessagelist:{worker}:IMAP%0AINBOX"),
            &format!("msg:messagelistloaded:{worker}:IMAP%0AINBOX%0A3"),
            &format!("msg:messagelistloaded:{worker}:Maildir%0AINBOX%0A0"),
            &format!("msg:syncingmessages:{worker}:IMAP%0AINBOX%0AMaildir%0AINBOX%0A"),
            &format!("msg:copyingmessage:{worker}:1%0AIMAP%0AINBOX%0AMaildir%5BINBOX%5D"),
            &format!("msg:copyingmessage:{worker}:3%0AIMAP%0AINBOX%0AMaildir%5BINBOX%5D"),
            &line("msg:acctdone", "Test"),
            "msg:threadExited:MainThread:Account+sync+Test",
            "msg:unregisterthread:MainThread:Account+sync+Test",
            "msg:terminate:MainThread:0%0A%0A",
        ],
    );
    assert_eq!(first.text.matches("msg:copyingmessage:").count(), 6, "{}", first.text);
    assert!(!first.text.contains("wrong"));
    world.same(&[]);
    let inbox = world.maildir().join("INBOX");
    world.client(&["flag", "INBOX", "1:2", "+", "\\Flagged $Forwarded"]);
    local::deliver(&inbox, "mine", "S");
    let archive = &local::messages(&world.maildir().join("Archive"))[0];
    let uid = archive.to_str().unwrap().split_once(",U=").unwrap().1.split(',').next().unwrap().to_owned();
    fs::remove_file(archive).unwrap();
    let second = run(&world, "machineui", &format!("{PASSWORD}\n"));
    second.ends_with(0);
    in_order(
        &second.text,
        &[
            &format!("msg:copyingmessage:{worker}:-1%0AMaildir%0AINBOX%0AIMAP%5BINBOX%5D"),
            &format!("msg:syncingmessages:{worker}:IMAP%0AINBOX%0AMaildir%0AINBOX%0A"),
            &format!("msg:addingflags:{worker}:1%0C2%0AF%0AINBOX"),
        ],
    );
    second.says(&format!("msg:deletingmessages:{worker}:{uid}%0AIMAP%09Archive\n"));
    // Whoever has no password gives up, and is not waited for.
    run(&world, "machineui", "")
        .ends_with(3)
        .says("msg:getpass:Account+sync+Test:me\n")
        .says("msg:terminate:MainThread:3%0A%0A");
}

/// The lines of a run, each of them an object.
#[track_caller]
fn objects(run: &Run) -> Vec<Value> {
    run.text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Fails unless objects with these fields come in this order, among others.
#[track_caller]
fn come(objects: &[Value], wanted: &[Value]) {
    let mut left = objects.iter();
    for wanted in wanted {
        let fits = |object: &Value| wanted.as_object().unwrap().iter().all(|(name, value)| object[name] == *value);
        assert!(left.any(fits), "no {wanted} where it should be in:\n{objects:#?}");
    }
}

#[test]
fn json_tells_what_is_done_and_asks_for_the_password() {
    let world = without();
    world.fill(2, 3);
    let answers = [json!({ "id": 1, "answer": "wrong" }), json!({ "id": 2, "answer": PASSWORD })];
    let run = run(&world, "jsonui", &answers.map(|answer| format!("{answer}\n")).concat());
    run.ends_with(0);
    assert!(!run.text.contains("wrong"));
    let objects = objects(&run);
    come(
        &objects,
        &[
            json!({ "event": "jsonui", "version": 1, "program": "blinkensync" }),
            json!({ "event": "started", "accounts": ["Test"], "thread": 0 }),
            json!({ "event": "sync_started", "account": "Test", "thread": 1000, "sentence": "Test: synchronising" }),
            json!({ "event": "repositories", "remote": "There", "remote_type": "IMAP", "local": "Here" }),
            json!({ "event": "hook_started", "hook": "presynchook" }),
            json!({ "event": "hook_ended", "hook": "presynchook", "code": 0 }),
            json!({ "event": "question", "id": 1, "kind": "password", "hidden": true, "user": "me", "refusal": null }),
            json!({ "event": "connecting", "host": "localhost", "port": world.dovecot.imaps }),
            json!({ "event": "question", "id": 2, "kind": "password", "account": "Test", "host": "localhost" }),
            json!({ "event": "connected", "security": "TLS" }),
            json!({ "event": "folders_listed", "total": 2, "unchanged": 0 }),
            json!({ "event": "folder_named", "folder": "INBOX", "remote": "INBOX", "local": "INBOX" }),
            json!({ "event": "folder_started", "folder": "INBOX" }),
            json!({ "event": "listed", "folder": "INBOX", "side": "remote", "messages": 3 }),
            json!({ "event": "planned", "folder": "INBOX", "pretended": false }),
            json!({ "event": "copying", "folder": "INBOX", "to": "local", "uid": 1 }),
            json!({ "event": "copying", "folder": "INBOX", "to": "local", "uid": 3 }),
            json!({ "event": "folder_done", "folder": "INBOX", "failed": false }),
            json!({ "event": "sync_done", "failures": 0, "folders": 2 }),
            json!({ "event": "ended", "exit": "success" }),
        ],
    );
    assert_eq!(objects.last().unwrap()["event"], "ended");
    world.same(&[]);
}

#[test]
fn json_asks_before_much_is_deleted_and_no_answer_is_a_no() {
    let mut world = World::new();
    world.remote += "expunge = yes\n";
    world.fill(1, 24);
    world.sync().ends_with(0);
    for file in local::messages(&world.maildir().join("INBOX")) {
        fs::remove_file(file).unwrap();
    }
    let question = json!({ "event": "question", "id": 1, "kind": "agreement", "hidden": false, "folder": "INBOX" });
    for (answer, code) in [("", 1), ("{\"id\":1,\"answer\":\"true\"}\n", 1), ("{\"id\":2,\"answer\":true}\n", 1)] {
        let run = run(&world, "jsonui", answer);
        run.ends_with(code);
        come(&objects(&run), std::slice::from_ref(&question));
        assert!(world.status().contains("MESSAGES 24"), "{}", world.status());
    }
    // The machine protocol has no such question.
    run(&world, "machineui", "y\n").ends_with(1);
    let run = run(&world, "jsonui", "{\"id\":1,\"answer\":true}\n");
    run.ends_with(0);
    let (uids, deleting) = ((1..=24).collect::<Vec<u32>>(), "deleting");
    come(&objects(&run), &[question, json!({ "event": deleting, "side": "remote", "uids": uids })]);
    world.same(&[]);
}

#[test]
fn other_interfaces_are_not_told_of_each_message() {
    let world = World::new();
    world.fill(1, 3);
    let log = world.dovecot.dir.join("log");
    Run::from(&world.program(&world.config()).arg("-l").arg(&log).output().unwrap()).ends_with(0);
    assert!(!fs::read_to_string(log).unwrap().contains("copying"));
}

#[test]
fn a_password_that_is_typed_instead_is_not_shown() {
    let world = without();
    world.fill(1, 1);
    for (ui, asked, answer) in [
        ("machineui", "msg:getpass:", PASSWORD.to_owned()),
        ("jsonui", "\"question\"", json!({ "id": 1, "answer": PASSWORD }).to_string()),
    ] {
        let mut terminal = Terminal::open(200, 60);
        terminal.press(&format!("export HOME={}\n", world.dovecot.dir.display()));
        terminal.start(&format!("-c {} -o -u {ui}", world.file(&world.config()).display()));
        terminal.wrote(asked, 1);
        terminal.press(&format!("{answer}\n"));
        terminal.ends_with(0);
        assert!(!String::from_utf8_lossy(&terminal.shown).contains(PASSWORD), "{ui}");
    }
}
