//! DEFLATE under a conversation, in both directions (RFC 4978).

use std::io;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::Stream;

/// Compressed bytes that are read at once.
const READ_BUFFER: usize = 32 * 1024;
/// Room for compressed bytes that wait to be sent. More is accepted only once it is empty again.
const WRITE_BUFFER: usize = 32 * 1024;

/// What lies between a conversation and the stream beneath it, which is handed in at each call. Like the stream it never
/// blocks: `WouldBlock` says that nothing more can be read or sent for now.
pub(super) struct Deflate {
    expander: Decompress,
    compressor: Compress,
    /// What was received: `input[start..end]` is still compressed.
    input: Vec<u8>,
    start: usize,
    end: usize,
    closed: bool,
    /// What is to be sent: `output[sent..]`, compressed.
    output: Vec<u8>,
    sent: usize,
    /// Whether the compressor keeps bytes back.
    owing: bool,
}

impl Deflate {
    /// Begins to compress. `received` came already, and is compressed.
    pub(super) fn new(received: &[u8]) -> Self {
        let mut input = received.to_vec();
        input.resize(received.len().max(READ_BUFFER), 0);
        Self {
            expander: Decompress::new(false),
            compressor: Compress::new(Compression::default(), false),
            input,
            start: 0,
            end: received.len(),
            closed: false,
            output: Vec::with_capacity(WRITE_BUFFER),
            sent: 0,
            owing: false,
        }
    }

    /// Reads and expands; 0 at the end of the stream.
    pub(super) fn read(&mut self, stream: &mut dyn Stream, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let (taken, made) = (self.expander.total_in(), self.expander.total_out());
            let status = self.expander.decompress(&self.input[self.start..self.end], into, FlushDecompress::None);
            let status =
                status.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the compression is damaged"))?;
            self.start += usize::try_from(self.expander.total_in() - taken).unwrap_or(0);
            let count = usize::try_from(self.expander.total_out() - made).unwrap_or(0);
            if count > 0 || into.is_empty() || self.closed || status == Status::StreamEnd {
                return Ok(count);
            }
            if self.start == self.end {
                (self.start, self.end) = (0, 0);
                self.end = stream.read(&mut self.input)?;
                self.closed = self.end == 0;
            }
        }
    }

    /// Takes bytes to be sent, at least one; how many.
    pub(super) fn write(&mut self, stream: &mut dyn Stream, bytes: &[u8]) -> io::Result<usize> {
        loop {
            if self.is_full() {
                self.drain(stream)?;
            }
            let count = self.compress(bytes, FlushCompress::None)?;
            if count > 0 || bytes.is_empty() {
                self.owing |= count > 0;
                return Ok(count);
            }
        }
    }

    /// Sends everything that was taken. After `WouldBlock` it has to be called again.
    pub(super) fn flush(&mut self, stream: &mut dyn Stream) -> io::Result<()> {
        while self.owing {
            if self.is_full() {
                self.drain(stream)?;
            }
            self.compress(&[], FlushCompress::Sync)?;
            // With room to spare, everything is out.
            self.owing = self.is_full();
        }
        self.drain(stream)?;
        stream.flush()
    }

    fn is_full(&self) -> bool {
        self.output.len() == self.output.capacity()
    }

    /// Sends what is compressed already.
    fn drain(&mut self, stream: &mut dyn Stream) -> io::Result<()> {
        while self.sent < self.output.len() {
            match stream.write(&self.output[self.sent..])? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => self.sent += count,
            }
        }
        self.output.clear();
        self.sent = 0;
        Ok(())
    }

    /// Compresses into the free room; the number of bytes taken.
    fn compress(&mut self, bytes: &[u8], flush: FlushCompress) -> io::Result<usize> {
        let before = self.compressor.total_in();
        self.compressor.compress_vec(bytes, &mut self.output, flush).map_err(io::Error::other)?;
        Ok(usize::try_from(self.compressor.total_in() - before).unwrap_or(0).min(bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::{AsFd, BorrowedFd};
    use std::os::unix::net::UnixStream;

    use proptest::prelude::*;

    use super::*;

    /// Takes and gives a few bytes at a time, and every other time nothing at all.
    struct Stutter {
        sent: Vec<u8>,
        coming: Vec<u8>,
        step: usize,
        ready: bool,
        socket: UnixStream,
    }

    impl Stutter {
        fn new(coming: &[u8], step: usize) -> Self {
            let (socket, _) = UnixStream::pair().unwrap();
            Self { sent: Vec::new(), coming: coming.to_vec(), step, ready: false, socket }
        }

        fn pause(&mut self) -> io::Result<()> {
            self.ready = !self.ready;
            if self.ready { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
        }
    }

    impl Read for Stutter {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.pause()?;
            let count = self.step.min(into.len()).min(self.coming.len());
            into[..count].copy_from_slice(&self.coming[..count]);
            self.coming.drain(..count);
            Ok(count)
        }
    }

    impl Write for Stutter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.pause()?;
            let count = self.step.min(bytes.len());
            self.sent.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Stream for Stutter {
        fn source(&self) -> BorrowedFd<'_> {
            self.socket.as_fd()
        }
    }

    /// Calls `action` again as long as it would have to wait.
    fn patiently<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        loop {
            match action() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }

    fn write_all(deflate: &mut Deflate, stream: &mut Stutter, mut rest: &[u8]) {
        while !rest.is_empty() {
            let count = patiently(|| deflate.write(stream, rest)).unwrap();
            rest = &rest[count..];
            assert!(deflate.output.capacity() <= WRITE_BUFFER);
        }
    }

    fn sent(text: &[u8], step: usize, flush_every: usize) -> Vec<u8> {
        let (mut stream, mut deflate) = (Stutter::new(&[], step), Deflate::new(&[]));
        for part in text.chunks(flush_every) {
            write_all(&mut deflate, &mut stream, part);
            patiently(|| deflate.flush(&mut stream)).unwrap();
        }
        stream.sent
    }

    fn received(compressed: &[u8], early: usize, step: usize) -> io::Result<Vec<u8>> {
        let (mut stream, mut deflate) = (Stutter::new(&compressed[early..], step), Deflate::new(&compressed[..early]));
        let (mut all, mut piece) = (Vec::new(), [0; 100]);
        loop {
            match patiently(|| deflate.read(&mut stream, &mut piece))? {
                0 => return Ok(all),
                count => all.extend_from_slice(&piece[..count]),
            }
        }
    }

    #[test]
    fn what_is_flushed_can_be_read_before_more_comes() {
        let (mut stream, mut deflate) = (Stutter::new(&[], 1000), Deflate::new(&[]));
        for text in ["b1 NOOP\r\n", "b2 LIST \"\" \"*\"\r\n"] {
            write_all(&mut deflate, &mut stream, text.as_bytes());
            patiently(|| deflate.flush(&mut stream)).unwrap();
            assert!(received(&stream.sent, 0, 1000).unwrap().ends_with(text.as_bytes()));
        }
    }

    #[test]
    fn much_comes_through_in_bounded_room() {
        let text: Vec<u8> = (0..1_000_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let back = received(&sent(&text, 5000, text.len()), 0, 7000).unwrap();
        let same = back.iter().zip(&text).take_while(|(one, other)| one == other).count();
        assert_eq!((back.len(), same), (text.len(), text.len()));
    }

    #[test]
    fn damage_is_an_error() {
        let mut compressed = sent(&[b'x'; 1000], 1000, 1000);
        compressed[0] |= 0b110;
        assert_eq!(received(&compressed, 0, 1000).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    proptest! {
        #[test]
        fn everything_arrives_as_it_was(
            text in proptest::collection::vec(any::<u8>(), 0..3000),
            (step, every, early) in (1_usize..300, 1_usize..500, 0_usize..4000),
        ) {
            let compressed = sent(&text, step, every);
            prop_assert_eq!(received(&compressed, early.min(compressed.len()), step).unwrap(), text);
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..500), step in 1_usize..100) {
            let _ = received(&bytes, 0, step);
        }
    }
}
