//! Accounts of one server, each with another way to have a secret, and another secret.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use tempfile::TempDir;

use crate::oauth::Account;
use crate::provider::{CLIENT, HUSH, REFRESH, SECRET};
use crate::tamper::tampered;
use crate::world::World;

/// What the users have for passwords.
const GIVEN: &str = "giv€n \"ß\\ %秘 {3+}$'";
const FILE: &str = "from-file \"\\ %";
const COMMAND: &str = "from-command $x \"y";
const PYTHON: &str = "from-python \"x\" %";
const NETRC: &str = "from-netrc ß %";
const KEYRING: &str = "from-keyring ß";
/// What is typed.
pub const TYPED: &str = "typed ß x";
/// What one configuration has in place of it; the server repeats it in each refusal.
const WRONG: &str = "mistaken-for-it";
/// What stands in the command of a tunnel.
const TUNNEL: &str = "in-a-command";

/// The world of all these accounts.
pub struct Ways {
    pub account: Account,
    /// The way to a keyring that somebody has unlocked.
    pub bus: String,
    keyring: (Child, Option<ChildStdin>),
    wrong: u16,
    _users: TempDir,
}

impl Ways {
    pub fn new() -> Self {
        let users = tempfile::tempdir().unwrap();
        fs::set_permissions(users.path(), Permissions::from_mode(0o755)).unwrap();
        let list = users.path().join("users");
        let known = [
            ("given", GIVEN),
            ("file", FILE),
            ("command", COMMAND),
            ("python", PYTHON),
            ("netrc", NETRC),
            ("keyring", KEYRING),
            ("typed", TYPED),
            ("wrong", TYPED),
        ];
        let lines = known.map(|(user, password)| format!("{user}:{{PLAIN.b64}}{}\n", STANDARD.encode(password)));
        fs::write(&list, lines.concat()).unwrap();
        // The server reads it as another user.
        fs::set_permissions(&list, Permissions::from_mode(0o644)).unwrap();
        let account = Account::beside(&format!(
            "passdb {{\n  driver = passwd-file\n  args = {}\n}}\n\
             service anvil {{\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n",
            list.display()
        ));
        let wrong = repeating(account.world.dovecot.port);
        let (bus, keyring) = keyring(&account.world.dovecot.dir.join("home"));
        Self { account, bus, keyring, wrong, _users: users }
    }

    pub fn world(&self) -> &World {
        &self.account.world
    }

    /// The home of whoever runs the program.
    pub fn home(&self) -> PathBuf {
        self.world().dovecot.dir.join("home")
    }

    fn secret_file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// A configuration of all these accounts. The refresh token is where the program keeps such tokens.
    pub fn config(&self) -> String {
        let server = self.world().remote.replace("maxconnections = 4", "maxconnections = 1");
        let wrong = format!("remotehost = 127.0.0.1\nremoteport = {}\nssl = no\nstarttls = no\n", self.wrong);
        let token = self.world().metadata().join("oauth2/oauth.token");
        if !token.exists() {
            fs::create_dir_all(token.parent().unwrap()).unwrap();
            fs::write(&token, REFRESH).unwrap();
            fs::set_permissions(&token, Permissions::from_mode(0o600)).unwrap();
        }
        self.account.provider.state().rotates = true;
        self.secret_file(".netrc", &format!("machine localhost login netrc password \"{NETRC}\"\n"));
        let file = self.secret_file("password", &format!("{FILE}\n"));
        let conf = self.world().dovecot.dir.join("dovecot.conf");
        let url = self.account.provider.url("token");
        let ways = [
            ("given", server.clone() + &format!("remotepass = {}\n", GIVEN.replace('%', "%%"))),
            ("file", server.clone() + &format!("remotepassfile = {}\n", file.display())),
            ("command", server.clone() + &format!("remotepasscmd = printf '%%s' '{COMMAND}'\n")),
            ("python", server.clone() + &format!("remotepasseval = ''.join(['{}'])\n", PYTHON.replace('%', "%%"))),
            ("netrc", server.clone()),
            ("keyring", server.clone() + "keyring = yes\n"),
            ("typed", server.clone()),
            ("wrong", wrong + &format!("remotepass = {WRONG}\nmaxconnections = 1\n")),
            (
                "oauth",
                server
                    + &format!(
                        "oauth2_client_id = {CLIENT}\noauth2_client_secret = {SECRET}\noauth2_request_url = {url}\n"
                    ),
            ),
            (
                "tunnel",
                format!("preauthtunnel = : {TUNNEL}; exec doveadm -c {} exec imap -u tunnel | cat\n", conf.display()),
            ),
        ];
        let names = ways.each_ref().map(|(name, _)| *name).join(", ");
        let mut text = format!(
            "[general]\naccounts = {names}\nmaxsyncaccounts = 4\nmetadata = {}\n",
            self.world().metadata().display()
        );
        for (name, lines) in ways {
            let user = match name {
                "tunnel" => String::new(),
                // The one whom the token service knows.
                "oauth" => "remoteuser = me\n".to_owned(),
                _ => format!("remoteuser = {name}\n"),
            };
            write!(
                text,
                "\n[Account {name}]\nlocalrepository = {name}-here\nremoterepository = {name}-there\n\n\
                 [Repository {name}-here]\ntype = Maildir\nlocalfolders = {}\n\n\
                 [Repository {name}-there]\ntype = IMAP\n{user}{lines}",
                self.mail(name).display()
            )
            .unwrap();
        }
        text
    }

    /// Where the mail of one of them is.
    pub fn mail(&self, name: &str) -> PathBuf {
        self.world().dovecot.dir.join("mail-here").join(name)
    }
}

impl Drop for Ways {
    fn drop(&mut self) {
        // The end of its input is the end of the session.
        self.keyring.1 = None;
        let _ = self.keyring.0.wait();
    }
}

/// A desktop session with a keyring, as long as its input is open; and the way to it.
fn keyring(home: &Path) -> (String, (Child, Option<ChildStdin>)) {
    fs::create_dir(home).unwrap();
    fs::set_permissions(home, Permissions::from_mode(0o700)).unwrap();
    let script = format!(
        "printf unlock | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n\
         printf %s '{KEYRING}' | secret-tool store --label Mail server localhost user keyring\n\
         echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat >/dev/null"
    );
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    for variable in ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"] {
        command.env(variable, home);
    }
    let mut session = command.spawn().unwrap();
    let mut address = String::new();
    BufReader::new(session.stdout.take().unwrap()).read_line(&mut address).unwrap();
    assert_ne!(address.trim(), "", "there is no keyring");
    let input = session.stdin.take();
    (address.trim().to_owned(), (session, input))
}

/// A way to the server on which each refusal repeats the wrong password, as it is and as it was sent.
fn repeating(server: u16) -> u16 {
    let said = STANDARD.encode(format!("\0wrong\0{WRONG}"));
    let rewrite = move |line: &str| match line.split_once(" NO [AUTHENTICATIONFAILED]") {
        Some((tag, _)) => Some(format!("{tag} NO [AUTHENTICATIONFAILED] no such {WRONG} ({said})\r\n")),
        None => Some(line.to_owned()),
    };
    tampered(server, Arc::new(rewrite))
}

/// Everything by which somebody could learn one of the secrets.
pub fn forms() -> Vec<String> {
    let secrets = [GIVEN, FILE, COMMAND, PYTHON, NETRC, KEYRING, TYPED, WRONG, TUNNEL, &format!("{HUSH}-")];
    let mut forms = Vec::new();
    for secret in secrets {
        forms.push(secret.to_owned());
        forms.push(secret.replace('\\', "\\\\").replace('"', "\\\""));
        for place in 0..3 {
            // What stands before it moves what base64 makes of it, and has a part in the first letter; so has what follows in
            // the last one.
            let bytes = [&[0; 2][..place], secret.as_bytes()].concat();
            forms.push(STANDARD_NO_PAD.encode(&bytes)[(8 * place).div_ceil(6)..8 * bytes.len() / 6].to_owned());
        }
    }
    forms
}
