//! A way to a server that can go dead, as when a router forgets a connection: nothing passes any more, and nobody is told.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The way, for as many connections as come.
pub struct Line {
    /// Where to connect to.
    pub port: u16,
    state: Arc<State>,
}

/// What all connections share.
struct State {
    /// Bytes that still pass; nothing passes at 0.
    left: AtomicU64,
    /// What was connected before the line was last mended stays dead.
    mended: AtomicU64,
}

impl Line {
    /// A way to this port.
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State { left: AtomicU64::new(u64::MAX), mended: AtomicU64::new(0) });
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = shared.clone();
                thread::spawn(move || connect(&client, server, &state));
            }
        });
        Self { port, state }
    }

    /// Lets so many more bytes pass, and then nothing.
    pub fn goes_dead_after(&self, bytes: u64) {
        self.state.left.store(bytes, Ordering::SeqCst);
    }

    /// Whether it has gone dead.
    pub fn is_dead(&self) -> bool {
        self.state.left.load(Ordering::SeqCst) == 0
    }

    /// Connections that are made from now on work.
    pub fn mend(&self) {
        self.state.mended.fetch_add(1, Ordering::SeqCst);
        self.state.left.store(u64::MAX, Ordering::SeqCst);
    }
}

fn connect(client: &TcpStream, server: u16, state: &State) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let age = state.mended.load(Ordering::SeqCst);
    thread::scope(|scope| {
        scope.spawn(|| pass(client, &server, state, age));
        pass(&server, client, state, age);
    });
}

fn pass(mut from: &TcpStream, mut to: &TcpStream, state: &State, age: u64) {
    let (mut buffer, mut lost) = (vec![0; 16 * 1024], false);
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let before = state.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| match left {
            u64::MAX => Some(left),
            _ => Some(left.saturating_sub(count as u64)),
        });
        // What has lost a byte is of no use any more.
        lost |= before.unwrap_or(0) < count as u64 || state.mended.load(Ordering::SeqCst) != age;
        if !lost && to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    if !lost {
        let _ = to.shutdown(Shutdown::Write);
    }
}
