//! Tokens in place of passwords: a real server that asks a token service, and the program between the two.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;

use crate::dovecot::{Dovecot, PASSWORD};
use crate::provider::{CLIENT, HUSH, Provider, REFRESH, SECRET};
use crate::world::{Run, World};

/// An account on a server that believes the service.
pub struct Account {
    pub provider: Provider,
    pub world: World,
    _files: tempfile::TempDir,
}

impl Account {
    /// Without anything to log in with.
    pub fn new() -> Self {
        Self::beside("")
    }

    /// The same, on a server with these lines of configuration as well.
    pub fn beside(more: &str) -> Self {
        let provider = Provider::start();
        let files = tempfile::tempdir().unwrap();
        fs::set_permissions(files.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let conf = files.path().join("oauth2.conf");
        let text = format!(
            "introspection_mode = auth\nintrospection_url = {}\nusername_attribute = username\n\
             active_attribute = active\nactive_value = true\n",
            provider.url("introspect")
        );
        fs::write(&conf, text).unwrap();
        let more = format!(
            "auth_mechanisms = plain login xoauth2 oauthbearer\n\
             passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}\n}}\n{more}",
            conf.display()
        );
        let mut world = World::on(Dovecot::start_with(&more));
        world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
        Self { provider, world, _files: files }
    }

    /// With what the service needs to know of us.
    pub fn with_client() -> Self {
        let mut account = Self::new();
        let url = account.provider.url("token");
        account
            .add(&format!("oauth2_client_id = {CLIENT}\noauth2_client_secret = {SECRET}\noauth2_request_url = {url}"));
        account
    }

    /// With the refresh token that is good as well.
    pub fn with_refresh() -> Self {
        let mut account = Self::with_client();
        account.add(&format!("oauth2_refresh_token = {REFRESH}"));
        account
    }

    /// Adds lines to the repository.
    pub fn add(&mut self, lines: &str) {
        self.world.remote = format!("{}{lines}\n", self.world.remote);
    }

    /// Synchronises once; no secret may be let out.
    #[track_caller]
    pub fn sync(&self) -> Run {
        discreet(self.world.sync())
    }
}

/// Fails if a secret was let out.
#[track_caller]
pub fn discreet(run: Run) -> Run {
    assert!(!run.text.contains(HUSH), "a secret is in the output:\n{}", run.text);
    run
}

#[test]
fn an_access_token_logs_in_by_either_mechanism_and_nobody_is_asked_for_a_password() {
    let mut account = Account::new();
    account.world.fill(1, 3);
    let token = account.provider.access();
    account.add(&format!("oauth2_access_token = {token}"));
    let common = account.world.remote.clone();
    for (allowed, mechanism) in [("", "XOAUTH2"), ("auth_mechanisms = OAUTHBEARER", "OAUTHBEARER")] {
        account.world.remote = format!("{common}{allowed}\n");
        account.sync().ends_with(0);
        account.world.dovecot.log_when(|log| log.contains(&format!("method={mechanism}")));
    }
    account.world.same(&["dates"]);
    assert_eq!(account.provider.count(), 0);
}

#[test]
fn a_refresh_token_is_exchanged_once_for_all_connections() {
    let account = Account::with_refresh();
    account.world.fill(4, 5);
    account.sync().ends_with(0).says("20 downloaded");
    account.world.dovecot.log_when(|log| log.matches("method=XOAUTH2").count() > 1);
    account.world.same(&["dates"]);
    let asked = account.provider.state().asked.clone();
    assert_eq!(asked.len(), 1);
    let wanted =
        [("grant_type", "refresh_token"), ("refresh_token", REFRESH), ("client_id", CLIENT), ("client_secret", SECRET)];
    assert_eq!(asked[0], wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[test]
fn a_token_that_has_run_out_is_fetched_again_in_a_later_run_and_one_that_has_not_is_kept() {
    let mut account = Account::with_refresh();
    account.world.fill(1, 1);
    account.world.account = "autorefresh = 0.002\n".to_owned();
    account.world.remote = account.world.remote.replace("maxconnections = 4", "maxconnections = 1");
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(account.world.file(&account.world.config())).args(["-u", "basic"]);
    let program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let logins = |count| drop(account.world.dovecot.log_when(|log| log.matches("method=XOAUTH2").count() >= count));
    // Several runs with one token.
    logins(3);
    assert_eq!(account.provider.count(), 1);
    // The server takes it no more, though its time isn't over: one more is fetched, and used from now on.
    account.provider.state().lifetime = Some(0);
    account.provider.state().live.clear();
    account.provider.when(|state| state.asked.len() == 2);
    // That one is good for no time at all, and so each run fetches its own.
    account.provider.when(|state| state.asked.len() >= 4);
    logins(6);
    Command::new("kill").arg(program.id().to_string()).status().unwrap();
    discreet(Run::from(&program.wait_with_output().unwrap())).ends_with(0).in_one_sentence();
}

#[test]
fn a_token_that_stays_refused_is_told_after_one_more_attempt() {
    let account = Account::with_refresh();
    for _ in 0..3 {
        let answer = (200, r#"{"access_token":"hush-nobody-knows"}"#.to_owned());
        account.provider.state().answers.push_back(answer);
    }
    let run = account.sync();
    run.ends_with(3).in_one_sentence().says("localhost").says("blinkensync --oauth2-login Test");
    assert_eq!(account.provider.count(), 2);
    let mut account = Account::new();
    account.add("oauth2_access_token = hush-nobody-knows");
    account.sync().ends_with(3).in_one_sentence().says("check remoteuser and the oauth2_ options");
}

#[test]
fn a_permission_that_was_taken_back_is_told_with_what_to_do() {
    let account = Account::with_refresh();
    "hush-another".clone_into(&mut account.provider.state().refresh);
    let run = account.sync();
    run.ends_with(3).in_one_sentence().says("Token has been expired or revoked");
    run.says("blinkensync --oauth2-login Test, and take oauth2_refresh_token out of the configuration");
    assert_eq!(account.provider.count(), 1);
}

#[test]
fn a_service_that_is_down_or_busy_is_tried_again_later() {
    let mut account = Account::with_refresh();
    account.provider.state().answers.push_back((503, String::new()));
    account.sync().ends_with(1).in_one_sentence().says("HTTP 503").says("try again later");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = account.provider.url("token");
    account.world.remote = account.world.remote.replace(&url, &format!("http://{closed}/token"));
    account.sync().ends_with(1).in_one_sentence().says(&closed.to_string()).says("nothing listens there");
}

#[test]
fn python_gives_the_tokens_as_it_did_for_offlineimap() {
    let mut account = Account::new();
    account.world.fill(1, 2);
    let file = account.world.dovecot.dir.join("helpers.py");
    let text = format!(
        "def get_refresh_token(name):\n    return '{REFRESH}\\n'\ndef client(what):\n    \
         return {{'id': '{CLIENT}', 'secret': '{SECRET}', 'url': '{}'}}[what]\n",
        account.provider.url("token")
    );
    fs::write(&file, text).unwrap();
    account.add(
        "oauth2_refresh_token_eval = get_refresh_token('me')\noauth2_client_id_eval = client('id')\n\
         oauth2_client_secret_eval = client('secret')\noauth2_request_url_eval = client('url')",
    );
    let config = account.world.config();
    let config = config.replacen("[general]\n", &format!("[general]\npythonfile = {}\n", file.display()), 1);
    discreet(account.world.sync_with(&config)).ends_with(0).says("2 downloaded");
    assert_eq!(account.provider.count(), 1);
    assert_eq!(account.provider.state().asked[0]["client_secret"], SECRET);
    // The token itself too, which nobody has to fetch.
    let refresh = "oauth2_refresh_token_eval = get_refresh_token('me')";
    assert!(config.contains(refresh));
    let config =
        config.replace(refresh, &format!("oauth2_access_token_eval = ''.join(['{}'])", account.provider.access()));
    discreet(account.world.sync_with(&config)).ends_with(0).says("nothing new");
    assert_eq!(account.provider.count(), 1);
}

#[test]
fn a_password_does_where_no_permission_was_given() {
    let mut account = Account::with_client();
    account.sync().ends_with(3).in_one_sentence().says("give it with blinkensync --oauth2-login Test");
    account.add(&format!("remotepass = {PASSWORD}"));
    account.sync().ends_with(0);
    assert_eq!(account.provider.count(), 0);
}

#[test]
fn a_kept_token_that_others_can_read_is_refused_with_what_to_do() {
    let account = Account::with_client();
    let directory = account.world.metadata().join("oauth2");
    fs::create_dir_all(&directory).unwrap();
    let file = directory.join("Test.token");
    fs::write(&file, REFRESH).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    account.sync().ends_with(3).in_one_sentence().says(&format!("run: chmod 600 '{}'", file.display()));
    assert_eq!(account.provider.count(), 0);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    account.sync().ends_with(0);
}

/// What a service over TLS hears from one client, to whom it gives `token`; nothing, when the client doesn't trust it.
pub fn tls_service(account: &Account, token: &str) -> (String, thread::JoinHandle<String>) {
    let dir = &account.world.dovecot.dir;
    let read = |name: &str| fs::read(dir.join(name)).unwrap();
    let identity = native_tls::Identity::from_pkcs8(&read("cert.pem"), &read("key.pem")).unwrap();
    let acceptor = native_tls::TlsAcceptor::new(identity).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/token", listener.local_addr().unwrap().port());
    let body = format!(r#"{{"access_token":"{token}"}}"#);
    let service = thread::spawn(move || {
        let Ok(mut stream) = acceptor.accept(listener.accept().unwrap().0) else { return String::new() };
        let (mut heard, mut room) = (String::new(), [0; 4096]);
        while !heard.contains(REFRESH) {
            match stream.read(&mut room) {
                Ok(count) if count > 0 => heard.push_str(std::str::from_utf8(&room[..count]).unwrap()),
                _ => return heard,
            }
        }
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        heard
    });
    (url, service)
}

#[test]
fn nothing_is_sent_to_a_service_whose_certificate_nobody_vouches_for() {
    let mut account = Account::with_refresh();
    let (common, plain) = (account.world.remote.clone(), account.provider.url("token"));
    for trusted in [false, true] {
        let (url, service) = tls_service(&account, &account.provider.access());
        account.world.remote = common.replace(&plain, &url);
        let mut program = account.world.program(&account.world.config());
        if trusted {
            program.env("SSL_CERT_FILE", account.world.dovecot.ca());
        }
        let run = discreet(Run::from(&program.output().unwrap()));
        let heard = service.join().unwrap();
        if trusted {
            run.ends_with(0);
            assert!(heard.contains(REFRESH));
        } else {
            run.ends_with(1).in_one_sentence().says("certificate is refused").says("nothing was sent");
            assert_eq!(heard, "");
        }
    }
}
