//! Certificates that are known by their fingerprints.

use super::Meeting;
use super::office::{FAR_OFF, LONG_AGO, NOT_SOON, Office};
use super::overheard::Manner;

const DIGESTS: [&str; 5] = ["sha1", "sha224", "sha256", "sha384", "sha512"];

#[test]
fn each_digest_is_a_fingerprint_and_a_wrong_one_is_none() {
    let office = Office::new();
    let paper = office.self_signed("server", "DNS:localhost");
    for digest in DIGESTS {
        let right = office.fingerprint(&paper, digest);
        let plain = right.replace(':', "").to_lowercase();
        let last = if right.ends_with('0') { '1' } else { '0' };
        let wrong = format!("{}{last}", &plain[..plain.len() - 1]);
        for (pin, fits) in [(&right, true), (&plain, true), (&wrong, false)] {
            let meeting = Meeting { remote: format!("cert_fingerprint = {pin}\n"), ..Meeting::new(&office) };
            if fits {
                meeting.trusts(&office, &paper);
            } else {
                let run = meeting.refuses(&office, &paper);
                run.says("none of those that cert_fingerprint names").says("subject CN=server");
                run.says(&format!(
                    "cert_fingerprint = {}",
                    office.fingerprint(&paper, "sha256").replace(':', "").to_lowercase()
                ));
            }
        }
    }
}

#[test]
fn a_fingerprint_alone_decides_whatever_else_is_wrong() {
    let office = Office::new();
    for paper in [
        office.issue_for("old", "DNS:localhost", (LONG_AGO, "20200201000000Z")),
        office.issue_for("young", "DNS:localhost", (NOT_SOON, FAR_OFF)),
        office.issue("other", "DNS:mail.example.org"),
        office.self_signed("alone", "DNS:localhost"),
    ] {
        for manner in [Manner::Tls, Manner::StartTls] {
            let remote = format!("cert_fingerprint = {}\n", office.fingerprint(&paper, "sha256"));
            Meeting { manner, remote, ..Meeting::new(&office) }.trusts(&office, &paper);
        }
    }
}

#[test]
fn one_of_several_fingerprints_is_enough() {
    let office = Office::new();
    let (one, other, third) =
        (office.issue("one", "DNS:a"), office.issue("other", "DNS:b"), office.issue("third", "DNS:c"));
    let pins = [office.fingerprint(&one, "sha256"), office.fingerprint(&other, "sha1")];
    let meeting = Meeting { remote: format!("cert_fingerprint = {}, {}\n", pins[0], pins[1]), ..Meeting::new(&office) };
    meeting.trusts(&office, &one);
    meeting.trusts(&office, &other);
    meeting.refuses(&office, &third);
}

#[test]
fn a_renewed_certificate_does_not_fit_the_old_fingerprint() {
    let office = Office::new();
    let old = office.issue("server", "DNS:localhost");
    let pin = format!("cert_fingerprint = {}\n", office.fingerprint(&old, "sha256"));
    let new = office.issue("server", "DNS:localhost");
    for roots in ["", &Meeting::new(&office).remote] {
        for manner in [Manner::Tls, Manner::StartTls] {
            let run =
                Meeting { manner, remote: format!("{roots}{pin}"), ..Meeting::new(&office) }.refuses(&office, &new);
            let digits = office.fingerprint(&new, "sha256").replace(':', "").to_lowercase();
            run.says("change the line to its SHA-256").says(&digits);
        }
    }
}

#[test]
fn with_authorities_named_both_have_to_agree() {
    let office = Office::new();
    let known = office.issue("server", "DNS:localhost");
    let other = office.issue("other", "DNS:mail.example.org");
    let alone = office.self_signed("alone", "DNS:localhost");
    let roots = Meeting::new(&office).remote;
    let meeting = |roots: &str, paper| {
        let remote = format!("{roots}cert_fingerprint = {}\n", office.fingerprint(paper, "sha256"));
        Meeting { remote, ..Meeting::new(&office) }
    };
    meeting(&roots, &known).trusts(&office, &known);
    meeting(&roots, &other).refuses(&office, &other).says("for another server");
    meeting(&roots, &alone).refuses(&office, &alone).says("self-signed");
    meeting(&roots, &alone).refuses(&office, &known).says("cert_fingerprint names");
    meeting("sslcacertfile = OS-DEFAULT\n", &known).refuses(&office, &known).says("no authority");
}

#[test]
fn the_line_that_is_shown_is_the_line_that_helps() {
    let office = Office::new();
    let paper = office.self_signed("server", "DNS:mail.example.org");
    let run = Meeting { remote: String::new(), ..Meeting::new(&office) }.refuses(&office, &paper);
    let (_, line) = run.text.split_once(": cert_fingerprint").unwrap();
    let remote = format!("cert_fingerprint{}\n", line.lines().next().unwrap());
    Meeting { remote, ..Meeting::new(&office) }.trusts(&office, &paper);
}
