//! Whether the way to a server is still the one that a connection was made on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Somewhere out there, by both families of addresses; kept for examples (RFC 5737, RFC 3849), so that nobody is meant.
const OUT: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 993),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 993),
];

/// The address that this machine would now speak to `server` from; `None` when there is no way there. Nothing is sent.
pub(super) fn source(server: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(server).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The addresses that this machine would now speak to the world from.
pub(super) fn out() -> [Option<IpAddr>; 2] {
    OUT.map(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_spoken_to_from_itself() {
        let server: SocketAddr = ([127, 0, 0, 1], 143).into();
        assert_eq!(source(server), Some(server.ip()));
    }
}
