//! What mbsync has synchronised is taken over with nothing transferred, with what the page about it says. mbsync itself, from
//! Debian, makes the tree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dovecot::PASSWORD;
use crate::local;
use crate::world::{Run, World};

const PAGE: &str = include_str!("../../assets/from-mbsync.md");

/// A block of the page that begins with these words, as somebody would write it for this server and this Maildir.
fn block(world: &World, begin: &str) -> String {
    let mut block = PAGE.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap().1);
    let block = block.find(|block| block.starts_with(begin)).unwrap();
    let (port, ca) = (world.dovecot.imaps, world.dovecot.ca());
    let (port, ca) = (port.to_string(), ca.to_str().unwrap());
    let (mail, command) = (world.maildir(), format!("echo {PASSWORD}"));
    block
        .replace("Host imap.example.org", &format!("Host localhost\nPort {port}\nCertificateFile {ca}"))
        .replace(
            "remotehost = imap.example.org",
            &format!("remotehost = localhost\nremoteport = {port}\nsslcacertfile = {ca}"),
        )
        // What it is called today was called so before mbsync 1.5, which understands both.
        .replace("TLSType", "SSLType")
        .replace("anna", &world.user)
        .replace("pass show mail/home", &command)
        .replace("~/Mail", mail.to_str().unwrap())
}

/// Synchronises once with mbsync.
fn mbsync(world: &World, config: &str) {
    fs::create_dir_all(world.maildir()).unwrap();
    let file = world.dovecot.dir.join("mbsyncrc");
    fs::write(&file, config).unwrap();
    let out = Command::new("mbsync").arg("-c").arg(file).arg("-a").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// How many messages are in this directory, and how many of them mbsync has marked.
fn messages(folder: &Path) -> (usize, usize) {
    let files = local::messages(folder);
    let marked = |file: &&PathBuf| String::from_utf8_lossy(&fs::read(file).unwrap()).contains("X-TUID: ");
    (files.len(), files.iter().filter(marked).count())
}

/// Synchronises with mbsync and then with the program, whose configuration this is.
fn taken_over(world: &World, rc: &str, old: &str, new: &str) {
    let inbox = world.maildir().join(rc);
    let metadata = format!("[general]\nmetadata = {}\n", world.metadata().display());
    let new = new.replacen("[general]\n", &metadata, 1);
    let run = |arguments: &[&str]| Run::from(&world.program(&new).args(arguments).output().unwrap());
    mbsync(world, old);
    let (count, marked) = messages(&inbox);
    assert!(count > 5 && marked == count, "{marked} of {count}");
    // What it sends to the server is marked there, and not here.
    local::deliver(&inbox, "mine", "S");
    mbsync(world, old);
    assert_eq!(messages(&inbox), (count + 1, marked));
    let before = world.status();
    run(&["--dry-run"]).ends_with(0).says("dry run: 4 folders, nothing to do; nothing was changed");
    run(&[]).ends_with(0).says("synchronised: 4 folders in ").says(", nothing new");
    assert_eq!(messages(&inbox), (count + 1, marked));
    assert_eq!(world.status(), before);
    // From now on it is like any other tree.
    world.client(&["flag", "INBOX", "1:3", "+", "\\Flagged"]);
    fs::remove_file(&local::messages(&inbox)[0]).unwrap();
    run(&[]).ends_with(0).says(" flagged here").says("1 deleted on the server");
}

#[test]
fn a_tree_of_mbsync_is_taken_over_with_nothing_transferred() {
    let world = World::new();
    world.fill(4, 10);
    taken_over(&world, "INBOX", &block(&world, "IMAPAccount"), &block(&world, "[general]"));
}

#[test]
fn so_is_one_with_the_inbox_above_all() {
    let world = World::new();
    world.fill(4, 10);
    let old = block(&world, "IMAPAccount").replace("SubFolders Verbatim", "SubFolders Maildir++");
    let old = old.lines().filter(|line| !line.starts_with("Path ")).collect::<Vec<_>>().join("\n");
    let old = old.replace("/INBOX\n", "\n");
    let plain = block(&world, "[general]");
    let (head, _) = plain.split_once("[Repository").unwrap();
    taken_over(&world, "", &old, &format!("{head}{}", block(&world, "[Repository home-local]")));
}
