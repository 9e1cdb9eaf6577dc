//! What goes wrong ends in a sentence, the documented code, and no loss.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::dovecot::{Dovecot, PASSWORD};
use crate::local;
use crate::world::World;

#[test]
fn a_wrong_password_is_refused_and_named() {
    let mut world = World::new();
    world.remote = world.remote.replace(PASSWORD, "wrong-one");
    let run = world.sync();
    run.ends_with(3).says("Test").says("localhost").in_one_sentence();
    assert!(!run.text.contains("wrong-one"), "{}", run.text);
}

#[test]
fn a_closed_port_names_the_host() {
    let mut world = World::new();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let closed = listener.local_addr().unwrap().port().to_string();
    drop(listener);
    world.remote = world.remote.replace(&world.dovecot.imaps.to_string(), &closed);
    world.sync().ends_with(1).says("localhost").in_one_sentence();
}

#[test]
fn an_unknown_authority_is_refused() {
    let mut world = World::new();
    world.fill(1, 1);
    let ca = format!("sslcacertfile = {}\n", world.dovecot.ca().display());
    world.remote = world.remote.replace(&ca, "");
    world.sync().ends_with(1).says("certificate").says("sslcacertfile").in_one_sentence();
    assert!(!world.maildir().join("INBOX").exists());
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let world = World::on(Dovecot::start_as("DNS:mail.example.org"));
    world.fill(1, 1);
    world.sync().ends_with(1).says("certificate").says("localhost").in_one_sentence();
    assert!(!world.maildir().join("INBOX").exists());
}

#[test]
fn a_certificate_for_another_name_is_refused_after_starttls_too() {
    let mut world = World::on(Dovecot::start_as("DNS:mail.example.org"));
    let port = format!("remoteport = {}\nssl = no\nstarttls = yes", world.dovecot.port);
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), &port);
    world.sync().ends_with(1).says("certificate").says("localhost").in_one_sentence();
}

#[test]
fn a_broken_line_is_named_with_its_number() {
    let world = World::new();
    world.sync_with("[general]\naccounts = Test\nthis is no option\n").ends_with(2).says("rc-me:3");
}

#[test]
fn a_lock_that_is_held_names_the_holder() {
    let mut world = World::new();
    let hooked = world.dovecot.dir.join("hooked");
    world.account = format!("presynchook = touch {}\n", hooked.display());
    world.fill(1, 1);
    fs::create_dir_all(world.metadata()).unwrap();
    let program = "import fcntl, sys\nfile = open(sys.argv[1], 'w')\nfcntl.lockf(file, fcntl.LOCK_EX)\n\
                   print('held', flush=True)\nsys.stdin.read()";
    let mut command = Command::new("python3");
    command.args(["-c", program]).arg(world.metadata().join("Test.lock"));
    let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    world.sync().ends_with(4).says(&holder.id().to_string()).in_one_sentence();
    assert!(!world.maildir().join("INBOX").exists() && !hooked.exists());
    drop(holder.stdin.take());
    holder.wait().unwrap();
    world.sync().ends_with(0);
    world.same(&["dates"]);
}

#[test]
fn one_broken_folder_does_not_stop_the_others() {
    let world = World::new();
    world.fill(3, 5);
    world.sync().ends_with(0);
    let (cur, away) = (world.maildir().join("Archive/cur"), world.dovecot.dir.join("away"));
    fs::rename(&cur, &away).unwrap();
    fs::write(&cur, "no directory").unwrap();
    local::deliver(&world.maildir().join("INBOX"), "up", "S");
    local::deliver(&world.maildir().join("Archive.2023"), "up-too", "S");
    world.sync().ends_with(1).says("Archive").says("2 uploaded").in_one_sentence();
    fs::remove_file(&cur).unwrap();
    fs::rename(&away, &cur).unwrap();
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let (_, said) = world.compare(&[]);
    assert!(said.contains("3 folders, 17 messages"), "{said}");
}

#[test]
fn one_bad_message_does_not_stop_the_others() {
    let world = World::new();
    world.fill(1, 3);
    world.sync().ends_with(0);
    let inbox = world.maildir().join("INBOX");
    local::deliver(&inbox, "1-good", "S");
    let bad = local::write(&inbox, "2-bad", "S", b"Message-ID: <bad@example.org>\n\na \0 byte\n");
    local::deliver(&inbox, "3-good", "S");
    world.sync().ends_with(1).says("INBOX").says("NUL").says("2 uploaded").in_one_sentence();
    assert_eq!(fs::read(&bad).unwrap(), b"Message-ID: <bad@example.org>\n\na \0 byte\n");
    fs::rename(&bad, world.dovecot.dir.join("away")).unwrap();
    world.sync().ends_with(0);
    world.same(&["dates"]);
}

/// A small file system of its own, unmounted when dropped.
struct Tmpfs<'a>(&'a std::path::Path);

impl<'a> Tmpfs<'a> {
    fn mount(path: &'a std::path::Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(path).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success()).then_some(Self(path))
    }
}

impl Drop for Tmpfs<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let world = World::new();
    world.fill(3, 40);
    let root = world.maildir();
    let Some(_disk) = Tmpfs::mount(&root, "200k") else {
        // Written past the test runner, which keeps what a test prints to itself.
        writeln!(std::io::stderr(), "SKIPPED: a_full_disk_loses_nothing needs to be root and to mount a tmpfs")
            .unwrap();
        return;
    };
    world.sync().ends_with(1).says("space").in_one_sentence();
    let done = Command::new("mount").args(["-o", "remount,size=64m"]).arg(&root).status().unwrap();
    assert!(done.success());
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let (_, said) = world.compare(&[]);
    assert!(said.contains("3 folders, 120 messages"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_written_to_stops_no_other() {
    let mut world = World::new();
    world.remote = world.remote.replace("maxconnections = 4", "maxconnections = 1");
    world.fill(3, 6);
    let folder = world.maildir().join("Archive");
    local::make(&folder);
    // Nothing can be made there, whoever tries.
    fs::remove_dir(folder.join("tmp")).unwrap();
    std::os::unix::fs::symlink("/sys/kernel", folder.join("tmp")).unwrap();
    world.sync().ends_with(1).in_one_sentence().says("INBOX: 6 downloaded").says("Archive/2023: 6 downloaded");
}
