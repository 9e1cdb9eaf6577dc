//! What is said about a server.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::{CommonSettings, LabelSettings, OAuthSettings, Proxy, Security, TlsSettings, WatchSettings};
use crate::model::mechanism::Mechanism;
use crate::model::question::Secret;

/// Which of a server's folders are looked at, and how their names are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Only those that are subscribed to.
    pub subscribed_only: bool,
    /// Where they begin: the reference of LIST (RFC 3501, section 6.3.8). Their names have it in front, as it is spelt here.
    pub reference: String,
    /// The other side has their names decoded from modified UTF-7.
    pub decode: bool,
}

/// A program that speaks to the server for us.
#[derive(Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// What the shell runs. It may hold a password.
    pub command: String,
    /// Whether it logs in as well.
    pub logs_in: bool,
}

impl fmt::Debug for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunnel").field("logs_in", &self.logs_in).finish_non_exhaustive()
    }
}

/// An IMAP server's mailboxes.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// What all repositories have.
    pub common: CommonSettings,
    /// The server's name or address; what to call it, where a tunnel leads to it.
    pub host: String,
    /// Whether the server on the other side goes by the same name, so that only the repository's tells which one is meant.
    pub has_namesake: bool,
    /// Its port.
    pub port: u16,
    /// Whether only IPv6 is used, or only IPv4; `None` for both.
    pub ipv6: Option<bool>,
    /// The user's name.
    pub user: String,
    /// The user to act as, when that is another one than the one who logs in.
    pub identity: Option<String>,
    /// The ways to log in that are allowed, in the order in which they are tried.
    pub mechanisms: Vec<Mechanism>,
    /// Where the password comes from.
    pub password: PasswordSource,
    /// Where tokens come from.
    pub oauth: OAuthSettings,
    /// How the connection is protected.
    pub security: Security,
    /// What stands on the way to it.
    pub proxy: Option<Proxy>,
    /// What stands in place of a connection of our own.
    pub tunnel: Option<Tunnel>,
    /// Whether the conversation is compressed where the server can do that.
    pub compress: bool,
    /// Which folders are looked at, and how their names are read.
    pub listing: Listing,
    /// What TLS connections are made with.
    pub tls: TlsSettings,
    /// Whether deleted messages are removed for good; else they are only marked.
    pub expunge: bool,
    /// What Gmail has beyond IMAP, where it is Gmail.
    pub gmail: Option<GmailSettings>,
    /// How many connections at once; at least 1.
    pub max_connections: usize,
    /// How messages are fetched.
    pub fetching: Fetching,
    /// Header fields that messages here may lack, or have more than those on the other side, in lower case.
    pub left_out: Vec<String>,
    /// How it is watched between synchronisations.
    pub watch: WatchSettings,
}

/// What is said of Gmail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GmailSettings {
    /// Where deleted messages go, as it stands on the wire; `None` for what the server says is its trash.
    pub trash: Option<String>,
    /// Where unwanted messages are; `None` for what the server says they are in.
    pub spam: Option<String>,
    /// How labels are kept the same, if they are.
    pub labels: Option<LabelSettings>,
}

/// How messages are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetching {
    /// How often what a lost connection has cut off is tried again without bringing anything.
    pub retries: u64,
    /// However large a folder is, one connection is all it gets.
    pub alone: bool,
}

impl Default for Fetching {
    fn default() -> Self {
        Self { retries: 2, alone: false }
    }
}

impl ImapSettings {
    /// A user of a server at this address that is spoken to without protection; everything else is as if nothing had been
    /// written down.
    pub fn plain(name: &str, address: SocketAddr, user: &str, password: &str) -> Self {
        Self {
            common: CommonSettings::open(name),
            host: address.ip().to_string(),
            has_namesake: false,
            port: address.port(),
            ipv6: None,
            user: user.to_owned(),
            identity: None,
            mechanisms: Mechanism::ALL.to_vec(),
            password: PasswordSource::Given(Secret::new(password.to_owned())),
            oauth: OAuthSettings::default(),
            security: Security::None,
            proxy: None,
            tunnel: None,
            compress: false,
            listing: Listing::default(),
            tls: TlsSettings::default(),
            expunge: true,
            gmail: None,
            max_connections: 1,
            fetching: Fetching::default(),
            left_out: Vec::new(),
            watch: WatchSettings::default(),
        }
    }

    /// Keeps Gmail's labels the same.
    pub fn keep_labels(&mut self, labels: Option<LabelSettings>) {
        if let Some(gmail) = &mut self.gmail {
            gmail.labels = labels;
        }
    }

    /// What to call the server before a person.
    pub fn called(&self) -> String {
        self.repository().map_or_else(|| self.host.clone(), |name| format!("{} (repository {name})", self.host))
    }

    /// The repository's name, where the server's alone doesn't tell which one is meant.
    pub fn repository(&self) -> Option<&str> {
        self.has_namesake.then_some(self.common.name.as_str())
    }

    /// Whether this is the same user on the same server, as far as names tell. Another port of a host leads to the same
    /// mailboxes, unless it is this machine, where tunnels to several servers may end.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let whose = |one: &Self| one.identity.clone().unwrap_or_else(|| one.user.clone());
        let place = match (&self.tunnel, &other.tunnel) {
            (None, None) => {
                self.host.eq_ignore_ascii_case(&other.host) && (self.port == other.port || !is_this_machine(&self.host))
            }
            (ours, theirs) => ours == theirs && self.host.eq_ignore_ascii_case(&other.host),
        };
        place && whose(self) == whose(other)
    }

    /// Whether nobody between us and the server can read what is said: it is encrypted, or doesn't leave this machine; a
    /// tunnel is trusted.
    pub fn is_private(&self) -> bool {
        self.tunnel.is_some() || self.security != Security::None || self.is_here()
    }

    /// Whether it is this machine; to a proxy the same name means the proxy's own.
    fn is_here(&self) -> bool {
        self.proxy.is_none() && is_this_machine(&self.host)
    }
}

/// Whether a server's name means this machine.
pub fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where a password comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// It stands in the configuration.
    Given(Secret),
    /// The first line of this file.
    File(PathBuf),
    /// The first line of what the shell says to this, which may hold a password itself.
    Command(Secret),
    /// What this Python comes to.
    Python(Secret),
    /// The desktop's keyring; where it has none, the same as `Ask`.
    Keyring,
    /// `.netrc`; where that says nothing, someone must be asked.
    Ask,
}
