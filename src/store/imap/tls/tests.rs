//! Names that a certificate is for, and what is said about one that is refused.

// Only some of what it can do is of interest here.
#[allow(dead_code)]
#[path = "../../../../tests/support/office.rs"]
mod office;

use std::fs;
use std::net::TcpListener;
use std::thread;

use native_tls::{Identity, TlsAcceptor};

use super::super::certificate::Words;
use super::*;
use crate::config::settings::{Roots, TlsSettings};
use crate::model::ids::AccountName;
use crate::store::teller::Teller;
use office::{Office, Paper};

/// Why a certificate is refused by somebody who means this server; `None` when it isn't.
fn refusal(office: &Office, paper: &Paper, host: &str) -> Option<Why> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let [certificate, key] = [&paper.certificate, &paper.key].map(|path| fs::read(path).unwrap());
    let acceptor = TlsAcceptor::new(Identity::from_pkcs8(&certificate, &key).unwrap()).unwrap();
    let server = thread::spawn(move || acceptor.accept(listener.accept().unwrap().0).is_ok());
    let plain = ImapSettings::plain("r", address, "me", "");
    let tls = TlsSettings { roots: Roots::File(office.ca()), ..TlsSettings::default() };
    let settings = ImapSettings { host: host.to_owned(), tls, ..plain };
    let peer = Peer {
        account: AccountName::new("a"),
        host: host.to_owned(),
        repository: None,
        teller: Teller::silent(),
        tunnel: Teller::silent(),
    };
    let tls = Tls::new(&settings, &peer).unwrap();
    let secured = tls.secure(TcpStream::connect(address).unwrap(), Duration::from_secs(60));
    let why = match secured {
        Ok(_) => None,
        Err(Denied::Certificate(why)) => Some(why),
        Err(Denied::Fault(fault)) => panic!("{fault}"),
    };
    assert_eq!(server.join().unwrap(), why.is_none());
    why
}

#[test]
fn a_star_stands_for_one_whole_part_of_a_name() {
    let office = Office::new();
    for (names, host, fits) in [
        ("DNS:*.example.org", "mail.example.org", true),
        ("DNS:*.example.org", "MAIL.Example.Org", true),
        ("DNS:*.example.org", "example.org", false),
        ("DNS:*.example.org", "a.mail.example.org", false),
        ("DNS:*.example.org", "mail.example.com", false),
        ("DNS:m*.example.org", "mail.example.org", false),
        ("DNS:mail.*.org", "mail.example.org", false),
        ("DNS:*", "localhost", false),
        ("DNS:*.0.0.1", "127.0.0.1", false),
        ("DNS:other.example.org,DNS:mail.example.org", "mail.example.org", true),
        ("IP:127.0.0.1,IP:::1", "::1", true),
        // The subject's name counts only where there are no others.
        ("DNS:other.example.org", "server", false),
    ] {
        let paper = office.issue("server", names);
        let wanted = (!fits).then_some(Why::OtherName);
        assert_eq!(refusal(&office, &paper, host), wanted, "{names} for {host}");
    }
}

#[test]
fn the_words_of_the_library_are_understood() {
    for (words, why) in [
        ("certificate has expired", Why::Expired),
        ("certificate is not yet valid", Why::NotYet),
        ("hostname mismatch", Why::OtherName),
        ("IP address mismatch", Why::OtherName),
        ("self-signed certificate", Why::SelfSigned),
        ("self signed certificate in certificate chain", Why::Unknown),
        ("unable to get local issuer certificate", Why::Unknown),
        ("unable to verify the first certificate", Why::Unknown),
        ("EE certificate key too weak", Why::Other("EE certificate key too weak".to_owned())),
    ] {
        let text = format!("error:0A000086:SSL routines::certificate verify failed:ssl/x.c:1889: ({words})");
        assert_eq!(words::refusal(&text).map(Why::of), Some(why), "{words}");
    }
    assert_eq!(words::refusal("error:0A00010B:SSL routines::wrong version number:x.c:354:"), None);
    assert_eq!(
        plainly("error:0A00010B:SSL routines::wrong version number:x.c:354:"),
        "what the server says is not TLS"
    );
    assert_eq!(plainly("something new"), "something new");
}

#[test]
fn what_is_said_is_short_however_much_a_certificate_says() {
    let long = "é".repeat(100_000);
    let words =
        Words { subject: long.clone(), issuer: long.clone(), names: vec![long; 1000], from: 0, until: u64::MAX };
    let certificate = Certificate { words: Some(words), sha256: [0xab; 32] };
    let fault = refused::fault("securing".to_owned(), &Why::Unknown, Some(&certificate), &TlsSettings::default());
    let said = fault.to_string();
    assert!(said.chars().count() < 1200, "{said}");
    assert!(
        said.contains("and 997 more; subject é") && said.contains("…; issuer é") && said.contains("…); nothing"),
        "{said}"
    );
    assert!(said.contains("until an unknown day"), "{said}");
    assert!(said.ends_with(&format!("cert_fingerprint = {}", "ab".repeat(32))), "{said}");
}

#[test]
fn a_certificate_that_could_not_be_looked_at_is_refused_all_the_same() {
    let fault = refused::fault("securing".to_owned(), &Why::Expired, None, &TlsSettings::default());
    let wanted = "securing: the server's certificate is refused: it has expired, or one of those that vouch for it has; \
                  nothing was sent; ask the provider to renew it, and check this machine's clock";
    assert_eq!(fault.to_string(), wanted);
}

#[test]
fn a_person_is_asked_only_where_nothing_is_written_down_and_only_about_what_is_common() {
    let certificate = Certificate { words: None, sha256: [0xab; 32] };
    let pin = Fingerprint { digest: Digest::Sha1, bytes: vec![0; 20] };
    let (unsaid, named) = (TlsSettings::default(), Roots::File("ca.pem".into()));
    let common = [Why::Expired, Why::NotYet, Why::OtherName, Why::SelfSigned, Why::Unknown];
    for why in &common {
        let stranger = Stranger::of(why, &certificate, &unsaid).unwrap();
        assert!(stranger.reason.starts_with(char::is_uppercase) && stranger.reason.ends_with('.'), "{stranger:?}");
        let digits = "ab".repeat(32);
        assert_eq!(stranger.lines, [format!("SHA-256 {digits}")]);
        assert_eq!(stranger.pin(), format!("cert_fingerprint = {digits}"));
    }
    for why in [Why::OtherFingerprint, Why::Other("certificate revoked".to_owned())] {
        assert_eq!(Stranger::of(&why, &certificate, &unsaid), None, "{why:?}");
    }
    for (roots, fingerprints) in
        [(Roots::Unsaid, vec![pin.clone()]), (Roots::System, vec![]), (named.clone(), vec![]), (named, vec![pin])]
    {
        let settings = TlsSettings { roots, fingerprints, ..TlsSettings::default() };
        for why in &common {
            assert_eq!(Stranger::of(why, &certificate, &settings), None, "{why:?} {settings:?}");
        }
    }
}
