//! Each side logs in and is trusted in its own way.

use crate::dovecot::{Dovecot, PASSWORD};
use crate::oauth::Account;
use crate::pair::Pair;
use crate::terminal::Terminal;

/// The local server's password.
const OTHER: &str = "another-horse-9";

/// Two servers whose users and passwords differ.
fn apart() -> Pair {
    let mut pair = Pair::new();
    pair.world.fill(2, 4);
    pair.here.set_password(OTHER);
    pair
}

/// Lines of a repository at this port in plain text.
fn plain(port: u16, more: &str) -> String {
    format!("remotehost = localhost\nremoteport = {port}\nremoteuser = me\nssl = no\nstarttls = no\n{more}")
}

#[test]
fn each_side_has_its_own_password_from_wherever_it_is() {
    let pair = apart();
    let [there, here] = pair.ports;
    let file = pair.world.dovecot.dir.join("password");
    std::fs::write(&file, format!("{OTHER}\n")).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let right = plain(there, &format!("remotepass = {PASSWORD}\n"));
    for way in [
        format!("remotepass = {OTHER}"),
        format!("remotepassfile = {}", file.display()),
        format!("remotepasscmd = echo {OTHER}"),
        format!("remotepasseval = '{OTHER}'"),
    ] {
        pair.world.sync_with(&pair.config_with(&right, &plain(here, &way))).ends_with(0);
    }
    // The wrong one is refused by the one that it is wrong for.
    let run = pair.world.sync_with(&pair.config_with(&right, &plain(here, &format!("remotepass = {PASSWORD}\n"))));
    run.ends_with(3).in_one_sentence().says("[AUTHENTICATIONFAILED]").says("(account Test, repository Here)");
    let wrong = plain(there, &format!("remotepass = {OTHER}\n"));
    let run = pair.world.sync_with(&pair.config_with(&wrong, &plain(here, &format!("remotepass = {OTHER}\n"))));
    run.ends_with(3).in_one_sentence().says("[AUTHENTICATIONFAILED]");
    run.says("logging in as me on localhost (account Test, repository There)");
    assert!(!run.text.contains(OTHER), "{}", run.text);
}

#[test]
fn a_person_is_asked_for_each_password_under_its_own_name() {
    let pair = apart();
    let [there, here] = pair.ports;
    let config = pair.config_with(&plain(there, ""), &plain(here, ""));
    let mut terminal = Terminal::open(100, 30);
    // Nobody else's password is found.
    terminal.press(&format!("export HOME={}\n", pair.world.dovecot.dir.display()));
    terminal.start(&format!("-c {} -o -u ttyui", pair.world.file(&config).display()));
    // Whichever is asked for first.
    for times in 1..=2 {
        let asked = |screen: &vt100::Screen| screen.contents().matches("): ").count() == times;
        terminal.wait("one question after the other", asked);
        let here = terminal.screen().contents().trim_end().ends_with("password of me at localhost (repository Here):");
        terminal.press(&format!("{}\n", if here { OTHER } else { PASSWORD }));
    }
    terminal.ends_with(0);
    let shown = String::from_utf8_lossy(&terminal.shown).into_owned();
    for name in ["Here", "There"] {
        assert_eq!(shown.matches(&format!("password of me at localhost (repository {name}): ")).count(), 1, "{shown}");
    }
    assert!(!shown.contains(PASSWORD) && !shown.contains(OTHER), "{shown}");
}

#[test]
fn each_side_shows_its_own_certificate() {
    let pair = Pair::new();
    pair.world.fill(2, 4);
    let tls = |server: &Dovecot, more: &str| {
        format!(
            "remotehost = localhost\nremoteport = {}\nremoteuser = me\nremotepass = {PASSWORD}\n{more}\n",
            server.imaps
        )
    };
    let trust = |server: &Dovecot| format!("sslcacertfile = {}", server.ca().display());
    let (there, here) = (&pair.world.dovecot, &pair.here);
    let sync = |more: [&str; 2]| pair.world.sync_with(&pair.config_with(&tls(there, more[0]), &tls(here, more[1])));
    let (right, other) = (trust(there), trust(here));
    sync([&right, &other]).ends_with(0).says("8 downloaded");
    pair.same();
    // Each by the other's authority is refused, and it is said which one.
    let run = sync([&right, &right]);
    run.ends_with(1).in_one_sentence().says("(account Test, repository Here)");
    sync([&other, &other]).ends_with(1).in_one_sentence().says("(account Test, repository There)");
    // The same with fingerprints; the one that is shown is the local server's.
    let run = sync([&right, "cert_fingerprint = 00112233445566778899aabbccddeeff00112233"]);
    run.ends_with(1).in_one_sentence().says("(account Test, repository Here)");
    let run = sync([&right, ""]);
    let pin = run.text.lines().find_map(|line| line.find("cert_fingerprint = ").map(|at| line[at..].to_owned()));
    let pin = pin.unwrap_or_else(|| panic!("{}", run.text));
    sync([&right, &pin]).ends_with(0).says("nothing new");
    sync([&pin, &pin]).ends_with(1).says("fingerprint");
}

#[test]
fn the_local_server_may_be_one_that_takes_tokens() {
    let account = Account::with_refresh();
    let token = account.world.remote.clone();
    let pair = Pair::new();
    pair.world.fill(2, 4);
    let there = plain(pair.ports[0], &format!("remotepass = {PASSWORD}\n"));
    let config = pair.config_with(&there, &format!("{token}remoteuser = me\n"));
    pair.world.sync_with(&config).ends_with(0).says("8 downloaded");
    account.world.dovecot.log_when(|log| log.contains("method=XOAUTH2"));
    assert_eq!(account.provider.state().asked.len(), 1);
    pair.world.sync_with(&config).ends_with(0).says("nothing new");
    assert!(account.world.status().contains("\"Archive\" (MESSAGES 4 "));
}

#[test]
fn the_local_server_may_be_at_the_end_of_a_tunnel() {
    let pair = Pair::new();
    pair.world.fill(2, 4);
    let logged_in = |server: &Dovecot| {
        let conf = server.dir.join("dovecot.conf");
        format!(
            "remotehost = localhost\nremoteuser = me\npreauthtunnel = doveadm -c {} exec imap -u me | cat\n",
            conf.display()
        )
    };
    let there = plain(pair.ports[0], &format!("remotepass = {PASSWORD}\n"));
    let config = pair.config_with(&there, &logged_in(&pair.here));
    pair.world.sync_with(&config).ends_with(0).says("8 downloaded");
    pair.same();
    pair.client(&["append", "Archive", "here"]);
    let through = format!(
        "remotehost = localhost\nremoteuser = me\nremotepass = {PASSWORD}\n\
         transporttunnel = openssl s_client -quiet -verify_return_error -CAfile {} -connect localhost:{}\n",
        pair.here.ca().display(),
        pair.here.imaps
    );
    pair.world.sync_with(&pair.config_with(&there, &through)).ends_with(0).says("1 uploaded");
    pair.same();
    // Two tunnels are two servers.
    let config = pair.config_with(&logged_in(&pair.world.dovecot), &logged_in(&pair.here));
    pair.world.sync_with(&config).ends_with(0).says("nothing new");
    let broken = "remotehost = localhost\nremoteuser = me\npreauthtunnel = echo 'no way' >&2; exit 255\n";
    let run = pair.world.sync_with(&pair.config_with(&logged_in(&pair.world.dovecot), broken));
    run.ends_with(1).in_one_sentence().says("the command says: no way").says("repository Here");
}
