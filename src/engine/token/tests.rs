use std::collections::HashSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

use super::super::worker::{Order, Publisher};
use super::*;
use crate::model::event::Event;
use crate::model::ids::LampId;
use crate::provider::{CLIENT, Provider, REFRESH};
use crate::store::python::Interpreter;

/// A worker, what orders it, and what it says.
fn worker() -> (Worker, Sender<Order>, Receiver<Event>) {
    let (events, seen) = unbounded();
    let (orders, obeyed) = unbounded();
    let (questions, _) = unbounded();
    (Worker::new(AccountName::new("home"), LampId(1), Publisher::new(events), obeyed, questions), orders, seen)
}

fn written(text: &str) -> Word {
    Word::Written(Secret::new(text.to_owned()))
}

/// Where things are, and what the configuration says.
struct World {
    provider: Provider,
    dir: tempfile::TempDir,
    settings: OAuthSettings,
    no_password: bool,
    python: Option<Python>,
}

impl World {
    /// A client without a token.
    fn new() -> Self {
        let provider = Provider::start();
        let settings = OAuthSettings {
            client_id: Some(written(CLIENT)),
            token_url: Some(provider.url("token")),
            ..OAuthSettings::default()
        };
        Self { provider, dir: tempfile::tempdir().unwrap(), settings, no_password: true, python: None }
    }

    /// A client with the refresh token that is good.
    fn with_refresh() -> Self {
        let mut world = Self::new();
        world.settings.refresh_token = Some(written(REFRESH));
        world
    }

    fn kept(&self) -> Kept {
        Kept::of(self.dir.path(), "home")
    }

    fn keeper(&self) -> Tokens {
        Tokens::start(Keeper {
            account: AccountName::new("home"),
            settings: self.settings.clone(),
            no_password: self.no_password,
            kept: self.kept(),
            limit: Duration::from_secs(30),
            python: self.python.clone(),
            current: None,
            renewed: None,
            warned: false,
        })
    }
}

fn get(tokens: &Tokens, refused: Option<&Secret>) -> Result<Secret, Fault> {
    let (worker, _orders, _seen) = worker();
    tokens.get(&worker, refused).map(Option::unwrap)
}

#[test]
fn all_connections_share_one_token_until_its_time_is_over() {
    let world = World::with_refresh();
    let tokens = world.keeper();
    let all: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn({
                let tokens = tokens.clone();
                move || get(&tokens, None).unwrap()
            })
        })
        .collect();
    let all: HashSet<String> = all.into_iter().map(|one| one.join().unwrap().reveal().to_owned()).collect();
    assert_eq!((all.len(), world.provider.count()), (1, 1));
    world.provider.state().lifetime = Some(0);
    let tokens = world.keeper();
    assert_ne!(get(&tokens, None).unwrap(), get(&tokens, None).unwrap());
    assert_eq!(world.provider.count(), 3);
}

#[test]
fn a_refused_token_is_fetched_again_once_for_all_who_had_it() {
    let world = World::with_refresh();
    world.provider.state().lifetime = None;
    let tokens = world.keeper();
    let old = get(&tokens, None).unwrap();
    let new = get(&tokens, Some(&old)).unwrap();
    assert_ne!(old, new);
    assert_eq!(get(&tokens, Some(&old)).unwrap(), new);
    assert_eq!(world.provider.count(), 2);
}

#[test]
fn a_new_refresh_token_is_kept_where_the_old_one_was() {
    let world = World::new();
    world.provider.state().rotates = true;
    world.kept().write(&Secret::new(REFRESH.into())).unwrap();
    let tokens = world.keeper();
    let (worker, _orders, seen) = worker();
    let first = tokens.get(&worker, None).unwrap().unwrap();
    tokens.get(&worker, Some(&first)).unwrap().unwrap();
    assert_eq!(world.kept().read().unwrap().unwrap().reveal(), world.provider.state().refresh);
    assert!(seen.try_iter().all(|event| !matches!(event.kind, EventKind::Warned { .. })));
    // What was given meanwhile by hand is what is used.
    world.provider.state().refresh = "by hand".to_owned();
    world.kept().write(&Secret::new("by hand".into())).unwrap();
    tokens.get(&worker, Some(&first)).unwrap();
    let second = tokens.get(&worker, None).unwrap().unwrap();
    tokens.get(&worker, Some(&second)).unwrap().unwrap();
}

/// Hears what a service is told, until it has heard `last`; then does something, and answers.
fn serve(listener: &TcpListener, last: &str, act: impl FnOnce(), answer: &str) {
    let (mut stream, _) = listener.accept().unwrap();
    let (mut heard, mut room) = (String::new(), [0; 4096]);
    while !heard.contains(last) {
        let count = stream.read(&mut room).unwrap();
        assert_ne!(count, 0, "{heard}");
        heard.push_str(std::str::from_utf8(&room[..count]).unwrap());
    }
    act();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).unwrap();
}

#[test]
fn a_new_refresh_token_that_cannot_be_written_is_used_and_told() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut world = World::new();
    world.settings.token_url = Some(format!("http://{}/", service.local_addr().unwrap()));
    world.kept().write(&Secret::new("old".into())).unwrap();
    let tokens = world.keeper();
    let (worker, _orders, seen) = worker();
    let (again, begin) = bounded(1);
    let asking = thread::spawn(move || {
        let token = tokens.get(&worker, None).unwrap();
        begin.recv().unwrap();
        tokens.get(&worker, token.as_ref()).unwrap().unwrap()
    });
    let (directory, away) = (world.dir.path().join("oauth2"), world.dir.path().join("away"));
    let take_away = || {
        fs::rename(&directory, &away).unwrap();
        fs::write(&directory, "no directory").unwrap();
    };
    serve(&service, "refresh_token=old", take_away, r#"{"access_token":"a","refresh_token":"new"}"#);
    let warned = seen.iter().find_map(|event| match event.kind {
        EventKind::Warned { text, .. } => Some(text),
        _ => None,
    });
    let warned = warned.unwrap();
    assert!(warned.contains("could not be kept") && warned.contains("home.token"), "{warned}");
    fs::remove_file(&directory).unwrap();
    fs::rename(&away, &directory).unwrap();
    again.send(()).unwrap();
    serve(&service, "refresh_token=new", || {}, r#"{"access_token":"b"}"#);
    assert_eq!(asking.join().unwrap().reveal(), "b");
}

#[test]
fn a_new_refresh_token_in_place_of_a_configured_one_is_used_and_told_once() {
    let world = World::with_refresh();
    world.provider.state().rotates = true;
    let tokens = world.keeper();
    let (worker, _orders, seen) = worker();
    let mut token = None;
    for _ in 0..3 {
        token = tokens.get(&worker, token.as_ref()).unwrap();
        assert!(token.is_some());
    }
    let warnings: Vec<String> = seen
        .try_iter()
        .filter_map(|event| match event.kind {
            EventKind::Warned { text, .. } => Some(text),
            _ => None,
        })
        .collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("blinkensync --oauth2-login home") && !warnings[0].contains("hush"), "{warnings:?}");
    assert!(world.kept().read().unwrap().is_none());
}

#[test]
fn a_given_access_token_is_used_until_it_is_refused() {
    let mut world = World::new();
    world.settings.access_token = Some(written("given"));
    let tokens = world.keeper();
    let (worker, _orders, _seen) = worker();
    let token = tokens.get(&worker, None).unwrap();
    assert_eq!(token.as_ref().map(Secret::reveal), Some("given"));
    assert_eq!(tokens.get(&worker, token.as_ref()).unwrap(), None);
    assert_eq!(world.provider.count(), 0);
}

#[test]
fn python_gives_what_the_configuration_leaves_to_it_and_is_asked_again_for_a_newer_token() {
    let mut world = World::new();
    let file = world.dir.path().join("helpers.py");
    fs::write(&file, "given = []\ndef token():\n    given.append(1)\n    return 'token %d\\n' % len(given)\n").unwrap();
    let (python, _cutter) = Python::start(Interpreter::new(Some(file))).unwrap();
    world.python = Some(python);
    world.settings.access_token = Some(Word::Python(Secret::new("token()".into())));
    let tokens = world.keeper();
    let token = get(&tokens, None).unwrap();
    assert_eq!((token.reveal(), get(&tokens, None).unwrap().reveal()), ("token 1", "token 1"));
    assert_eq!(get(&tokens, Some(&token)).unwrap().reveal(), "token 2");
    world.settings.access_token = Some(Word::Python(Secret::new("nobody()".into())));
    let fault = get(&world.keeper(), None).unwrap_err();
    assert!(
        fault.to_string().contains("oauth2_access_token_eval") && fault.to_string().contains("NameError"),
        "{fault}"
    );
}

#[test]
fn where_there_is_no_token_it_says_how_to_get_one_unless_there_is_a_password() {
    let mut world = World::new();
    let fault = get(&world.keeper(), None).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Login);
    assert!(fault.to_string().ends_with("give it with blinkensync --oauth2-login home"), "{fault}");
    world.no_password = false;
    let (worker, _orders, _seen) = worker();
    assert_eq!(world.keeper().get(&worker, None), Ok(None));
}

/// What is changed before a token is asked for.
type Change = Box<dyn Fn(&mut OAuthSettings, &Provider)>;

#[test]
fn each_trouble_is_of_its_kind_and_says_what_to_do() {
    let closed: SocketAddr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = |status: u16, body: &'static str| -> Change {
        Box::new(move |_, provider| provider.state().answers.push_back((status, body.to_owned())))
    };
    let cases: Vec<(Change, FaultKind, &str)> = vec![
        (Box::new(|settings, _| settings.token_url = None), FaultKind::Config, "set oauth2_request_url"),
        (Box::new(|settings, _| settings.client_id = None), FaultKind::Config, "set oauth2_client_id"),
        (Box::new(|settings, _| settings.client_id = Some(written("x"))), FaultKind::Login, "check oauth2_client_id"),
        (
            Box::new(|settings, _| settings.refresh_token = Some(written("hush"))),
            FaultKind::Login,
            "blinkensync --oauth2-login home, and take oauth2_refresh_token out of the configuration",
        ),
        (
            Box::new(move |settings, _| settings.token_url = Some(format!("http://{closed}/t"))),
            FaultKind::Network,
            "nothing listens there",
        ),
        (Box::new(|settings, provider| settings.token_url = Some(provider.url("x"))), FaultKind::Server, "HTTP 404"),
        (answer(503, ""), FaultKind::Busy, "try again later"),
        (answer(200, "{}"), FaultKind::Server, "check oauth2_request_url"),
        (answer(400, r#"{"error":"interaction_required"}"#), FaultKind::Login, "blinkensync --oauth2-login home"),
    ];
    for (change, kind, words) in cases {
        let mut world = World::with_refresh();
        change(&mut world.settings, &world.provider);
        let fault = get(&world.keeper(), None).unwrap_err();
        assert!(fault.kind == kind && fault.to_string().contains(words), "{kind:?}: {fault}");
        assert!(fault.to_string().starts_with("getting a token for the account home"), "{fault}");
        assert!(!fault.to_string().contains("hush"), "{fault}");
    }
}

#[test]
fn a_stop_does_not_wait_for_a_service_that_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut world = World::with_refresh();
    world.settings.token_url = Some(format!("http://{}/", silent.local_addr().unwrap()));
    let tokens = world.keeper();
    let (worker, orders, _seen) = worker();
    let asking = thread::spawn(move || tokens.get(&worker, None));
    // It has begun to ask.
    let (_stream, _) = silent.accept().unwrap();
    orders.send(Order::Stop).unwrap();
    assert!(asking.join().unwrap().unwrap_err().is_stop());
}
