//! Names, addresses and sockets: the way to a server, through a proxy where there is one.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::connect::Tell;
use super::handle::Cutter;
use super::peer::Peer;
use crate::config::settings::{ImapSettings, Proxy};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::proxy::{self, Trouble};

/// A socket at whose other end is the server; whoever has to be told how to cut it knows. No step takes longer than `timeout`.
pub(super) fn dial(
    settings: &ImapSettings,
    peer: &Peer,
    timeout: Duration,
    tell: Tell<'_>,
) -> Result<TcpStream, Fault> {
    let Some(proxy) = &settings.proxy else {
        let whom = format!("{peer}, port {}", settings.port);
        let place = (settings.host.as_str(), settings.port);
        let socket = reach(place, settings.ipv6, timeout, tell);
        return socket.map_err(|missed| missed.fault(&whom, "check remotehost, remoteport and the network"));
    };
    let socket = reach((proxy.host.as_str(), proxy.port), settings.ipv6, timeout, tell).map_err(|missed| {
        missed.fault(&format!("{proxy} on the way to {peer}"), "check proxy, the network, and whether the proxy runs")
    })?;
    proxy::ask(&socket, proxy, (&settings.host, settings.port), timeout)
        .map_err(|trouble| denied(&trouble, proxy, settings.port, peer))?;
    Ok(socket)
}

fn denied(trouble: &Trouble, proxy: &Proxy, port: u16, peer: &Peer) -> Fault {
    let (kind, advice) = match trouble {
        Trouble::Credentials(_) => (FaultKind::Login, "check user and password in proxy"),
        Trouble::Refused(_) => (FaultKind::Network, "check remotehost, remoteport, and what the proxy allows"),
        Trouble::Lost(_) | Trouble::Nonsense => (FaultKind::Network, "check the type, the host and the port in proxy"),
    };
    let doing = format!("connecting to {peer}, port {port}, through {proxy}");
    Fault::new(Reach::Account, kind, doing, trouble).advise(advice)
}

/// Why nobody was reached.
enum Missed {
    /// The name has no address.
    Unknown(io::Error),
    /// It has no address of the kind that is wished for, or nobody answers there.
    Unreachable(io::Error),
}

impl Missed {
    fn fault(&self, whom: &str, advice: &str) -> Fault {
        let (doing, cause) = match self {
            Self::Unknown(error) => ("looking up", error.to_string()),
            Self::Unreachable(error) => ("connecting to", reason(error)),
        };
        Fault::new(Reach::Account, FaultKind::Network, format!("{doing} {whom}"), cause).advise(advice)
    }
}

/// A socket to one of the addresses of a name.
fn reach(place: (&str, u16), ipv6: Option<bool>, timeout: Duration, tell: Tell<'_>) -> Result<TcpStream, Missed> {
    let addresses = place.to_socket_addrs().map_err(Missed::Unknown)?;
    let missing = match ipv6 {
        Some(true) => "the name has no IPv6 address, and ipv6 = yes allows no other",
        Some(false) => "the name has no IPv4 address, and ipv6 = no allows no other",
        None => "the name has no address",
    };
    let mut last = io::Error::new(io::ErrorKind::NotFound, missing);
    for address in addresses.filter(|address| ipv6.is_none_or(|six| address.is_ipv6() == six)) {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(socket) => {
                socket.set_nodelay(true).map_err(Missed::Unreachable)?;
                tell(Cutter::new(&socket).map_err(Missed::Unreachable)?);
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(Missed::Unreachable(last))
}

/// Why a connection can't be made, for people.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused; nothing listens there".into(),
        io::ErrorKind::TimedOut => "no answer within the time limit (socktimeout)".into(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "there is no route to it".into(),
        _ => error.to_string(),
    }
}
