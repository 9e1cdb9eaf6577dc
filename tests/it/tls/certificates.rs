//! Certificates that are good enough, and those that aren't.

use native_tls::Protocol;

use super::Meeting;
use super::office::{FAR_OFF, LONG_AGO, NOT_SOON, Office, Paper};
use super::overheard::Manner;
use crate::world::World;

const YESTERDAY: &str = "20200201000000Z";

/// Tries this certificate with TLS from the first byte and with STARTTLS; what is said about a refusal.
#[track_caller]
fn refused(office: &Office, paper: &Paper, words: &[&str]) {
    for manner in [Manner::Tls, Manner::StartTls] {
        let run = Meeting { manner, ..Meeting::new(office) }.refuses(office, paper);
        for words in words {
            run.says(words);
        }
        let digits = office.fingerprint(paper, "sha256").replace(':', "").to_lowercase();
        run.says("certificate is refused").says(&format!("cert_fingerprint = {digits}")).says("; subject CN=");
    }
}

#[test]
fn a_certificate_for_the_servers_name_is_good_enough() {
    let office = Office::new();
    for (host, names) in [
        ("localhost", "DNS:localhost"),
        ("localhost", "DNS:mail.example.org,DNS:LocalHost"),
        ("127.0.0.1", "DNS:mail.example.org,IP:127.0.0.1"),
    ] {
        let paper = office.issue("server", names);
        for manner in [Manner::Tls, Manner::StartTls] {
            Meeting { host, manner, ..Meeting::new(&office) }.trusts(&office, &paper);
        }
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_said() {
    let office = Office::new();
    for (paper, words) in [
        (office.issue_for("old", "DNS:localhost", (LONG_AGO, YESTERDAY)), ["it has expired", "until 2020-02-01 00:00"]),
        (office.issue_for("young", "DNS:localhost", (NOT_SOON, FAR_OFF)), ["not valid yet", "valid from 2099-01-01"]),
        (
            office.issue("other", "DNS:mail.example.org,DNS:b,DNS:c,DNS:d"),
            ["for another server", "mail.example.org, b, c and 1 more"],
        ),
        (office.issue("address", "IP:127.0.0.1"), ["for another server", "; names 127.0.0.1;"]),
        (office.issue("below", "DNS:*.localhost"), ["for another server", "; names *.localhost;"]),
        (office.self_signed("alone", "DNS:localhost"), ["self-signed", "issuer CN=alone"]),
        (
            Office::new().moved_to(&office, "stranger", "DNS:localhost"),
            ["no authority that is trusted here", "issuer CN=Office"],
        ),
    ] {
        refused(&office, &paper, &words);
    }
}

#[test]
fn an_address_is_no_name() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost,DNS:127.0.0.1,IP:127.0.0.2");
    Meeting { host: "127.0.0.1", ..Meeting::new(&office) }.refuses(&office, &paper).says("for another server");
}

#[test]
fn a_bundle_of_authorities_is_looked_through() {
    let (office, other) = (Office::new(), Office::new());
    let paper = office.issue("server", "DNS:localhost");
    let bundle = office.dir().join("bundle.pem");
    let pem = [other.ca(), office.ca()].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&bundle, format!("Some authorities\n\n{}\n# and another\n{}", pem[0], pem[1])).unwrap();
    let remote = format!("sslcacertfile = {}\n", bundle.display());
    Meeting { remote: remote.clone(), ..Meeting::new(&office) }.trusts(&office, &paper);
    std::fs::write(&bundle, &pem[0]).unwrap();
    Meeting { remote, ..Meeting::new(&office) }.refuses(&office, &paper);
}

#[test]
fn the_systems_authorities_vouch_unless_others_are_named() {
    let (office, other) = (Office::new(), Office::new());
    let paper = office.issue("server", "DNS:localhost");
    let system = |remote: &str, system: &Office| Meeting {
        remote: remote.to_owned(),
        system: Some(system.ca()),
        ..Meeting::new(&office)
    };
    for remote in ["", "sslcacertfile = OS-DEFAULT\n"] {
        system(remote, &office).trusts(&office, &paper);
        system(remote, &other).refuses(&office, &paper).says("no authority that is trusted here");
        Meeting { remote: remote.to_owned(), ..Meeting::new(&office) }.refuses(&office, &paper).says("sslcacertfile");
    }
    let named = format!("sslcacertfile = {}\n", other.ca().display());
    system(&named, &office).refuses(&office, &paper).says("no authority that is trusted here");
}

#[test]
fn a_file_without_a_certificate_is_a_mistake_in_the_configuration() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    for file in [office.dir().join("rules"), paper.key.clone()] {
        let remote = format!("sslcacertfile = {}\n", file.display());
        let (run, heard) = Meeting { remote, ..Meeting::new(&office) }.run(&office, &paper);
        run.ends_with(2).in_one_sentence().says("holds no certificate").says("set sslcacertfile");
        assert!(heard.is_empty(), "nobody is spoken to");
    }
}

#[test]
fn what_is_older_than_the_least_version_is_not_spoken() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    let remote = Meeting::new(&office).remote;
    let with = |line: &str| format!("{remote}{line}");
    for (newest, remote, spoken) in [
        (Protocol::Tlsv10, with(""), false),
        (Protocol::Tlsv11, with(""), false),
        (Protocol::Tlsv11, with("ssl_version = tls1_1\n"), false),
        (Protocol::Tlsv12, with(""), true),
        (Protocol::Tlsv12, with("ssl_version = tls1\ntls_level = tls_no_ssl\n"), true),
        (Protocol::Tlsv12, with("ssl_version = tls1_3\n"), false),
    ] {
        let meeting = Meeting { newest, remote, ..Meeting::new(&office) };
        if spoken {
            meeting.trusts(&office, &paper);
        } else {
            meeting.refuses(&office, &paper).says("no version of TLS that is new enough");
        }
    }
}

#[test]
fn the_newest_version_may_be_insisted_on() {
    let mut world = World::new();
    world.fill(1, 1);
    world.remote += "ssl_version = tls1_3\n";
    world.sync().ends_with(0).says("1 downloaded");
}
