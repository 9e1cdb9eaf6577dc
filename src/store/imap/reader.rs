//! Reads one response at a time while it arrives. Bodies are not kept: they are handed on in pieces as they come.

use std::io;

use super::response::{self, Response, Untagged, uid_so_far};
use super::token::literal_size;
use super::wire::Inner;
use crate::model::fault::Fault;
use crate::model::ids::Uid;

/// Bytes of a response, bodies not counted. The longest honest ones list the UIDs of a huge mailbox.
const LONGEST_RESPONSE: usize = 32 * 1024 * 1024;

/// Why a conversation can't go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The connection failed.
    #[error("{}", explain(.0))]
    Io(#[from] io::Error),
    /// It ended.
    #[error("the server closed the connection")]
    Closed,
    /// The server said good-bye.
    #[error("the server said: {0}")]
    Bye(String),
    /// It broke the protocol beyond repair.
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(String),
    /// Whoever was to receive something could not.
    #[error("{0}")]
    Receiver(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Receiver(fault)
    }
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "the server said nothing within the time limit (socktimeout)".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "the connection was lost".into(),
        _ => error.to_string(),
    }
}

/// Takes what a command brings.
pub(super) trait Handler {
    /// A message body of `size` bytes begins; its UID, if the server named it already. `false`: it isn't wanted.
    fn body(&mut self, size: u64, uid: Option<Uid>) -> Result<bool, Fault> {
        let _ = (size, uid);
        Ok(false)
    }

    /// The next bytes of a body that is wanted.
    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        let _ = data;
        Ok(())
    }

    /// An untagged response; the one that a body belongs to comes after the body.
    fn untagged(&mut self, response: Untagged) -> Result<(), Fault>;
}

/// A handler that is only interested in plain responses.
impl<F: FnMut(Untagged) -> Result<(), Fault>> Handler for F {
    fn untagged(&mut self, response: Untagged) -> Result<(), Fault> {
        self(response)
    }
}

/// Takes nothing from an answer but its status.
pub(super) struct Ignore;

impl Handler for Ignore {
    fn untagged(&mut self, _response: Untagged) -> Result<(), Fault> {
        Ok(())
    }
}

/// Reads one whole response. `scratch` is room that is used again and again.
pub(super) fn read(wire: &mut Inner, scratch: &mut Vec<u8>, handler: &mut dyn Handler) -> Result<Response, Trouble> {
    scratch.clear();
    loop {
        line(wire, scratch)?;
        let Some((size, brace)) = literal_at_end(scratch) else {
            return Ok(response::parse(scratch));
        };
        if is_body(&scratch[..brace]) {
            let uid = uid_so_far(&scratch[..brace]);
            scratch.truncate(brace);
            scratch.extend_from_slice(b"NIL");
            body(wire, size, uid, handler)?;
        } else {
            keep(wire, size, scratch)?;
        }
    }
}

/// Appends a line, its end included, to `into`.
fn line(wire: &mut Inner, into: &mut Vec<u8>) -> Result<(), Trouble> {
    loop {
        let have = wire.buffered();
        let end = memchr::memchr(b'\n', have).map(|place| place + 1);
        let count = end.unwrap_or(have.len());
        if into.len() + count > LONGEST_RESPONSE {
            return Err(Trouble::Nonsense("a response without end".into()));
        }
        into.extend_from_slice(&have[..count]);
        wire.consume(count);
        if end.is_some() {
            return Ok(());
        }
        more(wire)?;
    }
}

/// Appends a literal that isn't a body to `into`.
fn keep(wire: &mut Inner, size: u64, into: &mut Vec<u8>) -> Result<(), Trouble> {
    let mut left =
        usize::try_from(size).ok().filter(|&left| left <= LONGEST_RESPONSE - into.len().min(LONGEST_RESPONSE));
    let left = left.as_mut().ok_or_else(|| Trouble::Nonsense("a string without end".into()))?;
    while *left > 0 {
        let have = wire.buffered();
        let count = have.len().min(*left);
        into.extend_from_slice(&have[..count]);
        wire.consume(count);
        *left -= count;
        if *left > 0 {
            more(wire)?;
        }
    }
    Ok(())
}

/// Hands a body on, in pieces as they arrive; or drops it, when it isn't wanted.
fn body(wire: &mut Inner, size: u64, uid: Option<Uid>, handler: &mut dyn Handler) -> Result<(), Trouble> {
    let wanted = handler.body(size, uid)?;
    let mut left = size;
    while left > 0 {
        let have = wire.buffered();
        let count = usize::try_from(left).map_or(have.len(), |left| have.len().min(left));
        if wanted && count > 0 {
            handler.chunk(&have[..count])?;
        }
        wire.consume(count);
        left -= count as u64;
        if left > 0 {
            more(wire)?;
        }
    }
    Ok(())
}

fn more(wire: &mut Inner) -> Result<(), Trouble> {
    if wire.fill()? == 0 { Err(Trouble::Closed) } else { Ok(()) }
}

/// The literal that `text` ends with: its size, and where its brace stands.
fn literal_at_end(text: &[u8]) -> Option<(u64, usize)> {
    let line = text.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if !line.ends_with(b"}") {
        return None;
    }
    let brace = memchr::memrchr(b'{', line)?;
    let size = literal_size(&line[brace..])?;
    let tilde = brace > 0 && line[brace - 1] == b'~';
    Some((size, brace - usize::from(tilde)))
}

/// Whether the literal that follows is a message's whole body.
fn is_body(before: &[u8]) -> bool {
    let ends_with = |suffix: &[u8]| {
        before.len() >= suffix.len() && before[before.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
    };
    before.starts_with(b"* ") && (ends_with(b"BODY[] ") || ends_with(b"RFC822 ") || ends_with(b"BINARY[] "))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::super::wire::Wire;
    use super::*;

    #[derive(Default)]
    struct Notes {
        bodies: Vec<(u64, Option<Uid>, Vec<u8>)>,
        responses: Vec<Untagged>,
        unwanted: bool,
    }

    impl Handler for Notes {
        fn body(&mut self, size: u64, uid: Option<Uid>) -> Result<bool, Fault> {
            self.bodies.push((size, uid, Vec::new()));
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
}
