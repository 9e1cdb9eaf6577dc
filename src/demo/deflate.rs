//! What comes from a client, and how it is compressed in both directions once the client wants that (RFC 4978).

use std::io::{self, BufRead, Read};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Bytes that are received at once, and expanded at once.
const BUFFER: usize = 64 * 1024;

/// Compresses what is sent.
pub(super) struct Deflate(Compress);

impl Deflate {
    pub(super) fn new() -> Self {
        Self(Compress::new(Compression::fast(), false))
    }

    /// Compresses bytes in such a way that all of them can be expanded before more come.
    pub(super) fn pack(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = Vec::with_capacity(bytes.len() / 2 + 64);
        let mut rest = bytes;
        loop {
            let before = self.0.total_in();
            self.0.compress_vec(rest, &mut packed, FlushCompress::Sync).map_err(io::Error::other)?;
            let taken = usize::try_from(self.0.total_in() - before).unwrap_or(rest.len());
            rest = rest.get(taken..).unwrap_or_default();
            // With room to spare, everything is out.
            if rest.is_empty() && packed.len() < packed.capacity() {
                return Ok(packed);
            }
            packed.reserve(BUFFER);
        }
    }
}

/// Bytes of which some are used up.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    used: usize,
}

impl Buffer {
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.used..).unwrap_or_default()
    }

    /// Makes room for as many bytes as `fill` puts there; how many those are.
    fn fill(&mut self, fill: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
        self.bytes.drain(..self.used);
        self.used = 0;
        let kept = self.bytes.len();
        self.bytes.resize(kept + BUFFER, 0);
        let filled = fill(&mut self.bytes[kept..]);
        self.bytes.truncate(kept + filled.as_ref().copied().unwrap_or(0));
        filled
    }
}

/// The way from one client.
pub(super) struct Input {
    stream: TcpStream,
    /// What was received and is still compressed.
    packed: Buffer,
    /// What can be read.
    plain: Buffer,
    inflate: Option<Decompress>,
    at_end: bool,
}

impl Input {
    pub(super) fn new(stream: TcpStream) -> Self {
        let (packed, plain) = (Buffer::default(), Buffer::default());
        Self { stream, packed, plain, inflate: None, at_end: false }
    }

    /// From here on everything that comes is compressed, also what was received but not read yet.
    pub(super) fn expand(&mut self) {
        self.packed = std::mem::take(&mut self.plain);
        self.inflate = Some(Decompress::new(false));
    }

    /// Whether something can be read that was received already.
    pub(super) fn has_more(&mut self) -> io::Result<bool> {
        if self.plain.rest().is_empty() {
            self.unpack()?;
        }
        Ok(!self.plain.rest().is_empty())
    }

    /// Whether nothing more will come than what was received.
    pub(super) fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// Waits for bytes. They may be too few to read anything.
    pub(super) fn receive(&mut self) -> io::Result<()> {
        let buffer = if self.inflate.is_some() { &mut self.packed } else { &mut self.plain };
        self.at_end = buffer.fill(|room| (&self.stream).read(room))? == 0;
        Ok(())
    }

    /// Expands some of what was received.
    fn unpack(&mut self) -> io::Result<()> {
        let Some(inflate) = &mut self.inflate else { return Ok(()) };
        loop {
            let (taken, made) = (inflate.total_in(), inflate.total_out());
            let mut status = Status::Ok;
            self.plain.fill(|room| {
                status = inflate
                    .decompress(self.packed.rest(), room, FlushDecompress::None)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
                Ok(usize::try_from(inflate.total_out() - made).unwrap_or(0))
            })?;
            let taken = inflate.total_in() - taken;
            self.packed.used += usize::try_from(taken).unwrap_or(0);
            self.at_end |= status == Status::StreamEnd;
            if taken == 0 || inflate.total_out() > made || self.at_end {
                return Ok(());
            }
        }
    }
}

impl AsFd for Input {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while !self.has_more()? && !self.at_end {
            self.receive()?;
        }
        Ok(self.plain.rest())
    }

    fn consume(&mut self, count: usize) {
        self.plain.used += count;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;

    fn pair() -> (TcpStream, Input) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (client, Input::new(listener.accept().unwrap().0))
    }

    #[test]
    fn what_follows_the_command_at_once_is_expanded_too() {
        let (mut client, mut input) = pair();
        let mut deflate = Deflate::new();
        let packed = deflate.pack(b"b NOOP\r\n").unwrap();
        client.write_all(&[b"a COMPRESS DEFLATE\r\n", &*packed].concat()).unwrap();
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        assert_eq!(line, "a COMPRESS DEFLATE\r\n");
        input.expand();
        line.clear();
        input.read_line(&mut line).unwrap();
        assert_eq!(line, "b NOOP\r\n");
        assert!(!input.has_more().unwrap());
    }

    #[test]
    fn each_byte_alone_is_enough() {
        let (mut client, mut input) = pair();
        input.expand();
        let (mut deflate, mut random) = (Deflate::new(), fastrand::Rng::with_seed(1));
        let text: Vec<u8> = (0..20_000).map(|_| random.u8(..)).chain(std::iter::repeat_n(b'x', 20_000)).collect();
        let mut expanded = Vec::new();
        for part in text.chunks(7_000) {
            for byte in deflate.pack(part).unwrap() {
                client.write_all(&[byte]).unwrap();
                input.receive().unwrap();
                while input.has_more().unwrap() {
                    let rest = input.fill_buf().unwrap();
                    expanded.extend_from_slice(rest);
                    let count = rest.len();
                    input.consume(count);
                }
            }
            // What is flushed needs nothing behind it.
            assert!(
                text.starts_with(&expanded) && expanded.len().is_multiple_of(7_000) || expanded.len() == text.len()
            );
        }
        assert_eq!(expanded.len(), text.len());
        drop(client);
        assert!(input.fill_buf().unwrap().is_empty() && input.is_at_end());
    }

    #[test]
    fn much_comes_through_bounded_buffers() {
        let (mut client, mut input) = pair();
        input.expand();
        let packed = Deflate::new().pack(&vec![b'x'; 10_000_000]).unwrap();
        client.write_all(&packed).unwrap();
        drop(client);
        let mut count = 0;
        loop {
            let rest = input.fill_buf().unwrap().len();
            if rest == 0 {
                break;
            }
            assert!(rest <= BUFFER);
            count += rest;
            input.consume(rest);
        }
        assert_eq!(count, 10_000_000);
    }

    #[test]
    fn damage_is_an_error() {
        let (mut client, mut input) = pair();
        input.expand();
        client.write_all(&[0xff; 100]).unwrap();
        assert_eq!(input.fill_buf().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
