//! The options about TLS in `[Repository X]`. None of them can make a connection less safe than the default.

use std::path::PathBuf;

use super::settings::{ClientCertificate, Roots, Security, TlsSettings, TlsVersion};
use super::source::{Source, did_you_mean};
use super::value;
use crate::model::fingerprint::Fingerprint;

/// How old a TLS may be, as OfflineIMAP calls it. All of them come to TLS 1.2 or newer.
const LEVELS: [&str; 3] = ["tls_compat", "tls_no_ssl", "tls_secure"];

/// The versions that OfflineIMAP knows, and what can be done for those who ask for them: a least version, and whether that
/// is as old as they want.
const VERSIONS: [(&str, TlsVersion, bool); 7] = [
    // The newest that both sides know.
    ("ssl23", TlsVersion::Tls12, true),
    ("ssl2", TlsVersion::Tls12, false),
    ("ssl3", TlsVersion::Tls12, false),
    ("tls1", TlsVersion::Tls12, false),
    ("tls1_1", TlsVersion::Tls12, false),
    ("tls1_2", TlsVersion::Tls12, true),
    ("tls1_3", TlsVersion::Tls13, true),
];

/// Options that promise something which only TLS can keep.
const PROMISES: [&str; 2] = ["cert_fingerprint", "sslclientcert"];

/// What is written about TLS in this section.
pub fn read(source: &mut Source, section: &str, security: Security) -> TlsSettings {
    level(source, section);
    let settings = TlsSettings {
        roots: roots(source, section),
        fingerprints: source.read(section, "cert_fingerprint", fingerprints).unwrap_or_default(),
        client: client(source, section),
        least: version(source, section),
    };
    if security == Security::None {
        for key in PROMISES {
            if source.text(section, key).is_some() {
                source.doubtful(section, key, "nothing comes of it, since this connection isn't protected by our TLS");
            }
        }
    }
    settings
}

/// Fingerprints with commas or spaces in between.
fn fingerprints(text: &str) -> Result<Vec<Fingerprint>, String> {
    let parts = text.split(|letter: char| letter == ',' || letter.is_whitespace());
    parts.filter(|part| !part.is_empty()).map(Fingerprint::parse).collect()
}

fn roots(source: &mut Source, section: &str) -> Roots {
    let read = source.read(section, "sslcacertfile", |text| Ok(text.eq_ignore_ascii_case("OS-DEFAULT")));
    match read {
        None => Roots::Unsaid,
        Some(true) => Roots::System,
        // After a mistake nothing is done with it.
        Some(false) => {
            file(source, section, "sslcacertfile", "a file of certificates").map_or(Roots::System, Roots::File)
        }
    }
}

/// Our certificate and its key.
fn client(source: &mut Source, section: &str) -> Option<ClientCertificate> {
    let certificate = file(source, section, "sslclientcert", "a file with a certificate");
    let key = file(source, section, "sslclientkey", "a file with a private key");
    if key.is_some() && source.text(section, "sslclientcert").is_none() {
        source.doubtful(
            section,
            "sslclientkey",
            "it stays unused without sslclientcert, the certificate that it belongs to",
        );
    }
    certificate.map(|certificate| ClientCertificate { certificate, key })
}

/// A file that has to be there.
fn file(source: &mut Source, section: &str, key: &str, expected: &str) -> Option<PathBuf> {
    let environment = source.environment;
    source.read(section, key, |text| {
        let path = value::path(text, environment)?;
        if (environment.is_file)(&path) { Ok(path) } else { Err(format!("expected {expected}, but none is there")) }
    })
}

/// The level is only checked: TLS 1.2, the least in any case, is as much as any of them asks for.
fn level(source: &mut Source, section: &str) {
    source.read(section, "tls_level", |text| {
        let known = LEVELS.iter().any(|level| level.eq_ignore_ascii_case(text));
        let wrong = || format!("expected one of {}{}", LEVELS.join(", "), did_you_mean(text, LEVELS));
        if known { Ok(()) } else { Err(wrong()) }
    });
}

fn version(source: &mut Source, section: &str) -> TlsVersion {
    let names = || VERSIONS.iter().map(|version| version.0);
    let read = source.read(section, "ssl_version", |text| {
        let found = VERSIONS.iter().find(|version| version.0.eq_ignore_ascii_case(text));
        let wrong =
            || format!("expected one of {}{}", names().collect::<Vec<_>>().join(", "), did_you_mean(text, names()));
        found.ok_or_else(wrong)
    });
    let Some((_, least, fine)) = read else { return TlsVersion::default() };
    if !fine {
        source.doubtful(section, "ssl_version", "nothing older than TLS 1.2 is spoken, since it isn't safe any more");
    }
    *least
}
