//! The ways to tell a server who one is, by their registered names (RFC 4422).

use std::fmt;

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// Kerberos (RFC 4752).
    Gssapi,
    /// A proof that both sides know the password, which isn't sent (RFC 7677).
    ScramSha256,
    /// The same with the older digest (RFC 5802).
    ScramSha1,
    /// A proof that we know the password (RFC 2195).
    CramMd5,
    /// A token, as Google and Microsoft introduced it.
    XOAuth2,
    /// A token (RFC 7628).
    OAuthBearer,
    /// The password itself (RFC 4616).
    Plain,
    /// The password itself, by IMAP's own command (RFC 3501, section 6.2.3).
    Login,
}

impl Mechanism {
    /// All of them, in the order in which they are tried when nothing is said.
    pub const ALL: [Self; 8] = [
        Self::Gssapi,
        Self::ScramSha256,
        Self::ScramSha1,
        Self::XOAuth2,
        Self::OAuthBearer,
        Self::CramMd5,
        Self::Plain,
        Self::Login,
    ];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gssapi => "GSSAPI",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::CramMd5 => "CRAM-MD5",
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// The one of this name, in letters of any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether it shows a token instead of a password.
    pub fn takes_token(self) -> bool {
        matches!(self, Self::XOAuth2 | Self::OAuthBearer)
    }

    /// Whether the password itself travels.
    pub fn reveals_password(self) -> bool {
        matches!(self, Self::Plain | Self::Login)
    }

    /// Whether it can say that one user acts as another.
    pub fn takes_identity(self) -> bool {
        !matches!(self, Self::CramMd5 | Self::XOAuth2 | Self::Login)
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_name() {
        for mechanism in Mechanism::ALL {
            assert_eq!(Mechanism::named(&mechanism.name().to_lowercase()), Some(mechanism));
        }
        assert_eq!(Mechanism::named("DIGEST-MD5"), None);
    }
}
