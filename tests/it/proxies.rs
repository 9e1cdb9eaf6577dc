//! The way to a server through a proxy: real ones, and those that don't do what they should.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::dovecot::{Dovecot, PASSWORD};
use crate::gate::Gate;
use crate::local;
use crate::oauth::{Account, discreet, tls_service};
use crate::world::{Run, World};

/// The password that the proxies want; it must never be seen.
const HUSH: &str = "hush-proxy";

/// A proxy of somebody else's, ended when it goes.
struct Program(Child);

impl Program {
    /// Starts it, and waits until it listens at this port.
    fn start(command: &mut Command, port: u16) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "{command:?} has ended");
            assert!(Instant::now() < until, "{command:?} never listened");
        }
        Self(child)
    }

    /// Ends it; everything that it said.
    fn end(&mut self) -> String {
        let _ = self.0.kill();
        let mut said = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let _ = self.0.wait();
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn microsocks(port: u16) -> Program {
    let mut command = Command::new("microsocks");
    command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-u", "me", "-P", HUSH]);
    Program::start(&mut command, port)
}

fn tinyproxy(port: u16, dir: &Path) -> Program {
    let conf = dir.join("tinyproxy.conf");
    let log = dir.join("tinyproxy.log");
    let text = format!(
        "Port {port}\nListen 127.0.0.1\nBasicAuth me {HUSH}\nLogLevel Connect\nLogFile \"{}\"\n",
        log.display()
    );
    fs::write(&conf, text).unwrap();
    Program::start(Command::new("/usr/bin/tinyproxy").arg("-d").arg("-c").arg(conf), port)
}

#[track_caller]
fn silent_about_it(run: &Run) -> &Run {
    assert!(!run.text.contains(HUSH), "the proxy's password is in the output:\n{}", run.text);
    run
}

#[test]
fn mail_goes_through_proxies_of_every_kind() {
    let mut world = World::new();
    world.fill(2, 10);
    // Real proxies may find another address for the name first.
    world.remote = world.remote.replace("remotehost = localhost", "remotehost = 127.0.0.1");
    let (port, server) = (free_port(), world.dovecot.imaps);
    let mut proxy = microsocks(port);
    world.account = format!("proxy = SOCKS5:127.0.0.1:{port}:me:{HUSH}-wrong\n");
    silent_about_it(&world.sync())
        .ends_with(3)
        .in_one_sentence()
        .says(&format!("through the SOCKS5 proxy 127.0.0.1:{port}: the proxy refuses the user or the password"));
    world.account = format!("proxy = SOCKS5:127.0.0.1:{port}\n");
    world.sync().ends_with(3).in_one_sentence().says("the proxy wants a user and a password");
    world.account = format!("proxy = socks5://me:{HUSH}@127.0.0.1:{port}\n");
    let traced = Run::from(&world.program(&world.config()).args(["-d", "ALL"]).output().unwrap());
    silent_about_it(&traced).ends_with(0).says("20 downloaded");
    let said = proxy.end();
    assert!(said.contains(&format!("connected to 127.0.0.1:{server}")), "{said}");

    let port = free_port();
    let mut proxy = tinyproxy(port, &world.dovecot.dir);
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    world.account = format!("proxy = HTTP:127.0.0.1:{port}:me:{HUSH}-wrong\n");
    silent_about_it(&world.sync()).ends_with(3).in_one_sentence().says("the proxy refuses the user or the password");
    world.account = format!("proxy = HTTP:127.0.0.1:{port}:me:{HUSH}\n");
    silent_about_it(&world.sync()).ends_with(0).says("1 uploaded");
    proxy.end();
    let log = fs::read_to_string(world.dovecot.dir.join("tinyproxy.log")).unwrap();
    assert!(log.contains(&format!("CONNECT 127.0.0.1:{server} HTTP/1.1")), "{log}");
    world.same(&[]);
}

#[test]
fn names_are_found_by_the_proxy_and_so_is_a_certificate_that_is_refused() {
    let name = "mail.only-there.example";
    let mut world = World::on(Dovecot::start_as(&format!("DNS:{name}")));
    world.fill(1, 5);
    let (gate, port) = (Gate::start(), world.dovecot.imaps);
    world.remote = world.remote.replace("remotehost = localhost", &format!("remotehost = {name}"));
    world.account = format!("proxy = SOCKS4:127.0.0.1:{}:me\n", gate.port);
    world.sync().ends_with(0).says("5 downloaded");
    let asked = gate.asked();
    assert!(!asked.is_empty() && asked.iter().all(|asked| *asked == format!("me@{name}:{port}")), "{asked:?}");
    // What the stranger shows is looked at over a second connection.
    let trust = format!("sslcacertfile = {}\n", world.dovecot.ca().display());
    world.remote = world.remote.replace(&trust, "");
    world.sync().ends_with(1).in_one_sentence().says("cert_fingerprint = ");
    assert_eq!(gate.asked().len(), asked.len() + 2);
}

#[test]
fn this_machine_is_another_one_behind_a_proxy() {
    let mut world = World::new();
    world.fill(1, 2);
    let gate = Gate::start();
    world.account = format!("proxy = SOCKS4:127.0.0.1:{}\n", gate.port);
    world.remote = format!(
        "remotehost = localhost\nremoteport = {}\nremotepass = {PASSWORD}\nssl = no\nstarttls = no\n",
        world.dovecot.port
    );
    // Unlike without a proxy, somebody may listen.
    world.sync().ends_with(0).says("password and mail travel unprotected");
    let asked = gate.asked().len();
    assert_ne!(asked, 0);
    let info = Run::from(&world.program(&world.config()).arg("--info").output().unwrap());
    info.ends_with(0).says(&format!("the SOCKS4 proxy 127.0.0.1:{}", gate.port));
    assert!(gate.asked().len() > asked);
    world.account = String::new();
    assert!(!world.sync().ends_with(0).text.contains("unprotected"));
}

#[test]
fn a_proxy_that_is_away_or_silent_is_named_and_a_stop_is_not_kept_waiting() {
    let mut world = World::new();
    let port = free_port();
    world.account = format!("proxy = HTTP:127.0.0.1:{port}\n");
    let named = format!("the HTTP proxy 127.0.0.1:{port}");
    world.sync().ends_with(1).in_one_sentence().says(&named).says("nothing listens there");
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let quick = world.config().replace("[general]\n", "[general]\nsocktimeout = 0.5\n");
    world.sync_with(&quick).ends_with(1).in_one_sentence().says(&named).says("doesn't answer within the time limit");
    drop(listener.accept().unwrap());
    let mut program = world.program(&world.config()).stdout(Stdio::piped()).spawn().unwrap();
    let mut client = listener.accept().unwrap().0;
    let mut line = String::new();
    BufReader::new(&mut client).read_line(&mut line).unwrap();
    assert_eq!(line, format!("CONNECT localhost:{} HTTP/1.1\r\n", world.dovecot.imaps));
    let asked = Instant::now();
    kill_process(Pid::from_child(&program), Signal::TERM).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(20), "it waited for the proxy");
}

#[test]
fn tokens_are_fetched_through_a_proxy_of_their_own() {
    let mut account = Account::with_refresh();
    let plain = account.provider.url("token");
    let common = account.world.remote.clone();
    let (mail, tokens) = (Gate::start(), Gate::start());
    let proxy = |key: &str, gate: &Gate| format!("{key} = SOCKS4:127.0.0.1:{}\n", gate.port);
    // Where the token is asked for: through the mail's proxy, its own, or none.
    for (more, through_mail, through_own) in [
        (proxy("proxy", &mail), 1, 0),
        (proxy("proxy", &mail) + &proxy("authproxy", &tokens), 0, 1),
        (proxy("proxy", &mail) + "authproxy = ''\n", 0, 0),
        (proxy("authproxy", &tokens), 0, 1),
    ] {
        let (url, service) = tls_service(&account, &account.provider.access());
        account.world.remote = common.replace(&plain, &url);
        account.world.account = more.clone();
        let count = |gate: &Gate| {
            let port = url.rsplit(':').next().unwrap().split('/').next().unwrap().to_owned();
            gate.asked().iter().filter(|asked| **asked == format!("@localhost:{port}")).count()
        };
        let mut program = account.world.program(&account.world.config());
        program.env("SSL_CERT_FILE", account.world.dovecot.ca());
        discreet(Run::from(&program.output().unwrap())).ends_with(0);
        service.join().unwrap();
        assert_eq!((count(&mail), count(&tokens)), (through_mail, through_own), "{more}");
    }
    let port = free_port();
    account.world.remote = common.replace(&plain, "https://localhost:1/token");
    account.world.account = format!("authproxy = SOCKS5:127.0.0.1:{port}:me:{HUSH}\n");
    silent_about_it(&account.sync()).ends_with(1).in_one_sentence().says(&format!("the SOCKS5 proxy 127.0.0.1:{port}"));
}
