//! What is said about a certificate that is refused: why, what it is, and what to write to trust it all the same.

use chrono::DateTime;

use super::super::certificate::{Certificate, Words};
use crate::config::settings::{Roots, TlsSettings};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::fingerprint::{Digest, Fingerprint};

/// Characters of each name that are shown.
const LONGEST: usize = 60;
/// Names of servers that are shown.
const NAMES: usize = 3;

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Why {
    /// Its time is over, or that of somebody who vouches for it.
    Expired,
    /// Its time has not come yet.
    NotYet,
    /// It is for another server.
    OtherName,
    /// Nobody but itself vouches for it.
    SelfSigned,
    /// Nobody vouches for it who is trusted.
    Unknown,
    /// It has none of the fingerprints that are asked for.
    OtherFingerprint,
    /// Something rare, in the library's words.
    Other(String),
}

impl Why {
    /// What the library's words mean.
    pub(super) fn of(words: &str) -> Self {
        let has = |sign: &str| words.contains(sign);
        match words {
            "self-signed certificate" | "self signed certificate" => Self::SelfSigned,
            _ if has("has expired") => Self::Expired,
            _ if has("not yet valid") => Self::NotYet,
            _ if has("mismatch") => Self::OtherName,
            _ if has("issuer certificate") || has("first certificate") || has("in certificate chain") => Self::Unknown,
            _ => Self::Other(words.to_owned()),
        }
    }

    pub(super) fn cause(&self) -> &str {
        match self {
            Self::Expired => "it has expired, or one of those that vouch for it has",
            Self::NotYet => "it is not valid yet",
            Self::OtherName => "it is for another server",
            Self::SelfSigned => "nobody but itself vouches for it (self-signed)",
            Self::Unknown => "no authority that is trusted here vouches for it",
            Self::OtherFingerprint => "it is none of those that cert_fingerprint names",
            Self::Other(words) => words,
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Expired => "ask the provider to renew it, and check this machine's clock",
            Self::NotYet => "check this machine's clock",
            Self::OtherName => "check remotehost",
            Self::SelfSigned | Self::Unknown => {
                "if you trust its authority, set sslcacertfile to the authority's certificate"
            }
            Self::OtherFingerprint | Self::Other(_) => "ask the provider about it",
        }
    }
}

/// A refusal as a fault; `certificate` is what the server has shown, if it could be looked at.
pub(super) fn fault(doing: String, why: &Why, certificate: Option<&Certificate>, settings: &TlsSettings) -> Fault {
    let about = certificate.and_then(|certificate| certificate.words.as_ref()).map(describe).unwrap_or_default();
    let cause = format!("the server's certificate is refused: {}{about}", why.cause());
    let trust = certificate.map(|certificate| trust(why, certificate, settings)).unwrap_or_default();
    let advice = format!("nothing was sent; {}{trust}", why.advice());
    Fault::new(Reach::Account, FaultKind::Tls, doing, cause).advise(advice)
}

fn describe(words: &Words) -> String {
    let names = if words.names.is_empty() { "none".to_owned() } else { listed(&words.names) };
    format!(
        " (valid from {} until {} UTC; names {names}; subject {}; issuer {})",
        day(words.from),
        day(words.until),
        short(&words.subject),
        short(&words.issuer)
    )
}

/// The line that makes this very certificate good enough.
fn trust(why: &Why, certificate: &Certificate, settings: &TlsSettings) -> String {
    let how = match (why, &settings.roots) {
        (Why::OtherFingerprint, _) => "change the line to its SHA-256",
        (_, Roots::Unsaid) => "add its SHA-256",
        _ => "write its SHA-256 in place of sslcacertfile",
    };
    let fingerprint = Fingerprint { digest: Digest::Sha256, bytes: certificate.sha256.to_vec() };
    format!("; if you are sure that it is the right one, {how}: cert_fingerprint = {fingerprint}")
}

pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| short(name)).collect();
    let more = names.len().saturating_sub(NAMES);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &rest
}

pub(super) fn short(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((place, _)) => format!("{}…", &name[..place]),
        None if name.is_empty() => "nobody".to_owned(),
        None => name.to_owned(),
    }
}

pub(super) fn day(seconds: u64) -> String {
    let date = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    date.map_or_else(|| "an unknown day".to_owned(), |date| date.format("%Y-%m-%d %H:%M").to_string())
}
