//! A server that lets nobody in, and keeps all that is said to it.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use native_tls::{Identity, Protocol, TlsAcceptor};

use super::office::Paper;

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// How it behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, as it should be; it offers a way to log in before that.
    StartTls,
    /// It doesn't offer STARTTLS.
    Stripped,
    /// It offers STARTTLS, and then refuses it.
    Refused,
    /// Words follow the consent to STARTTLS in plain text.
    Injected,
    /// It greets as one who knows the user already.
    Preauth,
    /// It says nothing at all.
    Silent,
    /// It consents to STARTTLS and says nothing more.
    SilentAfterConsent,
    /// It does no more than the handshake.
    SilentBeforeGreeting,
    /// It greets over TLS, and answers nothing.
    SilentAfterGreeting,
}

impl Manner {
    /// Whether it expects TLS from the first byte.
    pub fn begins_with_tls(self) -> bool {
        use Manner::{Silent, SilentAfterGreeting, SilentBeforeGreeting, Tls};
        matches!(self, Tls | Silent | SilentBeforeGreeting | SilentAfterGreeting)
    }
}

/// What one connection brought.
#[derive(Default)]
pub struct Heard {
    /// What was said in plain text.
    pub plain: String,
    /// What was said under the protection of TLS; `None` when the client did not accept the handshake.
    pub protected: Option<String>,
}

pub struct Overheard {
    pub port: u16,
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Heard>>,
}

impl Overheard {
    /// A server with this certificate, which knows no version of TLS that is newer than this one.
    pub fn start(paper: &Paper, manner: Manner, newest: Protocol) -> Self {
        let [certificate, key] = [&paper.certificate, &paper.key].map(|path| fs::read(path).unwrap());
        let mut builder = TlsAcceptor::builder(Identity::from_pkcs8(&certificate, &key).unwrap());
        let builder = builder.min_protocol_version(Some(Protocol::Tlsv10)).max_protocol_version(Some(newest));
        let acceptor = builder.build().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let ending = Arc::new(AtomicBool::new(false));
        let seen = ending.clone();
        let thread = thread::spawn(move || {
            let mut connections = Vec::new();
            for socket in listener.incoming().flatten() {
                if seen.load(Ordering::SeqCst) {
                    break;
                }
                let acceptor = acceptor.clone();
                connections.push(thread::spawn(move || {
                    let mut heard = Heard::default();
                    // A client that goes at any moment is no fault here.
                    let _ = serve(&socket, &acceptor, manner, &mut heard);
                    heard
                }));
            }
            connections.into_iter().map(|connection| connection.join().unwrap()).collect()
        });
        Self { port: address.port(), address, ending, thread }
    }

    /// What every connection brought, in order. All of them must have ended.
    pub fn heard(self) -> Vec<Heard> {
        self.ending.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        self.thread.join().unwrap()
    }
}

fn serve(socket: &TcpStream, acceptor: &TlsAcceptor, manner: Manner, heard: &mut Heard) -> io::Result<()> {
    socket.set_read_timeout(Some(PATIENCE))?;
    if !manner.begins_with_tls() && !consents(socket, manner, heard)? {
        return Ok(());
    }
    if matches!(manner, Manner::Silent | Manner::SilentAfterConsent) {
        // Whatever it is, it isn't answered.
        return io::copy(&mut &*socket, &mut io::sink()).map(drop);
    }
    let Ok(mut stream) = acceptor.accept(socket) else { return Ok(()) };
    let said = heard.protected.insert(String::new());
    if matches!(manner, Manner::Tls | Manner::SilentAfterGreeting) {
        stream.write_all(b"* OK hello\r\n")?;
    }
    converse(stream, manner, said)
}

/// The conversation before TLS; whether TLS follows.
fn consents(mut socket: &TcpStream, manner: Manner, heard: &mut Heard) -> io::Result<bool> {
    let greeting = if manner == Manner::Preauth { "* PREAUTH hello\r\n" } else { "* OK hello\r\n" };
    socket.write_all(greeting.as_bytes())?;
    // Nothing is read ahead, since TLS begins at once.
    while let Some(line) = line(&mut socket)? {
        heard.plain += &line;
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let capabilities = if manner == Manner::Stripped { "IMAP4rev1" } else { "IMAP4rev1 STARTTLS AUTH=PLAIN" };
        let answer = match (command, manner) {
            ("CAPABILITY", _) => format!("* CAPABILITY {capabilities}\r\n{tag} OK\r\n"),
            ("STARTTLS", Manner::Injected) => format!("{tag} OK begin\r\n* CAPABILITY IMAP4rev1\r\n* PREAUTH in\r\n"),
            ("STARTTLS", Manner::StartTls | Manner::SilentAfterConsent) => format!("{tag} OK begin\r\n"),
            _ => format!("{tag} NO\r\n"),
        };
        socket.write_all(answer.as_bytes())?;
        if command == "STARTTLS" && manner != Manner::Refused {
            return Ok(true);
        }
    }
    Ok(false)
}

fn line(from: &mut impl Read) -> io::Result<Option<String>> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while !line.ends_with(b"\n") {
        if from.read(&mut byte)? == 0 {
            return Ok(None);
        }
        line.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

fn converse(stream: impl Read + Write, manner: Manner, said: &mut String) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line)? > 0 {
        said.push_str(&line);
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let answer = match command {
            _ if matches!(manner, Manner::SilentBeforeGreeting | Manner::SilentAfterGreeting) => String::new(),
            "CAPABILITY" => format!("* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"),
            _ => format!("{tag} NO [AUTHENTICATIONFAILED] not you\r\n"),
        };
        stream.get_mut().write_all(answer.as_bytes())?;
        line.clear();
    }
    Ok(())
}
