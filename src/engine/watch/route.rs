//! Whether the way to a server is still the one that a connection was made on.

use std::net::{IpAddr, SocketAddr, UdpSocket};

/// The address that this machine would now speak to `server` from; `None` when there is no way there. Nothing is sent.
pub(super) fn source(server: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(server).ok()?;
    Some(socket.local_addr().ok()?.ip())
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
