//! A way to a server on which somebody changes what it says.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// What becomes of a line that the server says; nothing, for some.
pub type Rewrite = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Opens a way to the server on this port, for as many connections as come, and gives the port it begins at.
pub fn tampered(server: u16, rewrite: Rewrite) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, rewrite) = (client.unwrap(), rewrite.clone());
            thread::spawn(move || pass(&client, server, &rewrite));
        }
    });
    port
}

fn pass(client: &TcpStream, server: u16, rewrite: &Rewrite) {
    let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    thread::scope(|scope| {
        scope.spawn(|| {
            let (mut from, mut to) = (client, &server);
            let _ = std::io::copy(&mut from, &mut to);
            let _ = server.shutdown(Shutdown::Write);
        });
        let (mut from, mut to, mut line) = (BufReader::new(&server), client, Vec::new());
        while from.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let said = match std::str::from_utf8(&line) {
                Ok(text) => rewrite(text).map(String::into_bytes),
                Err(_) => Some(line.clone()),
            };
            if to.write_all(&said.unwrap_or_default()).is_err() {
                break;
            }
            line.clear();
        }
        let _ = client.shutdown(Shutdown::Write);
    });
}
