//! What a server's certificate says (RFC 5280), for people to read.

use sha2::{Digest, Sha256};
use x509_cert::Certificate as Parsed;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

/// A server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// What it says; `None` when it can't be understood.
    pub words: Option<Words>,
    /// The SHA-256 digest of its DER form, by which people compare certificates.
    pub sha256: [u8; 32],
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Whose it is.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// The names of servers that it is for.
    pub names: Vec<String>,
    /// From when on it holds: seconds since 1970.
    pub from: u64,
    /// Until when: seconds since 1970.
    pub until: u64,
}

impl Certificate {
    /// Reads a certificate's DER form.
    pub(super) fn read(der: &[u8]) -> Self {
        Self { words: Parsed::from_der(der).ok().map(|parsed| words(&parsed)), sha256: Sha256::digest(der).into() }
    }
}

fn words(parsed: &Parsed) -> Words {
    let parsed = parsed.tbs_certificate();
    let names = parsed.get_extension::<SubjectAltName>().ok().flatten().map(|(_, names)| names.0).unwrap_or_default();
    let seconds = |time: Time| time.to_unix_duration().as_secs();
    Words {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        names: names.iter().filter_map(name).collect(),
        from: seconds(parsed.validity().not_before),
        until: seconds(parsed.validity().not_after),
    }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(address) => match *address.as_bytes() {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
            ref other => <[u8; 16]>::try_from(other).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_still_has_a_digest() {
        let certificate = Certificate::read(b"");
        assert_eq!(certificate.words, None);
        assert_eq!(certificate.sha256[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    }
}
