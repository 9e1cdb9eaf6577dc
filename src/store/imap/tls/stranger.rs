//! Servers that nobody vouches for, and that a person may want to trust all the same.

use super::super::certificate::{Certificate, Words};
use super::refused::{Why, day, listed, short};
use crate::config::settings::{Roots, TlsSettings};
use crate::model::fingerprint::{Digest, Fingerprint};

/// A server whose certificate is refused for a reason that a person may know to be none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Why it is refused, as a sentence.
    pub reason: String,
    /// What the certificate says, and what it can be compared by: a line each.
    pub lines: Vec<String>,
    /// The certificate's fingerprint.
    pub fingerprint: Fingerprint,
}

impl Stranger {
    /// The server that has shown this certificate; `None` where nobody may be asked about it. Who has written down which
    /// certificates or authorities are good enough has answered already, and what is wrong in a rarer way, as with one that was
    /// revoked or is too weak, is not for a person to overlook.
    pub(super) fn of(why: &Why, certificate: &Certificate, settings: &TlsSettings) -> Option<Self> {
        let is_open = settings.fingerprints.is_empty() && settings.roots == Roots::Unsaid;
        let is_common = match why {
            Why::Expired | Why::NotYet | Why::OtherName | Why::SelfSigned | Why::Unknown => true,
            Why::OtherFingerprint | Why::Other(_) => false,
        };
        if !is_open || !is_common {
            return None;
        }
        let fingerprint = Fingerprint { digest: Digest::Sha256, bytes: certificate.sha256.to_vec() };
        let mut lines = certificate.words.as_ref().map(lines).unwrap_or_default();
        lines.push(format!("SHA-256 {fingerprint}"));
        Some(Self { reason: sentence(why.cause()), lines, fingerprint })
    }

    /// The line for the configuration by which exactly this certificate is good enough.
    pub fn pin(&self) -> String {
        format!("cert_fingerprint = {}", self.fingerprint)
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str() + ".").unwrap_or_default()
}

fn lines(words: &Words) -> Vec<String> {
    let names = if words.names.is_empty() { "no server".to_owned() } else { listed(&words.names) };
    vec![
        format!("for {names}"),
        format!("subject {}", short(&words.subject)),
        format!("issuer {}", short(&words.issuer)),
        format!("valid from {} until {} UTC", day(words.from), day(words.until)),
    ]
}
