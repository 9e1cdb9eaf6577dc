use std::net::{TcpListener, TcpStream};
use std::thread;

use super::super::handle::Cutter;
use super::*;

fn pair(timeout: Duration) -> (Wire, Cutter, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    client.set_nonblocking(true).unwrap();
    let cutter = Cutter::new(&client).unwrap();
    (Wire::new(Box::new(client), timeout), cutter, server)
}

#[test]
fn the_session_gets_one_line_at_most() {
    let (mut wire, _, mut server) = pair(Duration::from_secs(10));
    server.write_all(b"* OK hello\r\n* 1 EXISTS\r\n").unwrap();
    let mut buffer = [0; 100];
    let count = wire.read(&mut buffer).unwrap();
    assert_eq!(&buffer[..count], b"* OK hello\r\n");
}

#[test]
fn silence_ends_with_the_time_limit() {
    let (mut wire, _, _server) = pair(Duration::from_millis(20));
    assert_eq!(wire.read(&mut [0; 10]).unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[test]
fn a_cut_wakes_the_reader() {
    let (mut wire, cutter, _server) = pair(Duration::from_secs(60));
    let reader = thread::spawn(move || wire.read(&mut [0; 10]));
    cutter.cut();
    assert_eq!(reader.join().unwrap().unwrap(), 0);
}

#[test]
fn much_can_be_sent_while_much_comes_in() {
    const AMOUNT: usize = 8 * 1024 * 1024;
    let (mut wire, _, mut server) = pair(Duration::from_secs(60));
    let other = thread::spawn(move || {
        // Talks first and listens only afterwards: a client that doesn't read meanwhile would never get rid of its own.
        server.write_all(&vec![b'x'; AMOUNT]).unwrap();
        let mut taken = vec![0; AMOUNT];
        server.read_exact(&mut taken).unwrap();
    });
    wire.write_all(&vec![b'y'; AMOUNT]).unwrap();
    wire.flush().unwrap();
    other.join().unwrap();
    let mut inner = wire.lock();
    while inner.buffered().len() < AMOUNT {
        assert!(inner.fill().unwrap() > 0);
    }
}
