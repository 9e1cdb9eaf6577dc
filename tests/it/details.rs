//! What `-d` tells, and what it never does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::dovecot::Dovecot;
use crate::local;
use crate::tamper::tampered;
use crate::world::{Run, World};

/// Passwords that every kind of quoting stumbles over; the second can only be sent as a literal.
const ODD: [&str; 2] = ["pa \"ss\\ %w$rd' {7}", "pä \"ß\\ %秘 {3+}"];

/// A run with details of everything: what it said, and what the log file says.
fn detailed(world: &World, types: &str) -> (Run, String) {
    let log = world.dovecot.dir.join("log");
    let _ = fs::remove_file(&log);
    let mut command = world.program(&world.config());
    let run = Run::from(&command.args(["-d", types, "-l"]).arg(&log).output().unwrap());
    (run, fs::read_to_string(&log).unwrap())
}

/// Everything by which somebody could learn the password.
fn forms(user: &str, password: &str) -> Vec<String> {
    let plain = STANDARD.encode(format!("\0{user}\0{password}"));
    let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
    let coded = STANDARD.encode(password);
    vec![password.to_owned(), quoted, coded.trim_end_matches('=').to_owned(), plain.trim_end_matches('=').to_owned()]
}

/// Synchronises with this password over a line on which these words of the server's are missing, and looks for it.
fn logs_in_masked(password: &str, missing: &'static [&'static str], command: &str) {
    let users = tempfile::NamedTempFile::new().unwrap();
    fs::write(users.path(), format!("odd:{{PLAIN.b64}}{}\n", STANDARD.encode(password))).unwrap();
    // The server reads it as another user.
    fs::set_permissions(users.path(), fs::Permissions::from_mode(0o644)).unwrap();
    let more = format!("passdb {{\n  driver = passwd-file\n  args = {}\n}}\n", users.path().display());
    let mut world = World::on(Dovecot::start_with(&more));
    let rewrite = move |line: &str| Some(missing.iter().fold(line.to_owned(), |line, word| line.replace(word, "")));
    let port = tampered(world.dovecot.port, Arc::new(rewrite));
    world.remote = format!(
        "remotehost = 127.0.0.1\nremoteport = {port}\nssl = no\nstarttls = no\nmaxconnections = 2\nremotepass = {}\n",
        password.replace('%', "%%")
    );
    "odd".clone_into(&mut world.user);
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    let (run, log) = detailed(&world, "ALL");
    run.ends_with(0)
        .says(command)
        .says("-> b")
        .says("LIST")
        .says("UID FETCH")
        .says("APPEND \"INBOX\"")
        .says("1 uploaded");
    for text in [&run.text, &log] {
        for form in forms("odd", password) {
            assert!(!text.contains(&form), "{form} in:\n{text}");
        }
        assert!(text.contains(command) && text.contains("UID FETCH"), "{text}");
        assert!(!text.contains("written here") && !text.contains("Message-ID: "), "mail in:\n{text}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    }
}

#[test]
fn a_password_never_shows_with_authenticate() {
    for odd in ODD {
        logs_in_masked(odd, &[], "AUTHENTICATE PLAIN ***");
    }
    logs_in_masked(ODD[1], &[" SASL-IR"], "-> b1 AUTHENTICATE PLAIN\n");
}

#[test]
fn a_password_never_shows_with_login() {
    for odd in ODD {
        logs_in_masked(odd, &[" AUTH=PLAIN"], "-> b1 LOGIN ***");
    }
}

#[test]
fn a_wrong_password_does_not_show_either() {
    let mut world = World::new();
    world.remote = world.remote.replace(crate::dovecot::PASSWORD, ODD[0]).replace('%', "%%");
    let (run, log) = detailed(&world, "imap,thread");
    run.ends_with(3).says("AUTHENTICATE PLAIN ***").says("NO [AUTHENTICATIONFAILED] ***");
    for form in forms("me", ODD[0]) {
        assert!(!run.text.contains(&form) && !log.contains(&form), "{}", run.text);
    }
}

#[test]
fn the_conversation_is_shown_beneath_tls_and_above_the_compression() {
    let mut world = World::new();
    world.remote = world.remote.replace("maxconnections = 4", "maxconnections = 1\nusecompression = yes");
    world.fill(2, 5);
    let (run, _) = detailed(&world, "imap");
    run.ends_with(0).says("COMPRESS DEFLATE").says("<- * 1 FETCH (").says("BODY[] {").says("imap 1: -> a2 LOGOUT");
    assert!(!run.text.contains("maildir ") && !run.text.contains("thread "), "{}", run.text);
    let port = format!("remoteport = {}\nssl = no\nstarttls = yes", world.dovecot.port);
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), &port);
    detailed(&world, "imap").0.ends_with(0).says("STARTTLS").says("AUTHENTICATE PLAIN ***").says("COMPRESS DEFLATE");
}

#[test]
fn each_type_tells_its_own() {
    let world = World::new();
    world.fill(2, 3);
    let (run, log) = detailed(&world, "Maildir, thread");
    let inbox = world.maildir().join("INBOX");
    run.ends_with(0).says(&format!("deliver {}/", inbox.display())).says("the thread begins (folders 1 of Test)");
    run.says("Test: thread 1: takes the folder").says("opened a connection to localhost").says("closed its connection");
    run.says("scan ").says("Test: thread 0: the thread ends");
    assert!(!run.text.contains("-> ") && log.contains("thread 1: takes the folder"), "{log}");
    fs::remove_file(&local::messages(&inbox)[0]).unwrap();
    world.client(&["flag", "INBOX", "2", "+", "\\Flagged"]);
    let (run, _) = detailed(&world, "maildir,plan");
    run.ends_with(0).says(": 2 files, 0 without a UID").says("maildir 1: move ");
    assert!(world.sync().ends_with(0).text.lines().all(|line| !line.contains("maildir")));
}

#[test]
fn commands_with_passwords_in_them_are_not_told() {
    let mut world = World::new();
    world.fill(1, 1);
    let hidden = "h1dden";
    let conf = world.dovecot.dir.join("dovecot.conf");
    world.remote = world.remote.replace("remotepass =", &format!("remotepasscmd = : {hidden}; echo"));
    world.account = format!("presynchook = : {hidden}\n");
    assert!(!detailed(&world, "ALL").0.ends_with(0).text.contains(hidden));
    world.user = "other".to_owned();
    world.remote =
        format!("preauthtunnel = : {hidden}; doveadm -c {} exec imap -u {} | cat", conf.display(), world.user);
    let config = world.config().replace("remoteuser = other\n", "");
    let run = Run::from(&world.program(&config).args(["-d", "ALL"]).output().unwrap());
    assert!(!run.ends_with(0).says("-> b").text.contains(hidden), "{}", run.text);
}

#[test]
fn an_unknown_type_names_the_known_ones_and_the_nearest() {
    let run =
        |types: &str| Run::from(&Command::new(env!("CARGO_BIN_EXE_blinkensync")).args(["-d", types]).output().unwrap());
    run("plan,imep")
        .ends_with(2)
        .in_one_sentence()
        .says("\"imep\"")
        .says("imap, maildir, thread, plan and ALL")
        .says("did you mean imap?");
    run("elephant").ends_with(2).says("elephant");
}
