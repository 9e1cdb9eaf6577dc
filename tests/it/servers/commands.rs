//! What the command line asks for, with a server on the local side.

use std::time::Duration;

use crate::local::{self, Files};
use crate::meter::{Figures, Meter};
use crate::pair::Pair;
use crate::terminal::Terminal;
use crate::world::Run;

/// Commands that write.
const WRITING: [&str; 12] = [
    "SELECT",
    "APPEND",
    "UID STORE",
    "UID MOVE",
    "UID COPY",
    "UID EXPUNGE",
    "EXPUNGE",
    "CREATE",
    "DELETE",
    "RENAME",
    "SUBSCRIBE",
    "CLOSE",
];

/// The first command that might have changed something.
pub fn written(figures: &Figures) -> Option<String> {
    figures.commands().into_iter().find(|command| WRITING.iter().any(|word| command.starts_with(word)))
}

/// Counts what is said to either side from now on.
pub fn metered(pair: &mut Pair) -> [Meter; 2] {
    let meters = [&pair.world.dovecot, &pair.here].map(|server| Meter::new(server.port, Duration::ZERO));
    pair.ports = [meters[0].port, meters[1].port];
    meters
}

fn run(pair: &Pair, arguments: &[&str]) -> Run {
    Run::from(&pair.world.program(&pair.config()).args(arguments).output().unwrap())
}

/// What both servers say of their folders, and the state.
fn everything(pair: &Pair) -> ([String; 2], Files) {
    let status = [&pair.world.dovecot, &pair.here].map(|server| pair.python("status.py", server.port, &[]));
    (status.map(|(_, said)| said), local::everything(&pair.world.metadata()))
}

/// Two servers in step, and something new on both.
fn changed() -> Pair {
    let pair = Pair::new();
    pair.world.fill(3, 6);
    pair.sync().ends_with(0);
    pair.client(&["append", "INBOX", "here"]);
    pair.client(&["flag", "INBOX", "1", "+", "$Here"]);
    pair.client(&["create", "OnlyHere"]);
    pair.world.client(&["append", "Archive", "there"]);
    pair.world.client(&["move", "INBOX", "2", "Archive"]);
    let (code, said) = pair.python("delete.py", pair.here.port, &["Archive", "3"]);
    assert_eq!(code, Some(0), "{said}");
    pair
}

#[test]
fn looking_and_rehearsing_change_neither_server_nor_the_state() {
    let mut pair = changed();
    let before = everything(&pair);
    let meters = metered(&mut pair);
    for arguments in [&["--info"][..], &["--dry-run"], &["--dry-run", "-q"], &["--dry-run", "-f", "Archive"]] {
        let said = run(&pair, arguments);
        said.ends_with(0).in_one_sentence();
        for figures in meters.each_ref().map(Meter::take) {
            assert_eq!(written(&figures), None, "{arguments:?}");
            assert!(figures.connections > 0, "{arguments:?}");
        }
        let after = everything(&pair);
        assert_eq!(before.0, after.0, "{arguments:?}: the servers");
        assert!(before.1 == after.1, "{arguments:?}: the state");
        match arguments {
            ["--info"] => said.says("Here").says("There").says("IMAP4REV1"),
            ["--dry-run"] => said
                .says("1 to download, 1 to upload")
                .says("1 to delete on the server")
                .says("moved 1 message from INBOX here")
                .says("the folder would be made on the server")
                .says("nothing was changed"),
            _ => &said,
        };
    }
    // And the run does it.
    run(&pair, &[]).ends_with(0).says("1 downloaded, 1 uploaded, 1 deleted on the server").says("moved 1 message");
    pair.same();
}

#[test]
fn a_first_run_is_rehearsed_without_a_state() {
    let mut pair = Pair::new();
    pair.world.fill(3, 6);
    let meters = metered(&mut pair);
    let before = everything(&pair);
    run(&pair, &["--dry-run"]).ends_with(0).says("18 to download").says("nothing was changed");
    run(&pair, &["--info"]).ends_with(0);
    assert!(everything(&pair) == before && !pair.world.metadata().join("Account-Test/blinkensync.sqlite").exists());
    for figures in meters.iter().map(Meter::take) {
        assert_eq!(written(&figures), None);
    }
}

#[test]
fn folders_accounts_and_options_may_be_named() {
    let mut pair = changed();
    run(&pair, &["-f", "OnlyHere,INBOX"]).ends_with(0);
    assert!(pair.world.status().contains("\"OnlyHere\"") && pair.world.client(&["list", "INBOX"]).contains("here"));
    assert!(!pair.client(&["list", "Archive"]).contains("there"), "another folder");
    run(&pair, &["-a", "Nobody"]).ends_with(2).in_one_sentence().says("Nobody");
    // The port stands wrong in the file.
    let right = std::mem::replace(&mut pair.ports[1], 1).to_string();
    run(&pair, &["-a", "Test"]).ends_with(1).in_one_sentence();
    run(&pair, &["-a", "Test", "-k", &format!("Repository_Here:remoteport={right}")]).ends_with(0);
    pair.same();
}

#[test]
fn a_folder_is_deleted_on_the_remote_server_alone() {
    let mut pair = Pair::new();
    pair.world.fill(2, 3);
    pair.sync().ends_with(0);
    let before = pair.client(&["list", "Archive"]);
    let meters = metered(&mut pair);
    let config = pair.world.file(&pair.config());
    let mut terminal = Terminal::open(100, 40);
    terminal.start(&format!("-c {} --delete-folder Archive", config.display()));
    for (question, answer) in [("Delete it? [y/N]", "y\n"), ("type its name (Archive)", "Archive\n")] {
        terminal.wait(question, |screen| screen.contents().contains(question));
        terminal.press(answer);
    }
    terminal.ends_with(0);
    assert_eq!(written(&meters[1].take()), None, "the local server");
    assert!(!pair.world.status().contains("Archive"));
    assert_eq!(pair.client(&["list", "Archive"]), before);
    // As with a Maildir: what is still here goes there again.
    pair.sync().ends_with(0).says("made again there");
    pair.same();
}
