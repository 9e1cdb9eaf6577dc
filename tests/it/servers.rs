//! Two servers kept the same.

mod commands;
mod logins;
mod options;
mod part;
mod rivals;

use std::process::Command;
use std::time::{Duration, Instant};

use crate::dovecot::Dovecot;
use crate::killing::killed_after;
use crate::meter::{Figures, Meter};
use crate::pair::Pair;
use crate::working::Working;

#[test]
fn everything_arrives_with_keywords_and_dates_and_nothing_is_left_to_do() {
    let mut pair = Pair::new();
    pair.world.fill(8, 25);
    pair.client(&["create", "OnlyHere"]);
    pair.client(&["append", "OnlyHere", "from-here"]);
    pair.sync().ends_with(0);
    pair.same();
    assert_eq!(pair.count(), "[201, 201]");
    let meters = [Meter::new(pair.ports[0], Duration::ZERO), Meter::new(pair.ports[1], Duration::ZERO)];
    pair.ports = [meters[0].port, meters[1].port];
    // What came into the folders here is looked at here, and agreed with.
    pair.sync().ends_with(0).says("nothing new");
    let second = meters.each_ref().map(Meter::take);
    pair.sync().ends_with(0).says("nothing new");
    for (figures, before) in meters.iter().map(Meter::take).zip(second) {
        let opened = |figures: &Figures| {
            let opens = |command: &&String| command.starts_with("SELECT") || command.starts_with("EXAMINE");
            figures.commands().iter().filter(opens).count()
        };
        assert_eq!(opened(&figures), 0, "{figures:?}");
        assert!(figures.turns <= 6 && figures.connections == 1, "{figures:?}");
        assert!(!before.commands().iter().any(|command| command.starts_with("APPEND")), "{before:?}");
    }
}

#[test]
fn what_changes_on_either_side_changes_on_the_other() {
    let pair = Pair::new();
    pair.world.fill(2, 8);
    pair.sync().ends_with(0);
    pair.same();
    // Arrivals, flags and keywords on both sides, of the same message too; and messages that go.
    for (subject, folder) in [("one", "INBOX"), ("two", "Archive")] {
        pair.client(&["append", folder, &format!("here-{subject}")]);
        pair.world.client(&["append", folder, &format!("there-{subject}")]);
    }
    pair.client(&["flag", "INBOX", "1:3", "+", "\\Flagged $Here"]);
    pair.world.client(&["flag", "INBOX", "2:4", "+", "\\Answered $There"]);
    pair.world.client(&["flag", "INBOX", "3", "-", "\\Seen"]);
    let (code, said) = pair.python("delete.py", pair.here.port, &["Archive", "1:2"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = pair.python("delete.py", pair.world.dovecot.port, &["Archive", "4"]);
    assert_eq!(code, Some(0), "{said}");
    pair.sync().ends_with(0);
    pair.same();
    assert_eq!(pair.count(), "[17, 17]");
    // A move on either side is a move on the other.
    pair.client(&["move", "INBOX", "1", "Archive"]);
    pair.world.client(&["move", "Archive", "5", "INBOX"]);
    pair.sync().ends_with(0).says("moved 1 message");
    pair.same();
    pair.sync().ends_with(0);
    pair.same();
    assert_eq!(pair.count(), "[17, 17]");
    // Everything that was done here is there under the same numbers as before: nothing is left to do.
    pair.sync().ends_with(0).says("nothing new");
}

#[test]
fn each_side_has_its_own_separator_and_its_own_prefix() {
    let here = Dovecot::start_with("namespace inbox {\n  prefix = INBOX.\n  separator = .\n}\n");
    let mut pair = Pair::with(here);
    pair.naming = vec![".".into(), "INBOX.".into()];
    pair.world.remote = "nametrans = lambda name: name if name == 'INBOX' else 'INBOX/' + name\n".into();
    pair.local = "nametrans = lambda name: re.sub(r'^INBOX\\.', '', name)\n".into();
    pair.world.fill(6, 3);
    pair.sync().ends_with(0);
    pair.same();
    pair.client(&["create", "INBOX.New.Below"]);
    pair.client(&["append", "INBOX.New.Below", "new"]);
    pair.sync().ends_with(0);
    pair.same();
    assert_eq!(pair.world.client(&["list", "New/Below"]).lines().count(), 1);
    pair.sync().ends_with(0).says("nothing new");
}

#[test]
fn the_same_mailboxes_on_both_sides_are_refused() {
    let mut pair = Pair::new();
    pair.client(&["append", "INBOX", "only"]);
    let config = pair
        .config()
        .replace(&format!("remoteport = {}", pair.world.dovecot.port), &format!("remoteport = {}", pair.here.port));
    pair.world.sync_with(&config).ends_with(2).in_one_sentence().says("expected other mailboxes");
    // By another name of the same server it is noticed when both are connected.
    let config = config.replacen("remotehost = 127.0.0.1", "remotehost = localhost\nipv6 = no", 1);
    let run = pair.world.sync_with(&config);
    run.in_one_sentence().says("are the same server");
    assert_ne!(run.code, Some(0));
    assert_eq!(pair.client(&["list", "INBOX"]).lines().count(), 1);
    pair.ports = [pair.here.port, pair.here.port];
    assert_ne!(pair.sync().code, Some(0));
}

#[test]
fn a_local_server_that_numbers_anew_has_its_messages_recognised() {
    let pair = Pair::new();
    pair.world.fill(2, 8);
    pair.sync().ends_with(0);
    pair.same();
    // The folder is made again, with another UIDVALIDITY and the messages in another order, one of them missing.
    pair.client(&["create", "Elsewhere"]);
    pair.client(&["move", "Archive", "5:8", "Elsewhere"]);
    pair.client(&["move", "Archive", "1:3", "Elsewhere"]);
    pair.client(&["flag", "Elsewhere", "2", "+", "$Here"]);
    pair.client(&["remove", "Archive"]);
    pair.client(&["rename", "Elsewhere", "Archive"]);
    pair.sync().ends_with(0).says("the local server has numbered its messages anew");
    pair.same();
    // The one that was missing is back, rather than gone on the other side as well.
    assert_eq!(pair.count(), "[16, 16]");
    pair.sync().ends_with(0);
    pair.same();
    pair.sync().ends_with(0).says("nothing new");
}

#[test]
fn what_offlineimap_has_synchronised_is_taken_over_with_nothing_transferred() {
    let mut pair = Pair::new();
    pair.world.fill(3, 10);
    let config = pair.world.file(&pair.config());
    let mut offlineimap = Command::new("offlineimap");
    let out = offlineimap.args(["-o", "-u", "basic", "-c"]).arg(config).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&[out.stdout, out.stderr].concat()));
    assert_eq!(pair.count(), "[30, 30]");
    // What was deleted since on either side is known, and isn't copied back.
    for (port, uid) in [(pair.here.port, "2"), (pair.world.dovecot.port, "5")] {
        let (code, said) = pair.python("delete.py", port, &["INBOX", uid]);
        assert_eq!(code, Some(0), "{said}");
    }
    let meters = [Meter::new(pair.ports[0], Duration::ZERO), Meter::new(pair.ports[1], Duration::ZERO)];
    pair.ports = [meters[0].port, meters[1].port];
    pair.sync().ends_with(0).says("took over 3 folders from OfflineIMAP");
    for figures in meters.iter().map(Meter::take) {
        let moved = |command: &&String| command.starts_with("APPEND") || command.contains("BODY");
        assert_eq!(figures.commands().iter().find(moved), None);
    }
    assert_eq!(pair.count(), "[28, 28]");
}

#[test]
fn what_changes_on_either_side_is_synchronised_at_once_and_nothing_goes_in_a_circle() {
    let mut pair = Pair::new();
    pair.world.fill(2, 2);
    pair.world.account = "autorefresh = 600\n".into();
    let mut working = Working::start(&pair.world.file(&pair.config()));
    for _ in 0..2 {
        working.says("the server tells of changes in all folders");
    }
    for number in 0..10 {
        pair.world.client(&["append", "INBOX", &format!("there-{number}")]);
        working.says("Test: INBOX: 1 downloaded");
        pair.client(&["append", "Archive", &format!("here-{number}")]);
        working.says("Test: Archive: 1 uploaded");
        pair.client(&["flag", "INBOX", &(number + 3).to_string(), "+", "\\Seen"]);
        working.says("Test: INBOX: 1 flagged on the server");
    }
    working.falls_silent(Duration::from_millis(1500));
    working.ends();
    pair.same();
    assert_eq!(pair.count(), "[24, 24]");
}

#[test]
fn killed_at_any_moment_nothing_is_lost_or_doubled() {
    let mut pair = Pair::new();
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    pair.world.user = "undisturbed".into();
    pair.world.fill(2, 60);
    let begun = Instant::now();
    pair.sync().ends_with(0);
    let whole = u64::try_from(begun.elapsed().as_millis()).unwrap().max(50);
    let (mut kills, mut round) = (0, 0);
    while kills < 5 {
        round += 1;
        assert!(round <= 40, "seed {seed}: only {kills} runs were killed before they ended");
        pair.world.user = format!("round{round}");
        pair.world.fill(2, 60);
        for number in 0..5 {
            pair.client(&["append", "INBOX", &format!("here-{number}")]);
        }
        for _ in 0..2 {
            let moment = Duration::from_millis(random.u64(0..whole));
            kills += u32::from(killed_after(&mut pair.world.program(&pair.config()), moment).code.is_none());
        }
        let run = pair.sync();
        assert_eq!(run.code, Some(0), "seed {seed}, round {round}:\n{}", run.text);
        assert_eq!(pair.differences(), None, "seed {seed}, round {round}:\n{}", run.text);
        assert_eq!(pair.count(), "[125, 125]", "seed {seed}, round {round}:\n{}", run.text);
    }
}
