//! A person who is asked for passwords: how often, for what, and what comes of no answer.

use std::fs;

use crate::dovecot::{Dovecot, PASSWORD};
use crate::terminal::Terminal;
use crate::world::World;

/// Typed often enough by mistake.
const WRONG: &str = "a-wrong-word";

/// An account whose password nobody but a person knows.
fn without() -> World {
    // Else the server would be slower with each wrong answer.
    let patient = "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n";
    let mut world = World::on(Dovecot::start_with(patient));
    world.fill(4, 5);
    world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
    world
}

fn started(config: &str, world: &World, arguments: &str) -> Terminal {
    let mut terminal = Terminal::open(100, 30);
    // Nobody else's password is found.
    terminal.press(&format!("export HOME={}\n", world.dovecot.dir.display()));
    terminal.start(&format!("-c {} {arguments}", world.file(config).display()));
    terminal
}

/// How often this was shown on a terminal that nothing is taken back from.
fn count(terminal: &Terminal, words: &str) -> usize {
    String::from_utf8_lossy(&terminal.shown).matches(words).count()
}

#[track_caller]
fn wait_for(terminal: &mut Terminal, words: &str, times: usize) {
    terminal.wait(words, |screen| screen.contents().matches(words).count() >= times);
}

#[test]
fn a_wrong_password_is_asked_for_again_three_times_by_either_interface() {
    let world = without();
    let mut terminal = started(&world.config(), &world, "-o -u ttyui");
    for times in 1..=4 {
        wait_for(&mut terminal, "Test: password of me at localhost:", times);
        assert_eq!(count(&terminal, "The server says: [AUTHENTICATIONFAILED]"), times - 1);
        terminal.press(&format!("{WRONG}\n"));
    }
    terminal.ends_with(3);
    assert_eq!(count(&terminal, "password of me"), 4);
    assert_eq!(count(&terminal, WRONG), 0);
    let mut terminal = started(&world.config(), &world, "-o -u blinkenlights");
    for times in 1..=4 {
        terminal.wait("empty question", |screen| {
            let shown = screen.contents();
            let refused = shown.contains("The server says") && shown.contains("[AUTHENTICATIONFAILED]");
            shown.contains("password of me at localhost") && shown.contains("> ▏") && refused == (times > 1)
        });
        assert!(terminal.screen().contents().contains("Test"));
        terminal.press(WRONG);
        terminal.shows("•▏");
        terminal.press("\r");
    }
    terminal.ends_with(3);
    assert_eq!(count(&terminal, WRONG), 0);
}

#[test]
fn the_answer_is_for_all_connections_of_the_account_and_for_later_refreshes() {
    let mut world = without();
    world.account = "autorefresh = 0.01\n".to_owned();
    let mut terminal = started(&world.config(), &world, "-u ttyui");
    wait_for(&mut terminal, "password of me", 1);
    terminal.press(&format!("{PASSWORD}\n"));
    let logins = |log: &str| log.matches("Login: user=<me>, method=").count();
    // The first refresh takes several of them; each one after that takes another at least.
    world.dovecot.log_when(|log| logins(log) > 7);
    wait_for(&mut terminal, "Test: synchronised", 2);
    terminal.press("\x03");
    terminal.ends_with(0);
    assert_eq!(count(&terminal, "password of"), 1);
    assert!(String::from_utf8_lossy(&terminal.shown).contains("20 downloaded"));
    world.same(&["dates"]);
}

#[test]
fn who_gives_one_account_up_has_the_other_synchronised() {
    for (ui, key) in [("blinkenlights", "\x1b"), ("ttyui", "\x04")] {
        let mut world = World::new();
        world.fill(2, 3);
        let good = world.config();
        world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
        world.user = "other".to_owned();
        let bad = world.config();
        let bad = bad[bad.find("[Account").unwrap()..].to_owned();
        let bad = bad.replace("Test]", "Bad]").replace("Here", "Here2").replace("There", "There2");
        let both = good.replace("accounts = Test", "accounts = Bad, Test\nmaxsyncaccounts = 2") + "\n" + &bad;
        let mut terminal = started(&both, &world, &format!("-o -u {ui}"));
        wait_for(&mut terminal, "password of other at localhost", 1);
        // The other one doesn't wait for the answer.
        world.dovecot.log_when(|log| log.contains("imap(me)") && log.contains("Logged out"));
        terminal.press(key);
        terminal.ends_with(3);
        assert_eq!(fs::read_dir(world.maildir()).map_or(0, Iterator::count), 0);
        world.user = "me".to_owned();
        world.same(&["dates"]);
    }
}

#[test]
fn a_stop_at_a_question_is_no_failure() {
    let mut world = without();
    for ui in ["ttyui", "blinkenlights"] {
        let mut terminal = started(&world.config(), &world, &format!("-o -u {ui}"));
        wait_for(&mut terminal, "password of me", 1);
        terminal.press("\x03");
        terminal.ends_with(0);
        assert_eq!(count(&terminal, "logging in"), 0);
    }
    world.remote = format!("{}remotepass = {PASSWORD}\n", world.remote);
    world.sync().ends_with(0);
    for entry in fs::read_dir(world.maildir().join("INBOX/cur")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for entry in fs::read_dir(world.maildir().join("INBOX/new")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    world.account = "maxdeletes = 1\n".to_owned();
    for ui in ["ttyui", "blinkenlights"] {
        let mut terminal = started(&world.config(), &world, &format!("-o -u {ui}"));
        wait_for(&mut terminal, "would be deleted on the server", 1);
        terminal.press("\x03");
        terminal.ends_with(0);
        assert_eq!(count(&terminal, "nothing was changed"), 0);
    }
}
