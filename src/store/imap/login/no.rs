//! A server that doesn't let somebody in, and what may change its mind.

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::mechanism::Mechanism;
use crate::store::imap::refusal::{is_passing, refused};
use crate::store::imap::status::{Code, Status};

/// Why nobody was logged in.
#[derive(Debug)]
pub struct Refusal {
    /// In words. Its kind is [`Login`](FaultKind::Login) when the server refuses the user.
    pub fault: Fault,
    /// Whether another password, or a newer token, might do.
    pub ask_again: bool,
    /// Whether it was a token that was shown.
    pub by_token: bool,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, ask_again: false, by_token: false }
    }
}

/// Codes of refusals that no other password changes (RFC 5530, section 3).
const FINAL: [&str; 3] = ["AUTHORIZATIONFAILED", "PRIVACYREQUIRED", "CONTACTADMIN"];

/// Whether another way, or another password, may change the server's mind.
pub(super) fn may_help(status: &Status) -> bool {
    let last = matches!(&status.code, Code::Other(code) if FINAL.contains(&code.as_str()));
    !last && !is_passing(status)
}

/// What the status of a refusal, and the reason given in the course of the exchange, mean.
pub(super) fn refusal(status: &Status, reason: Option<String>, doing: String, way: Mechanism) -> Refusal {
    let mut fault = refused(status, Reach::Account, doing);
    if is_passing(status) {
        return fault.into();
    }
    if let Some(reason) = reason {
        fault.cause = format!("{} ({reason})", fault.cause);
    }
    fault.kind = FaultKind::Login;
    let by_token = way.takes_token();
    let advice = if by_token { "check remoteuser and the token" } else { "check remoteuser and the password" };
    Refusal { fault: fault.advise(advice), ask_again: may_help(status), by_token }
}
