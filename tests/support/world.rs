//! One account of one test: a server, a configuration, a Maildir, and the program that keeps them the same.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::dovecot::{Dovecot, PASSWORD};

/// How a run of the program ended and what it said.
pub struct Run {
    pub code: Option<i32>,
    pub text: String,
}

impl Run {
    /// What a finished run left.
    pub fn from(out: &Output) -> Self {
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

    /// Fails unless the trouble is told to a person: in lines without the insides of the program.
    #[track_caller]
    pub fn in_one_sentence(&self) -> &Self {
        for inside in ["panicked", "Err(", "Error(", "Os {", "Some(", "{ ", ".rs:", "unwrap"] {
            assert!(!self.text.contains(inside), "\"{inside}\" in:\n{}", self.text);
        }
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
    /// Lines of the account besides its repositories.
    pub account: String,
    /// Who logs in; every name has a mailbox, a Maildir and a state of its own.
    pub user: String,
    /// What joins the parts of a folder's name on the disk.
    pub separator: char,
}

impl World {
    /// An account over TLS that trusts the server's authority.
    pub fn new() -> Self {
        Self::on(Dovecot::start())
    }

    /// An account on this server.
    pub fn on(dovecot: Dovecot) -> Self {
        let remote = format!(
            "remotehost = localhost\nremoteport = {}\nremotepass = {PASSWORD}\nsslcacertfile = {}\nmaxconnections = 4\n",
            dovecot.imaps,
            dovecot.ca().display()
        );
        let (local, account, user) = (String::new(), String::new(), "me".to_owned());
        Self { dovecot, remote, local, account, user, separator: '.' }
    }

    /// Where the mail is kept.
    pub fn maildir(&self) -> PathBuf {
        self.dovecot.dir.join(format!("Mail-{}", self.user))
    }

    /// Where the program's state and locks are.
    pub fn metadata(&self) -> PathBuf {
        self.dovecot.dir.join(format!("state-{}", self.user))
    }

    /// A configuration file of just this account.
    pub fn config(&self) -> String {
        format!(
            "[general]\naccounts = Test\nmetadata = {}\n\n[Account Test]\nlocalrepository = Here\n\
             remoterepository = There\n{}\n[Repository Here]\ntype = Maildir\nlocalfolders = {}\nsep = {}\n{}\n\
             [Repository There]\ntype = IMAP\nremoteuser = {}\n{}",
            self.metadata().display(),
            self.account,
            self.maildir().display(),
            self.separator,
            self.local,
            self.user,
            self.remote
        )
    }

    /// The program, about to synchronise with this configuration file.
    pub fn program(&self, config: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(self.file(config)).args(["-o", "-u", "basic"]);
        command
    }

    /// Writes a configuration file.
    pub fn file(&self, config: &str) -> PathBuf {
        let path = self.dovecot.dir.join(format!("rc-{}", self.user));
        fs::write(&path, config).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Writes the configuration and synchronises once.
    pub fn sync(&self) -> Run {
        self.sync_with(&self.config())
    }

    /// Synchronises once, and believes that everything that is gone was meant to go.
    pub fn sync_allowing_deletes(&self) -> Run {
        Run::from(&self.program(&self.config()).arg("--allow-deletes").output().unwrap())
    }

    /// Synchronises once with exactly this configuration file.
    pub fn sync_with(&self, text: &str) -> Run {
        Run::from(&self.program(text).output().unwrap())
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
        let separator = self.separator.to_string();
        let mut args = vec![root.to_str().unwrap(), &separator];
        args.extend(options);
        self.python("compare.py", &args)
    }

    /// Fails, with the differences, unless both sides are the same.
    #[track_caller]
    pub fn same(&self, options: &[&str]) {
        let (code, said) = self.compare(options);
        assert_eq!(code, Some(0), "{said}");
    }

    /// What the server says of its folders, a line each.
    #[track_caller]
    pub fn status(&self) -> String {
        let (code, said) = self.python("status.py", &[]);
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// Runs a program of tests/support against the server; its exit code and what it printed.
    pub fn python(&self, program: &str, args: &[&str]) -> (Option<i32>, String) {
        let out = self.python_command(program, args).output().unwrap();
        let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        if out.status.success() { (out.status.code(), said) } else { (out.status.code(), said + &self.dovecot.log()) }
    }

    /// The same program, about to run.
    pub fn python_command(&self, program: &str, args: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(program);
        let mut command = Command::new("python3");
        // What it compiles would lie about among the sources.
        command.arg("-B").arg(program).arg(self.dovecot.port.to_string()).args([&self.user, PASSWORD]).args(args);
        command
    }
}
