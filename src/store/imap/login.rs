//! Logs a user in (RFC 3501, section 6.2), by way of the imap crate.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::connect::ask_capabilities;
use super::connection::Connection;
use super::peer::Peer;
use super::reader::Trouble;
use super::wire::Wire;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::question::Secret;

type Attempt = Result<imap::Session<Wire>, Box<imap::Error>>;

/// Logs in and learns what the server can do for this user. A refusal is a fault of kind `Login` whose cause is what
/// the server said.
pub(super) fn log_in(connection: &mut Connection, user: &str, password: &Secret) -> Result<(), Fault> {
    if connection.capabilities.has("LOGINDISABLED") {
        return Err(Fault::new(
            Reach::Account,
            FaultKind::Login,
            format!("logging in as {user} on {}", connection.peer),
            "the server takes no password over this connection",
        )
        .advise("use ssl = yes or starttls = yes"));
    }
    let client = imap::Client::new(connection.wire());
    let plain = connection.capabilities.has("AUTH=PLAIN");
    let at_once = connection.capabilities.has("SASL-IR");
    let attempt = catch_unwind(AssertUnwindSafe(|| -> Attempt {
        if plain {
            authenticate_plain(client, user, password, at_once)
        } else {
            client.login(user, password.reveal()).map_err(|failed| Box::new(failed.0))
        }
    }));
    match attempt {
        Ok(Ok(session)) => connection.logged_in(session),
        Ok(Err(error)) => return Err(explain(&error, user, connection)),
        Err(_) => {
            let trouble = Trouble::Nonsense("an answer that the protocol has no place for".into());
            return Err(connection.lost("logging in", &trouble));
        }
    }
    settle(connection)
}

/// Learns what the server can do now, and switches on what we use.
pub(super) fn settle(connection: &mut Connection) -> Result<(), Fault> {
    ask_capabilities(connection)?;
    if connection.capabilities.has("QRESYNC") && connection.capabilities.has("ENABLE") {
        // Pipelined with what follows; whether it worked shows in how the server answers, which the reader copes with
        // either way.
        connection.send("ENABLE QRESYNC").map_err(|trouble| connection.lost("logging in", &trouble))?;
        connection.qresync = true;
    }
    Ok(())
}

struct Plain(Zeroizing<String>);

impl imap::Authenticator for Plain {
    type Response = Zeroizing<String>;

    fn process(&self, _challenge: &[u8]) -> Self::Response {
        self.0.clone()
    }
}

/// PLAIN (RFC 4616), with its initial response where the server allows one (RFC 4959).
fn authenticate_plain(client: imap::Client<Wire>, user: &str, password: &Secret, at_once: bool) -> Attempt {
    let words = Plain(Zeroizing::new(format!("\0{user}\0{}", password.reveal())));
    if at_once {
        let first = Zeroizing::new(format!("PLAIN {}", STANDARD.encode(words.0.as_bytes())));
        client.authenticate(first.as_str(), &words).map_err(|failed| Box::new(failed.0))
    } else {
        client.authenticate("PLAIN", &words).map_err(|failed| Box::new(failed.0))
    }
}

fn explain(error: &imap::Error, user: &str, connection: &Connection) -> Fault {
    let refusal = match error {
        imap::Error::No(no) => no.to_string(),
        imap::Error::Bad(bad) => bad.to_string(),
        imap::Error::Validate(_) => "the user name or the password holds a character that can't be sent".into(),
        imap::Error::Io(io) => return lost(connection, &io.to_string()),
        imap::Error::ConnectionLost => return lost(connection, "the server closed the connection"),
        other => return lost(connection, &other.to_string()),
    };
    login_refused(user, &connection.peer, &refusal)
}

fn login_refused(user: &str, peer: &Peer, words: &str) -> Fault {
    Fault::new(
        Reach::Account,
        FaultKind::Login,
        format!("logging in as {user} on {peer}"),
        format!("the server says: {words}"),
    )
    .advise("check remoteuser and the password")
}

fn lost(connection: &Connection, cause: &str) -> Fault {
    Fault::new(Reach::Account, FaultKind::Network, format!("logging in on {}", connection.peer), cause)
}
