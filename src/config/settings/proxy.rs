//! A proxy on the way to a server.

use std::fmt;

use crate::model::question::Secret;

/// What a proxy understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// SOCKS 5 (RFC 1928), with user and password where it wants them (RFC 1929).
    Socks5,
    /// SOCKS 4, with names as SOCKS 4A has them.
    Socks4,
    /// HTTP's CONNECT (RFC 9110, section 9.3.6).
    Http,
}

impl ProxyKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Socks5, Self::Socks4, Self::Http];

    /// What it is called in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Socks5 => "SOCKS5",
            Self::Socks4 => "SOCKS4",
            Self::Http => "HTTP",
        }
    }
}

/// A proxy. Its Display names it in sentences, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// What it understands.
    pub kind: ProxyKind,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who we are to it, where it wants to know.
    pub user: Option<ProxyUser>,
}

/// Who we are to a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyUser {
    /// The user's name.
    pub name: String,
    /// The password; SOCKS 4 knows none.
    pub password: Secret,
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "the {} proxy {host}:{}", self.kind.name(), self.port)
    }
}

/// How token services are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TokenRoute {
    /// As the environment says (`HTTPS_PROXY` and its kind).
    #[default]
    Environment,
    /// Without a proxy, whatever the environment says.
    Direct,
    /// Through this proxy.
    Through(Proxy),
}
