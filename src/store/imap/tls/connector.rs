//! The rules by which a TLS connection is made.

use std::fs;
use std::path::Path;

use native_tls::{Certificate, Protocol, TlsConnector, TlsConnectorBuilder};

use super::Flaw;
use super::identity::identity;
use crate::config::settings::{Roots, TlsSettings, TlsVersion};

/// Makes connections as the settings ask. Where fingerprints decide, any certificate is good enough for now: whoever uses it
/// has to look at the fingerprint before anything is said.
pub(super) fn of_settings(settings: &TlsSettings) -> Result<TlsConnector, Flaw> {
    let mut builder = builder(settings);
    if let Roots::File(path) = &settings.roots {
        builder.disable_built_in_roots(true);
        for root in roots(path)? {
            builder.add_root_certificate(root);
        }
    }
    if let Some(client) = &settings.client {
        builder.identity(identity(client)?);
    }
    if settings.fingerprints_decide() {
        accept_anything(&mut builder);
    }
    builder.build().map_err(|error| {
        let text = error.to_string();
        if text.contains("key values mismatch") {
            return Flaw::new("the key doesn't belong to the certificate")
                .advise("check sslclientcert and sslclientkey");
        }
        Flaw::new(text).advise("check the options about TLS")
    })
}

/// Makes connections on which nothing may ever be said: anybody may be at the other end. It is for looking at a certificate
/// that was refused, and shows none of ours.
pub(super) fn unverified(settings: &TlsSettings) -> Option<TlsConnector> {
    let mut builder = builder(settings);
    accept_anything(&mut builder);
    builder.build().ok()
}

fn builder(settings: &TlsSettings) -> TlsConnectorBuilder {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(match settings.least {
        TlsVersion::Tls12 => Protocol::Tlsv12,
        TlsVersion::Tls13 => Protocol::Tlsv13,
    }));
    builder
}

fn accept_anything(builder: &mut TlsConnectorBuilder) {
    builder.danger_accept_invalid_certs(true).danger_accept_invalid_hostnames(true);
}

/// The certificates in a file, of which there may be many.
fn roots(path: &Path) -> Result<Vec<Certificate>, Flaw> {
    let flaw =
        |cause: String| Flaw::new(cause).advise("set sslcacertfile to a PEM file with the certificates to trust");
    let pem = fs::read(path).map_err(|error| flaw(format!("{}: {error}", path.display())))?;
    let roots = Certificate::stack_from_pem(&pem).ok().filter(|roots| !roots.is_empty());
    roots.ok_or_else(|| flaw(format!("{} holds no certificate", path.display())))
}
