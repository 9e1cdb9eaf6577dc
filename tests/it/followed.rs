//! Options of the whole program, and of accounts side by side.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::world::{Run, World};

/// Two accounts of one server, with these lines in `[general]` and these in each account, where `NAME` is its name.
fn two(world: &World, general: &str, account: &str) -> String {
    let sections = |user: &str, name: &str| {
        format!(
            "[Account {name}]\nlocalrepository = {name}-here\nremoterepository = {name}-there\n{}\n\
             [Repository {name}-here]\ntype = Maildir\nlocalfolders = {}\n\n\
             [Repository {name}-there]\ntype = IMAP\nremoteuser = {user}\n{}\n",
            account.replace("NAME", name),
            world.dovecot.dir.join(format!("Mail-{user}")).display(),
            world.remote
        )
    };
    format!(
        "[general]\naccounts = One, Two\nmetadata = {}\n{general}\n{}\n{}",
        world.metadata().display(),
        sections("one", "One"),
        sections("two", "Two")
    )
}

#[test]
fn no_more_accounts_than_maxsyncaccounts_are_at_work_at_once() {
    let world = World::new();
    let place = world.dovecot.dir.join("meeting");
    fs::create_dir(&place).unwrap();
    let place = place.display();
    // One at a time: nobody finds another one at work.
    let hooks = format!(
        "presynchook = mkdir {place}/busy || touch {place}/met\npostsynchook = rmdir {place}/busy; touch {place}/NAME\n"
    );
    world.sync_with(&two(&world, "", &hooks)).ends_with(0);
    let names = || {
        let mut names: Vec<_> =
            fs::read_dir(place.to_string()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["One", "Two"]);
    // Both at once: each waits for the other.
    let other = "if [ NAME = One ]; then other=Two; else other=One; fi";
    let hooks = format!(
        "presynchook = {other}; touch {place}/here-NAME; until [ -e {place}/here-$other ]; do sleep 0.02; done\n"
    );
    world.sync_with(&two(&world, "maxsyncaccounts = 2\n", &hooks)).ends_with(0);
}

#[test]
fn folders_that_may_not_be_written_are_not_spoken_of_when_that_is_asked_for() {
    let world = World::new();
    world.fill(1, 3);
    world.sync().ends_with(0);
    world.dovecot.read_only(&world.user, "INBOX");
    crate::local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    let config = world.config();
    let spoken = |run: &Run| run.text.lines().filter(|line| line.contains("lets us only read")).count();
    assert_eq!(spoken(&world.sync()), 1, "{}", world.sync().text);
    let quiet = config.replace("[general]\n", "[general]\nignore-readonly = yes\n");
    assert_eq!(spoken(&world.sync_with(&quiet)), 0);
}

#[test]
fn host_port_and_user_may_be_worked_out_by_python() {
    let mut world = World::new();
    world.fill(1, 3);
    let port = world.dovecot.imaps;
    world.remote = world
        .remote
        .replace("remotehost = localhost", "remotehosteval = 'local' + 'host'")
        .replace(&format!("remoteport = {port}"), &format!("remoteporteval = {} + 1", port - 1));
    let config = world.config().replace("remoteuser = me", "remoteusereval = ''.join(['m', 'e'])\nremoteuser = nobody");
    world.sync_with(&config).ends_with(0).says("3 downloaded");
}

#[test]
fn no_more_connections_than_maxconnections_are_made() {
    let mut world = World::new();
    world.fill(6, 5);
    let logins = |world: &World| world.dovecot.log().matches("Login: user=<me>, method=").count();
    let before = logins(&world);
    world.remote = world.remote.replace("maxconnections = 4", "maxconnections = 1");
    world.sync().ends_with(0).says("30 downloaded");
    assert_eq!(logins(&world), before + 1);
    fs::remove_dir_all(world.metadata()).unwrap();
    fs::remove_dir_all(world.maildir()).unwrap();
    world.remote = world.remote.replace("maxconnections = 1", "maxconnections = 4");
    world.sync().ends_with(0).says("30 downloaded");
    assert!((before + 3..=before + 5).contains(&logins(&world)), "{}", world.dovecot.log());
}

#[test]
fn a_server_that_stays_silent_is_given_up_after_socktimeout() {
    let mut world = World::new();
    world.remote = "transporttunnel = sleep 1000\nremotepass = none\n".to_owned();
    let config = world.config().replace("[general]\n", "[general]\nsocktimeout = 1\n");
    let begun = Instant::now();
    world.sync_with(&config).ends_with(1).in_one_sentence().says("(socktimeout)");
    // Without the option it would be a minute.
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
}

#[test]
fn the_interface_that_the_file_names_is_taken() {
    let world = World::new();
    world.fill(1, 1);
    let said = |ui: &str| {
        let config = world.config().replace("[general]\n", &format!("[general]\nui = {ui}\n"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        let run = Run::from(&command.arg("-c").arg(world.file(&config)).arg("-o").output().unwrap());
        run.ends_with(0);
        run.text
    };
    // Blinkenlights can't be shown here, so the next one is taken.
    assert!(said("Curses.Blinkenlights, Noninteractive.Basic").contains("Test: synchronised"));
    assert_eq!(said("Curses.Blinkenlights, Noninteractive.Quiet"), "");
    assert!(said("Machine.MachineUI, Noninteractive.Quiet").starts_with("msg:protocol:"));
    assert!(said("Curses.Blinkenlights, jsonui, basic").starts_with("{\"event\":\"jsonui\""));
}

#[test]
fn the_filter_is_asked_again_at_each_synchronisation() {
    let mut world = World::new();
    world.fill(2, 2);
    let sign = world.dovecot.dir.join("sign");
    world.account = "autorefresh = 0.01\n".into();
    let filter = format!("lambda folder: folder == 'INBOX' or os.path.exists('{}')", sign.display());
    world.remote = format!("{}dynamic_folderfilter = yes\nfolderfilter = {filter}\n", world.remote);
    let config = world.file(&world.config());
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(config).args(["-u", "basic"]).stdout(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut runs = 0;
    for line in lines.by_ref() {
        if line.contains("Archive: 2 downloaded") {
            break;
        }
        if line.contains("Test: synchronised") {
            runs += 1;
            assert!(runs < 20, "the filter was never asked again");
            fs::write(&sign, "").unwrap();
        }
    }
    assert!(runs > 0);
    kill_process(Pid::from_child(&program), Signal::TERM).unwrap();
    lines.for_each(drop);
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[test]
fn only_one_kind_of_address_is_used_where_that_is_wished() {
    let mut world = World::new();
    world.fill(1, 2);
    let common = world.remote.replace("remotehost = localhost", "remotehost = 127.0.0.1");
    world.remote = format!("{common}ipv6 = no\n");
    world.sync().ends_with(0).says("2 downloaded");
    world.remote = format!("{common}ipv6 = yes\n");
    world.sync().ends_with(1).in_one_sentence().says("has no IPv6 address, and ipv6 = yes allows no other");
    // The server listens on IPv4 alone.
    world.remote = common.replace("127.0.0.1", "::1").replace("remoteport", "ipv6 = no\nremoteport");
    world.sync().ends_with(1).in_one_sentence().says("has no IPv4 address");
}
