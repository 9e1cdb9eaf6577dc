//! A token service on a loopback port, which gives permissions, tokens and, to the mail server, its opinion of tokens.
//!
//! Every secret that it gives out or wants to see has [`HUSH`] in it, so that one look shows whether any was let out.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A part of every secret.
pub const HUSH: &str = "hush";
/// The name of the only client that is known.
pub const CLIENT: &str = "some-client";
/// The secret of that client.
pub const SECRET: &str = "hush-client-secret";
/// The refresh token that is good at first.
pub const REFRESH: &str = "hush-refresh-0";

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The fields of a form or a query.
pub type Fields = HashMap<String, String>;

/// What the person at the browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Yes, after so many questions.
    After(u32),
    /// No.
    Denied,
    /// Too late.
    Expired,
}

/// What the service knows, and how it behaves.
#[derive(Debug)]
pub struct State {
    /// The refresh token that is good.
    pub refresh: String,
    /// The access tokens that are good.
    pub live: HashSet<String>,
    /// What is said of a token's life, in seconds.
    pub lifetime: Option<i64>,
    /// Whether each answer brings a new refresh token.
    pub rotates: bool,
    /// Whether refresh tokens are given out with permissions.
    pub generous: bool,
    /// What the person says.
    pub consent: Consent,
    /// Answers to the next requests for tokens, whatever they ask.
    pub answers: VecDeque<(u16, String)>,
    /// The requests for tokens, in their order.
    pub asked: Vec<Fields>,
    /// Permissions that were given in a browser: challenge and address by code.
    codes: HashMap<String, (String, String)>,
    issued: u32,
}

struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

/// The service, gone when it is dropped.
pub struct Provider {
    address: SocketAddr,
    inner: Arc<Inner>,
    serving: Option<thread::JoinHandle<()>>,
}

impl Provider {
    /// A service that knows one client and one refresh token.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = State {
            refresh: REFRESH.to_owned(),
            live: HashSet::new(),
            lifetime: Some(3600),
            rotates: false,
            generous: true,
            consent: Consent::After(0),
            answers: VecDeque::new(),
            asked: Vec::new(),
            codes: HashMap::new(),
            issued: 0,
        };
        let inner = Arc::new(Inner { state: Mutex::new(state), changed: Condvar::new() });
        let served = Arc::clone(&inner);
        let serving = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Who asks for nothing is the one who ends it.
                if serve(stream, &served).is_none() {
                    return;
                }
            }
        });
        Self { address, inner, serving: Some(serving) }
    }

    /// The address of one of its pages.
    pub fn url(&self, page: &str) -> String {
        format!("http://{}/{page}", self.address)
    }

    /// What it knows, to look at and to change.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap()
    }

    /// Waits until it knows enough.
    #[track_caller]
    pub fn when(&self, enough: impl Fn(&State) -> bool) {
        let until = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !enough(&state) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "this never came about: {state:?}");
            state = self.inner.changed.wait_timeout(state, left).unwrap().0;
        }
    }

    /// How often somebody asked for a token.
    pub fn count(&self) -> usize {
        self.state().asked.len()
    }

    /// Makes an access token that is good.
    pub fn access(&self) -> String {
        self.state().issue()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.serving.take() {
            let _ = thread.join();
        }
    }
}

impl State {
    fn issue(&mut self) -> String {
        self.issued += 1;
        let token = format!("{HUSH}-access-{}", self.issued);
        self.live.insert(token.clone());
        token
    }

    fn tokens(&mut self, with_refresh: bool) -> (u16, String) {
        let mut body = format!(r#"{{"access_token":"{}","token_type":"Bearer""#, self.issue());
        if let Some(lifetime) = self.lifetime {
            let _ = write!(body, r#","expires_in":{lifetime}"#);
        }
        if self.rotates {
            self.refresh = format!("{HUSH}-refresh-{}", self.issued);
        }
        if self.rotates || with_refresh {
            let _ = write!(body, r#","refresh_token":"{}""#, self.refresh);
        }
        (200, body + "}")
    }

    /// The answer to a request for a token (RFC 6749, section 5).
    fn token(&mut self, form: &Fields) -> (u16, String) {
        self.asked.push(form.clone());
        if let Some(answer) = self.answers.pop_front() {
            return answer;
        }
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if field("client_id") != CLIENT || !["", SECRET].contains(&field("client_secret")) {
            return refuse(401, "invalid_client", "The OAuth client was not found.");
        }
        match field("grant_type") {
            "refresh_token" if field("refresh_token") == self.refresh => self.tokens(false),
            "authorization_code" => match self.codes.remove(field("code")) {
                Some((challenge, redirect)) if redirect == field("redirect_uri") => {
                    let proven = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
                    if proven == challenge { self.tokens(self.generous) } else { refuse(400, "invalid_grant", "PKCE") }
                }
                _ => refuse(400, "invalid_grant", "Bad code"),
            },
            "urn:ietf:params:oauth:grant-type:device_code" if field("device_code") == "hush-device" => {
                match self.consent {
                    Consent::After(0) => self.tokens(self.generous),
                    Consent::After(times) => {
                        self.consent = Consent::After(times - 1);
                        refuse(400, "authorization_pending", "")
                    }
                    Consent::Denied => refuse(400, "access_denied", "The person said no."),
                    Consent::Expired => refuse(400, "expired_token", ""),
                }
            }
            _ => refuse(400, "invalid_grant", "Token has been expired or revoked."),
        }
    }

    /// Where the browser is sent with a permission (RFC 6749, section 4.1.2).
    fn authorize(&mut self, query: &Fields) -> Option<String> {
        let field = |name: &str| query.get(name).map_or("", String::as_str);
        let sound = field("response_type") == "code"
            && field("client_id") == CLIENT
            && field("code_challenge_method") == "S256"
            && field("scope") == "mail";
        if !sound {
            return None;
        }
        let (redirect, state) = (field("redirect_uri").to_owned(), field("state").to_owned());
        if self.consent == Consent::Denied {
            return Some(format!("{redirect}?error=access_denied&state={state}"));
        }
        self.issued += 1;
        let code = format!("{HUSH}-code-{}", self.issued);
        self.codes.insert(code.clone(), (field("code_challenge").to_owned(), redirect.clone()));
        Some(format!("{redirect}?code={code}&state={state}"))
    }
}

fn refuse(status: u16, error: &str, description: &str) -> (u16, String) {
    (status, format!(r#"{{"error":"{error}","error_description":"{description}"}}"#))
}

/// Answers one request; `None` when there was none.
fn serve(stream: TcpStream, inner: &Inner) -> Option<()> {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut bearer) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.split_once(':') else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "authorization" => value.trim().trim_start_matches("Bearer ").clone_into(&mut bearer),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let form = fields(&String::from_utf8(body).unwrap());
    let mut state = inner.state.lock().unwrap();
    let (status, text, location) = match (method.as_str(), path) {
        ("POST", "/token") => json(state.token(&form)),
        ("POST", "/device") => json((200, device(&form))),
        ("GET", "/introspect") => {
            let active = state.live.contains(&bearer);
            json((200, format!(r#"{{"active":{active},"username":"me"}}"#)))
        }
        ("GET", "/authorize") => match state.authorize(&fields(query)) {
            Some(location) => (302, String::new(), location),
            None => (400, "this is not understood".to_owned(), String::new()),
        },
        _ => (404, "there is nothing here".to_owned(), String::new()),
    };
    drop(state);
    let location = if location.is_empty() { location } else { format!("Location: {location}\r\n") };
    let head =
        format!("HTTP/1.1 {status} X\r\n{location}Content-Type: application/json\r\nContent-Length: {}", text.len());
    let _ = write!(reader.get_mut(), "{head}\r\nConnection: close\r\n\r\n{text}");
    inner.changed.notify_all();
    Some(())
}

fn json((status, text): (u16, String)) -> (u16, String, String) {
    (status, text, String::new())
}

fn device(form: &Fields) -> String {
    if form.get("client_id").is_some_and(|id| id == CLIENT) && form.get("scope").is_some_and(|scope| scope == "mail") {
        r#"{"device_code":"hush-device","user_code":"WDJB-MJHT","verification_uri":"https://pages.example.org/device",
            "expires_in":900,"interval":1}"#
            .to_owned()
    } else {
        r#"{"error":"invalid_client"}"#.to_owned()
    }
}

/// The fields of a form or a query.
pub fn fields(text: &str) -> Fields {
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    text.split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
