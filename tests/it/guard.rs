//! What looks like a mistake deletes nothing: it is reported, and when it is put right all is in step again.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::local;
use crate::tamper::{Rewrite, tampered};
use crate::world::World;

/// An account in step: two folders of 24 messages.
fn in_step() -> World {
    let world = World::new();
    world.fill(2, 24);
    world.sync().ends_with(0);
    world
}

/// Runs, twice, and fails unless nothing was done on either side and that was said.
#[track_caller]
fn does_nothing(world: &World, says: &[&str]) {
    let (there, here) = (world.status(), local::tree(&world.dovecot.dir.join("Mail-me")));
    for _ in 0..2 {
        let run = world.sync();
        run.ends_with(1).in_one_sentence();
        for words in says {
            run.says(words);
        }
        assert_eq!(world.status(), there, "the server was changed:\n{}", run.text);
        assert_eq!(local::tree(&world.dovecot.dir.join("Mail-me")), here, "the disk was changed:\n{}", run.text);
    }
}

/// Fails unless both sides are the same, with so many messages, and nothing is left to do.
#[track_caller]
fn is_in_step(world: &World, messages: u32) {
    world.sync().ends_with(0).says("nothing new");
    let (code, said) = world.compare(&["dates"]);
    assert!(code == Some(0) && said.contains(&format!(" {messages} messages,")), "{said}");
}

#[test]
fn an_inbox_that_is_emptied_on_the_server_stays_here_until_that_is_allowed() {
    let world = in_step();
    let (code, said) = world.python("delete.py", &["INBOX", "1:*"]);
    assert_eq!(code, Some(0), "{said}");
    does_nothing(&world, &["INBOX", "24 of its 24 messages", "--allow-deletes"]);
    world.sync_allowing_deletes().ends_with(0).says("24 deleted here");
    is_in_step(&world, 24);
}

#[test]
fn a_folder_whose_files_are_gone_stays_on_the_server_until_that_is_allowed() {
    let world = in_step();
    let files = local::messages(&world.maildir().join("Archive"));
    let away = world.dovecot.dir.join("away");
    fs::create_dir(&away).unwrap();
    let put = |from: &Path, to: &Path| fs::rename(from, to).unwrap();
    for file in &files {
        put(file, &away.join(file.file_name().unwrap()));
    }
    does_nothing(&world, &["Archive", "24 of its 24 messages", "--allow-deletes"]);
    for file in &files {
        put(&away.join(file.file_name().unwrap()), file);
    }
    is_in_step(&world, 48);
    for file in &files {
        fs::remove_file(file).unwrap();
    }
    world.sync_allowing_deletes().ends_with(0).says("24 deleted on the server");
    is_in_step(&world, 24);
}

#[test]
fn a_folder_without_its_cur_is_refilled_and_not_taken_for_an_empty_one() {
    for run in [World::sync, World::sync_allowing_deletes] {
        let world = in_step();
        let there = world.status();
        fs::remove_dir_all(world.maildir().join("Archive/cur")).unwrap();
        run(&world).ends_with(0).says("Archive").says("refilled");
        assert_eq!(world.status(), there);
        is_in_step(&world, 48);
    }
}

#[test]
fn a_maildir_that_is_not_mounted_is_not_an_empty_one() {
    let world = in_step();
    let (root, away) = (world.maildir(), world.dovecot.dir.join("away"));
    fs::rename(&root, &away).unwrap();
    let there = world.status();
    for _ in 0..2 {
        world.sync().ends_with(1).says("Mail-me").says("mount it").in_one_sentence();
        world.sync_allowing_deletes().ends_with(1).says("mount it");
        assert!(!root.exists());
    }
    // Where it would be mounted there is an empty directory.
    fs::create_dir(&root).unwrap();
    does_nothing(&world, &["Mail-me", "mount it"]);
    fs::remove_dir(&root).unwrap();
    assert_eq!(world.status(), there);
    fs::rename(&away, &root).unwrap();
    is_in_step(&world, 48);
}

#[test]
fn a_lost_ledger_costs_no_transfer() {
    let world = in_step();
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    world.sync().ends_with(0).says("1 uploaded");
    fs::remove_dir_all(world.metadata()).unwrap();
    let (there, here) = (world.status(), local::tree(&world.maildir()));
    let run = world.sync();
    run.ends_with(0);
    assert!(!run.text.contains("load") && !run.text.contains("delete"), "{}", run.text);
    assert_eq!((world.status(), local::tree(&world.maildir())), (there, here));
    is_in_step(&world, 49);
}

/// The same account, over a way on which what the server says is changed, by a server that lists everything at each look.
fn with_listings(mut world: World, change: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> World {
    let rewrite: Rewrite = Arc::new(move |line| {
        if line.contains("CAPABILITY") {
            return Some(line.replace("CONDSTORE", "").replace("QRESYNC", ""));
        }
        change(line)
    });
    let port = format!("remoteport = {}\nssl = no\nstarttls = no", tampered(world.dovecot.port, rewrite));
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), &port);
    world
}

/// Whether this is a line of a listing.
fn is_listed(line: &str) -> bool {
    line.starts_with("* ") && line.contains(" FETCH (") && line.contains("FLAGS (") && line.ends_with("))\r\n")
}

#[test]
fn a_listing_that_ends_in_no_proves_nothing() {
    let mut world = in_step();
    let right = world.remote.clone();
    let listed = AtomicU32::new(0);
    world = with_listings(world, move |line| {
        if is_listed(line) {
            return listed.fetch_add(1, Ordering::SeqCst).is_multiple_of(3).then(|| line.to_owned());
        }
        Some(line.replace("OK Fetch completed", "NO Fetch failed"))
    });
    does_nothing(&world, &["INBOX", "Archive", "Fetch failed"]);
    world.remote = right;
    is_in_step(&world, 48);
}

#[test]
fn a_listing_that_is_shorter_than_the_mailbox_proves_nothing() {
    let mut world = in_step();
    let right = world.remote.clone();
    let listed = AtomicU32::new(0);
    world = with_listings(world, move |line| {
        let left_out = is_listed(line) && listed.fetch_add(1, Ordering::SeqCst).is_multiple_of(3);
        (!left_out).then(|| line.to_owned())
    });
    does_nothing(&world, &["INBOX", "Archive", "only 16 of its messages"]);
    world.remote = right;
    is_in_step(&world, 48);
}
