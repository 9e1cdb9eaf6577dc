//! A private Dovecot on free loopback ports, with a certificate authority of its own, gone when it is dropped.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The password every user logs in with; any other is refused.
pub const PASSWORD: &str = "correct-horse-7";

/// A running server and the directory all its files are in.
pub struct Dovecot {
    /// Everything of this server and of the test that owns it; removed on drop.
    pub dir: PathBuf,
    /// Plain text and STARTTLS.
    pub port: u16,
    /// TLS from the first byte.
    pub imaps: u16,
}

impl Dovecot {
    /// Starts a server and waits until it greets.
    pub fn start() -> Self {
        let (plain, tls) = (free_port(), free_port());
        let (port, imaps) = (plain.local_addr().unwrap().port(), tls.local_addr().unwrap().port());
        let dir = std::env::temp_dir().join(format!("blinkensync-it-{}-{port}", std::process::id()));
        fs::create_dir_all(dir.join("mail")).unwrap();
        fs::create_dir_all(dir.join("run")).unwrap();
        certificates(&dir);
        let user = command_output("id", &["-un"]);
        // Dovecot serves no mail as root: there it is nobody's.
        let (owner, group) = if user == "root" {
            command_output("chown", &["nobody:nogroup", dir.join("mail").to_str().unwrap()]);
            ("nobody".to_owned(), "nogroup".to_owned())
        } else {
            (user.clone(), command_output("id", &["-gn"]))
        };
        fs::write(dir.join("dovecot.conf"), config(&dir, (port, imaps), &user, (&owner, &group))).unwrap();
        drop((plain, tls));
        let server = Self { dir, port, imaps };
        let done = server.dovecot().status().unwrap();
        assert!(done.success(), "dovecot did not start: {}", server.log());
        server.wait_until_it_greets();
        server
    }

    /// The certificate authority a client has to trust.
    pub fn ca(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// What the server has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    fn dovecot(&self) -> Command {
        let mut command = Command::new(binary("dovecot"));
        command.arg("-c").arg(self.dir.join("dovecot.conf"));
        // A daemon that kept the test's output open would hold a pipe for ever.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn wait_until_it_greets(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "dovecot does not accept connections: {}", self.log());
            std::thread::yield_now();
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = self.dovecot().arg("stop").status();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn free_port() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).unwrap()
}

fn binary(name: &str) -> PathBuf {
    let sbin = Path::new("/usr/sbin").join(name);
    if sbin.exists() { sbin } else { PathBuf::from(name) }
}

fn command_output(name: &str, args: &[&str]) -> String {
    let out = Command::new(name).args(args).output().unwrap();
    assert!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn certificates(dir: &Path) {
    let script = "set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=Test CA' -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout key.pem -out req.pem
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' > san
openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile san -out cert.pem";
    let out = Command::new("sh").arg("-c").arg(script).current_dir(dir).output().unwrap();
    assert!(out.status.success(), "openssl: {}", String::from_utf8_lossy(&out.stderr));
}

fn config(dir: &Path, (port, imaps): (u16, u16), user: &str, (owner, group): (&str, &str)) -> String {
    let dir = dir.display();
    // As root the helpers keep Dovecot's own users; else everything runs as the one who started it.
    let own = if user == "root" {
        String::new()
    } else {
        format!("default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n")
    };
    let chroot = if user == "root" { "" } else { "  chroot =\n" };
    format!(
        "base_dir = {dir}/run\nlog_path = {dir}/log\nprotocols = imap\nlisten = 127.0.0.1\n{own}\
disable_plaintext_auth = no\nauth_mechanisms = plain login\nmail_max_userip_connections = 50\n\
mail_location = sdbox:{dir}/mail/%u\nmail_uid = {owner}\nmail_gid = {group}\nfirst_valid_uid = 0\nfirst_valid_gid = 0\n\
ssl = yes\nssl_cert = <{dir}/cert.pem\nssl_key = <{dir}/key.pem\nauth_failure_delay = 0\n\
service imap-login {{\n{chroot}  inet_listener imap {{\n    port = {port}\n  }}\n\
  inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
service anvil {{\n{chroot}}}\n\
passdb {{\n  driver = static\n  args = password={{PLAIN}}{PASSWORD}\n}}\n\
userdb {{\n  driver = static\n  args = uid={owner} gid={group} home={dir}/mail/%u\n}}\n\
namespace inbox {{\n  inbox = yes\n  separator = /\n}}\n"
    )
}
