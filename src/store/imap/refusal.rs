//! What a server's refusal means.

use super::status::{Code, Status};
use crate::model::fault::{Fault, FaultKind, Reach};

/// Codes of refusals that pass (RFC 5530, section 3).
const PASSING: [&str; 5] = ["UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "SERVERBUG"];

/// Whether a refusal passes by itself.
pub(super) fn is_passing(status: &Status) -> bool {
    matches!(&status.code, Code::Other(code) if PASSING.contains(&code.as_str()))
}

/// A status that isn't OK, as a fault.
pub(super) fn refused(status: &Status, reach: Reach, doing: String) -> Fault {
    let words = if status.text.is_empty() { "no reason given".to_owned() } else { status.text.clone() };
    let code = match &status.code {
        Code::Other(code) => format!("[{code}] "),
        _ => String::new(),
    };
    let kind = if is_passing(status) { FaultKind::Busy } else { FaultKind::Server };
    Fault::new(reach, kind, doing, format!("the server says: {code}{words}"))
}
