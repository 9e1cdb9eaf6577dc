//! The page for those who are in trouble: what it quotes is what the program says, and what it advises helps.

use std::fs;

use rustix::fs::{FlockOperation, fcntl_lock};

use crate::dovecot::Dovecot;
use crate::local;
use crate::world::{Run, World};

const PAGE: &str = include_str!("../../assets/troubleshooting.md");

/// Brings a message about, and does then what the page advises.
type Happening = fn(&mut World, &str);

/// What the headings quote, with what somebody does who sees it.
const TROUBLES: [(&str, Happening); 7] = [
    ("the server's certificate is refused", a_certificate),
    ("the server doesn't offer STARTTLS", no_encryption),
    ("another run is synchronising it", a_lock),
    ("this is Python, and there is no python3 on this machine", no_python),
    ("would be deleted", deletions),
    ("it is missing, though it was synchronised before", no_disk),
    ("the file is damaged", a_ledger),
];

fn without(world: &mut World, option: &str) {
    world.remote = world.remote.lines().filter(|line| !line.starts_with(option)).collect::<Vec<_>>().join("\n") + "\n";
}

fn a_certificate(world: &mut World, words: &str) {
    without(world, "sslcacertfile");
    let run = world.sync();
    run.ends_with(1).says(words);
    // Its last words are the line to write down.
    let line = run.text.lines().find(|line| line.contains(words)).unwrap();
    let pin = &line[line.rfind("cert_fingerprint = ").unwrap()..];
    world.remote.extend([pin, "\n"]);
    world.sync().ends_with(0);
}

fn no_encryption(_: &mut World, words: &str) {
    let mut world = World::on(Dovecot::start_with("ssl = no\n"));
    let port = format!("{}\nssl = no\n", world.dovecot.port);
    world.remote = world.remote.replace(&format!("{}\n", world.dovecot.imaps), &port);
    world.sync().ends_with(1).says(words);
    world.remote += "starttls = no\n";
    world.sync().ends_with(0);
}

fn a_lock(world: &mut World, words: &str) {
    let lock = fs::File::options().write(true).open(world.metadata().join("Test.lock")).unwrap();
    fcntl_lock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
    world.sync().ends_with(4).says(words).says(&format!("(process {})", std::process::id()));
    drop(lock);
    world.sync().ends_with(0);
}

fn no_python(world: &mut World, words: &str) {
    world.remote += "folderfilter = lambda name: name != 'Archive'\n";
    Run::from(&world.program(&world.config()).env("PATH", "/nonexistent").output().unwrap()).ends_with(2).says(words);
    without(world, "folderfilter");
    world.remote += "folderpatterns = !Archive\n";
    Run::from(&world.program(&world.config()).env("PATH", "/nonexistent").output().unwrap()).ends_with(0);
}

fn deletions(world: &mut World, words: &str) {
    for file in local::messages(&world.maildir().join("Archive")) {
        fs::remove_file(file).unwrap();
    }
    world.sync().ends_with(1).says(words).says("--allow-deletes");
    assert!(world.status().contains("\"Archive\" (MESSAGES 12 "));
    world.sync_allowing_deletes().ends_with(0);
    assert!(world.status().contains("\"Archive\" (MESSAGES 0 "));
}

fn no_disk(world: &mut World, words: &str) {
    let elsewhere = world.dovecot.dir.join("elsewhere");
    fs::rename(world.maildir(), &elsewhere).unwrap();
    world.sync().ends_with(1).says(words);
    fs::rename(&elsewhere, world.maildir()).unwrap();
    world.sync().ends_with(0).says("nothing new");
}

fn a_ledger(world: &mut World, words: &str) {
    let ledger = world.metadata().join("Account-Test/blinkensync.sqlite");
    fs::write(&ledger, "damaged").unwrap();
    world.sync().ends_with(1).says(words);
    fs::rename(&ledger, ledger.with_extension("away")).unwrap();
    let run = world.sync();
    run.ends_with(0);
    assert!(!run.text.contains("loaded"), "{}", run.text);
    world.same(&[]);
}

#[test]
fn what_the_headings_quote_is_what_is_said_and_the_advice_helps() {
    let headings = PAGE.lines().filter(|line| line.starts_with("## "));
    let quoted: Vec<&str> = headings.filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(quoted, TROUBLES.map(|(words, _)| words), "each is said in one of these situations");
    let mut world = World::new();
    world.fill(2, 12);
    world.sync().ends_with(0);
    let remote = world.remote.clone();
    for (words, happens) in TROUBLES {
        happens(&mut world, words);
        world.remote.clone_from(&remote);
    }
}
