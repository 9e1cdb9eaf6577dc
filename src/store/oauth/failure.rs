//! Why there is no token, and what to do about it.

use crate::model::fault::{Fault, FaultKind, Reach};

/// Characters of the service's own explanation that are shown.
const LONGEST: usize = 200;

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// What we showed in order to get a token is not, or no more, accepted (`invalid_grant`).
    InvalidGrant,
    /// The service doesn't know us (`invalid_client`).
    InvalidClient,
    /// We may not ask in this way (`unauthorized_client`).
    UnauthorizedClient,
    /// There is no such permission (`invalid_scope`).
    InvalidScope,
    /// The service doesn't understand what we ask for.
    InvalidRequest,
    /// The person said no (`access_denied`).
    AccessDenied,
    /// The person hasn't said anything yet (`authorization_pending`).
    Pending,
    /// The same, and we ask too often (`slow_down`).
    SlowDown,
    /// The person said nothing for too long (`expired_token`).
    Expired,
    /// The service can't do it now.
    Busy,
    /// The service gave another error.
    Unknown,
    /// The service can't be reached, or the connection was lost.
    Network,
    /// TLS failed, or the certificate is refused.
    Tls,
    /// What the service says makes no sense.
    Nonsense,
}

/// The errors of RFC 6749, sections 4.1.2.1 and 5.2, and of RFC 8628, section 3.5, with what they mean.
const CODES: [(&str, Error, &str); 13] = [
    (
        "invalid_grant",
        Error::InvalidGrant,
        "the token service doesn't accept the permission, which may have run out or been taken back",
    ),
    ("invalid_client", Error::InvalidClient, "the token service doesn't know this client, or refuses its secret"),
    ("unauthorized_client", Error::UnauthorizedClient, "the token service doesn't let this client ask in this way"),
    ("invalid_scope", Error::InvalidScope, "the token service doesn't give the permission that is asked for"),
    ("invalid_request", Error::InvalidRequest, "the token service misses something in what it is asked"),
    ("unsupported_grant_type", Error::InvalidRequest, "the token service gives no tokens in this way"),
    ("unsupported_response_type", Error::InvalidRequest, "the token service asks for no permission in this way"),
    ("access_denied", Error::AccessDenied, "the permission was denied"),
    ("authorization_pending", Error::Pending, "nobody has given the permission yet"),
    ("slow_down", Error::SlowDown, "the token service is asked too often"),
    ("expired_token", Error::Expired, "nobody gave the permission in time"),
    ("server_error", Error::Busy, "something is wrong with the token service"),
    ("temporarily_unavailable", Error::Busy, "the token service is too busy"),
];

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its kind.
    pub error: Error,
    /// What went wrong, for a person.
    pub cause: String,
}

impl Failure {
    pub(super) fn new(error: Error, cause: impl Into<String>) -> Self {
        Self { error, cause: cause.into() }
    }

    /// What the service called `code`, with its own explanation. Neither may hold a secret.
    pub(super) fn refused(code: &str, said: &str) -> Self {
        let known = CODES.iter().find(|(name, ..)| *name == code);
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let (error, mut cause) = match known {
            Some((_, error, meaning)) => (*error, (*meaning).to_owned()),
            None => (Error::Unknown, format!("the token service refuses with the error {}", short(code))),
        };
        if !said.is_empty() {
            cause = format!("{cause} (it says: {})", short(said));
        }
        Self { error, cause }
    }

    /// The whole fault, while `doing` something for this account.
    pub fn fault(&self, doing: String, account: &str) -> Fault {
        let kind = match self.error {
            Error::Network => FaultKind::Network,
            Error::Tls => FaultKind::Tls,
            Error::Busy | Error::Pending | Error::SlowDown => FaultKind::Busy,
            Error::Nonsense => FaultKind::Server,
            _ => FaultKind::Login,
        };
        Fault::new(Reach::Account, kind, doing, &self.cause).advise(self.advice(account))
    }

    fn advice(&self, account: &str) -> String {
        let again = login_command(account);
        match self.error {
            Error::InvalidGrant | Error::Unknown => format!("give the permission again with {again}"),
            Error::InvalidClient => format!("check oauth2_client_id and oauth2_client_secret, then run {again}"),
            Error::UnauthorizedClient => format!("check what the client is registered for, then run {again}"),
            Error::InvalidScope => format!("check oauth2_scope, then run {again}"),
            Error::InvalidRequest => format!("check the oauth2_ options, then run {again}"),
            Error::AccessDenied => format!("run {again} again, and agree"),
            Error::Expired => format!("run {again} again"),
            Error::Pending | Error::SlowDown | Error::Busy => "try again later".to_owned(),
            Error::Network => "check the network and oauth2_request_url".to_owned(),
            Error::Tls => "check oauth2_request_url and the system's certificates".to_owned(),
            Error::Nonsense => "check oauth2_request_url".to_owned(),
        }
    }
}

/// What a person types to give the permission.
pub fn login_command(account: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.@+".contains(c);
    if account.chars().all(plain) {
        format!("blinkensync --oauth2-login {account}")
    } else {
        format!("blinkensync --oauth2-login '{}'", account.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_is_a_sentence_that_says_what_to_do() {
        for (code, ..) in CODES.iter().chain([&("odd_code", Error::Unknown, "")]) {
            let fault = Failure::refused(code, "so it is").fault("getting a token".into(), "my mail").to_string();
            assert!(fault.contains("(it says: so it is); "), "{fault}");
            let later = fault.ends_with("try again later");
            assert!(later || fault.contains("blinkensync --oauth2-login 'my mail'"), "{fault}");
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again_without_a_person() {
        let kind = |error| Failure::new(error, "x").fault(String::new(), "a").kind;
        assert_eq!(kind(Error::Network), FaultKind::Network);
        assert_eq!(kind(Error::Busy), FaultKind::Busy);
        for error in [Error::InvalidGrant, Error::InvalidClient, Error::Unknown, Error::AccessDenied] {
            assert_eq!(kind(error), FaultKind::Login, "{error:?}");
        }
    }

    #[test]
    fn a_long_explanation_is_cut() {
        let failure = Failure::refused(&"c".repeat(5000), &"ü".repeat(5000));
        assert!(failure.cause.chars().count() < 500);
    }
}
