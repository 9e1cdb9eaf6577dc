//! Servers that nobody vouches for, and a person on a terminal who is asked about them.

use std::fs;

use super::office::{LONG_AGO, Office, Paper};
use super::overheard::{Heard, Manner, Overheard};
use super::{Meeting, told_nothing};
use crate::dovecot::PASSWORD;
use crate::terminal::Terminal;
use crate::world::World;

const QUESTION: &str = "Trust it for now?";

/// The certificate's fingerprint as the program writes it.
fn digits(office: &Office, paper: &Paper) -> String {
    office.fingerprint(paper, "sha256").replace(':', "").to_lowercase()
}

/// What was ever written on the terminal.
fn written(terminal: &Terminal) -> String {
    String::from_utf8_lossy(&terminal.shown).into_owned()
}

/// The program on a terminal that is wide enough for anything.
fn started(arguments: &str) -> Terminal {
    let mut terminal = Terminal::open(500, 40);
    terminal.start(arguments);
    terminal
}

impl Meeting {
    /// The program on a terminal, where these keys answer the question if there is one; what was written, and heard.
    fn on_terminal(
        &self,
        office: &Office,
        paper: &Paper,
        options: &str,
        keys: &[&str],
        code: u8,
    ) -> (String, Vec<Heard>) {
        let server = Overheard::start(paper, self.manner, self.newest);
        let rc = self.file(office, server.port);
        let mut terminal = started(&format!("-c {} {options}", rc.display()));
        for keys in keys {
            let (question, keys) = keys.split_once('|').unwrap();
            terminal.wrote(question, 1);
            terminal.press(keys);
        }
        terminal.ends_with(code);
        (written(&terminal), server.heard())
    }
}

/// A meeting with a server about which nothing is written down.
fn unsaid(office: &Office, manner: Manner) -> Meeting {
    Meeting { manner, remote: String::new(), ..Meeting::new(office) }
}

#[test]
fn a_person_is_asked_about_a_certificate_that_nobody_vouches_for_and_no_is_no() {
    let office = Office::new();
    for (paper, manner, words) in [
        (office.self_signed("alone", "DNS:localhost"), Manner::Tls, "Nobody but itself vouches for it (self-signed)."),
        (office.self_signed("plain", "DNS:localhost"), Manner::StartTls, "Nobody but itself vouches for it"),
        (office.issue("strange", "DNS:localhost"), Manner::Tls, "No authority that is trusted here vouches for it."),
    ] {
        let meeting = unsaid(&office, manner);
        let (refused, _) = meeting.run(&office, &paper);
        let error = refused.text.lines().find(|line| line.contains("securing the connection")).unwrap();
        let error = &error[error.find("securing").unwrap()..];
        for no in ["n\n", "\n", "\x04"] {
            let keys = format!("{QUESTION}|{no}");
            let (said, heard) = meeting.on_terminal(&office, &paper, "-o -u ttyui", &[&keys], 1);
            told_nothing(&heard);
            assert!(said.contains(error), "no {error} in {said}");
            let line = format!("cert_fingerprint = {}", digits(&office, &paper));
            for words in ["certificate of localhost isn't trusted", words, "  issuer CN=", "  for localhost", &line] {
                assert!(said.contains(words), "no {words} in {said}");
            }
            assert_eq!(said.matches(QUESTION).count(), 1, "{said}");
        }
    }
}

#[test]
fn yes_trusts_this_certificate_alone_and_says_what_to_write_down() {
    let office = Office::new();
    for (paper, manner) in [
        (office.self_signed("alone", "DNS:localhost"), Manner::Tls),
        (office.issue("strange", "DNS:localhost"), Manner::StartTls),
    ] {
        let meeting = unsaid(&office, manner);
        // The server lets nobody in, so the password is asked for then.
        let keys = [&format!("{QUESTION}|y\n"), "password of me|\x04"];
        let (said, mut heard) = meeting.on_terminal(&office, &paper, "-o -u ttyui", &keys, 3);
        let trusting = heard.pop().unwrap();
        assert!(trusting.protected.unwrap().contains(PASSWORD) && !trusting.plain.contains(PASSWORD));
        assert!(!heard.is_empty());
        told_nothing(&heard);
        let pin = format!("write into [Repository There]: cert_fingerprint = {}", digits(&office, &paper));
        assert!(said.contains("is trusted until the program ends") && said.contains(&pin), "{said}");
        let remote = pin.split_once(": ").unwrap().1.to_owned() + "\n";
        Meeting { manner, remote, ..Meeting::new(&office) }.trusts(&office, &paper);
    }
}

#[test]
fn a_wrong_name_or_date_is_asked_about_too() {
    // Their authority is trusted, but they are not what they should be.
    let office = Office::new();
    for (paper, words) in [
        (office.issue("other", "DNS:mail.example.org"), ["It is for another server.", "  for mail.example.org"]),
        (
            office.issue_for("old", "DNS:localhost", (LONG_AGO, "20200201000000Z")),
            ["It has expired", "  valid from 2020-01-01 00:00 until 2020-02-01 00:00 UTC"],
        ),
    ] {
        let server = Overheard::start(&paper, Manner::Tls, native_tls::Protocol::Tlsv13);
        let rc = unsaid(&office, Manner::Tls).file(&office, server.port);
        let mut terminal = Terminal::open(500, 40);
        terminal.press(&format!("export SSL_CERT_FILE={}\n", office.ca().display()));
        terminal.start(&format!("-c {} -o -u ttyui", rc.display()));
        terminal.wrote(QUESTION, 1);
        terminal.press("n\n");
        terminal.ends_with(1);
        for words in words {
            assert!(written(&terminal).contains(words), "no {words} in {}", written(&terminal));
        }
        told_nothing(&server.heard());
    }
}

#[test]
fn nobody_is_asked_where_the_configuration_has_the_answer_or_nobody_may_answer() {
    let office = Office::new();
    let paper = office.self_signed("alone", "DNS:localhost");
    let other =
        format!("cert_fingerprint = {}\n", office.fingerprint(&office.issue("other", "DNS:localhost"), "sha256"));
    let authority = Meeting::new(&office).remote;
    for (remote, options) in [
        (other.clone(), "-o -u ttyui"),
        (authority.clone(), "-o -u ttyui"),
        (authority + &other, "-o -u ttyui"),
        ("sslcacertfile = OS-DEFAULT\n".to_owned(), "-o -u ttyui"),
        (String::new(), "-o -u ttyui --dry-run"),
        (String::new(), "-o -u basic"),
        (String::new(), "-o -u quiet"),
    ] {
        let meeting = Meeting { remote: remote.clone(), ..Meeting::new(&office) };
        let (said, heard) = meeting.on_terminal(&office, &paper, options, &[], 1);
        told_nothing(&heard);
        assert!(said.contains("certificate is refused") && !said.contains("Trust it"), "{remote} {options}: {said}");
    }
}

#[test]
fn what_is_trusted_stays_so_for_all_connections_and_runs_until_the_server_shows_another_one() {
    let office = Office::new();
    let (one, other) = (office.self_signed("one", "DNS:localhost"), office.self_signed("other", "DNS:localhost"));
    let mut world = World::new();
    world.fill(4, 5);
    let trusted = format!("sslcacertfile = {}\n", world.dovecot.ca().display());
    world.remote = world.remote.replace(&trusted, "");
    world.account = "autorefresh = 0.01\n".to_owned();
    let proper = ["cert.pem", "key.pem"].map(|file| {
        let copy = office.dir().join(format!("proper-{file}"));
        fs::copy(world.dovecot.dir.join(file), &copy).unwrap();
        copy
    });
    world.dovecot.show(&one.certificate, &one.key);
    let rc = world.file(&world.config());
    let mut terminal = Terminal::open(500, 40);
    // The authority of the server's own certificate is the only one of the system's.
    terminal.press(&format!("export SSL_CERT_FILE={}\n", world.dovecot.ca().display()));
    terminal.start(&format!("-c {} -u ttyui", rc.display()));
    let more = |terminal: &mut Terminal, runs: usize| {
        let done = "Test: synchronised";
        terminal.wrote(done, written(terminal).matches(done).count() + runs);
    };
    let asked = |terminal: &Terminal| written(terminal).matches(QUESTION).count();
    terminal.wrote(QUESTION, 1);
    // The other program on this server has logged in, and this one has not.
    let count = || world.dovecot.log().matches("Login: user=<me>").count();
    let before = count();
    terminal.press("y\n");
    more(&mut terminal, 3);
    let logins = count() - before;
    assert!(logins > 4 && asked(&terminal) == 1, "{logins} logins, asked {} times", asked(&terminal));
    // Its own one again, which somebody vouches for.
    world.dovecot.show(&proper[0], &proper[1]);
    more(&mut terminal, 2);
    assert_eq!(asked(&terminal), 1);
    // Another one: once in each run, until it is trusted.
    world.dovecot.show(&other.certificate, &other.key);
    terminal.wrote(QUESTION, 2);
    assert!(written(&terminal).contains(&digits(&office, &other)));
    terminal.press("n\n");
    terminal.wrote(QUESTION, 3);
    terminal.press("y\n");
    more(&mut terminal, 2);
    // And back to the one that is trusted already.
    world.dovecot.show(&one.certificate, &one.key);
    more(&mut terminal, 2);
    assert_eq!(asked(&terminal), 3);
    terminal.press("\x03");
    terminal.ends_with(0);
    world.same(&["dates"]);
}
