//! Certificates of ours, for servers that want to see one.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Meeting;
use super::office::{Office, Paper};
use crate::dovecot::{Dovecot, PASSWORD};
use crate::local;
use crate::world::{Run, World};

/// Lets a Dovecot ask for certificates of its own authority.
const DEMANDING: &str = "ssl_ca = <{dir}/ca.pem\nssl_verify_client_cert = yes\nauth_ssl_require_client_cert = yes\n\
                         ssl_require_crl = no\n";

#[test]
fn a_server_that_wants_to_see_a_certificate_is_shown_one() {
    let mut world = World::on(Dovecot::start_with(DEMANDING));
    let inbox = world.maildir().join("INBOX");
    local::deliver(&inbox, "mine", "S");
    let (office, tls) = (Office::new(), world.remote.clone());
    office
        .openssl("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=me -keyout me.key -out me.req");
    let authority = world.dovecot.dir.display();
    office.openssl(&format!("x509 -req -in me.req -CA {authority}/ca.pem -CAkey {authority}/ca.key -out me.pem"));
    world.sync().ends_with(3).says("ertificate");
    let ours = |certificate: &str, key: &str| {
        let dir = office.dir().display();
        let key = if key.is_empty() { String::new() } else { format!("sslclientkey = {dir}/{key}\n") };
        format!("sslclientcert = {dir}/{certificate}\n{key}")
    };
    world.remote = tls.clone() + &ours("me.pem", "me.key");
    world.sync().ends_with(0).says("1 uploaded");
    // Both in one file, in any order.
    let [certificate, key] = ["me.pem", "me.key"].map(|file| fs::read_to_string(office.dir().join(file)).unwrap());
    for both in [format!("{certificate}{key}"), format!("{key}\n{certificate}")] {
        write(&office.dir().join("both.pem"), &both, 0o600);
        world.remote = tls.clone() + &ours("both.pem", "");
        world.sync().ends_with(0);
    }
    let starttls = format!("remoteport = {}\nssl = no\nstarttls = yes", world.dovecot.port);
    world.remote = world.remote.replace(&format!("remoteport = {}", world.dovecot.imaps), &starttls);
    world.sync().ends_with(0);
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What comes of a certificate and a key of ours before anybody is spoken to.
fn with(office: &Office, certificate: &Path, key: Option<&Path>) -> Run {
    let key = key.map_or_else(String::new, |key| format!("sslclientkey = {}\n", key.display()));
    let remote = format!("{}sslclientcert = {}\n{key}", Meeting::new(office).remote, certificate.display());
    let server = office.issue("server", "DNS:localhost");
    let (run, heard) = Meeting { remote, ..Meeting::new(office) }.run(office, &server);
    if run.code == Some(2) {
        run.in_one_sentence();
        assert!(heard.is_empty(), "nobody is spoken to");
    }
    run
}

#[test]
fn keys_that_are_of_no_use_are_named_with_the_way_out() {
    let office = Office::new();
    let me = office.issue("me", "DNS:me");
    let other = office.issue("other", "DNS:me");
    office.openssl("genrsa -traditional -out rsa.key 2048");
    office.openssl("genrsa -traditional -aes128 -passout pass:x -out rsa-locked.key 2048");
    office.openssl("ecparam -name prime256v1 -genkey -noout -out ec.key");
    office.openssl("genpkey -algorithm ED25519 -aes128 -pass pass:x -out locked.key");
    write(&office.dir().join("half.key"), "-----BEGIN PRIVATE KEY-----\nMIIE\n", 0o600);
    write(&office.dir().join("broken.key"), "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", 0o600);
    let convert = |file: &str| format!("openssl pkcs8 -topk8 -nocrypt -in {}", office.dir().join(file).display());
    for (file, words, way_out) in [
        ("rsa.key", "old form (RSA PRIVATE KEY)", convert("rsa.key")),
        ("ec.key", "old form (EC PRIVATE KEY)", convert("ec.key")),
        ("rsa-locked.key", "encrypted with a passphrase", convert("rsa-locked.key")),
        ("locked.key", "encrypted with a passphrase", convert("locked.key")),
        ("half.key", "has no end", "sslclientkey".to_owned()),
        ("broken.key", "can't be understood", "check both files".to_owned()),
        ("me.pem", "holds no private key", "set sslclientkey to a PEM file with the key".to_owned()),
    ] {
        with(&office, &me.certificate, Some(&office.dir().join(file))).ends_with(2).says(words).says(&way_out);
    }
    with(&office, &me.certificate, None).ends_with(2).says("holds no private key").says("set sslclientkey as well");
    with(&office, &me.key, None).ends_with(2).says("holds no certificate").says("set sslclientcert");
    with(&office, &me.certificate, Some(&other.key)).ends_with(2).says("the key doesn't belong to the certificate");
}

#[test]
fn the_way_out_leads_out() {
    let office = Office::new();
    office.openssl("genrsa -traditional -out me.key 2048");
    office.openssl("req -x509 -key me.key -subj /CN=me -out me.pem");
    let [certificate, key] = ["me.pem", "me.key"].map(|file| office.dir().join(file));
    let run = with(&office, &certificate, Some(&key));
    let (_, command) = run.ends_with(2).text.split_once("run: ").unwrap();
    let (command, _) = command.split_once(';').unwrap();
    assert!(Command::new("sh").args(["-c", command]).status().unwrap().success(), "{command}");
    with(&office, &certificate, Some(&office.dir().join("me.key.pkcs8"))).ends_with(3);
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let office = Office::new();
    let me = office.issue("me", "DNS:me");
    let key = fs::read_to_string(&me.key).unwrap();
    for mode in [0o640, 0o604, 0o660] {
        write(&me.key, &key, mode);
        let chmod = format!("chmod 600 {}", me.key.display());
        with(&office, &me.certificate, Some(&me.key)).ends_with(2).says("others can read the key").says(&chmod);
    }
    write(&me.key, &key, 0o400);
    let certificate = fs::read_to_string(&me.certificate).unwrap();
    // Everybody may read what is shown to everybody.
    write(&me.certificate, &certificate, 0o644);
    with(&office, &me.certificate, Some(&me.key)).ends_with(3);
    write(&me.certificate, &(certificate + &key), 0o644);
    with(&office, &me.certificate, None).ends_with(2).says("others can read the key");
}

/// A server that takes nobody in without a certificate.
fn demanding(office: &Office, paper: &Paper, version: &str) -> Run {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut server = Command::new("openssl");
    server.args(["s_server", "-Verify", "1", "-verify_return_error", version, "-CAfile"]).arg(office.ca());
    server.args(["-accept", &port.to_string(), "-cert"]).arg(&paper.certificate).arg("-key").arg(&paper.key);
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line.starts_with("ACCEPT")), "it did not start");
    let run = Run::from(&Meeting::new(office).program(office, port).output().unwrap());
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(!said.any(|line| line.contains(PASSWORD)));
    run
}

#[test]
fn a_server_that_sees_none_is_understood() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    for version in ["-tls1_3", "-tls1_2"] {
        demanding(&office, &paper, version).ends_with(1).in_one_sentence().says("sslclientcert");
    }
}
