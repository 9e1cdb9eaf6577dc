//! A way to the server on which connections are cut after so many bytes, whichever way they go.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The way, for as many connections as come.
pub struct Fray {
    /// Where to connect to.
    pub port: u16,
    left: Arc<AtomicU64>,
}

impl Fray {
    /// A way to this port that lasts.
    pub fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new(AtomicU64::new(u64::MAX));
        let shared = left.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, left) = (client.unwrap(), shared.clone());
                thread::spawn(move || connect(&client, server, &left));
            }
        });
        Self { port, left }
    }

    /// Lets so many more bytes pass, and then cuts every connection.
    pub fn cut_after(&self, bytes: u64) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// Whether it was cut; it lasts again from now on.
    pub fn mend(&self) -> bool {
        self.left.swap(u64::MAX, Ordering::SeqCst) == 0
    }
}

fn connect(client: &TcpStream, server: u16, left: &AtomicU64) {
    // The server may be down at the moment; then the way leads nowhere.
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    thread::scope(|scope| {
        scope.spawn(|| pass(client, &server, left));
        pass(&server, client, left);
    });
}

fn pass(mut from: &TcpStream, mut to: &TcpStream, left: &AtomicU64) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let before = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| match left {
            u64::MAX => Some(left),
            _ => Some(left.saturating_sub(count as u64)),
        });
        let allowed = before.unwrap_or(0).min(count as u64);
        if to.write_all(&buffer[..usize::try_from(allowed).unwrap()]).is_err() {
            break;
        }
        if allowed < count as u64 {
            for end in [from, to] {
                let _ = end.shutdown(Shutdown::Both);
            }
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
