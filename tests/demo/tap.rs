//! A listener on the wire: passes everything on, and notes what clients say.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

/// What was heard, and who still speaks.
#[derive(Default)]
struct Notes {
    said: Vec<String>,
    open: usize,
    ended: bool,
}

/// A place to connect to in place of the server.
pub struct Tap {
    address: SocketAddr,
    notes: Arc<(Mutex<Notes>, Condvar)>,
    accepting: Option<JoinHandle<()>>,
}

/// What becomes of what the server has said; nothing as long as more has to come first.
type Twist = fn(&[u8]) -> Option<Vec<u8>>;

impl Tap {
    /// On the way to this server.
    pub fn new(server: SocketAddr) -> Self {
        Self::twisting(server, |said| Some(said.to_vec()))
    }

    /// The same, where what the server says comes otherwise.
    pub fn twisting(server: SocketAddr, twist: Twist) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let notes: Arc<(Mutex<Notes>, Condvar)> = Arc::default();
        let kept = notes.clone();
        let accepting = thread::spawn(move || {
            thread::scope(|scope| {
                for client in listener.incoming().map(Result::unwrap) {
                    let (lock, closed) = &*kept;
                    let mut notes = lock.lock().unwrap();
                    if notes.ended {
                        break;
                    }
                    notes.open += 1;
                    scope.spawn(move || {
                        let said = pass(&client, &TcpStream::connect(server).unwrap(), twist);
                        let mut notes = lock.lock().unwrap();
                        notes.said.extend(said);
                        notes.open -= 1;
                        closed.notify_all();
                    });
                }
            });
        });
        Self { address, notes, accepting: Some(accepting) }
    }

    /// Where to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the end of all connections. Their commands since the last time, without the tags: one connection's after
    /// another's.
    pub fn said(&self) -> Vec<String> {
        let (lock, closed) = &*self.notes;
        let mut notes = closed.wait_while(lock.lock().unwrap(), |notes| notes.open > 0).unwrap();
        std::mem::take(&mut notes.said)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.notes.0.lock().unwrap().ended = true;
        TcpStream::connect(self.address).unwrap();
        self.accepting.take().unwrap().join().unwrap();
    }
}

/// Passes bytes on, both ways, and gives back the client's lines.
fn pass(client: &TcpStream, server: &TcpStream, twist: Twist) -> Vec<String> {
    thread::scope(|scope| {
        scope.spawn(|| copy(server, client, twist));
        let text = copy(client, server, |said| Some(said.to_vec()));
        let command = |line: &str| Some(line.trim_end().split_once(' ')?.1.to_owned());
        String::from_utf8_lossy(&text).lines().filter_map(command).collect()
    })
}

fn copy(mut from: &TcpStream, mut to: &TcpStream, twist: Twist) -> Vec<u8> {
    let (mut all, mut waiting, mut buffer) = (Vec::new(), Vec::new(), [0; 8192]);
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        all.extend_from_slice(&buffer[..count]);
        waiting.extend_from_slice(&buffer[..count]);
        let Some(twisted) = twist(&waiting) else { continue };
        waiting.clear();
        if to.write_all(&twisted).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    all
}
