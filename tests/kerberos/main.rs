//! Kerberos: a real KDC, a real Dovecot, and the real program with a ticket.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

// Only some of what these can do is of use here.
#[allow(dead_code)]
#[path = "../support/dovecot.rs"]
mod dovecot;
#[path = "../support/tamper.rs"]
mod tamper;
#[allow(dead_code)]
#[path = "../support/world.rs"]
mod world;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use tempfile::TempDir;

use dovecot::{Dovecot, PASSWORD};
use world::{Run, World};

/// A realm of its own: a KDC, the user `me`, and the key of the mail server.
struct Realm {
    dir: TempDir,
    kdc: Child,
}

impl Realm {
    fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("blinkensync-krb-").tempdir().unwrap();
        // Dovecot's helpers read the key.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let place = dir.path().display();
        let krb5 = format!(
            "[libdefaults]\ndefault_realm = TEST.EXAMPLE\ndns_lookup_kdc = false\ndns_canonicalize_hostname = false\n\
             rdns = false\n[realms]\nTEST.EXAMPLE = {{\n  kdc = 127.0.0.1:{port}\n}}\n\
             [domain_realm]\nlocalhost = TEST.EXAMPLE\n"
        );
        fs::write(dir.path().join("krb5.conf"), krb5).unwrap();
        let kdc = format!(
            "[kdcdefaults]\nkdc_listen = 127.0.0.1:{port}\nkdc_tcp_listen = 127.0.0.1:{port}\n[realms]\n\
             TEST.EXAMPLE = {{\n  database_name = {place}/principal\n  key_stash_file = {place}/stash\n}}\n"
        );
        fs::write(dir.path().join("kdc.conf"), kdc).unwrap();
        let make = |program: &str, args: &[&str]| success(&env(program, dir.path()).args(args).output().unwrap());
        make("kdb5_util", &["create", "-s", "-P", "master", "-r", "TEST.EXAMPLE"]);
        for query in ["addprinc -pw secret me", "addprinc -randkey imap/localhost"] {
            make("kadmin.local", &["-q", query]);
        }
        make("kadmin.local", &["-q", &format!("ktadd -k {place}/keytab imap/localhost")]);
        fs::set_permissions(dir.path().join("keytab"), fs::Permissions::from_mode(0o644)).unwrap();
        let mut command = env("krb5kdc", dir.path());
        command.arg("-n").stdout(Stdio::null()).stderr(Stdio::null());
        Self { kdc: command.spawn().unwrap(), dir }
    }

    /// A ticket for `me`, as soon as the KDC gives one.
    fn ticket(&self) {
        for _ in 0..100 {
            let mut kinit = env("kinit", self.dir.path()).arg("me").stdin(Stdio::piped()).spawn().unwrap();
            kinit.stdin.take().unwrap().write_all(b"secret\n").unwrap();
            if kinit.wait().unwrap().success() {
                return;
            }
        }
        panic!("the KDC gives no ticket");
    }

    /// Lines for Dovecot.
    fn for_dovecot(&self) -> String {
        let place = self.dir.path().display();
        format!(
            "auth_mechanisms = gssapi plain\nauth_krb5_keytab = {place}/keytab\nauth_gssapi_hostname = localhost\n\
             import_environment = TZ KRB5_CONFIG={place}/krb5.conf KRB5RCACHENAME=none:\n"
        )
    }

    fn sync(&self, world: &World) -> Run {
        let program = world.program(&world.config());
        let mut command = env(program.get_program().to_str().unwrap(), self.dir.path());
        Run::from(&command.args(program.get_args()).output().unwrap())
    }
}

impl Drop for Realm {
    fn drop(&mut self) {
        let _ = self.kdc.kill();
        let _ = self.kdc.wait();
    }
}

/// A command of this realm.
fn env(program: &str, dir: &Path) -> Command {
    let sbin = PathBuf::from("/usr/sbin").join(program);
    let mut command = if sbin.exists() { Command::new(sbin) } else { Command::new(program) };
    command
        .env("KRB5_CONFIG", dir.join("krb5.conf"))
        .env("KRB5_KDC_PROFILE", dir.join("kdc.conf"))
        .env("KRB5CCNAME", format!("FILE:{}", dir.join("cache").display()))
        .env("HOME", dir);
    command
}

#[track_caller]
fn success(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn without_password(realm: &Realm) -> World {
    let mut world = World::on(Dovecot::start_with(&realm.for_dovecot()));
    world.fill(1, 3);
    world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
    world
}

#[test]
fn a_ticket_logs_in_without_a_password() {
    let realm = Realm::start();
    let world = without_password(&realm);
    realm.ticket();
    realm.sync(&world).ends_with(0).says("3 downloaded");
    world.dovecot.log_when(|log| log.contains("user=<me>, method=GSSAPI"));
}

#[test]
fn without_a_ticket_that_does_the_password_is_used() {
    let realm = Realm::start();
    let mut world = without_password(&realm);
    realm.sync(&world).ends_with(3).in_one_sentence().says("there is no password, and nobody to ask for it");
    world.remote = format!("{}remotepass = {PASSWORD}\n", world.remote);
    realm.sync(&world).ends_with(0).says("3 downloaded");
    // Nor does one that is somebody else's.
    realm.ticket();
    world.user = "other".to_owned();
    world.fill(1, 2);
    let run = realm.sync(&world);
    run.ends_with(0).says("the Kerberos ticket is of no use here, so a password is needed").says("2 downloaded");
    world.dovecot.log_when(|log| log.contains("user=<other>, method=PLAIN"));
}

#[test]
fn a_connection_that_is_lost_while_the_ticket_is_shown_is_no_reason_to_want_a_password() {
    let realm = Realm::start();
    let mut world = without_password(&realm);
    realm.ticket();
    // The server says good-bye where the next part of the exchange would come.
    let rewrite = |line: &str| Some(if line.starts_with('+') { "* BYE later\r\n".to_owned() } else { line.to_owned() });
    let port = tamper::tampered(world.dovecot.port, Arc::new(rewrite));
    world.remote = format!("remotehost = localhost\nremoteport = {port}\nssl = no\nstarttls = no\n");
    let run = realm.sync(&world);
    run.ends_with(1).in_one_sentence().says("the server said: later");
    assert!(!run.text.contains("password"), "{}", run.text);
}
