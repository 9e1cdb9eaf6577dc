//! Only a part of the mail, and sides that may only be read, between two servers.

use crate::meter::Meter;
use crate::pair::Pair;
use crate::servers::commands::{metered, written};

/// The subjects of a folder's messages, in order.
fn subjects(list: &str) -> Vec<String> {
    let mut all: Vec<String> = list.lines().map(|line| line.rsplit_once(") ").unwrap().1.to_owned()).collect();
    all.sort();
    all
}

/// What each side has in INBOX, there and here.
fn both(pair: &Pair) -> [Vec<String>; 2] {
    [pair.world.client(&["list", "INBOX"]), pair.client(&["list", "INBOX"])].map(|list| subjects(&list))
}

fn uid(list: &str, subject: &str) -> String {
    let line = list.lines().find(|line| line.ends_with(&format!(") {subject}"))).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

fn delete(pair: &Pair, here: bool, subject: &str) {
    let port = if here { pair.here.port } else { pair.world.dovecot.port };
    let list = if here { pair.client(&["list", "INBOX"]) } else { pair.world.client(&["list", "INBOX"]) };
    let (code, said) = pair.python("delete.py", port, &["INBOX", &uid(&list, subject)]);
    assert_eq!(code, Some(0), "{said}");
}

fn quick(pair: &Pair) -> crate::world::Run {
    crate::world::Run::from(&pair.world.program(&pair.config()).arg("-q").output().unwrap())
}

/// Nothing more is to be done, and nothing is written on either side.
#[track_caller]
fn nothing_new(pair: &mut Pair) {
    let ports = pair.ports;
    let meters = metered(pair);
    pair.sync().ends_with(0).says("nothing new");
    quick(pair).ends_with(0).says("nothing new");
    for figures in meters.iter().map(Meter::take) {
        let changes =
            |command: &String| ["APPEND", "UID STORE", "UID EXPUNGE"].iter().any(|word| command.starts_with(word));
        assert_eq!(figures.commands().into_iter().find(changes), None);
    }
    pair.ports = ports;
}

#[test]
fn what_is_too_old_is_left_alone_on_both_servers_until_more_is_wanted() {
    let mut pair = Pair::new();
    for (subject, days) in [("there 100", "100"), ("there 60", "60"), ("there 1", "1")] {
        pair.world.client(&["append", "INBOX", subject, days]);
    }
    for (subject, days) in [("here 100", "100"), ("here 60", "60"), ("here 1", "1")] {
        pair.client(&["append", "INBOX", subject, days]);
    }
    pair.world.account = "maxage = 30\n".into();
    pair.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    assert_eq!(both(&pair)[0], ["here 1", "there 1", "there 100", "there 60"]);
    assert_eq!(both(&pair)[1], ["here 1", "here 100", "here 60", "there 1"]);
    nothing_new(&mut pair);
    // Wider, and quickly.
    pair.world.account = "maxage = 80\n".into();
    quick(&pair).ends_with(0).says("1 downloaded, 1 uploaded");
    nothing_new(&mut pair);
    // Narrower again; what happens outside isn't looked at, what happens inside is.
    pair.world.account = "maxage = 30\n".into();
    pair.sync().ends_with(0);
    delete(&pair, true, "there 60");
    delete(&pair, false, "here 60");
    delete(&pair, true, "there 1");
    let list = pair.client(&["list", "INBOX"]);
    pair.client(&["flag", "INBOX", &uid(&list, "here 60"), "+", "\\Flagged $Old"]);
    pair.client(&["flag", "INBOX", &uid(&list, "here 1"), "+", "\\Flagged $New"]);
    quick(&pair).ends_with(0).says("1 deleted on the server");
    pair.sync().ends_with(0);
    assert_eq!(both(&pair)[0], ["here 1", "there 100", "there 60"]);
    assert_eq!(both(&pair)[1], ["here 1", "here 100", "here 60"]);
    assert!(pair.world.client(&["list", "INBOX"]).contains("($New \\Flagged) here 1"));
    nothing_new(&mut pair);
    // All of it: what is gone on one side only was not deleted while anybody looked.
    pair.world.account.clear();
    pair.sync().ends_with(0);
    pair.same();
    assert_eq!(both(&pair)[0], ["here 1", "here 100", "here 60", "there 100", "there 60"]);
    nothing_new(&mut pair);
}

#[test]
fn what_is_too_large_is_left_alone_on_both_servers() {
    let mut pair = Pair::new();
    for (subject, size) in [("there large", "5000"), ("there small", "500")] {
        pair.world.client(&["append", "INBOX", subject, "0", size]);
    }
    for (subject, size) in [("here large", "5000"), ("here small", "500")] {
        pair.client(&["append", "INBOX", subject, "0", size]);
    }
    pair.world.account = "maxsize = 3000\n".into();
    pair.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    nothing_new(&mut pair);
    pair.world.account = "maxsize = 300\n".into();
    pair.sync().ends_with(0);
    delete(&pair, true, "there small");
    delete(&pair, false, "here small");
    nothing_new(&mut pair);
    assert_eq!(both(&pair), [["there large", "there small"], ["here large", "here small"]]);
    pair.world.account.clear();
    pair.sync().ends_with(0).says("2 downloaded, 2 uploaded");
    pair.same();
}

#[test]
fn either_server_may_begin_with_a_day() {
    let mut pair = Pair::new();
    let old = |pair: &Pair, name: &str| {
        pair.world.client(&["append", "INBOX", &format!("there {name}"), "4000"]);
        pair.client(&["append", "INBOX", &format!("here {name}"), "4000"]);
    };
    old(&pair, "first");
    pair.world.client(&["append", "INBOX", "there new", "10"]);
    pair.client(&["append", "INBOX", "here new", "10"]);
    pair.world.remote = "startdate = 2020-01-31\n".into();
    pair.local = "startdate = 2020-01-31\n".into();
    pair.sync().ends_with(0).says("1 downloaded, 1 uploaded");
    nothing_new(&mut pair);
    // One side alone.
    pair.world.remote.clear();
    pair.sync().ends_with(0).says("1 downloaded");
    assert_eq!(both(&pair)[1], ["here first", "here new", "there first", "there new"]);
    nothing_new(&mut pair);
    pair.local.clear();
    pair.sync().ends_with(0).says("1 uploaded");
    pair.same();
    nothing_new(&mut pair);
}

/// Something of every kind happens on this side.
fn change(pair: &Pair, here: bool) {
    let (port, side) = if here { (pair.here.port, "here") } else { (pair.world.dovecot.port, "there") };
    let client = |words: &[&str]| {
        let (code, said) = pair.python("client.py", port, words);
        assert_eq!(code, Some(0), "{said}");
    };
    let [flagged, gone, moved] = if here { ["1", "2", "3"] } else { ["4", "5", "6"] };
    client(&["append", "INBOX", side]);
    client(&["flag", "INBOX", flagged, "+", "\\Flagged $New"]);
    client(&["move", "INBOX", moved, "Archive"]);
    client(&["create", &format!("Only-{side}")]);
    let (code, said) = pair.python("delete.py", port, &["INBOX", gone]);
    assert_eq!(code, Some(0), "{said}");
}

/// The side that may only be read hears no command that writes, whatever happens on both.
fn read_only(here: bool) {
    let mut pair = Pair::new();
    pair.world.fill(2, 8);
    pair.sync().ends_with(0);
    if here {
        pair.local = "readonly = yes\n".into();
    } else {
        pair.world.remote = "readonly = yes\n".into();
    }
    change(&pair, true);
    change(&pair, false);
    let meters = metered(&mut pair);
    for round in 0..3 {
        pair.sync().ends_with(0);
        let figures = meters.each_ref().map(Meter::take);
        assert_eq!(written(&figures[usize::from(here)]), None, "round {round}");
        // What goes to the other side goes there once.
        let sent = figures[usize::from(!here)].commands().iter().any(|command| command.starts_with("APPEND"));
        assert_eq!(sent, round == 0, "round {round}");
    }
    let [there, here_has] = both(&pair);
    let (source, copy) = if here { (here_has, there) } else { (there, here_has) };
    // New mail and flags have come; what was deleted or moved away at the source is kept.
    let [name, other] = if here { ["here", "there"] } else { ["there", "here"] };
    assert!(copy.contains(&name.to_owned()) && !source.contains(&other.to_owned()), "{source:?} {copy:?}");
    assert_eq!((source.len(), copy.len()), (7, 8));
}

#[test]
fn a_remote_server_that_is_read_only_hears_nothing_that_writes() {
    read_only(false);
}

#[test]
fn a_local_server_that_is_read_only_hears_nothing_that_writes() {
    read_only(true);
}
