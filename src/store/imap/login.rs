//! Logs a user in (RFC 3501, section 6.2), and learns what the server can do for that user.
//!
//! Spoken by our own engine: what the server says on this occasion is passed over where it isn't understood, its
//! capabilities are taken from the answer (RFC 3501, section 7.1) without asking once more, and a server that asks for more
//! than was promised is told that the attempt is off.

mod choice;
mod hush;
mod no;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

pub use no::Refusal;

use hush::Hush;
use no::{may_help, refusal};

use super::connect::ask_capabilities;
use super::connection::{Challenged, Connection};
use super::quote::quote;
use super::reader::Trouble;
use super::response::Untagged;
use super::sasl::{self, Exchange, Person, Place, Words};
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::mechanism::Mechanism;
use crate::model::question::Secret;

/// What a user is to be logged in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The password.
    pub password: Option<Secret>,
    /// The OAuth 2.0 access token.
    pub token: Option<Secret>,
    /// Whether there is a Kerberos ticket to show.
    pub ticket: bool,
    /// The way that has worked before.
    pub way: Option<Mechanism>,
}

impl Credentials {
    /// The Kerberos ticket of whoever runs this, if there is one; nothing else.
    pub fn of_ticket() -> Self {
        Self { ticket: sasl::has_ticket(), ..Self::default() }
    }

    /// A password, and nothing else.
    pub fn of_password(password: &str) -> Self {
        Self { password: Some(Secret::new(password.to_owned())), ..Self::default() }
    }
}

/// Whom to log in, and how.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) user: String,
    pub(super) identity: Option<String>,
    pub(super) port: u16,
    /// The ways that are allowed, the best first.
    pub(super) mechanisms: Vec<Mechanism>,
    /// Whether nobody between us and the server can read what is said.
    pub(super) private: bool,
}

/// Logs in and learns what the server can do for this user; gives the way in which it was done. What is quoted of the server
/// has no secret in it.
pub(super) fn log_in(
    connection: &mut Connection,
    wish: &Wish,
    credentials: &Credentials,
) -> Result<Mechanism, Refusal> {
    let hush = Hush::of(credentials);
    persuade(connection, wish, credentials, &hush).map_err(|refusal| hush.refusal(refusal))
}

fn persuade(
    connection: &mut Connection,
    wish: &Wish,
    credentials: &Credentials,
    hush: &Hush,
) -> Result<Mechanism, Refusal> {
    let doing = format!("logging in as {} on {}", wish.user, connection.peer);
    let fault = |cause: String| Fault::new(Reach::Account, FaultKind::Login, doing.clone(), cause);
    let secrets = [&credentials.password, &credentials.token].into_iter().flatten().map(Secret::reveal);
    if secrets.chain([wish.user.as_str()]).any(|text| text.contains(['\0', '\r', '\n'])) {
        let cause = "the user name or the password holds a character that can't be sent".to_owned();
        return Err(Refusal { fault: fault(cause).advise("check them"), ask_again: true, by_token: false });
    }
    let can = (wish.identity.is_some(), connection.binding.is_some());
    let candidates = choice::candidates(&wish.mechanisms, &connection.capabilities, credentials, can);
    let Some(mut way) = candidates.first().copied() else {
        let cause = choice::nothing(&wish.mechanisms, &connection.capabilities);
        return Err(fault(cause).advise(advice(wish)).into());
    };
    loop {
        let outcome = attempt(connection, wish, credentials, way)?;
        match outcome {
            Outcome::In(said) => {
                settle(connection, said)?;
                return Ok(way);
            }
            Outcome::Off(cause) => {
                let advice = format!("if you trust the server, leave {way} out of auth_mechanisms");
                return Err(fault(cause).advise(advice).into());
            }
            Outcome::Refused(status, reason) => match choice::next(way, &candidates, wish.private) {
                Some(other) if may_help(&status) => way = other,
                _ => {
                    let reason = reason.map(|reason| hush.text(&reason));
                    return Err(refusal(&hush.status(status), reason, doing, way));
                }
            },
        }
    }
}

fn advice(wish: &Wish) -> &'static str {
    match (wish.private, wish.identity.is_some()) {
        (false, _) => "use ssl = yes or starttls = yes, since servers often offer more over an encrypted connection",
        (true, true) => "remote_identity needs PLAIN, SCRAM, OAUTHBEARER or GSSAPI; check auth_mechanisms",
        (true, false) => "check auth_mechanisms",
    }
}

/// How an attempt ended.
enum Outcome {
    /// Well; what the server said that it can do, if it did.
    In(Vec<String>),
    /// The server refused, and gave this reason in the course of the exchange.
    Refused(Status, Option<String>),
    /// We gave it up, for this reason.
    Off(String),
}

fn attempt(
    connection: &mut Connection,
    wish: &Wish,
    credentials: &Credentials,
    way: Mechanism,
) -> Result<Outcome, Refusal> {
    let secret = if way.takes_token() { &credentials.token } else { &credentials.password };
    let secret = secret.clone().unwrap_or_else(|| Secret::new(String::new()));
    let person = Person { user: &wish.user, identity: wish.identity.as_deref(), secret: secret.reveal() };
    let (host, binding) = (connection.peer.host.clone(), connection.binding.clone());
    let binds = choice::binds(way, &connection.capabilities) && binding.is_some();
    let place = Place { host: &host, port: wish.port, binding: binding.as_deref(), binds };
    let mut said = Vec::new();
    let outcome = match sasl::exchange(way, person, place) {
        Err(cause) => return Ok(Outcome::Off(cause)),
        Ok(None) => login(connection, person, &mut said).map(|status| Outcome::Refused(status, None)),
        Ok(Some(mut exchange)) => {
            let name = if binds { format!("{way}-PLUS") } else { way.name().to_owned() };
            authenticate(connection, &name, &mut *exchange, &mut said)
        }
    };
    let outcome = outcome.map_err(|trouble| connection.lost("logging in", &trouble))?;
    Ok(match outcome {
        Outcome::Refused(status, _) if status.word == Word::Ok => {
            if let Code::Capability(names) = status.code {
                said = names;
            }
            Outcome::In(said)
        }
        other => other,
    })
}

/// AUTHENTICATE (RFC 3501, section 6.2.2), with the first words at once where the server allows that (RFC 4959).
fn authenticate(
    connection: &mut Connection,
    name: &str,
    exchange: &mut dyn Exchange,
    said: &mut Vec<String>,
) -> Result<Outcome, Trouble> {
    let mut first = exchange.first();
    let at_once = first.take_if(|_| connection.capabilities.has("SASL-IR"));
    let tag = connection.begin(&format!("AUTHENTICATE {name}"))?;
    match at_once {
        Some(words) if words.is_empty() => connection.put_secret(b" =\r\n")?,
        Some(words) => connection.put_secret(&line(&[b" ", encode(&words).as_bytes()]))?,
        None => connection.put_secret(b"\r\n")?,
    }
    let mut off = None;
    loop {
        let challenge = match connection.wait_for_challenge(tag, &mut noting(said))? {
            Challenged::More(challenge) => challenge,
            Challenged::Ended(status) => return Ok(judge(status, exchange, off)),
        };
        let answer = match first.take() {
            Some(words) => Ok(words),
            None => STANDARD
                .decode(challenge)
                .map_err(|_| "the server's challenge makes no sense".to_owned())
                .and_then(|challenge| exchange.answer(&challenge)),
        };
        match answer.map(|words| encode(&words)) {
            Ok(words) if off.is_none() => connection.put_secret(&line(&[words.as_bytes()]))?,
            answer => {
                off = off.or(answer.err());
                connection.put_secret(b"*\r\n")?;
            }
        }
    }
}

/// What came of an exchange that the server has ended.
fn judge(status: Status, exchange: &dyn Exchange, off: Option<String>) -> Outcome {
    let doubt = if status.word == Word::Ok { exchange.proven().err() } else { None };
    match off.or(doubt) {
        Some(cause) => Outcome::Off(cause),
        None => Outcome::Refused(status, exchange.reason().map(str::to_owned)),
    }
}

/// LOGIN (RFC 3501, section 6.2.3), as literals where a quoted string can't carry the words.
fn login(connection: &mut Connection, person: Person<'_>, said: &mut Vec<String>) -> Result<Status, Trouble> {
    let (user, password) = (person.user, person.secret);
    let quoted = |text: &str| quote(text).filter(|_| text.is_ascii()).map(Zeroizing::new);
    let tag = connection.begin("LOGIN ")?;
    let mut rest = Vec::new();
    if let (Some(user), Some(password)) = (quoted(user), quoted(password)) {
        connection.put_secret(&line(&[user.as_bytes(), b" ", password.as_bytes()]))?;
    } else {
        rest.push(line(&[password.as_bytes()]));
        rest.push(line(&[user.as_bytes(), format!(" {{{}}}", password.len()).as_bytes()]));
        connection.put_secret(&line(&[format!("{{{}}}", user.len()).as_bytes()]))?;
    }
    loop {
        match connection.wait_for_challenge(tag, &mut noting(said))? {
            Challenged::Ended(status) => return Ok(status),
            Challenged::More(_) => connection.put_secret(&rest.pop().unwrap_or_else(|| line(&[])))?,
        }
    }
}

/// Notes what the server says that it can do.
fn noting(said: &mut Vec<String>) -> impl FnMut(Untagged) -> Result<(), Fault> {
    |untagged| {
        if let Untagged::Capability(names) = untagged {
            *said = names;
        }
        Ok(())
    }
}

fn encode(words: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(words))
}

/// A line of these parts, in a room of the right size, so that no piece of it is left behind where it grew.
fn line(parts: &[&[u8]]) -> Words {
    let mut line = Words::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum::<usize>() + 2));
    for part in parts.iter().chain([&b"\r\n".as_slice()]) {
        line.extend_from_slice(part);
    }
    line
}

/// Switches on what we use. `said` is what the server told that it can do, if it did.
pub(super) fn settle(connection: &mut Connection, said: Vec<String>) -> Result<(), Fault> {
    if said.is_empty() {
        ask_capabilities(connection)?;
    } else {
        connection.capabilities = said.into_iter().collect();
    }
    connection.logged_in().map_err(|trouble| connection.lost("logging in", &trouble))?;
    if connection.capabilities.has("QRESYNC") && connection.capabilities.has("ENABLE") {
        // Pipelined with what follows; whether it worked shows in how the server answers, which the reader copes with
        // either way.
        connection.send("ENABLE QRESYNC").map_err(|trouble| connection.lost("logging in", &trouble))?;
        connection.qresync = true;
    }
    Ok(())
}
