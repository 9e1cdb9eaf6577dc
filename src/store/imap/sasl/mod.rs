//! What is said to log in (SASL, RFC 4422): one exchange for each way to do it.
//!
//! An exchange knows nothing of IMAP. It gives its first words, where it begins, and an answer to each challenge; in the
//! end it says whether the server has proven what it had to prove.

mod cram;
#[cfg(feature = "gssapi")]
mod gssapi;
mod scram;

use zeroize::Zeroizing;

use crate::model::mechanism::Mechanism;

/// Bytes that are wiped when they go.
pub(super) type Words = Zeroizing<Vec<u8>>;

/// What a user is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person<'a> {
    /// The name whose password or token it is.
    pub(super) user: &'a str,
    /// The user to act as, when that is another one.
    pub(super) identity: Option<&'a str>,
    /// The password, or the token.
    pub(super) secret: &'a str,
}

/// Where it is said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The server's name.
    pub(super) host: &'a str,
    /// Its port.
    pub(super) port: u16,
    /// What only the two ends of this TLS connection know (RFC 5929, section 4), where there is one.
    pub(super) binding: Option<&'a [u8]>,
    /// Whether the server can tell that it is the same connection for both.
    pub(super) binds: bool,
}

/// One side of a conversation about who we are.
pub(super) trait Exchange {
    /// What we say first; `None` when the server begins.
    fn first(&mut self) -> Option<Words>;

    /// The answer to a challenge; or why there is none, and the attempt is off.
    fn answer(&mut self, challenge: &[u8]) -> Result<Words, String>;

    /// Whether the server has proven what it had to; or why that is doubtful. Asked when the server says that all is well.
    fn proven(&self) -> Result<(), String> {
        Ok(())
    }

    /// What the server gave as the reason for its refusal, in the course of the exchange.
    fn reason(&self) -> Option<&str> {
        None
    }
}

/// The exchange for `mechanism`; `None` for what isn't one. Or why it can't be begun.
pub(super) fn exchange(
    mechanism: Mechanism,
    person: Person<'_>,
    place: Place<'_>,
) -> Result<Option<Box<dyn Exchange>>, String> {
    Ok(Some(match mechanism {
        Mechanism::ScramSha256 => Box::new(scram::Scram::<sha2::Sha256>::new(person, place)?),
        Mechanism::ScramSha1 => Box::new(scram::Scram::<sha1::Sha1>::new(person, place)?),
        Mechanism::CramMd5 => Box::new(cram::Cram::new(person)),
        Mechanism::XOAuth2 => Box::new(Told::new(xoauth2(person), b"")),
        Mechanism::OAuthBearer => Box::new(Told::new(oauthbearer(person, place), b"\x01")),
        Mechanism::Plain => Box::new(Told::new(plain(person), b"")),
        #[cfg(feature = "gssapi")]
        Mechanism::Gssapi => Box::new(gssapi::Gssapi::new(person, place)?),
        #[cfg(not(feature = "gssapi"))]
        Mechanism::Gssapi => return Err("this program was built without GSSAPI".to_owned()),
        Mechanism::Login => return Ok(None),
    }))
}

/// Whether there is a Kerberos ticket that could be shown.
pub(super) fn has_ticket() -> bool {
    #[cfg(feature = "gssapi")]
    return gssapi::has_ticket();
    #[cfg(not(feature = "gssapi"))]
    false
}

/// PLAIN (RFC 4616, section 2).
fn plain(person: Person<'_>) -> Words {
    join(&[person.identity.unwrap_or_default(), "\0", person.user, "\0", person.secret])
}

/// Google's and Microsoft's own form of a token.
fn xoauth2(person: Person<'_>) -> Words {
    join(&["user=", person.user, "\x01auth=Bearer ", person.secret, "\x01\x01"])
}

/// A token as RFC 7628, section 3.1 has it.
fn oauthbearer(person: Person<'_>, place: Place<'_>) -> Words {
    let user = escape(person.identity.unwrap_or(person.user));
    let port = place.port.to_string();
    join(&["n,a=", &user, ",\x01host=", place.host, "\x01port=", &port, "\x01auth=Bearer ", person.secret, "\x01\x01"])
}

/// Joined in a room of the right size, so that no piece is left behind where it grew.
fn join(parts: &[&str]) -> Words {
    let mut words = Words::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        words.extend_from_slice(part.as_bytes());
    }
    words
}

/// A name as `saslname` writes it (RFC 5801, section 4).
fn escape(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// All is said at once. A challenge is the reason for a refusal, and is answered so that the refusal comes.
struct Told {
    words: Words,
    last: &'static [u8],
    reason: Option<String>,
}

impl Told {
    fn new(words: Words, last: &'static [u8]) -> Self {
        Self { words, last, reason: None }
    }
}

impl Exchange for Told {
    fn first(&mut self) -> Option<Words> {
        Some(std::mem::take(&mut self.words))
    }

    fn answer(&mut self, challenge: &[u8]) -> Result<Words, String> {
        let again = self.reason.replace(String::from_utf8_lossy(challenge).into_owned()).is_some();
        if again {
            Err("the server asks for more than was promised".to_owned())
        } else {
            Ok(Words::new(self.last.to_vec()))
        }
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref().filter(|reason| !reason.is_empty())
    }
}

#[cfg(test)]
mod tests;
