//! A client that says exactly what a test wants said, and notes what comes back.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection. In what it says, `«text»` is a literal that waits for the go-ahead and `«+text»` one that doesn't;
/// `⏎` is a line end within either, and `␀` a NUL. It compresses when the server has agreed to it.
pub struct Client {
    stream: TcpStream,
    input: BufReader<Box<dyn Read>>,
    output: Box<dyn Write>,
    next: u32,
    open: Vec<String>,
}

impl Client {
    /// Connects, and reads the greeting.
    pub fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let input = BufReader::new(Box::new(stream.try_clone().unwrap()) as Box<dyn Read>);
        let output = Box::new(stream.try_clone().unwrap());
        let mut client = Self { stream, input, output, next: 0, open: Vec::new() };
        let greeting = client.line();
        assert!(greeting.starts_with("* OK"), "{greeting}");
        client
    }

    /// Connects and logs in.
    pub fn logged_in(address: SocketAddr, user: &str, password: &str) -> Self {
        let mut client = Self::new(address);
        let answer = client.run(&format!("LOGIN {user} {password}"));
        assert!(answer.last().unwrap().starts_with("OK"), "{answer:?}");
        client
    }

    /// Sends a command under a new tag without waiting for its end. Literals that wait get their go-ahead; whatever comes
    /// before it is returned.
    pub fn send(&mut self, command: &str) -> Vec<String> {
        self.next += 1;
        let tag = format!("t{}", self.next);
        self.open.push(tag.clone());
        self.raw(&format!("{tag} {command}"))
    }

    /// Sends a line as it stands.
    pub fn raw(&mut self, line: &str) -> Vec<String> {
        let mut answers = Vec::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('«') {
            let (text, after) = after.split_once('»').unwrap();
            let (plus, text) = text.strip_prefix('+').map_or(("", text), |text| ("+", text));
            let text = text.replace('⏎', "\r\n").replace('␀', "\0");
            self.put(&format!("{before}{{{}{plus}}}\r\n", text.len()));
            if plus.is_empty() && !self.go_ahead(&mut answers) {
                return answers;
            }
            self.put(&text);
            rest = after;
        }
        self.put(&format!("{rest}\r\n"));
        answers
    }

    /// Sends a command and returns everything up to its end; tags are left out.
    pub fn run(&mut self, command: &str) -> Vec<String> {
        let mut answers = self.send(command);
        answers.extend(self.finish());
        if command == "COMPRESS DEFLATE" && answers.last().unwrap().starts_with("OK") {
            self.compress();
        }
        answers
    }

    /// From now on everything is compressed, what was received already too.
    pub fn compress(&mut self) {
        let received = std::io::Cursor::new(self.input.buffer().to_vec());
        let input = DeflateDecoder::new(received.chain(self.stream.try_clone().unwrap()));
        self.input = BufReader::new(Box::new(input));
        self.output = Box::new(DeflateEncoder::new(self.stream.try_clone().unwrap(), Compression::default()));
    }

    /// Reads until every command that was sent has ended. The ends of several come last, since servers may put off the
    /// one for the other.
    pub fn finish(&mut self) -> Vec<String> {
        let mut answers = Vec::new();
        while !self.open.is_empty() {
            let line = self.line();
            answers.push(self.note(line));
        }
        answers.sort_by_key(|answer| !answer.starts_with("* "));
        answers
    }

    /// Reads one line, with the literals in it.
    pub fn line(&mut self) -> String {
        self.read().unwrap_or_else(|| panic!("the connection ended"))
    }

    /// Waits until something comes, and leaves it unread.
    pub fn wait_for_bytes(&mut self) {
        loop {
            match self.input.fill_buf() {
                // A signal that is meant for another test.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                bytes => return assert!(!bytes.unwrap().is_empty()),
            }
        }
    }

    /// Whether the server has nothing more to say and ends the connection.
    pub fn ends(&mut self) -> bool {
        self.read().is_none()
    }

    fn go_ahead(&mut self, answers: &mut Vec<String>) -> bool {
        loop {
            let line = self.line();
            if line.starts_with('+') {
                return true;
            }
            let tagged = !line.starts_with("* ");
            answers.push(self.note(line));
            if tagged {
                return false;
            }
        }
    }

    /// Strikes a tag off the list of open commands, and off the line.
    fn note(&mut self, line: String) -> String {
        let Some((tag, rest)) = line.split_once(' ') else { return line };
        match self.open.iter().position(|open| open == tag) {
            Some(place) => {
                self.open.remove(place);
                rest.to_owned()
            }
            None => line,
        }
    }

    fn put(&mut self, text: &str) {
        self.output.write_all(text.as_bytes()).unwrap();
        self.output.flush().unwrap();
    }

    fn read(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        loop {
            match self.input.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                    panic!("no answer came; so far: {}", String::from_utf8_lossy(&bytes));
                }
                Err(_) => return None,
            }
            let text = String::from_utf8_lossy(&bytes).trim_end_matches("\r\n").to_owned();
            let Some(size) = literal(&text) else { return Some(text) };
            let mut body = vec![0; size];
            self.input.read_exact(&mut body).ok()?;
            bytes.truncate(bytes.len() - size.to_string().len() - 4);
            let body = String::from_utf8_lossy(&body).replace("\r\n", "⏎");
            bytes.extend_from_slice(format!("«{body}»").as_bytes());
        }
    }
}

fn literal(line: &str) -> Option<usize> {
    line.strip_suffix('}')?.rsplit_once('{')?.1.parse().ok()
}
