use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::super::wire::Wire;
use super::*;
use crate::model::ids::Uid;

#[derive(Default)]
struct Notes {
    bodies: Vec<(u64, Option<Uid>, Vec<u8>)>,
    responses: Vec<Untagged>,
    unwanted: bool,
}

impl Handler for Notes {
    fn body(&mut self, size: u64, so_far: Fetched) -> Result<bool, Fault> {
        self.bodies.push((size, so_far.uid, Vec::new()));
        Ok(!self.unwanted)
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.bodies.last_mut().unwrap().2.extend_from_slice(data);
        Ok(())
    }

    fn untagged(&mut self, response: Untagged) -> Result<(), Fault> {
        self.responses.push(response);
        Ok(())
    }
}

/// Reads all responses of `text`, which arrives in two parts cut at `cut`.
fn read_all(text: &[u8], cut: usize, notes: &mut Notes) -> Result<Vec<Response>, Trouble> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    client.set_nonblocking(true).unwrap();
    let wire = Wire::new(Box::new(client), Duration::from_secs(10));
    let mut inner = wire.lock();
    server.write_all(&text[..cut]).unwrap();
    if cut > 0 {
        inner.fill().unwrap();
    }
    server.write_all(&text[cut..]).unwrap();
    drop(server);
    let (mut all, mut scratch) = (Vec::new(), Vec::new());
    loop {
        match read(&mut inner, &mut scratch, notes) {
            Ok(response) => all.push(response),
            Err(Trouble::Closed) if inner.buffered().is_empty() && scratch.is_empty() => return Ok(all),
            Err(trouble) => return Err(trouble),
        }
    }
}

const BODY: &[u8] = b"* 1 FETCH (UID 5 BODY[] {9}\r\na)\r\nb {3} FLAGS (\\Seen))\r\nb1 OK done\r\n";

#[test]
fn bodies_are_handed_on_wherever_the_stream_is_cut() {
    for cut in 0..BODY.len() {
        let mut notes = Notes::default();
        let all = read_all(BODY, cut, &mut notes).unwrap();
        assert_eq!(notes.bodies, [(9, Uid::new(5), b"a)\r\nb {3}".to_vec())], "cut at {cut}");
        let Response::Untagged(Untagged::Fetch(fetched)) = &all[0] else { panic!("{all:?}") };
        assert!(fetched.body && fetched.flags.is_some());
        assert!(matches!(&all[1], Response::Tagged { tag, .. } if tag == "b1"));
    }
}

#[test]
fn unwanted_bodies_are_dropped() {
    let mut notes = Notes { unwanted: true, ..Notes::default() };
    read_all(BODY, 0, &mut notes).unwrap();
    assert_eq!(notes.bodies[0].2, b"");
}

#[test]
fn other_literals_stay_in_the_response() {
    let mut notes = Notes::default();
    let all = read_all(b"* LIST () \"/\" {5}\r\na\r\n b\r\n", 20, &mut notes).unwrap();
    let Response::Untagged(Untagged::List(item)) = &all[0] else { panic!("{all:?}") };
    assert_eq!(item.name, "a\r\n b");
}

#[test]
fn a_response_that_breaks_off_is_not_a_response() {
    for text in [&b"* OK hal"[..], b"* 1 FETCH (UID 5 BODY[] {9}\r\nabc", b"* LIST () NIL {9}\r\nabc"] {
        assert!(matches!(read_all(text, 0, &mut Notes::default()), Err(Trouble::Closed)));
    }
}

#[test]
fn absurd_literals_are_refused() {
    let huge = b"* LIST () NIL {99999999999}\r\nabc";
    assert!(matches!(read_all(huge, 0, &mut Notes::default()), Err(Trouble::Nonsense(_))));
}
