//! The transport as the imap crate sees it.

use std::io::{self, Read, Write};

use super::Wire;

/// The crate is given at most one line a read, so that its own buffer never swallows what comes after the
/// answer it waits for.
impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        if !inner.has_leftovers() && inner.fill()? == 0 {
            return Ok(0);
        }
        let have = inner.buffered();
        let line = memchr::memchr(b'\n', have).map_or(have.len(), |place| place + 1);
        let count = line.min(buffer.len());
        buffer[..count].copy_from_slice(&have[..count]);
        inner.consume(count);
        Ok(count)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().send(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}
