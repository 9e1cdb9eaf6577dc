//! A way to a server on which somebody meddles with the answers, one command at a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Who meddles.
pub trait Meddler: Send {
    /// The greeting, as the client is to have it.
    fn greeting(&mut self, said: Vec<u8>) -> Answer {
        Answer::of(said)
    }

    /// An answer that the server isn't asked for.
    fn instead(&mut self, _command: &str, _tag: &str) -> Option<Answer> {
        None
    }

    /// The answer to a command, as the client is to have it. What was said may be a part of it, up to a `+`.
    fn change(&mut self, _command: &str, said: Vec<Vec<u8>>) -> Answer {
        Answer::of(said.concat())
    }
}

/// Nobody.
pub struct Honest;

impl Meddler for Honest {}

/// What the client is to have.
#[derive(Default)]
pub struct Answer {
    pub bytes: Vec<u8>,
    /// Whether the connection ends after it.
    pub close: bool,
}

impl Answer {
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, close: false }
    }
}

/// The way, and what was asked for on it.
pub struct Proxy {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    meddler: Mutex<Box<dyn Meddler>>,
    commands: Mutex<Vec<String>>,
}

impl Proxy {
    pub fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Shared { server, meddler: Mutex::new(Box::new(Honest)), commands: Mutex::default() };
        let shared = Arc::new(shared);
        let theirs = Arc::downgrade(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Some(shared) = theirs.upgrade() else { break };
                // A client that goes in the middle of an answer is no fault here.
                thread::spawn(move || serve(&client, &shared));
            }
        });
        Self { address, shared }
    }

    /// Lets somebody meddle from now on, and forgets what was asked for before.
    pub fn meddle(&self, meddler: Box<dyn Meddler>) {
        *self.shared.meddler.lock().unwrap() = meddler;
        self.commands();
    }

    /// The commands that were given since, without their tags and literals.
    pub fn commands(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.commands.lock().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Wakes the thread that waits for a connection; it sees that nobody is there any more.
        self.shared = Arc::new(Shared {
            server: self.address,
            meddler: Mutex::new(Box::new(Honest)),
            commands: Mutex::default(),
        });
        let _ = TcpStream::connect(self.address);
    }
}

/// Both ends of one connection.
struct Line<'a> {
    client: BufReader<&'a TcpStream>,
    server: BufReader<&'a TcpStream>,
    shared: &'a Shared,
}

fn serve(client: &TcpStream, shared: &Shared) -> io::Result<()> {
    let server = TcpStream::connect(shared.server)?;
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut line = Line { client: BufReader::new(client), server: BufReader::new(&server), shared };
    let ended = line.serve();
    for end in [client, &server] {
        let _ = end.shutdown(Shutdown::Both);
    }
    ended
}

impl Line<'_> {
    fn serve(&mut self) -> io::Result<()> {
        let said = response(&mut self.server)?;
        let answer = self.shared.meddler.lock().unwrap().greeting(said);
        self.say(&answer)?;
        loop {
            let (first, text) = self.command()?;
            let (tag, command) = text.split_once(' ').unwrap_or((&text, ""));
            self.shared.commands.lock().unwrap().push(command.to_owned());
            let instead = self.shared.meddler.lock().unwrap().instead(command, tag);
            match instead {
                Some(answer) => self.play(&first, answer)?,
                None => self.pass(&first, tag, command)?,
            }
        }
    }

    /// A command as far as it comes unasked, and its text without its literals.
    fn command(&mut self) -> io::Result<(Vec<u8>, String)> {
        let mut bytes = line(&mut self.client)?;
        let mut text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        while let Some((size, false)) = literal(&bytes) {
            let start = bytes.len();
            bytes.resize(start + size, 0);
            self.client.read_exact(&mut bytes[start..])?;
            let more = line(&mut self.client)?;
            text.push_str(String::from_utf8_lossy(&more).trim_end());
            bytes.extend(more);
        }
        Ok((bytes, text))
    }

    /// Gives an answer that the server knows nothing of.
    fn play(&mut self, first: &[u8], mut answer: Answer) -> io::Result<()> {
        let go_ahead = answer.bytes.split_inclusive(|byte| *byte == b'\n').position(|line| line.starts_with(b"+"));
        match (literal(first), go_ahead) {
            (Some((size, true)), Some(place)) => {
                let lines = answer.bytes.split_inclusive(|byte| *byte == b'\n');
                let before = lines.take(place + 1).map(<[u8]>::len).sum();
                let rest = answer.bytes.split_off(before);
                self.say(&Answer::of(answer.bytes))?;
                self.swallow(size)?;
                self.say(&Answer { bytes: rest, close: answer.close })
            }
            _ => self.say(&answer),
        }
    }

    fn swallow(&mut self, size: usize) -> io::Result<()> {
        self.client.read_exact(&mut vec![0; size])?;
        line(&mut self.client).map(drop)
    }

    /// Gives the server the command, and the client the answer that somebody meddled with.
    fn pass(&mut self, first: &[u8], tag: &str, command: &str) -> io::Result<()> {
        let mut sent = first.to_vec();
        loop {
            self.server.get_mut().write_all(&sent)?;
            match literal(&sent) {
                Some((size, false)) => sent = self.rest(size)?,
                Some((size, true)) if !self.answer(tag, command)? => sent = self.rest(size)?,
                Some(_) => return Ok(()),
                None if self.answer(tag, command)? => return Ok(()),
                None => sent = line(&mut self.client)?,
            }
        }
    }

    /// A literal, and the line after it.
    fn rest(&mut self, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        self.client.read_exact(&mut bytes)?;
        self.server.get_mut().write_all(&bytes)?;
        line(&mut self.client)
    }

    /// Passes an answer on, up to a `+` or its end; whether it has come to its end.
    fn answer(&mut self, tag: &str, command: &str) -> io::Result<bool> {
        let mut said = Vec::new();
        let ended = loop {
            said.push(response(&mut self.server)?);
            let last = said.last().map(Vec::as_slice).unwrap_or_default();
            if last.starts_with(b"+") {
                break false;
            }
            if last.starts_with(format!("{tag} ").as_bytes()) {
                break true;
            }
        };
        let answer = self.shared.meddler.lock().unwrap().change(command, said);
        self.say(&answer)?;
        Ok(ended)
    }

    fn say(&mut self, answer: &Answer) -> io::Result<()> {
        self.client.get_mut().write_all(&answer.bytes)?;
        if answer.close { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

fn line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    if from.read_until(b'\n', &mut line)? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(line) }
}

/// A whole response, with its literals.
fn response(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut all = line(from)?;
    while let Some((size, _)) = literal(&all).filter(|_| all.starts_with(b"* ")) {
        let start = all.len();
        all.resize(start + size, 0);
        from.read_exact(&mut all[start..])?;
        all.append(&mut line(from)?);
    }
    Ok(all)
}

/// The literal that a line ends with: its size, and whether it waits for a go-ahead.
fn literal(line: &[u8]) -> Option<(usize, bool)> {
    let text = line.trim_ascii_end().strip_suffix(b"}")?;
    let start = text.iter().rposition(|byte| *byte == b'{')? + 1;
    let text = std::str::from_utf8(&text[start..]).ok()?;
    let digits = text.trim_end_matches('+');
    Some((digits.parse().ok()?, digits.len() == text.len()))
}
