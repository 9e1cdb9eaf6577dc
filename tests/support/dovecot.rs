//! A private Dovecot on free loopback ports, with a certificate authority of its own, gone when it is dropped.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The password every user logs in with; any other is refused.
pub const PASSWORD: &str = "correct-horse-7";

/// How long anything of the server may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// COMPRESS=DEFLATE beside whatever plugins all protocols have; to come last.
const COMPRESSION: &str = "protocol imap {\n  mail_plugins = $mail_plugins imap_zlib\n}\n";

/// What the server says, and a word to those who wait for it.
#[derive(Default)]
struct Log {
    text: Mutex<String>,
    grown: Condvar,
}

/// A running server and the directory all its files are in.
pub struct Dovecot {
    /// Everything of this server and of the test that owns it; removed on drop.
    pub dir: PathBuf,
    /// Plain text and STARTTLS.
    pub port: u16,
    /// TLS from the first byte.
    pub imaps: u16,
    process: Child,
    log: Arc<Log>,
    _dir: TempDir,
}

impl Dovecot {
    /// Starts a server and waits until it greets. Another program may take a free port before Dovecot does: then others
    /// are tried.
    pub fn start() -> Self {
        Self::start_as("DNS:localhost,IP:127.0.0.1")
    }

    /// The same, with a certificate for these names.
    pub fn start_as(names: &str) -> Self {
        Self::start_so(names, "")
    }

    /// The same, with more lines of configuration, in which {dir} stands for the server's directory.
    pub fn start_with(more: &str) -> Self {
        Self::start_so("DNS:localhost,IP:127.0.0.1", more)
    }

    fn start_so(names: &str, more: &str) -> Self {
        let holder = tempfile::Builder::new().prefix("blinkensync-it-").tempdir().unwrap();
        let dir = holder.path().to_path_buf();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir_all(dir.join("mail")).unwrap();
        fs::create_dir_all(dir.join("run")).unwrap();
        certificates(&dir, names);
        let more = more.replace("{dir}", &dir.display().to_string());
        let user = command_output("id", &["-un"]);
        // Dovecot serves no mail as root: there it is nobody's.
        let (owner, group) = if user == "root" {
            command_output("chown", &["nobody:nogroup", dir.join("mail").to_str().unwrap()]);
            ("nobody".to_owned(), "nogroup".to_owned())
        } else {
            (user.clone(), command_output("id", &["-gn"]))
        };
        let mut said = String::new();
        for _ in 0..10 {
            let (port, imaps) = free_ports();
            let config = config(&dir, (port, imaps), &user, (&owner, &group)) + &more + COMPRESSION;
            fs::write(dir.join("dovecot.conf"), config).unwrap();
            match launch(&dir) {
                Ok((process, log)) => {
                    greets(port);
                    return Self { dir, port, imaps, process, log, _dir: holder };
                }
                Err(log) => said = log,
            }
        }
        panic!("dovecot did not start: {said}");
    }

    /// The certificate authority a client has to trust.
    pub fn ca(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// Lets this user only look at and read a folder, as an administrator may; gives the file that says so.
    pub fn read_only(&self, user: &str, folder: &str) -> PathBuf {
        let rules = self.dir.join("mail").join(user).join("mailboxes").join(folder).join("dbox-Mails/dovecot-acl");
        fs::write(&rules, "owner lr\n").unwrap();
        fs::set_permissions(&rules, fs::Permissions::from_mode(0o644)).unwrap();
        rules
    }

    /// Another password than all others have.
    pub fn set_password(&mut self, password: &str) {
        self.stop();
        let file = self.dir.join("dovecot.conf");
        fs::write(&file, fs::read_to_string(&file).unwrap().replace(PASSWORD, password)).unwrap();
        self.start_again();
    }

    /// Ends the server as an administrator would; what was connected is told good-bye.
    pub fn stop(&mut self) {
        command_output("kill", &[&self.process.id().to_string()]);
        let _ = self.process.wait();
    }

    /// Ends the server and its helpers at once, so that nobody is told anything.
    pub fn crash(&mut self) {
        let master = self.process.id();
        let helpers = children(master);
        let _ = self.process.kill();
        let _ = self.process.wait();
        // Some may have ended with their master.
        let _ = Command::new("kill").arg("-KILL").args(helpers).stderr(Stdio::null()).status();
    }

    /// Starts it again where it was.
    pub fn start_again(&mut self) {
        let until = Instant::now() + PATIENCE;
        loop {
            match launch(&self.dir) {
                Ok((process, log)) => {
                    (self.process, self.log) = (process, log);
                    return greets(self.port);
                }
                // What was killed may still hold the port for a moment.
                Err(said) => assert!(Instant::now() < until, "dovecot did not start again: {said}"),
            }
        }
    }

    /// Waits until the server has said enough, and gives all that it has said.
    pub fn log_when(&self, enough: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        let mut text = self.log.text.lock().unwrap();
        while !enough(&text) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the server never said so:\n{text}");
            text = self.log.grown.wait_timeout(text, left).unwrap().0;
        }
        text.clone()
    }

    /// Shows this certificate from now on.
    pub fn show(&self, certificate: &Path, key: &Path) {
        fs::copy(certificate, self.dir.join("cert.pem")).unwrap();
        fs::copy(key, self.dir.join("key.pem")).unwrap();
        command_output("kill", &["-HUP", &self.process.id().to_string()]);
        let shown = fs::read_to_string(certificate).unwrap();
        let address = format!("127.0.0.1:{}", self.imaps);
        let until = Instant::now() + PATIENCE;
        while !command_output("openssl", &["s_client", "-connect", &address]).contains(shown.trim()) {
            assert!(Instant::now() < until, "the old certificate is still there");
        }
    }

    /// Hangs up on everybody, as a server that is restarted does.
    pub fn hang_up(&self) {
        command_output("pkill", &["-P", &self.process.id().to_string(), "-x", "imap"]);
    }

    /// What the server has said so far.
    pub fn log(&self) -> String {
        self.log.text.lock().unwrap().clone()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // The master takes its helpers along when it is asked; killed, it could not.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<String> {
    let path = format!("/proc/{process}/task/{process}/children");
    fs::read_to_string(path).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// Starts the server and reads what it says until it is up; or what it said when it ended instead.
fn launch(dir: &Path) -> Result<(Child, Arc<Log>), String> {
    let mut command = Command::new(binary("dovecot"));
    command.arg("-F").arg("-c").arg(dir.join("dovecot.conf"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let log = Arc::new(Log::default());
    let (up, started) = channel();
    let (pipe, kept) = (process.stderr.take().unwrap(), Arc::clone(&log));
    thread::spawn(move || {
        listen(pipe, &kept, || {
            let _ = up.send(());
        });
    });
    if started.recv_timeout(PATIENCE).is_ok() {
        return Ok((process, log));
    }
    let _ = process.kill();
    let _ = process.wait();
    let said = log.text.lock().unwrap().clone();
    Err(said)
}

fn listen(pipe: ChildStderr, log: &Log, up: impl Fn()) {
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        let mut text = log.text.lock().unwrap();
        text.push_str(&line);
        text.push('\n');
        log.grown.notify_all();
        if line.contains("starting up for") {
            up();
        }
    }
}

/// Waits for the first word of the greeting, which comes when the server is ready to talk.
fn greets(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut word = [0; 4];
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"* OK");
}

fn free_ports() -> (u16, u16) {
    let port = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (plain, tls) = (port(), port());
    (plain.local_addr().unwrap().port(), tls.local_addr().unwrap().port())
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

fn certificates(dir: &Path, names: &str) {
    let script = "set -e
key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
openssl req -x509 $key -days 30 -subj '/CN=Test CA' -keyout ca.key -out ca.pem
openssl req $key -subj '/CN=localhost' -keyout key.pem -out req.pem
echo \"subjectAltName=$1\" > san
openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile san -out cert.pem";
    let out = Command::new("sh").args(["-c", script, "sh", names]).current_dir(dir).output().unwrap();
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
        "base_dir = {dir}/run\nlog_path = /dev/stderr\nprotocols = imap\nlisten = 127.0.0.1\n{own}\
disable_plaintext_auth = no\nauth_mechanisms = plain login\nmail_max_userip_connections = 50\n\
mail_location = sdbox:{dir}/mail/%u\nmail_fsync = never\nmail_uid = {owner}\nmail_gid = {group}\nfirst_valid_uid = 0\nfirst_valid_gid = 0\n\
ssl = yes\nssl_cert = <{dir}/cert.pem\nssl_key = <{dir}/key.pem\nauth_failure_delay = 0\n\
service imap-login {{\n{chroot}  inet_listener imap {{\n    port = {port}\n  }}\n\
  inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
service anvil {{\n{chroot}}}\n\
passdb {{\n  driver = static\n  args = password={{PLAIN}}{PASSWORD}\n}}\n\
userdb {{\n  driver = static\n  args = uid={owner} gid={group} home={dir}/mail/%u\n}}\n\
namespace inbox {{\n  inbox = yes\n  separator = /\n}}\n\
mail_plugins = acl\nplugin {{\n  acl = vfile\n}}\n"
    )
}
