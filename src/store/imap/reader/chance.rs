//! The reader and what it rests on, given what no server should say.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use proptest::prelude::*;

use super::super::wire::{Stream, Wire};
use super::*;

impl Stream for UnixStream {
    fn source(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}

/// Responses of every kind that there is, as honest servers write them.
const SAID: [&[u8]; 26] = [
    b"* OK [CAPABILITY IMAP4rev1 UIDPLUS] ready\r\n",
    b"* CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC\r\n",
    b"+ go ahead\r\n",
    b"b1 OK [CAPABILITY IMAP4rev1] Gr\xFC\xDFe\r\n",
    b"b2 NO [OVERQUOTA] no room {3}\r\n",
    b"* LIST (\\HasNoChildren) \"/\" \"a \\\"b\\\\\"\r\n",
    b"* LIST (\\Noselect) NIL {5}\r\na\r\n b\r\n",
    b"* STATUS INBOX (MESSAGES 5 UIDNEXT 6 UIDVALIDITY 1 HIGHESTMODSEQ 99)\r\n",
    b"* FLAGS (\\Seen \\Flagged $x foo[bar])\r\n",
    b"* OK [PERMANENTFLAGS (\\Seen \\*)] limited\r\n",
    b"* 5 EXISTS\r\n",
    b"* 3 EXPUNGE\r\n",
    b"* VANISHED (EARLIER) 41,43:116\r\n",
    b"* OK [UIDVALIDITY 1600000001] valid\r\n",
    b"* OK [HIGHESTMODSEQ 715194045007] highest\r\n",
    b"* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (5))\r\n",
    b"* 2 FETCH (UID 2 BODY[] {12}\r\nA: b\r\n\r\nc\r\n FLAGS () INTERNALDATE \" 1-Feb-2020 10:00:00 +0200\")\r\n",
    b"* 3 FETCH (UID 3 RFC822.SIZE 5 BODY[HEADER] {8}\r\nA: b\r\n\r\n)\r\n",
    b"* 4 FETCH (BODY[] \"quoted\" UID 4)\r\n",
    b"* 5 FETCH (BODY[] NIL UID 5 ENVELOPE (\"a\" (NIL (b)) NIL))\r\n",
    b"* SEARCH 3 1 2 (MODSEQ 9)\r\n",
    b"* ESEARCH (TAG \"b1\") UID ALL 4:18,21\r\n",
    b"b3 OK [APPENDUID 38 101:103] fine\r\n",
    b"b4 OK [COPYUID 38 1:3 7:5] moved\r\n",
    b"* BYE see you\r\n",
    b"* 1 RECENT\r\n",
];

/// Keeps what it is given, and counts the bytes of bodies.
#[derive(Default)]
struct Notes {
    begun: u64,
    bytes: usize,
    responses: Vec<Untagged>,
}

impl Handler for Notes {
    fn body(&mut self, _size: u64, _so_far: Fetched) -> Result<bool, Fault> {
        self.begun += 1;
        Ok(true)
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.bytes += data.len();
        Ok(())
    }

    fn untagged(&mut self, response: Untagged) -> Result<(), Fault> {
        self.responses.push(response);
        Ok(())
    }
}

/// Reads everything, which arrives in two parts; what it was, and why it ended.
fn read_all(text: &[u8], cut: usize, notes: &mut Notes) -> (Vec<Response>, String) {
    let (client, mut server) = UnixStream::pair().unwrap();
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
            Err(trouble) => return (all, trouble.to_string()),
        }
        assert!(all.len() <= text.len(), "more responses than bytes");
        assert!(scratch.capacity() <= 4 * text.len() + LONGEST_LINE, "more is kept than came");
    }
}

/// A change to a conversation.
#[derive(Debug, Clone)]
enum Change {
    Put(usize, Vec<u8>),
    Set(usize, u8),
    Cut(usize, usize),
    Again(usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let odd = prop_oneof![
        Just(b"{99999999999999999999}\r\n".to_vec()),
        Just(b"{9}\r\n".to_vec()),
        Just(b"((((((((".to_vec()),
        Just(b"[[[".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n* 1 FETCH (UID 9 BODY[] {3}\r\n".to_vec()),
        Just(b" BODY[] ".to_vec()),
        proptest::collection::vec(any::<u8>(), 1..8),
    ];
    let change = prop_oneof![
        (0usize..3000, odd).prop_map(|(place, bytes)| Change::Put(place, bytes)),
        (0usize..3000, any::<u8>()).prop_map(|(place, byte)| Change::Set(place, byte)),
        (0usize..3000, 0usize..40).prop_map(|(place, length)| Change::Cut(place, length)),
        (0usize..3000, 0usize..200).prop_map(|(place, length)| Change::Again(place, length)),
    ];
    proptest::collection::vec(change, 0..8)
}

fn changed(mut text: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let (Change::Put(place, _) | Change::Set(place, _) | Change::Cut(place, _) | Change::Again(place, _)) = change;
        let place = place % (text.len() + 1);
        let until = |length: usize| (place + length).min(text.len());
        match change {
            Change::Put(_, bytes) => drop(text.splice(place..place, bytes.iter().copied())),
            Change::Set(_, byte) => text.iter_mut().skip(place).take(1).for_each(|there| *there = *byte),
            Change::Cut(_, length) => drop(text.drain(place..until(*length))),
            Change::Again(_, length) => {
                let piece = text[place..until(*length)].to_vec();
                text.splice(place..place, piece);
            }
        }
    }
    text
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(text in proptest::collection::vec(any::<u8>(), 0..600), cut in 0usize..600) {
        read_all(&text, cut.min(text.len()), &mut Notes::default());
    }

    #[test]
    fn damaged_conversations_are_read_to_their_end_however_they_arrive(
        lines in proptest::collection::vec(0..SAID.len(), 1..30),
        changes in changes(),
        cut in 0usize..3000,
    ) {
        let text = changed(lines.iter().flat_map(|line| SAID[*line]).copied().collect(), &changes);
        let (mut whole, mut in_parts) = (Notes::default(), Notes::default());
        let read_whole = read_all(&text, 0, &mut whole);
        let read_in_parts = read_all(&text, cut % (text.len() + 1), &mut in_parts);
        prop_assert_eq!(read_whole, read_in_parts);
        prop_assert_eq!((whole.begun, whole.bytes), (in_parts.begun, in_parts.bytes));
        prop_assert!(whole.bytes <= text.len());
    }

    #[test]
    fn any_line_is_understood_or_passed_over(before in 0..SAID.len(), text in proptest::collection::vec(any::<u8>(), 0..100)) {
        for beginning in [&b""[..], b"* ", b"* 1 FETCH (", b"* LIST ", b"* OK [", b"* OK [COPYUID 1 ", b"* SEARCH ", b"b1 ", SAID[before]] {
            response::parse(&[beginning, &text].concat());
        }
    }
}

#[test]
fn honest_conversations_are_understood() {
    let (all, end) = read_all(&SAID.concat(), 0, &mut Notes::default());
    assert_eq!((all.len(), end.as_str()), (SAID.len(), "the server closed the connection"));
    let others = all.iter().filter(|response| **response == Response::Untagged(Untagged::Other)).count();
    assert_eq!(others, 1, "only RECENT is nothing to us");
}

#[test]
fn no_line_costs_more_than_its_length() {
    for text in [
        [&b"* X "[..], &b"[".repeat(900_000)].concat(),
        [&b"* 1 FETCH ("[..], &b"[ ".repeat(400_000)].concat(),
        b"{ ".repeat(400_000),
    ] {
        response::parse(&text);
    }
}
