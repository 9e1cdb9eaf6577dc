//! What is written about TLS, and what it comes to.

use blinkensync::config::settings::{ClientCertificate, Roots, TlsSettings, TlsVersion};
use blinkensync::model::fingerprint::Digest;

use crate::{file, read};

fn tls(remote: &str) -> TlsSettings {
    read(&file("", "", "", remote)).unwrap().settings.accounts.remove(0).remote.tls
}

#[test]
fn fingerprints_stand_between_commas_or_spaces() {
    let one = "AA:".repeat(19) + "aa";
    let all = format!("cert_fingerprint = {one}, {} \n  {},{}", "bB".repeat(32), "cc".repeat(28), "dd".repeat(64));
    let read = tls(&all);
    let found: Vec<(Digest, u8)> = read.fingerprints.iter().map(|pin| (pin.digest, pin.bytes[0])).collect();
    let wanted = [(Digest::Sha1, 0xaa), (Digest::Sha256, 0xbb), (Digest::Sha224, 0xcc), (Digest::Sha512, 0xdd)];
    assert_eq!(found, wanted);
}

#[test]
fn fingerprints_decide_where_nobody_is_named_who_could_vouch() {
    let pin = format!("cert_fingerprint = {}", "a".repeat(40));
    for (more, decide) in
        [("", true), ("\nsslcacertfile = OS-DEFAULT", false), ("\nsslcacertfile = /etc/ca.pem", false)]
    {
        assert_eq!(tls(&(pin.clone() + more)).fingerprints_decide(), decide, "{more}");
    }
    assert!(!tls("").fingerprints_decide() && !tls("cert_fingerprint =").fingerprints_decide());
}

#[test]
fn certificates_are_the_systems_or_a_file() {
    assert_eq!(tls("sslcacertfile = os-default").roots, Roots::System);
    assert_eq!(tls("sslcacertfile = /etc/ca.pem").roots, Roots::File("/etc/ca.pem".into()));
}

#[test]
fn a_certificate_of_ours_may_hold_its_key() {
    let client = |remote| tls(remote).client;
    let certificate = "/home/u/.cert.pem".into();
    let both = ClientCertificate { certificate, key: Some("/home/u/.key.pem".into()) };
    assert_eq!(client("sslclientcert = ~/.cert.pem\nsslclientkey = ~/.key.pem"), Some(both.clone()));
    assert_eq!(client("sslclientcert = ~/.cert.pem"), Some(ClientCertificate { key: None, ..both }));
    assert_eq!(client(""), None);
}

#[test]
fn no_option_goes_below_what_is_safe() {
    let least = |remote: &str| {
        let loaded = read(&file("", "", "", remote)).unwrap();
        (loaded.settings.accounts[0].remote.tls.least, loaded.warnings.join("\n").contains("TLS 1.2"))
    };
    for (remote, wanted) in [
        ("", (TlsVersion::Tls12, false)),
        ("tls_level = tls_compat", (TlsVersion::Tls12, false)),
        ("tls_level = tls_no_ssl", (TlsVersion::Tls12, false)),
        ("tls_level = TLS_SECURE", (TlsVersion::Tls12, false)),
        ("ssl_version = ssl23", (TlsVersion::Tls12, false)),
        ("ssl_version = tls1_2", (TlsVersion::Tls12, false)),
        ("ssl_version = TLS1_3", (TlsVersion::Tls13, false)),
        ("ssl_version = tls1_1", (TlsVersion::Tls12, true)),
        ("ssl_version = tls1", (TlsVersion::Tls12, true)),
        ("ssl_version = ssl3", (TlsVersion::Tls12, true)),
        ("ssl_version = ssl2", (TlsVersion::Tls12, true)),
    ] {
        assert_eq!(least(remote), wanted, "{remote}");
    }
}

#[test]
fn what_makes_no_sense_is_named() {
    for (remote, words) in [
        (
            "cert_fingerprint = 00ff",
            "cert_fingerprint = 00ff: expected the hexadecimal digits of a fingerprint (40 for",
        ),
        ("cert_fingerprint = sha1", "s is no hexadecimal digit"),
        ("tls_level = tls_secur", "did you mean tls_secure?"),
        (
            "ssl_version = tls1.3",
            "expected one of ssl23, ssl2, ssl3, tls1, tls1_1, tls1_2, tls1_3; did you mean tls1_3?",
        ),
        ("sslclientcert = /none", "expected a file with a certificate, but none is there"),
        ("sslclientcert = ~/.cert.pem\nsslclientkey = /none", "expected a file with a private key, but none is there"),
    ] {
        let said = read(&file("", "", "", remote)).unwrap_err();
        assert!(said.contains(words) && said.lines().count() == 1, "{remote}: {said}");
    }
}

#[test]
fn promises_that_nobody_keeps_are_doubted() {
    let pin = format!("cert_fingerprint = {}", "a".repeat(40));
    for (remote, words) in [
        (format!("{pin}\nssl = no\nstarttls = no"), "cert_fingerprint"),
        (format!("{pin}\npreauthtunnel = x"), "cert_fingerprint"),
        ("sslclientcert = ~/.cert.pem\ntransporttunnel = x".to_owned(), "sslclientcert"),
    ] {
        let warnings = read(&file("", "", "", &remote)).unwrap().warnings;
        let doubts =
            warnings.iter().filter(|warning| warning.contains(words) && warning.contains("nothing comes of it"));
        assert_eq!(doubts.count(), 1, "{remote}: {warnings:?}");
    }
    let key = read(&file("", "", "", "sslclientkey = ~/.key.pem")).unwrap().warnings.join("");
    assert!(key.contains("it stays unused without sslclientcert"), "{key}");
}
