//! What a server's refusal means.

use super::status::{Code, Status};
use crate::model::fault::{Fault, FaultKind, Reach};

/// Codes of refusals that pass (RFC 5530, section 3), and what Gmail says to those who ask for too much.
const PASSING: [&str; 6] = ["UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "SERVERBUG", "THROTTLED"];

/// Whether a refusal passes by itself.
pub(super) fn is_passing(status: &Status) -> bool {
    matches!(&status.code, Code::Other(code) if PASSING.contains(&code.as_str())) || is_full(&status.text)
}

/// Whether these words are about too many connections. Servers that have no code for it say it in their own way: "Too many
/// simultaneous connections", "Maximum number of connections exceeded", "Connection limit reached".
fn is_full(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let has = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
    has(&["connection", "session"]) && has(&["too many", "maximum", "limit", "simultaneous", "concurrent"])
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

#[cfg(test)]
mod tests {
    use super::super::status::Word;
    use super::*;

    #[test]
    fn too_many_connections_are_no_wrong_password() {
        for (code, text, passing) in [
            ("UNAVAILABLE", "try later", true),
            ("LIMIT", "so many", true),
            ("OVERQUOTA", "Account exceeded command or bandwidth limits. (Failure)", true),
            ("THROTTLED", "(Success)", true),
            ("ALERT", "Too many simultaneous connections. (Failure)", true),
            ("", "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=1)", true),
            ("", "Error: Connection limit reached", true),
            ("ALERT", "Invalid credentials (Failure)", false),
            ("", "Too many login failures", false),
            ("", "LOGIN failed", false),
        ] {
            let code = if code.is_empty() { Code::None } else { Code::Other(code.to_owned()) };
            let status = Status { word: Word::No, code, text: text.to_owned() };
            assert_eq!(is_passing(&status), passing, "{text}");
        }
    }
}
