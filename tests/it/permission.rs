//! `--oauth2-login`: the program asks for a permission, the test is the person at the browser, and mail comes of it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::oauth::{Account, discreet};
use crate::provider::{CLIENT, Consent, HUSH, fields};
use crate::world::Run;

/// The program while it asks.
struct Asking {
    program: Child,
    out: BufReader<ChildStdout>,
    said: String,
}

impl Asking {
    fn start(account: &Account, name: &str) -> Self {
        let world = &account.world;
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(world.file(&world.config())).args(["--oauth2-login", name]);
        let mut program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(program.stdout.take().unwrap());
        Self { program, out, said: String::new() }
    }

    /// Reads on until the program waits for the person.
    fn until_it_waits(&mut self) -> &str {
        while !self.said.contains("Ctrl-C ends it") {
            assert_ne!(self.out.read_line(&mut self.said).unwrap(), 0, "it said only: {}", self.said);
        }
        &self.said
    }

    fn end(mut self) -> Run {
        self.out.read_to_string(&mut self.said).unwrap();
        let out = self.program.wait_with_output().unwrap();
        discreet(Run::from(&Output { stdout: self.said.into_bytes(), ..out }))
    }
}

/// What a browser gets at this address: where it is sent to, and the page.
fn visit(url: &str) -> (Option<String>, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("Location: ")).map(str::to_owned);
    (location, answer)
}

/// An account whose service gives out codes for other machines.
fn with_codes() -> Account {
    let mut account = Account::with_client();
    account.add(&format!("oauth2_device_url = {}\noauth2_scope = mail", account.provider.url("device")));
    account
}

/// An account whose service asks in a browser on this machine.
fn with_browser() -> Account {
    let mut account = Account::with_client();
    account.add(&format!("oauth2_authorize_url = {}\noauth2_scope = mail", account.provider.url("authorize")));
    account
}

/// Synchronises twice with the permission that was kept, while each answer brings a new refresh token.
#[track_caller]
fn comes_to_mail(account: &Account) {
    let file = account.world.metadata().join("oauth2/Test.token");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let kept = || fs::read_to_string(&file).unwrap().trim().to_owned();
    assert_eq!(kept(), account.provider.state().refresh);
    account.world.fill(1, 3);
    account.provider.state().rotates = true;
    account.sync().ends_with(0).says("3 downloaded");
    account.sync().ends_with(0).says("nothing new");
    assert_eq!(kept(), account.provider.state().refresh);
    assert_eq!(mode(&file), 0o600);
    account.world.same(&["dates"]);
}

#[test]
fn a_code_is_typed_on_any_machine() {
    let account = with_codes();
    account.provider.state().consent = Consent::After(1);
    let mut asking = Asking::start(&account, "Test");
    let said = asking.until_it_waits();
    assert!(said.contains("https://pages.example.org/device\n") && said.contains("WDJB-MJHT\n"), "{said}");
    asking.end().ends_with(0).says("The permission for the account Test is kept in");
    assert_eq!(account.provider.count(), 2);
    comes_to_mail(&account);
}

#[test]
fn a_browser_on_this_machine_brings_the_answer() {
    let account = with_browser();
    let mut asking = Asking::start(&account, "Test");
    let said = asking.until_it_waits();
    let url = said.lines().map(str::trim).find(|line| line.starts_with("http://")).unwrap().to_owned();
    let query = fields(url.split_once('?').unwrap().1);
    assert_eq!((query["client_id"].as_str(), query["login_hint"].as_str()), (CLIENT, "me"));
    let back = visit(&url).0.unwrap();
    assert!(back.starts_with(&query["redirect_uri"]) && back.starts_with("http://127.0.0.1:"), "{back}");
    // Somebody else's answer, and a picture that browsers ask for, come to nothing.
    let other = visit(&back.replace(&query["state"], "another")).1;
    assert!(other.starts_with("HTTP/1.1 400") && !other.contains(HUSH), "{other}");
    assert!(visit(&format!("{}favicon.ico", query["redirect_uri"])).1.starts_with("HTTP/1.1 404"));
    let page = visit(&back).1;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("You can close this page"), "{page}");
    asking.end().ends_with(0).says("The permission for the account Test is kept in");
    assert_eq!(account.provider.state().asked[0]["grant_type"], "authorization_code");
    comes_to_mail(&account);
}

#[test]
fn a_permission_that_is_not_given_is_told() {
    for (consent, words) in [
        (Consent::Denied, "blinkensync --oauth2-login Test again, and agree"),
        (Consent::Expired, "nobody gave the permission in time"),
    ] {
        let account = with_codes();
        account.provider.state().consent = consent;
        Asking::start(&account, "Test").end().ends_with(3).in_one_sentence().says(words);
        assert!(!account.world.metadata().join("oauth2").exists());
    }
    let account = with_browser();
    account.provider.state().consent = Consent::Denied;
    let mut asking = Asking::start(&account, "Test");
    let url =
        asking.until_it_waits().lines().map(str::trim).find(|line| line.starts_with("http://")).unwrap().to_owned();
    let page = visit(&visit(&url).0.unwrap()).1;
    assert!(page.contains("The permission was not given"), "{page}");
    asking.end().ends_with(3).in_one_sentence().says("the permission was denied");
}

#[test]
fn a_permission_without_a_refresh_token_is_told() {
    let account = with_codes();
    account.provider.state().generous = false;
    Asking::start(&account, "Test").end().ends_with(3).in_one_sentence().says("none to fetch others with");
}

#[test]
fn what_is_missing_is_named_with_where_to_get_it() {
    let account = Account::with_client();
    Asking::start(&account, "Tset").end().ends_with(2).in_one_sentence().says("there is no account Tset");
    Asking::start(&account, "").end().ends_with(2).in_one_sentence().says("expected the name of an account");
    Asking::start(&account, "Test").end().ends_with(2).in_one_sentence().says("set oauth2_device_url");
    let mut account = Account::new();
    Asking::start(&account, "Test").end().ends_with(2).in_one_sentence().says("set oauth2_request_url");
    let common = account.world.remote.clone();
    for (host, words) in [
        ("imap.gmail.com", "https://console.cloud.google.com/apis/credentials"),
        ("outlook.office365.com", "https://entra.microsoft.com"),
    ] {
        account.world.remote = common.replace("localhost", host);
        let run = Asking::start(&account, "Test").end();
        run.ends_with(2).in_one_sentence().says("there is no oauth2_client_id").says(words);
    }
}

#[test]
fn what_stands_in_the_configuration_already_is_remarked_on() {
    let mut account = with_codes();
    account.add("oauth2_refresh_token = hush-old");
    Asking::start(&account, "Test").end().ends_with(0).says("Take oauth2_refresh_token out of the configuration");
}

#[test]
fn ctrl_c_ends_the_waiting() {
    let account = with_browser();
    let mut asking = Asking::start(&account, "Test");
    asking.until_it_waits();
    Command::new("kill").args(["-INT", &asking.program.id().to_string()]).status().unwrap();
    assert_eq!(asking.program.wait().unwrap().signal(), Some(2));
    assert!(!account.world.metadata().exists());
}
