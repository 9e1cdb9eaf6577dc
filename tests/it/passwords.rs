//! Where passwords come from, and in which order.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::dovecot::PASSWORD;
use crate::world::{Run, World};

/// An account without a password in the configuration.
fn without() -> World {
    let mut world = World::new();
    world.fill(1, 3);
    world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
    world
}

fn secret_file(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.dovecot.dir.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// A run of somebody who lives in the server's directory.
fn sync(world: &World) -> Run {
    let mut command = world.program(&world.config());
    command.env("HOME", &world.dovecot.dir);
    Run::from(&command.output().unwrap())
}

#[test]
fn the_password_of_the_right_user_is_taken_from_netrc() {
    let world = without();
    let netrc = format!(
        "machine localhost login you password not-this-one\n\n\
         machine localhost # the one\n  login me\n  password \"{PASSWORD}\"\n"
    );
    let path = secret_file(&world, ".netrc", &netrc);
    sync(&world).ends_with(0).says("3 downloaded");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    sync(&world).ends_with(3).in_one_sentence().says("others can read it; run: chmod 600");
}

#[test]
fn without_a_password_and_without_anybody_to_ask_the_run_says_so() {
    let world = without();
    sync(&world).ends_with(3).in_one_sentence().says("there is no password, and nobody to ask for it");
    // Nor is there anybody for the interface that could ask, where it has no terminal.
    let mut command = Command::new("setsid");
    command.args(["--wait", env!("CARGO_BIN_EXE_blinkensync"), "-o", "-u", "ttyui", "-c"]);
    command.arg(world.file(&world.config())).env("HOME", &world.dovecot.dir);
    Run::from(&command.output().unwrap()).ends_with(3).says("there is no password, and nobody to ask for it");
}

#[test]
fn what_stands_first_in_the_order_counts() {
    let mut world = without();
    let file = secret_file(&world, "password", &format!("{PASSWORD}\nmore\n"));
    let wrong = secret_file(&world, "wrong", "wrong\n");
    secret_file(&world, ".netrc", "machine localhost login me password wrong\n");
    let common = world.remote.clone();
    let places = [
        ("remotepasseval = 'correct-' + 'horse-7'\n".to_owned(), "remotepasseval = 'wr' + 'ong'\n".to_owned()),
        (format!("remotepass = {PASSWORD}\n"), "remotepass = wrong\n".to_owned()),
        (format!("remotepassfile = {}\n", file.display()), format!("remotepassfile = {}\n", wrong.display())),
        (format!("remotepasscmd = cat {}\n", file.display()), format!("remotepasscmd = cat {}\n", wrong.display())),
    ];
    for first in 0..places.len() {
        let rest: String = places[first + 1..].iter().map(|(_, wrong)| wrong.as_str()).collect();
        world.remote = format!("{common}{}{rest}", places[first].0);
        sync(&world).ends_with(0);
        // And the other way round, so that it is this one that was taken.
        let rest: String = places[first + 1..].iter().map(|(right, _)| right.as_str()).collect();
        world.remote = format!("{common}{}{rest}", places[first].1);
        sync(&world).ends_with(3);
    }
}

#[test]
fn a_password_that_is_refused_holds_up_no_other_account() {
    let mut world = World::new();
    world.fill(1, 3);
    let good = world.config();
    world.remote = world.remote.replace(PASSWORD, "wrong");
    world.user = "other".to_owned();
    let bad = world.config();
    let bad = bad[bad.find("[Account").unwrap()..].to_owned();
    let bad = bad.replace("Test]", "Bad]").replace("Here", "Here2").replace("There", "There2");
    let both = good.replace("accounts = Test", "accounts = Bad, Test") + "\n" + &bad;
    world.user = "me".to_owned();
    let run = world.sync_with(&both);
    run.ends_with(3).says("Bad: ").says("AUTHENTICATIONFAILED").says("Test: synchronised").says("3 downloaded");
    world.same(&[]);
}

/// A run within a desktop session of its own, whose keyring has got this first.
fn sync_with_keyring(world: &World, stored: &str) -> Run {
    let home = world.dovecot.dir.join("home");
    fs::create_dir_all(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let program = env!("CARGO_BIN_EXE_blinkensync");
    let script = format!(
        "printf unlock | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n{stored}\n\
         exec {program} -c {} -o -u basic",
        world.file(&world.config()).display()
    );
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", &script]);
    for variable in ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"] {
        command.env(variable, &home);
    }
    Run::from(&command.output().unwrap())
}

#[test]
fn the_keyring_gives_the_password_by_either_name() {
    for names in ["server localhost user me", "service localhost username me"] {
        let mut world = without();
        world.remote += "keyring = yes\n";
        let stored = format!("printf %s {PASSWORD} | secret-tool store --label Mail {names}");
        sync_with_keyring(&world, &stored).ends_with(0).says("3 downloaded");
        // What it says of others is of no use, and netrc comes next.
        fs::remove_dir_all(world.dovecot.dir.join("home")).unwrap();
        let stored = stored.replace(" me", " you");
        sync_with_keyring(&world, &stored).ends_with(3).in_one_sentence().says("nobody to ask for it");
        let netrc = format!("machine localhost login me password {PASSWORD}\n");
        secret_file(&world, "home/.netrc", &netrc);
        sync_with_keyring(&world, "").ends_with(0);
    }
}

#[test]
fn a_keyring_that_is_not_there_is_named() {
    let mut world = without();
    world.remote += "keyring = yes\n";
    let mut command = world.program(&world.config());
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let run = Run::from(&command.output().unwrap());
    run.ends_with(3).in_one_sentence().says("asking the keyring for the password of me on localhost");
}
