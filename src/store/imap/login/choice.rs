//! Which ways to log in come into question, and which one is next when one was refused.

use super::Credentials;
use crate::model::mechanism::Mechanism;
use crate::store::imap::peer::Capabilities;

/// Whether `mechanism` may also cover the TLS connection with its proof, as this server offers it.
pub(super) fn binds(mechanism: Mechanism, offered: &Capabilities) -> bool {
    offered.has(&format!("AUTH={mechanism}-PLUS"))
}

/// What comes into question, in order: what is wanted, offered, and can be done with what we have.
pub(super) fn candidates(
    wanted: &[Mechanism],
    offered: &Capabilities,
    credentials: &Credentials,
    (identity, bound): (bool, bool),
) -> Vec<Mechanism> {
    let is_offered = |mechanism: Mechanism| match mechanism {
        Mechanism::Login => !offered.has("LOGINDISABLED"),
        _ => offered.has(&format!("AUTH={mechanism}")) || (bound && binds(mechanism, offered)),
    };
    let is_possible = |mechanism: Mechanism| match mechanism {
        Mechanism::Gssapi => credentials.ticket,
        _ if mechanism.takes_token() => credentials.token.is_some(),
        _ => credentials.password.is_some(),
    };
    let fits = |mechanism: &Mechanism| {
        is_offered(*mechanism) && is_possible(*mechanism) && (!identity || mechanism.takes_identity())
    };
    let mut found: Vec<Mechanism> = wanted.iter().copied().filter(fits).collect();
    // What has worked before is as good as any.
    found.sort_by_key(|mechanism| Some(*mechanism) != credentials.way);
    found
}

/// What is tried when the server has refused `refused`. A challenge needs a server that keeps the password in a form for
/// it; where it doesn't, the password itself is shown, as long as nobody in between can read it. Nothing else is tried, for
/// servers lock users out who are refused too often.
pub(super) fn next(refused: Mechanism, candidates: &[Mechanism], private: bool) -> Option<Mechanism> {
    let challenge = !refused.reveals_password() && !refused.takes_token();
    if !challenge || !private {
        return None;
    }
    candidates.iter().copied().find(|mechanism| mechanism.reveals_password())
}

/// Why nothing comes into question: what is offered, and what is allowed.
pub(super) fn nothing(wanted: &[Mechanism], offered: &Capabilities) -> String {
    let mut there: Vec<&str> = offered.with_prefix("AUTH=").collect();
    if !offered.has("LOGINDISABLED") {
        there.push(Mechanism::Login.name());
    }
    let there = if there.is_empty() { "no way to log in".to_owned() } else { there.join(", ") };
    let allowed: Vec<&str> = wanted.iter().map(|mechanism| mechanism.name()).collect();
    format!("the server offers {there}, and none of it can be used; allowed are {}", allowed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::question::Secret;

    fn offered(names: &str) -> Capabilities {
        names.split_whitespace().map(str::to_owned).collect()
    }

    fn with(password: bool, token: bool, way: Option<Mechanism>) -> Credentials {
        let secret = |there: bool| there.then(|| Secret::new("x".into()));
        Credentials { password: secret(password), token: secret(token), ticket: false, way }
    }

    /// What the server offers, what we have, whether we act for another and have a bound connection, and what is tried.
    type Case<'a> = (&'a str, Credentials, (bool, bool), &'a [Mechanism]);

    #[test]
    fn what_is_offered_and_possible_comes_in_the_order_that_is_wanted() {
        use Mechanism::{CramMd5, Login, OAuthBearer, Plain, ScramSha1, ScramSha256, XOAuth2};
        let all = "AUTH=PLAIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=XOAUTH2 AUTH=OAUTHBEARER";
        let password = with(true, false, None);
        let table: &[Case<'_>] = &[
            (all, password.clone(), (false, false), &[ScramSha256, ScramSha1, CramMd5, Plain, Login]),
            (all, with(false, true, None), (false, false), &[XOAuth2, OAuthBearer]),
            (all, with(true, true, None), (true, false), &[ScramSha256, ScramSha1, OAuthBearer, Plain]),
            (all, with(true, false, Some(Plain)), (false, false), &[Plain, ScramSha256, ScramSha1, CramMd5, Login]),
            (all, with(false, false, None), (false, false), &[]),
            ("", password.clone(), (false, false), &[Login]),
            ("LOGINDISABLED", password.clone(), (false, false), &[]),
            ("LOGINDISABLED AUTH=CRAM-MD5", password.clone(), (false, false), &[CramMd5]),
            ("AUTH=SCRAM-SHA-256-PLUS LOGINDISABLED", password.clone(), (false, false), &[]),
            ("AUTH=SCRAM-SHA-256-PLUS LOGINDISABLED", password, (false, true), &[ScramSha256]),
        ];
        for (names, credentials, can, wanted) in table {
            let found = candidates(&Mechanism::ALL, &offered(names), credentials, *can);
            assert_eq!(found, *wanted, "{names} {credentials:?} {can:?}");
        }
        let found = candidates(&[Plain, CramMd5], &offered(all), &with(true, false, None), (false, false));
        assert_eq!(found, [Plain, CramMd5]);
    }

    #[test]
    fn only_a_refused_challenge_makes_us_show_the_password_and_only_where_nobody_listens() {
        use Mechanism::{CramMd5, Login, Plain, ScramSha1, ScramSha256, XOAuth2};
        let all = [ScramSha256, ScramSha1, CramMd5, Plain, Login];
        for (refused, private, wanted) in [
            (ScramSha256, true, Some(Plain)),
            (CramMd5, true, Some(Plain)),
            (CramMd5, false, None),
            (Plain, true, None),
            (Login, true, None),
            (XOAuth2, true, None),
        ] {
            assert_eq!(next(refused, &all, private), wanted, "{refused} {private}");
        }
        assert_eq!(next(ScramSha256, &[ScramSha256, ScramSha1], true), None);
    }
}
