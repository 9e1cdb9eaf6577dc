//! The certificate that shows who we are, and its key, from the files that people have.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use native_tls::Identity;
use zeroize::Zeroizing;

use super::Flaw;
use crate::config::settings::ClientCertificate;

/// Bytes of a file that are looked at.
const LARGEST: u64 = 1024 * 1024;

/// The certificate with its key.
pub(super) fn identity(client: &ClientCertificate) -> Result<Identity, Flaw> {
    let of_certificate = |path: &Path| Flaw::new(format!("{} holds no certificate", path.display()));
    let (certificate, _) = read(&client.certificate).map_err(|error| unreadable(&client.certificate, &error))?;
    if !labels(&certificate).any(|label| label == "CERTIFICATE") {
        return Err(of_certificate(&client.certificate).advise("set sslclientcert to a PEM file with your certificate"));
    }
    let path = client.key.as_ref().unwrap_or(&client.certificate);
    let (text, mode) = read(path).map_err(|error| unreadable(path, &error))?;
    let key = key(&text, path, client.key.is_some())?;
    if mode & 0o077 != 0 {
        return Err(Flaw::new(format!("others can read the key in {}", path.display()))
            .advise(format!("run: chmod 600 {}", path.display())));
    }
    Identity::from_pkcs8(&certificate, &key).map_err(|_| {
        let both = format!("{} and {}", client.certificate.display(), path.display());
        Flaw::new(format!("the certificate or the key in {both} can't be understood")).advise("check both files")
    })
}

fn unreadable(path: &Path, error: &io::Error) -> Flaw {
    Flaw::new(format!("{}: {error}", path.display())).advise("check sslclientcert and sslclientkey")
}

/// What is in a file, and who may read it.
fn read(path: &Path) -> io::Result<(Zeroizing<Vec<u8>>, u32)> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    // All the room that is needed at once, so that no piece is left behind where it was.
    let room = usize::try_from(about.len().min(LARGEST)).unwrap_or_default();
    let mut text = Zeroizing::new(Vec::with_capacity(room + 1));
    file.take(room as u64).read_to_end(&mut text)?;
    Ok((text, about.permissions().mode()))
}

/// The kinds of things in a PEM file (RFC 7468, section 2).
fn labels(text: &[u8]) -> impl Iterator<Item = &str> {
    text.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = std::str::from_utf8(line).ok()?.trim_end();
        line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")
    })
}

/// The part of a PEM file that is a key in PKCS#8, which is the only form that the TLS library takes.
fn key(text: &[u8], path: &Path, is_named: bool) -> Result<Zeroizing<Vec<u8>>, Flaw> {
    let file = path.display();
    let convert = || {
        format!(
            "run: openssl pkcs8 -topk8 -nocrypt -in {file} -out {file}.pkcs8; then set sslclientkey to {file}.pkcs8"
        )
    };
    let Some(label) = labels(text).find(|label| label.ends_with("PRIVATE KEY")) else {
        let advice = if is_named { "set sslclientkey to a PEM file with the key" } else { "set sslclientkey as well" };
        return Err(Flaw::new(format!("{file} holds no private key")).advise(advice));
    };
    let is_encrypted = label == "ENCRYPTED PRIVATE KEY" || contains(text, b"Proc-Type: 4,ENCRYPTED");
    match label {
        _ if is_encrypted => {
            Err(Flaw::new(format!("the key in {file} is encrypted with a passphrase")).advise(convert()))
        }
        "PRIVATE KEY" => {
            between(text).ok_or_else(|| Flaw::new(format!("the key in {file} has no end")).advise("check sslclientkey"))
        }
        other => {
            Err(Flaw::new(format!("the key in {file} is in an old form ({other}); PKCS#8 is needed")).advise(convert()))
        }
    }
}

/// The key with the lines around it.
fn between(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    const BEGIN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
    const END: &[u8] = b"-----END PRIVATE KEY-----";
    let begin = memchr::memmem::find(text, BEGIN)?;
    let end = begin + memchr::memmem::find(&text[begin..], END)? + END.len();
    let mut key = Zeroizing::new(Vec::with_capacity(end - begin + 1));
    key.extend_from_slice(&text[begin..end]);
    key.push(b'\n');
    Some(key)
}

fn contains(text: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(text, words).is_some()
}
