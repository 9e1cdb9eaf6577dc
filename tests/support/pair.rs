//! Two servers of one account: another server in place of the Maildir.

use std::path::Path;
use std::process::Command;

use super::dovecot::{Dovecot, PASSWORD};
use super::world::{Run, World};

/// Another server in place of the Maildir.
pub struct Pair {
    pub world: World,
    pub here: Dovecot,
    /// More lines of the local repository.
    pub local: String,
    /// The ports that the program is told, where they aren't the servers' own.
    pub ports: [u16; 2],
    /// How the local server names folders, if not as the remote one does: the separator and what stands in front.
    pub naming: Vec<String>,
}

impl Pair {
    /// Two servers that name folders alike.
    pub fn new() -> Self {
        Self::with(Dovecot::start())
    }

    /// With this server on the local side.
    pub fn with(here: Dovecot) -> Self {
        let mut world = World::new();
        world.remote.clear();
        let ports = [world.dovecot.port, here.port];
        Self { world, here, local: String::new(), ports, naming: Vec::new() }
    }

    /// A configuration file of just this account.
    pub fn config(&self) -> String {
        let server = |port: u16, more: &str| {
            format!(
                "remotehost = 127.0.0.1\nremoteport = {port}\nremoteuser = {}\nremotepass = {PASSWORD}\nssl = no\n\
                 starttls = no\n{more}\n",
                self.world.user
            )
        };
        let [there, here] = self.ports;
        self.config_with(&server(there, &self.world.remote), &server(here, &self.local))
    }

    /// The same with these lines of the remote and of the local repository, besides their type.
    pub fn config_with(&self, there: &str, here: &str) -> String {
        format!(
            "[general]\naccounts = Test\nmetadata = {}\n\n[Account Test]\nlocalrepository = Here\n\
             remoterepository = There\n{}\n[Repository Here]\ntype = IMAP\n{here}\n[Repository There]\ntype = IMAP\n{there}",
            self.world.metadata().display(),
            self.world.account,
        )
    }

    /// Synchronises once.
    pub fn sync(&self) -> Run {
        self.world.sync_with(&self.config())
    }

    /// Does to the local server what another client would.
    #[track_caller]
    pub fn client(&self, words: &[&str]) -> String {
        let (code, said) = self.python("client.py", self.here.port, words);
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// Runs a program of tests/support against the server with this port; its exit code and what it printed.
    pub fn python(&self, program: &str, port: u16, args: &[&str]) -> (Option<i32>, String) {
        let out = self.python_command(program, port, args).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
    }

    /// The same program, about to run.
    pub fn python_command(&self, program: &str, port: u16, args: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(program);
        let mut command = Command::new("python3");
        // What it compiles would lie about among the sources.
        command.arg("-B").arg(program).arg(port.to_string()).args([&self.world.user, PASSWORD]).args(args);
        command
    }

    /// Why the two sides aren't the same, if they aren't.
    pub fn differences(&self) -> Option<String> {
        let port = self.here.port.to_string();
        let mut args = vec![port.as_str(), "same"];
        args.extend(self.naming.iter().map(String::as_str));
        let (code, said) = self.python("twins.py", self.world.dovecot.port, &args);
        (code != Some(0)).then_some(said)
    }

    /// Fails, with the differences, unless both sides are the same.
    #[track_caller]
    pub fn same(&self) {
        assert_eq!(self.differences(), None);
    }

    /// How many messages each side has.
    pub fn count(&self) -> String {
        self.python("twins.py", self.world.dovecot.port, &[&self.here.port.to_string(), "count"]).1.trim().to_owned()
    }
}
