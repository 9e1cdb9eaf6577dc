//! What comes from a server: read from a loopback socket, taken apart, and thrown away.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use blinkensync::config::settings::ImapSettings;
use blinkensync::model::fault::Fault;
use blinkensync::model::ids::{AccountName, Uid};
use blinkensync::model::message::{Head, MessageId};
use blinkensync::store::imap::{Credentials, Greeted, ImapRepository};
use blinkensync::store::{Delivered, Delivery, Repository};

use super::MANY;

/// What the server can do: as little as possible, so that it is asked for nothing else.
const ABILITIES: &str = "IMAP4rev1 SASL-IR AUTH=PLAIN";

/// What a server answers, made beforehand.
struct Answers {
    /// One after the other, for UID 1 and on.
    text: Vec<u8>,
    /// Where each begins, and where the last one ends.
    places: Vec<usize>,
}

impl Answers {
    fn new(count: u32, answer: impl Fn(u32, &mut Vec<u8>)) -> Self {
        let (mut text, mut places) = (Vec::new(), vec![0]);
        for uid in 1..=count {
            answer(uid, &mut text);
            places.push(text.len());
        }
        Self { text, places }
    }

    fn count(&self) -> usize {
        self.places.len() - 1
    }

    /// What is said of the UIDs of this set, which is one range or one number.
    fn of(&self, set: &str) -> &[u8] {
        let (first, last) = set.split_once(':').unwrap_or((set, set));
        let number = |text: &str| if text == "*" { self.count() } else { text.parse().unwrap() };
        &self.text[self.places[number(first) - 1]..self.places[number(last)]]
    }

    /// Answers one client until it goes.
    fn serve(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        stream.write_all(format!("* OK [CAPABILITY {ABILITIES}] at your service\r\n").as_bytes())?;
        for line in BufReader::new(stream).lines() {
            let line = line?;
            let words: Vec<&str> = line.split(' ').collect();
            match words[1..] {
                ["CAPABILITY"] => stream.write_all(format!("* CAPABILITY {ABILITIES}\r\n").as_bytes())?,
                ["SELECT" | "EXAMINE", ..] => {
                    let count = self.count();
                    let selected = format!(
                        "* {count} EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT {}] next\r\n",
                        count + 1
                    );
                    stream.write_all(selected.as_bytes())?;
                }
                ["UID", "FETCH", set, ..] => stream.write_all(self.of(set))?,
                _ => {}
            }
            stream.write_all(format!("{} OK done\r\n", words[0]).as_bytes())?;
        }
        Ok(())
    }
}

/// A server that has these answers, for one client.
fn server(answers: Answers) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        // It ends when the client has gone.
        let _ = answers.serve(&stream);
    });
    address
}

fn connect(address: SocketAddr) -> ImapRepository {
    let settings = ImapSettings::plain("remote", address, "bench", "secret");
    let greeted =
        Greeted::connect(&settings, &AccountName::new("bench"), Duration::from_secs(60), &mut |_| {}).unwrap();
    greeted.log_in(&Credentials::of_password("secret")).unwrap()
}

/// Takes everything and keeps nothing.
#[derive(Default)]
struct Nowhere {
    bytes: usize,
    messages: usize,
}

impl Delivery for Nowhere {
    fn begin(&mut self, _size: u64, _head: &Head) -> Result<(), Fault> {
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.bytes += data.len();
        Ok(())
    }

    fn end(&mut self, _head: Head) -> Result<(), Fault> {
        self.messages += 1;
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        Ok(Vec::new())
    }
}

/// Fetches so many messages of so many bytes.
fn fetch(bencher: Bencher<'_, '_>, count: u32, size: usize) {
    let body = b"a line of a message, as long as lines in messages are, more or less\r\n".repeat(size / 69);
    let answers = Answers::new(count, |uid, text| {
        let date = "01-Jan-2024 12:00:00 +0000";
        let size = body.len();
        write!(text, "* {uid} FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE \"{date}\" BODY[] {{{size}}}\r\n").unwrap();
        text.extend_from_slice(&body);
        text.extend_from_slice(b")\r\n");
    });
    let bytes = answers.text.len();
    let mut repository = connect(server(answers));
    let wanted: Vec<MessageId> = (1..=count).filter_map(Uid::new).map(MessageId::Uid).collect();
    let mut mailbox = repository.open("INBOX", false).unwrap();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut nowhere = Nowhere::default();
        let faults = mailbox.fetch(&wanted, &mut nowhere).unwrap();
        assert_eq!((faults.len(), nowhere.messages, nowhere.bytes), (0, count as usize, count as usize * body.len()));
    });
}

#[divan::bench(sample_count = 20)]
fn many_messages(bencher: Bencher<'_, '_>) {
    fetch(bencher, 10_000, 3000);
}

#[divan::bench(sample_count = 20)]
fn one_huge_message(bencher: Bencher<'_, '_>) {
    fetch(bencher, 1, 50_000_000);
}

/// The flags of 100,000 messages.
#[divan::bench(sample_count = 20)]
fn a_listing(bencher: Bencher<'_, '_>) {
    let answers = Answers::new(MANY, |uid, text| {
        write!(text, "* {uid} FETCH (UID {uid} FLAGS (\\Seen \\Answered))\r\n").unwrap();
    });
    let mut repository = connect(server(answers));
    bencher.counter(ItemsCount::new(MANY)).bench_local(|| {
        let look = repository.open("INBOX", false).unwrap().look(None).unwrap();
        assert_eq!(look.messages.len(), MANY as usize);
    });
}
