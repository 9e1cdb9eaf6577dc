//! The transport under a connection: one handle that the imap crate's Session and our own streaming reader share. Beneath it
//! is a TCP connection, TLS over one, or a program that speaks to the server for us; between them, when that was agreed upon,
//! compression.
//!
//! The socket never blocks; every wait is a `poll` with a time limit. While a large command is being sent, what the
//! server says meanwhile is taken in, since otherwise both sides could wait for each other for ever. Another thread can
//! [cut](super::handle::Cutter) the connection at any moment.

mod deflate;
mod lines;
mod stream;
mod transcript;
pub(super) mod tunnel;
mod waiting;

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::PollFlags;
use zeroize::Zeroizing;

use super::handle::Traffic;
use deflate::Deflate;
use stream::Counted;
pub(super) use stream::Stream;
use transcript::Transcript;

/// Bytes that one read may bring.
const READ_BUFFER: usize = 256 * 1024;
/// Bytes that wait to be sent before they are sent unasked.
const WRITE_BUFFER: usize = 64 * 1024;
/// Bytes that may come in while a command is being sent, before the server is thought mad.
const MOST_WHILE_SENDING: usize = 16 * 1024 * 1024;

/// A handle on one connection's transport. Clones share it.
#[derive(Clone)]
pub(super) struct Wire {
    inner: Arc<Mutex<Inner>>,
    traffic: Arc<Traffic>,
}

impl Wire {
    /// Wraps a stream in non-blocking mode; each single wait may last `timeout`.
    pub(super) fn new(stream: Box<dyn Stream>, timeout: Duration) -> Self {
        let traffic = Arc::new(Traffic::default());
        let inner = Inner {
            stream: Counted::new(stream, traffic.clone()),
            deflate: None,
            input: vec![0; READ_BUFFER],
            start: 0,
            end: 0,
            closed: false,
            output: Vec::new(),
            timeout,
            heard: true,
            traffic: traffic.clone(),
            transcript: None,
        };
        Self { inner: Arc::new(Mutex::new(inner)), traffic }
    }

    /// What went over it so far.
    pub(super) fn traffic(&self) -> Arc<Traffic> {
        self.traffic.clone()
    }

    /// Takes the transport for as long as the guard lives.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while it was held leaves the connection in an unknown state; whoever comes next meets a protocol
        // error at worst, and drops the connection.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

/// The transport itself, with what was read and not yet used, and what is waiting to be sent.
pub(super) struct Inner {
    stream: Counted,
    deflate: Option<Deflate>,
    input: Vec<u8>,
    start: usize,
    end: usize,
    closed: bool,
    output: Vec<u8>,
    timeout: Duration,
    heard: bool,
    traffic: Arc<Traffic>,
    /// Who listens, if anybody does.
    transcript: Option<Box<Transcript>>,
}

impl Inner {
    /// What was received and not yet used.
    pub(super) fn buffered(&self) -> &[u8] {
        &self.input[self.start..self.end]
    }

    /// Marks the first `count` buffered bytes as used.
    pub(super) fn consume(&mut self, count: usize) {
        let end = self.end.min(self.start + count);
        if let Some(transcript) = &mut self.transcript {
            transcript.received(&self.input[self.start..end]);
        }
        self.start = end;
    }

    /// Whether something was received and not used. After STARTTLS's answer nothing may be: it came in plain text.
    pub(super) fn has_leftovers(&self) -> bool {
        self.start < self.end
    }

    /// Compresses from now on, in both directions; what was received and not yet used is compressed already. Nothing may be
    /// waiting to be sent.
    pub(super) fn compress(&mut self) {
        self.deflate = Some(Deflate::new(&self.input[self.start..self.end]));
        (self.start, self.end) = (0, 0);
    }

    /// Waits for more bytes and appends them to the buffer; gives their number, 0 at the end of the stream.
    pub(super) fn fill(&mut self) -> io::Result<usize> {
        self.flush()?;
        loop {
            match self.read_some() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(PollFlags::IN)?;
                }
                other => return other,
            }
        }
    }

    /// Queues bytes to be sent; they go when there are many, at `flush`, or before the next wait.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(transcript) = &mut self.transcript {
            transcript.sent(bytes, false);
        }
        self.output.extend_from_slice(bytes);
        if self.output.len() >= WRITE_BUFFER { self.flush() } else { Ok(()) }
    }

    /// Sends everything that is queued, taking in what the server says meanwhile.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        self.count_turn();
        let output = std::mem::take(&mut self.output);
        let result = self.write_all(&output);
        self.output = output;
        self.output.clear();
        result
    }

    /// Sends a secret with everything that is queued, and wipes both from memory.
    pub(super) fn send_secret(&mut self, secret: &[u8]) -> io::Result<()> {
        if let Some(transcript) = &mut self.transcript {
            transcript.sent(secret, true);
        }
        // Room for all of it at once, so that no piece is left behind where the queue was.
        let mut queued = Zeroizing::new(Vec::with_capacity(self.output.len() + secret.len()));
        queued.append(&mut self.output);
        queued.extend_from_slice(secret);
        self.count_turn();
        self.write_all(&queued)
    }

    fn count_turn(&mut self) {
        if std::mem::take(&mut self.heard) {
            self.traffic.turns.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn write_all(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            let written = match &mut self.deflate {
                Some(deflate) => deflate.write(&mut self.stream, rest),
                None => self.stream.write(rest),
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = &rest[count..],
                Err(error) => self.patience(error)?,
            }
        }
        loop {
            let flushed = match &mut self.deflate {
                Some(deflate) => deflate.flush(&mut self.stream),
                None => self.stream.flush(),
            };
            match flushed {
                Ok(()) => return Ok(()),
                Err(error) => self.patience(error)?,
            }
        }
    }

    /// Waits where waiting helps against a failed attempt to write.
    fn patience(&mut self, error: io::Error) -> io::Result<()> {
        match error.kind() {
            io::ErrorKind::WouldBlock => self.wait_to_write(),
            io::ErrorKind::Interrupted => Ok(()),
            _ => Err(error),
        }
    }

    /// Waits until there is room to send, and reads whatever comes in the meantime.
    fn wait_to_write(&mut self) -> io::Result<()> {
        let wanted = if self.closed { PollFlags::OUT } else { PollFlags::OUT | PollFlags::IN };
        if !self.wait(wanted)?.intersects(PollFlags::IN) || self.closed {
            return Ok(());
        }
        if self.end - self.start > MOST_WHILE_SENDING {
            return Err(io::Error::other("the server talks without end while it is being talked to"));
        }
        match self.read_some() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }

    fn read_some(&mut self) -> io::Result<usize> {
        self.make_room();
        loop {
            let into = &mut self.input[self.end..];
            let read = match &mut self.deflate {
                Some(deflate) => deflate.read(&mut self.stream, into),
                None => self.stream.read(into),
            };
            match read {
                Ok(count) => {
                    self.closed |= count == 0;
                    self.heard = true;
                    self.end += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves what is unused to the front, and grows the buffer when it is full all the same. (How far it may grow is
    /// limited by the readers, which cap lines and stream literals.)
    fn make_room(&mut self) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.input.truncate(READ_BUFFER);
        } else if self.end == self.input.len() && self.start > 0 {
            self.input.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.input.len() {
            self.input.resize(self.input.len() * 2, 0);
        }
    }
}

#[cfg(test)]
mod tests;
