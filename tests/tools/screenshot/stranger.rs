//! A server with a certificate that nobody vouches for.

use std::error::Error;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use native_tls::{Identity, TlsAcceptor};

/// Makes the certificate in `directory` and shows it to whoever comes. Gives the port on which it does.
pub fn start(directory: &Path) -> Result<u16, Box<dyn Error>> {
    let (key, certificate) = (directory.join("key.pem"), directory.join("certificate.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "90", "-subj", "/CN=mail.work.example"]);
    let made = openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate).output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into());
    }
    let identity = Identity::from_pkcs8(&std::fs::read(&certificate)?, &std::fs::read(&key)?)?;
    let (acceptor, listener) = (TlsAcceptor::new(identity)?, TcpListener::bind("127.0.0.1:0")?);
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        // They are kept, so that they stay open; what else is said on them doesn't matter.
        let mut visitors = Vec::new();
        for visitor in listener.incoming().flatten() {
            visitors.extend(acceptor.accept(visitor).ok());
        }
    });
    Ok(port)
}
