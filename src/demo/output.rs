//! What goes to a client: gathered until an answer is complete, bodies no faster than the server is told to be.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::deflate::Deflate;

/// Bytes that are sent at once when the pace is limited.
const SLICE: usize = 16 * 1024;
/// Bytes that are gathered before they are sent.
const GATHERED: usize = 64 * 1024;

/// The way to one client.
pub(super) struct Output {
    stream: TcpStream,
    gathered: Vec<u8>,
    bytes_per_second: Option<u64>,
    ended: Receiver<()>,
    deflate: Option<Deflate>,
}

impl Output {
    pub(super) fn new(stream: TcpStream, bytes_per_second: Option<u64>, ended: Receiver<()>) -> Self {
        Self { stream, gathered: Vec::new(), bytes_per_second, ended, deflate: None }
    }

    /// From now on everything is sent compressed.
    pub(super) fn compress(&mut self) -> io::Result<()> {
        self.flush()?;
        self.deflate = Some(Deflate::new());
        Ok(())
    }

    /// Adds bytes to the answer.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    /// Adds a line, which gets its line end here.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        self.put(line.as_bytes())?;
        self.put(b"\r\n")
    }

    /// Adds a message's body, at the server's pace, which counts what is sent before it is compressed.
    pub(super) fn body(&mut self, body: &[u8]) -> io::Result<()> {
        let Some(pace) = self.bytes_per_second else {
            return self.put(body);
        };
        for slice in body.chunks(SLICE) {
            self.put(slice)?;
            self.flush()?;
            let pause = Duration::from_secs_f64(slice.len() as f64 / pace.max(1) as f64);
            if self.ended.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
        }
        Ok(())
    }

    /// Sends what was gathered.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.deflate {
            Some(deflate) if !self.gathered.is_empty() => {
                self.stream.write_all(&deflate.pack(&self.gathered)?)?;
            }
            _ => self.stream.write_all(&self.gathered)?,
        }
        self.gathered.clear();
        Ok(())
    }
}
