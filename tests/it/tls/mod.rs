//! Who is trusted, and that nobody else hears a word: the real program against servers that keep all that is said to them.

mod certificates;
mod client;
mod fingerprints;
mod limits;
mod starttls;
mod strangers;

#[path = "../../support/office.rs"]
mod office;
#[path = "../../support/overheard.rs"]
mod overheard;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use native_tls::Protocol;

use crate::dovecot::PASSWORD;
use crate::world::Run;
use office::{Office, Paper};
use overheard::{Heard, Manner, Overheard};

/// A server that shows this certificate, and the program that is to talk to it.
struct Meeting {
    host: &'static str,
    manner: Manner,
    newest: Protocol,
    /// Whether TLS is asked for from the first byte; by default as the server would have it.
    tls: Option<bool>,
    /// Lines of the remote repository.
    remote: String,
    /// The authorities that the system trusts; by default its own.
    system: Option<PathBuf>,
    /// Lines of `[general]`.
    general: String,
}

impl Meeting {
    /// A meeting that goes well when the certificate is for localhost and the office vouches for it.
    fn new(office: &Office) -> Self {
        let remote = format!("sslcacertfile = {}\n", office.ca().display());
        Self {
            host: "localhost",
            manner: Manner::Tls,
            newest: Protocol::Tlsv13,
            tls: None,
            remote,
            system: None,
            general: String::new(),
        }
    }

    fn config(&self, office: &Office, port: u16) -> String {
        let dir = office.dir().display();
        let tls = self.tls.unwrap_or(self.manner.begins_with_tls());
        format!(
            "[general]\naccounts = Test\nmetadata = {dir}/state\n{}\n[Account Test]\nlocalrepository = Here\n\
             remoterepository = There\n[Repository Here]\ntype = Maildir\nlocalfolders = {dir}/Mail\n\
             [Repository There]\ntype = IMAP\nremotehost = {}\nremoteport = {port}\nremoteuser = me\n\
             remotepass = {PASSWORD}\nssl = {}\n{}",
            self.general,
            self.host,
            if tls { "yes" } else { "no" },
            self.remote
        )
    }

    /// Writes the configuration.
    fn file(&self, office: &Office, port: u16) -> PathBuf {
        let rc = office.dir().join("rc");
        fs::write(&rc, self.config(office, port)).unwrap();
        fs::set_permissions(&rc, fs::Permissions::from_mode(0o600)).unwrap();
        rc
    }

    fn program(&self, office: &Office, port: u16) -> Command {
        let rc = self.file(office, port);
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(rc).args(["-o", "-u", "basic"]);
        command.envs(self.system.iter().map(|file| ("SSL_CERT_FILE", file)));
        command
    }

    /// The program's end, and what the server has heard meanwhile.
    fn run(&self, office: &Office, paper: &Paper) -> (Run, Vec<Heard>) {
        let server = Overheard::start(paper, self.manner, self.newest);
        let run = Run::from(&self.program(office, server.port).output().unwrap());
        (run, server.heard())
    }

    /// Fails unless the server is trusted, so that it is told the password, under the protection of TLS only.
    #[track_caller]
    fn trusts(&self, office: &Office, paper: &Paper) {
        let (run, heard) = self.run(office, paper);
        run.ends_with(3).says("not you");
        assert_eq!(heard.len(), 1, "one connection is enough");
        assert!(heard[0].protected.as_ref().unwrap().contains(PASSWORD));
        assert!(!heard[0].plain.contains(PASSWORD));
    }

    /// Fails unless the server is refused in one sentence and hears nothing that needs protection; what was said to a person.
    #[track_caller]
    fn refuses(&self, office: &Office, paper: &Paper) -> Run {
        let (run, heard) = self.run(office, paper);
        run.ends_with(1).in_one_sentence();
        told_nothing(&heard);
        assert!(!heard.is_empty());
        run
    }
}

/// Fails when somebody has heard more than what has to be said before TLS.
#[track_caller]
fn told_nothing(heard: &[Heard]) {
    for heard in heard {
        assert_eq!(heard.protected.as_deref().unwrap_or_default(), "");
        let commands: Vec<&str> =
            heard.plain.lines().filter_map(|line| line.split_once(' ')).map(|line| line.1).collect();
        assert!(commands.iter().all(|command| ["CAPABILITY", "STARTTLS"].contains(command)), "{commands:?}");
    }
}
