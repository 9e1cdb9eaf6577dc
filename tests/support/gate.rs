//! A proxy by SOCKS 4A that takes every name for this machine, and keeps what it was asked for.

use std::io::{BufRead, BufReader, Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The proxy, for as many connections as come.
pub struct Gate {
    /// Where it listens.
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Gate {
    /// One on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = asked.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let noted = noted.clone();
                thread::spawn(move || serve(client, &noted));
            }
        });
        Self { port, asked }
    }

    /// What it was asked for so far: user, name and port.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, asked: &Mutex<Vec<String>>) -> Option<()> {
    // Nothing follows the request before it is answered.
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = [0; 8];
    reader.read_exact(&mut head).ok()?;
    let mut word = || {
        let mut word = Vec::new();
        reader.read_until(0, &mut word).ok()?;
        word.pop()?;
        String::from_utf8(word).ok()
    };
    let (user, name) = (word()?, word()?);
    let port = u16::from_be_bytes([head[2], head[3]]);
    let good = head[..2] == [4, 1] && head[4..] == [0, 0, 0, 1];
    asked.lock().unwrap().push(format!("{user}@{name}:{port}"));
    let server = TcpStream::connect(("127.0.0.1", port)).ok().filter(|_| good);
    client.write_all(&[0, if server.is_some() { 90 } else { 91 }, 0, 0, 0, 0, 0, 0]).ok()?;
    let server = server?;
    thread::scope(|scope| {
        scope.spawn(|| pass(&client, &server));
        pass(&server, &client);
    });
    Some(())
}

fn pass(mut from: &TcpStream, mut to: &TcpStream) {
    let _ = copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
