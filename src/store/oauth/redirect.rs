//! Where the browser brings the answer: a port of this machine (RFC 8252, section 7.3).
//!
//! Browsers open connections on which they say nothing, and ask for pictures that nobody has; others on this machine may say
//! anything. So many connections are listened to at once, and only what brings our own `state` counts.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::failure::Failure;
use super::form;
use crate::model::question::Secret;

/// Bytes of a request that are read; what is longer is nothing of ours.
const LONGEST: usize = 16 * 1024;
/// Connections that are listened to at once; the oldest is closed for a new one.
const MOST: usize = 16;
/// How long a browser may take to receive the page.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the browser brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// The code to fetch the token with.
    Code(Secret),
    /// The service's refusal.
    Refused(Failure),
}

/// A port that waits for the browser.
#[derive(Debug)]
pub struct Landing {
    listener: TcpListener,
    address: String,
}

/// A connection, and what came over it so far.
struct Visitor {
    stream: TcpStream,
    said: Vec<u8>,
}

impl Landing {
    /// Opens a port that only this machine reaches.
    pub fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = format!("http://{}/", listener.local_addr()?);
        Ok(Self { listener, address })
    }

    /// The address that the browser has to be sent to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the browser brings an answer with this `state`; `None` when there was none until then.
    pub fn wait(&self, state: &str, until: Instant) -> io::Result<Option<Brought>> {
        let mut visitors: Vec<Visitor> = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let ready = self.ready(&visitors, left)?;
            // The listener comes first, the visitors in their order.
            let (come, spoken) = ready.split_first().unwrap_or((&false, &[]));
            let mut speaks = spoken.iter();
            let mut brought = None;
            visitors.retain_mut(|visitor| match speaks.next() {
                Some(true) => visitor.listen(state, &mut brought),
                _ => true,
            });
            if brought.is_some() {
                return Ok(brought);
            }
            if *come {
                self.welcome(&mut visitors)?;
            }
        }
    }

    /// Waits for news, and says who has some.
    fn ready(&self, visitors: &[Visitor], left: Duration) -> io::Result<Vec<bool>> {
        let mut all = vec![PollFd::new(&self.listener, PollFlags::IN)];
        all.extend(visitors.iter().map(|visitor| PollFd::new(&visitor.stream, PollFlags::IN)));
        let limit = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut all, Some(&limit)) {
            Ok(_) => Ok(all.iter().map(|one| !one.revents().is_empty()).collect()),
            Err(Errno::INTR) => Ok(vec![false; all.len()]),
            Err(error) => Err(error.into()),
        }
    }

    fn welcome(&self, visitors: &mut Vec<Visitor>) -> io::Result<()> {
        match self.listener.accept() {
            Ok((stream, _)) => {
                if visitors.len() == MOST {
                    visitors.remove(0);
                }
                if stream.set_nonblocking(true).is_ok() {
                    visitors.push(Visitor { stream, said: Vec::new() });
                }
                Ok(())
            }
            // Who has gone again already was nobody.
            Err(error) if is_nothing(&error) || error.kind() == ErrorKind::ConnectionAborted => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

impl Visitor {
    /// Takes in what is said; whether the connection stays open.
    fn listen(&mut self, state: &str, brought: &mut Option<Brought>) -> bool {
        let mut room = [0; 4096];
        match self.stream.read(&mut room) {
            Ok(0) => return false,
            Ok(count) => self.said.extend_from_slice(room.get(..count).unwrap_or_default()),
            Err(error) => return is_nothing(&error),
        }
        if self.said.len() > LONGEST {
            return false;
        }
        if !self.said.windows(4).any(|end| end == b"\r\n\r\n") {
            return true;
        }
        let (status, page, what) = understand(&String::from_utf8_lossy(&self.said), state);
        if brought.is_none() {
            *brought = what;
        }
        // Whether the page is seen changes nothing.
        let _ = self.answer(status, page);
        false
    }

    fn answer(&mut self, status: &str, page: &str) -> io::Result<()> {
        self.stream.set_nonblocking(false)?;
        self.stream.set_write_timeout(Some(PATIENCE))?;
        let length = page.len();
        write!(
            self.stream,
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{page}"
        )
    }
}

/// What a request means: the status and the page that answer it, and what it brought.
fn understand(request: &str, state: &str) -> (&'static str, &'static str, Option<Brought>) {
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if method != "GET" || path != "/" {
        return ("404 Not Found", "There is nothing here.\n", None);
    }
    if form::value(query, "state").is_none_or(|brought| brought.reveal() != state) {
        return (
            "400 Bad Request",
            "This answer belongs to another attempt. Open the address in the terminal.\n",
            None,
        );
    }
    if let Some(code) = form::value(query, "error") {
        let said = form::value(query, "error_description").map_or(String::new(), |said| shown(said.reveal()));
        let refused = Brought::Refused(Failure::refused(&shown(code.reveal()), &said));
        return ("200 OK", "The permission was not given. You can close this page.\n", Some(refused));
    }
    match form::value(query, "code").filter(|code| !code.reveal().is_empty()) {
        Some(code) => {
            ("200 OK", "Thank you. You can close this page; the rest is in the terminal.\n", Some(Brought::Code(code)))
        }
        None => ("400 Bad Request", "There is no code in this answer. Open the address in the terminal again.\n", None),
    }
}

/// On one line.
fn shown(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::failure::Error;
    use super::*;

    #[test]
    fn only_an_answer_with_our_state_counts() {
        for (target, status, brings) in [
            ("GET /?state=S&code=C", "200", true),
            ("GET /?code=C&state=S&scope=x", "200", true),
            ("GET /?error=access_denied&state=S", "200", true),
            ("GET /?state=T&code=C", "400", false),
            ("GET /?code=C", "400", false),
            ("GET /?error=access_denied", "400", false),
            ("GET /?state=S", "400", false),
            ("GET /?state=S&code=", "400", false),
            ("GET /", "400", false),
            ("GET /favicon.ico", "404", false),
            ("POST /?state=S&code=C", "404", false),
            ("", "404", false),
        ] {
            let (answer, _, brought) = understand(&format!("{target} HTTP/1.1\r\nHost: x\r\n\r\n"), "S");
            assert!(answer.starts_with(status), "{target}: {answer}");
            assert_eq!(brought.is_some(), brings, "{target}");
        }
        let (_, _, brought) = understand("GET /?state=S&error=access_denied&error_description=a%0ab HTTP/1.1", "S");
        let Some(Brought::Refused(failure)) = brought else { panic!("{brought:?}") };
        assert_eq!(failure.error, Error::AccessDenied);
        assert!(failure.cause.ends_with("(it says: a b)"), "{}", failure.cause);
    }

    fn ask(address: &str, request: &[u8]) -> TcpStream {
        let port = address.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(port).unwrap();
        stream.write_all(request).unwrap();
        stream
    }

    #[test]
    fn silent_endless_and_foreign_visitors_do_not_keep_the_browser_out() {
        let landing = Landing::open().unwrap();
        let address = landing.address().to_owned();
        let browser = thread::spawn(move || {
            let silent: Vec<_> = (0..MOST + 2).map(|_| ask(&address, b"")).collect();
            let mut endless = ask(&address, b"");
            let _ = endless.write_all(&vec![b'x'; 2 * LONGEST]);
            let mut text = String::new();
            ask(&address, b"GET /?state=other&code=C HTTP/1.1\r\n\r\n").read_to_string(&mut text).unwrap();
            assert!(text.starts_with("HTTP/1.1 400"), "{text}");
            // In two pieces, as it may come.
            let mut stream = ask(&address, b"GET /?state=S&co");
            stream.write_all(b"de=C HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            text.clear();
            stream.read_to_string(&mut text).unwrap();
            drop(silent);
            text
        });
        let until = Instant::now() + Duration::from_secs(60);
        assert_eq!(landing.wait("S", until).unwrap(), Some(Brought::Code(Secret::new("C".to_owned()))));
        drop(landing);
        let text = browser.join().unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("You can close this page"), "{text}");
    }

    #[test]
    fn there_is_an_end_to_waiting() {
        let landing = Landing::open().unwrap();
        assert_eq!(landing.wait("S", Instant::now()).unwrap(), None);
        assert_eq!(landing.wait("S", Instant::now() + Duration::from_millis(20)).unwrap(), None);
    }
}
