//! Logs a user in (RFC 3501, section 6.2), and learns what the server can do for that user.
//!
//! Spoken by our own engine: what the server says on this occasion is passed over where it isn't understood, its
//! capabilities are taken from the answer (RFC 3501, section 7.1) without asking once more, and a server that asks for more
//! than was promised is told that the attempt is off.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::connect::ask_capabilities;
use super::connection::{Connection, is_passing, quote, refused};
use super::reader::Trouble;
use super::response::Untagged;
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::question::Secret;

type Words = Zeroizing<String>;

/// Logs in and learns what the server can do for this user. A refusal is a fault of kind `Login` whose cause is what
/// the server said.
pub(super) fn log_in(connection: &mut Connection, user: &str, password: &Secret) -> Result<(), Fault> {
    let doing = format!("logging in as {user} on {}", connection.peer);
    if connection.capabilities.has("LOGINDISABLED") {
        let cause = "the server takes no password over this connection";
        return Err(
            Fault::new(Reach::Account, FaultKind::Login, doing, cause).advise("use ssl = yes or starttls = yes")
        );
    }
    if [user, password.reveal()].iter().any(|text| text.contains('\0')) {
        let cause = "the user name or the password holds a character that can't be sent";
        return Err(Fault::new(Reach::Account, FaultKind::Login, doing, cause).advise("check them"));
    }
    let (command, answers) = if connection.capabilities.has("AUTH=PLAIN") {
        plain(user, password, connection.capabilities.has("SASL-IR"))
    } else {
        login(user, password)
    };
    let mut said = Vec::new();
    let status = converse(connection, &command, answers, &mut said);
    let status = status.map_err(|trouble| connection.lost("logging in", &trouble))?;
    if status.word != Word::Ok {
        let mut fault = refused(&status, Reach::Account, doing);
        if !is_passing(&status) {
            fault.kind = FaultKind::Login;
            fault = fault.advise("check remoteuser and the password");
        }
        return Err(fault);
    }
    if let Code::Capability(names) = status.code {
        said = names;
    }
    settle(connection, said)
}

/// PLAIN (RFC 4616), with its initial response where the server allows one (RFC 4959).
fn plain(user: &str, password: &Secret, at_once: bool) -> (Words, Vec<Words>) {
    let words = Zeroizing::new(format!("\0{user}\0{}", password.reveal()));
    let words = Zeroizing::new(STANDARD.encode(words.as_bytes()));
    if at_once {
        (Zeroizing::new(format!("AUTHENTICATE PLAIN {}", *words)), Vec::new())
    } else {
        (Zeroizing::new("AUTHENTICATE PLAIN".to_owned()), vec![words])
    }
}

/// LOGIN (RFC 3501, section 6.2.3), as literals where a quoted string can't carry the words.
fn login(user: &str, password: &Secret) -> (Words, Vec<Words>) {
    let password = password.reveal();
    let quoted = |text: &str| quote(text).filter(|_| text.is_ascii()).map(Zeroizing::new);
    if let (Some(user), Some(password)) = (quoted(user), quoted(password)) {
        return (Zeroizing::new(format!("LOGIN {} {}", *user, *password)), Vec::new());
    }
    let first = Zeroizing::new(format!("LOGIN {{{}}}", user.len()));
    let second = Zeroizing::new(format!("{user} {{{}}}", password.len()));
    (first, vec![second, Zeroizing::new(password.to_owned())])
}

/// Sends a command, and an answer each time the server asks for more; when there is none left, that the attempt is off.
fn converse(
    connection: &mut Connection,
    command: &str,
    answers: Vec<Words>,
    said: &mut Vec<String>,
) -> Result<Status, Trouble> {
    let mut note = |untagged: Untagged| {
        if let Untagged::Capability(names) = untagged {
            *said = names;
        }
        Ok(())
    };
    let tag = connection.begin("")?;
    connection.put_secret(&line(command))?;
    let mut answers = answers.into_iter();
    loop {
        if let Some(status) = connection.wait_for_go_ahead(tag, &mut note)? {
            return Ok(status);
        }
        let answer = answers.next().unwrap_or_else(|| Zeroizing::new("*".to_owned()));
        connection.put_secret(&line(&answer))?;
    }
}

fn line(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([text.as_bytes(), b"\r\n"].concat())
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
