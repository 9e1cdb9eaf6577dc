//! One account of one test: a server, a configuration, a Maildir, and the program that keeps them the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::dovecot::{Dovecot, PASSWORD};

/// How a run of the program ended and what it said.
pub struct Run {
    pub code: Option<i32>,
    pub text: String,
}

impl Run {
    fn from(out: &Output) -> Self {
        let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(!text.contains(PASSWORD), "the password is in the output:\n{text}");
        Self { code: out.status.code(), text }
    }

    /// Fails, with everything that was said, unless the program ended with this code.
    #[track_caller]
    pub fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "it said:\n{}", self.text);
        self
    }

    /// Fails unless the program said this somewhere.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "no \"{words}\" in:\n{}", self.text);
        self
    }
}

/// The server and both ends of the account.
pub struct World {
    pub dovecot: Dovecot,
    /// Lines of the remote repository, which a test may change before a run.
    pub remote: String,
    /// Lines of the local repository besides type and place.
    pub local: String,
}

impl World {
    /// An account over TLS that trusts the server's authority.
    pub fn new() -> Self {
        let dovecot = Dovecot::start();
        let remote = format!(
            "remotehost = localhost\nremoteport = {}\nremoteuser = me\nremotepass = {PASSWORD}\nsslcacertfile = {}\n\
             maxconnections = 4\n",
            dovecot.imaps,
            dovecot.ca().display()
        );
        Self { dovecot, remote, local: String::new() }
    }

    /// Where the mail is kept.
    pub fn maildir(&self) -> PathBuf {
        self.dovecot.dir.join("Mail")
    }

    /// Where the program's state and locks are.
    pub fn metadata(&self) -> PathBuf {
        self.dovecot.dir.join("state")
    }

    /// Writes the configuration and synchronises once.
    pub fn sync(&self) -> Run {
        let text = format!(
            "[general]\naccounts = Test\nmetadata = {}\n\n[Account Test]\nlocalrepository = Here\n\
             remoterepository = There\n\n[Repository Here]\ntype = Maildir\nlocalfolders = {}\n{}\n\
             [Repository There]\ntype = IMAP\n{}",
            self.metadata().display(),
            self.maildir().display(),
            self.local,
            self.remote
        );
        self.sync_with(&text)
    }

    /// Synchronises once with exactly this configuration file.
    pub fn sync_with(&self, text: &str) -> Run {
        let path = self.dovecot.dir.join("rc");
        fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(path).args(["-o", "-u", "basic"]);
        Run::from(&command.output().unwrap())
    }

    /// Fills the server, always with the same messages.
    #[track_caller]
    pub fn fill(&self, folders: u32, messages: u32) {
        let (code, said) = self.python("fill.py", &[&folders.to_string(), &messages.to_string()]);
        assert_eq!(code, Some(0), "{said}");
    }

    /// Compares both sides; the exit code and the differences.
    pub fn compare(&self, options: &[&str]) -> (Option<i32>, String) {
        let root = self.maildir();
        let mut args = vec![root.to_str().unwrap(), "."];
        args.extend(options);
        self.python("compare.py", &args)
    }

    /// Fails, with the differences, unless both sides are the same.
    #[track_caller]
    pub fn same(&self, options: &[&str]) {
        let (code, said) = self.compare(options);
        assert_eq!(code, Some(0), "{said}");
    }

    fn python(&self, program: &str, args: &[&str]) -> (Option<i32>, String) {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(program);
        let mut command = Command::new("python3");
        command.arg(program).arg(self.dovecot.port.to_string()).args(["me", PASSWORD]).args(args);
        let out = command.output().unwrap();
        let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        if out.status.success() { (out.status.code(), said) } else { (out.status.code(), said + &self.dovecot.log()) }
    }
}
