//! A connection that is cut: bytes pass both ways until so many have passed one way, and then both ends are closed.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// A place to connect to, once.
pub struct Cut {
    address: SocketAddr,
    passing: JoinHandle<bool>,
}

impl Cut {
    /// On the way to this server, to be cut after `after` bytes.
    pub fn new(server: SocketAddr, way: Way, after: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let passing = thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(server).unwrap();
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let limit = |this| if this == way { after } else { u64::MAX };
            thread::scope(|scope| {
                let up = scope.spawn(|| pass(&client, &server, limit(Way::Up)));
                let down = pass(&server, &client, limit(Way::Down));
                up.join().unwrap() || down
            })
        });
        Self { address, passing }
    }

    /// Where to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the end of the connection. Whether it was cut, rather than ended by one of both.
    pub fn was_cut(self) -> bool {
        self.passing.join().unwrap()
    }
}

/// Passes bytes on, and cuts both ends off when no more may pass.
fn pass(mut from: &TcpStream, mut to: &TcpStream, limit: u64) -> bool {
    let (mut buffer, mut left) = (vec![0; 16 * 1024], limit);
    while left > 0 {
        let room = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        match from.read(&mut buffer[..room]) {
            Ok(count @ 1..) if to.write_all(&buffer[..count]).is_ok() => left -= count as u64,
            _ => {
                let _ = to.shutdown(Shutdown::Write);
                return false;
            }
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
    true
}
