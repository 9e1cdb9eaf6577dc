//! The way through a proxy: what is said to it until it has connected us.
//!
//! What is promised:
//!
//! - **Names are resolved there.** The proxy is told the server's name, not an address that somebody here has given for it.
//! - **It never holds us up.** All of the conversation has one time limit, and what is read has a greatest length.
//! - **Not a byte too many is read.** What follows the proxy's consent belongs to the server, and is left for others to read.
//! - **No password is in what goes wrong.**

mod http;
mod socks;
mod talk;

use std::fmt;
use std::io;
use std::net::TcpStream;
use std::time::Duration;

use crate::config::settings::{Proxy, ProxyKind};
use talk::Talk;

/// Why a proxy hasn't connected us.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The conversation broke off, or took too long.
    Lost(io::Error),
    /// It wants another user or password, or any at all.
    Credentials(&'static str),
    /// It has said no, and why.
    Refused(String),
    /// What it says isn't what a proxy of its kind says.
    Nonsense,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(error) => match error.kind() {
                io::ErrorKind::TimedOut => f.write_str("the proxy doesn't answer within the time limit (socktimeout)"),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                    f.write_str("the proxy closed the connection")
                }
                _ => write!(f, "{error}"),
            },
            Self::Credentials(words) => f.write_str(words),
            Self::Refused(words) => write!(f, "the proxy says: {words}"),
            Self::Nonsense => f.write_str("what answers there is no proxy of this kind"),
        }
    }
}

/// Asks the proxy at the other end of `socket` for a connection to `host`, for as long as `limit` in all.
pub(super) fn ask(
    socket: &TcpStream,
    proxy: &Proxy,
    (host, port): (&str, u16),
    limit: Duration,
) -> Result<(), Trouble> {
    let mut talk = Talk::new(socket, limit);
    match proxy.kind {
        ProxyKind::Socks5 => socks::five(&mut talk, proxy.user.as_ref(), host, port),
        ProxyKind::Socks4 => socks::four(&mut talk, proxy.user.as_ref(), host, port),
        ProxyKind::Http => http::connect(&mut talk, proxy.user.as_ref(), host, port),
    }
}

#[cfg(test)]
mod tests;
