//! TLS: who the server has to be, and what is said when it isn't.
//!
//! Without fingerprints, an authority that is trusted has to vouch for the certificate and for the server's name. With
//! fingerprints alone, they decide, and nothing else counts. With fingerprints and `sslcacertfile`, both have to hold. All of
//! this is settled before the first byte of ours is sent.

mod connector;
mod identity;
mod refused;
mod socket;
mod stranger;
mod words;

use std::net::TcpStream;
use std::time::Duration;

use native_tls::{HandshakeError, TlsConnector, TlsStream};
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::certificate::Certificate;
use super::peer::Peer;
use crate::config::settings::ImapSettings;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::fingerprint::{Digest, Fingerprint};
pub(super) use refused::Why;
pub(super) use socket::Patient;
pub use stranger::Stranger;
pub(super) use words::plainly;

/// Something in the configuration that TLS can't work with.
struct Flaw {
    cause: String,
    advice: String,
}

impl Flaw {
    fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), advice: String::new() }
    }

    fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), ..self }
    }
}

/// The way in which connections to one server are protected.
pub(super) struct Tls<'a> {
    connector: TlsConnector,
    settings: &'a ImapSettings,
    peer: &'a Peer,
    /// Whether any certificate will do, because nothing is to be said.
    only_looks: bool,
}

/// A protected connection with the server that was meant.
pub(super) struct Secured {
    pub(super) stream: TlsStream<Patient>,
    /// The DER form of the certificate that the server has shown.
    pub(super) certificate: Option<Vec<u8>>,
}

/// Why there is none.
pub(super) enum Denied {
    /// The certificate is refused, and could not be looked at; the connection is over.
    Certificate(Why),
    /// Something else.
    Fault(Fault),
}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'a> Tls<'a> {
    /// As the settings ask. What is wrong with them is found before anybody is spoken to.
    pub(super) fn new(settings: &'a ImapSettings, peer: &'a Peer) -> Result<Self, Fault> {
        let connector = connector::of_settings(&settings.tls).map_err(|flaw| {
            let doing = format!("preparing TLS for {peer}");
            Fault::new(Reach::Account, FaultKind::Config, doing, flaw.cause).advise(flaw.advice)
        })?;
        Ok(Self { connector, settings, peer, only_looks: false })
    }

    /// The same for a second connection, on which nothing is said: it only shows the certificate that was refused.
    pub(super) fn only_looking(&self) -> Option<Self> {
        let connector = connector::unverified(&self.settings.tls)?;
        Some(Self { connector, settings: self.settings, peer: self.peer, only_looks: true })
    }

    /// Shakes hands over a socket, for as long as `limit` in all.
    pub(super) fn secure(&self, socket: TcpStream, limit: Duration) -> Result<Secured, Denied> {
        let socket = Patient::new(socket, limit).map_err(|error| self.failed(FaultKind::Network, error.to_string()))?;
        let stream = self.connector.connect(&self.settings.host, socket);
        let mut stream = stream.map_err(|error| self.denied(&error))?;
        stream.get_mut().wait_no_more();
        let certificate = stream.peer_certificate().ok().flatten().and_then(|shown| shown.to_der().ok());
        if !self.only_looks && !self.is_pinned(certificate.as_deref()) {
            return Err(self.refused(&Why::OtherFingerprint, certificate.as_deref()).into());
        }
        Ok(Secured { stream, certificate })
    }

    /// A refused certificate as a fault; `shown` is the certificate, if it could be looked at.
    pub(super) fn refused(&self, why: &Why, shown: Option<&[u8]>) -> Fault {
        let certificate = shown.map(Certificate::read);
        refused::fault(self.doing(), why, certificate.as_ref(), &self.settings.tls)
    }

    /// The server, if a person may be asked whether it is to be trusted all the same.
    pub(super) fn stranger(&self, why: &Why, shown: Option<&[u8]>) -> Option<Stranger> {
        Stranger::of(why, &Certificate::read(shown?), &self.settings.tls)
    }

    /// Whether a certificate has one of the fingerprints that are asked for, if any are.
    fn is_pinned(&self, certificate: Option<&[u8]>) -> bool {
        let pins = &self.settings.tls.fingerprints;
        pins.is_empty() || certificate.is_some_and(|der| pins.iter().any(|pin| *pin == fingerprint(pin.digest, der)))
    }

    fn denied(&self, error: &HandshakeError<Patient>) -> Denied {
        let text = match error {
            HandshakeError::WouldBlock(_) => {
                let cause = "no answer within the time limit (socktimeout)".to_owned();
                return self.failed(FaultKind::Network, cause).advise(words::PORT).into();
            }
            HandshakeError::Failure(error) => error.to_string(),
        };
        match words::refusal(&text) {
            Some(words) => Denied::Certificate(Why::of(words)),
            None => self.failed(words::kind(&text), plainly(&text)).advise(words::advice(&text)).into(),
        }
    }

    fn failed(&self, kind: FaultKind, cause: String) -> Fault {
        Fault::new(Reach::Account, kind, self.doing(), cause)
    }

    fn doing(&self) -> String {
        format!("securing the connection to {}", self.peer)
    }
}

/// What a certificate's digest comes to.
fn fingerprint(digest: Digest, der: &[u8]) -> Fingerprint {
    let bytes = match digest {
        Digest::Sha1 => Sha1::digest(der).to_vec(),
        Digest::Sha224 => Sha224::digest(der).to_vec(),
        Digest::Sha256 => Sha256::digest(der).to_vec(),
        Digest::Sha384 => Sha384::digest(der).to_vec(),
        Digest::Sha512 => Sha512::digest(der).to_vec(),
    };
    Fingerprint { digest, bytes }
}

#[cfg(test)]
mod tests;
