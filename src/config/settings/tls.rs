//! How connections are protected, and what TLS connections are made with.

use std::path::PathBuf;

use crate::model::fingerprint::Fingerprint;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, required.
    StartTls,
    /// Neither; written down as `ssl = no` and `starttls = no`.
    None,
}

/// What a server has to prove, and what we show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// Who may vouch for the server's certificate.
    pub roots: Roots,
    /// The only certificates that are accepted; all without any.
    pub fingerprints: Vec<Fingerprint>,
    /// The certificate that shows who we are.
    pub client: Option<ClientCertificate>,
    /// The oldest version that is spoken.
    pub least: TlsVersion,
}

impl TlsSettings {
    /// Whether the fingerprints decide by themselves, because nobody was named who could vouch for a certificate.
    pub fn fingerprints_decide(&self) -> bool {
        !self.fingerprints.is_empty() && self.roots == Roots::Unsaid
    }
}

/// Who may vouch for a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Roots {
    /// Nothing is written down: those whom the system trusts, unless there are fingerprints.
    #[default]
    Unsaid,
    /// Those whom the system trusts, as it is written down.
    System,
    /// Those whose certificates are in this file.
    File(PathBuf),
}

/// A certificate of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The file that it is in.
    pub certificate: PathBuf,
    /// The file that its key is in; the same one without.
    pub key: Option<PathBuf>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2, the oldest that is still thought safe (RFC 8996).
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}
