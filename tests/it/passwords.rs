//! Where passwords come from, and in which order.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

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
