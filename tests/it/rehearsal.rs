//! A dry run says what would happen, and changes nothing: not a byte, not a time, not the server, not the state.

use std::fs;
use std::path::{Path, PathBuf};

use crate::local::{self, Files};
use crate::world::{Run, World};

/// Every file and directory, and what the server says of its folders.
fn everything(world: &World) -> (Files, String) {
    let mut files = local::everything(&world.maildir());
    files.append(&mut local::everything(&world.metadata()));
    (files, world.status())
}

fn rehearse(world: &World, options: &[&str]) -> Run {
    let before = everything(world);
    let mut command = world.program(&world.config());
    let run = Run::from(&command.arg("--dry-run").args(options).output().unwrap());
    let after = everything(world);
    assert_eq!(before.1, after.1, "the server");
    assert!(before.0.keys().eq(after.0.keys()), "files came or went: {:?}", after.0.keys());
    assert!(before.0 == after.0, "something was changed");
    run
}

fn find(folder: &Path, subject: &str) -> PathBuf {
    local::find(folder, subject).unwrap()
}

#[test]
fn before_the_first_synchronisation_it_counts_what_would_come() {
    let world = World::new();
    world.fill(3, 5);
    let run = rehearse(&world, &[]);
    run.ends_with(0).says("INBOX: dry run: 5 to download").says("15 to download").says("nothing was changed");
    assert!(!world.maildir().exists() && !world.metadata().exists());
}

#[test]
fn it_says_what_a_run_would_do_and_the_run_does_it() {
    let world = World::new();
    world.fill(3, 6);
    world.sync().ends_with(0);
    let (inbox, archive) = (world.maildir().join("INBOX"), world.maildir().join("Archive"));
    local::deliver(&inbox, "mine", "S");
    local::deliver(&world.maildir().join("Own"), "mine too", "S");
    fs::remove_file(find(&inbox, "1 in INBOX")).unwrap();
    let moved = find(&inbox, "2 in INBOX");
    let letters = moved.to_str().unwrap().rsplit_once(":2,").unwrap().1;
    fs::rename(&moved, archive.join(format!("cur/1.other.name:2,{letters}"))).unwrap();
    local::flag(&find(&inbox, "4 in INBOX"), "DFRS");
    let (code, said) = world.python("delete.py", &["Archive", "3"]);
    assert_eq!(code, Some(0), "{said}");
    let run = rehearse(&world, &["-d", "plan"]);
    run.ends_with(0);
    for words in [
        "INBOX: upload a file without UID: new here (mine)",
        "INBOX: delete UID 2 on the server: deleted here",
        "INBOX: dry run: 1 to upload, 1 to delete on the server, 1 to flag on the server",
        "Archive: dry run: moved 1 message from INBOX on the server, as was done here",
        "Archive: delete UID 3 here: deleted on the server",
        "Own: dry run: the folder would be made on the server",
        "Own: dry run: 1 to upload",
        "2 to upload, 1 to delete here, 1 to delete on the server, 1 to flag on the server",
    ] {
        run.says(words);
    }
    let run = world.sync();
    run.ends_with(0)
        .says("2 uploaded, 1 deleted here, 1 deleted on the server, 1 flagged on the server")
        .says("moved 1 message");
    world.same(&["dates"]);
    rehearse(&world, &[]).ends_with(0).says("nothing to do");
}

#[test]
fn a_lot_of_deletions_is_announced_as_what_it_would_be() {
    let world = World::new();
    world.fill(1, 30);
    world.sync().ends_with(0);
    for file in local::messages(&world.maildir().join("INBOX")) {
        fs::remove_file(file).unwrap();
    }
    rehearse(&world, &[]).ends_with(1).says("30 of its 30 messages").says("--allow-deletes");
    rehearse(&world, &["--allow-deletes"]).ends_with(0).says("30 to delete on the server");
}

#[test]
fn info_lists_folders_and_what_was_left_out() {
    let world = World::new();
    world.fill(2, 4);
    world.sync().ends_with(0);
    let inbox = world.maildir().join("INBOX");
    local::write(&inbox, "2-bad", "S", b"Subject: a bad one\nMessage-ID: <bad@example.org>\n\na \0 byte\n");
    world.sync().ends_with(1).says("NUL").says("\"a bad one\"");
    world.sync().ends_with(0).says("1 message is left out");
    let info = || {
        let mut command = world.program(&world.config());
        let run = Run::from(&command.arg("--info").output().unwrap());
        run.ends_with(0).text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let shown = info();
    for words in [
        "folder INBOX on",
        "in the ledger 4 messages on both sides",
        "left out the file 2-bad (\"a bad one\"): the message",
    ] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    let ledger = rusqlite::Connection::open(world.metadata().join("Account-Test/blinkensync.sqlite")).unwrap();
    ledger.execute("UPDATE quarantine SET ignored = 1, tried = 1", []).unwrap();
    drop(ledger);
    let shown = info();
    assert!(shown.contains("ignored the file 2-bad") && !shown.contains("left out"), "{shown}");
    local::write(&inbox, "3-good", "S", b"Subject: a good one\n\nx\n");
    let run = world.sync();
    assert!(!run.ends_with(0).says("1 uploaded").text.contains("left out"), "{}", run.text);
    fs::remove_file(inbox.join("cur/2-bad:2,S")).unwrap();
    world.sync().ends_with(0);
    let shown = info();
    assert!(!shown.contains("left out") && !shown.contains("ignored"), "{shown}");
}

#[test]
fn what_was_left_out_is_tried_again_after_a_day_though_nothing_changed() {
    let world = World::new();
    world.fill(1, 2);
    let inbox = world.maildir().join("INBOX");
    let bad = local::write(&inbox, "2-bad", "S", b"Message-ID: <bad@example.org>\n\na \0 byte\n");
    world.sync().ends_with(1).says("NUL");
    world.sync().ends_with(0);
    // Mended in place, which no directory tells, and as though that was long ago.
    fs::write(&bad, b"Message-ID: <bad@example.org>\n\na good byte\n").unwrap();
    let ledger = rusqlite::Connection::open(world.metadata().join("Account-Test/blinkensync.sqlite")).unwrap();
    let calm = "UPDATE folder SET local_mark = replace(local_mark, '\"racy\":true', '\"racy\":false')";
    ledger.execute(calm, []).unwrap();
    world.sync().ends_with(0).says("all unchanged");
    ledger.execute("UPDATE quarantine SET tried = tried - 100000", []).unwrap();
    drop(ledger);
    world.sync().ends_with(0).says("1 uploaded");
    world.same(&[]);
}
