//! What the program says on its standard error, told as it comes. However long it runs, and however much it says, little is
//! told and less is kept.

use std::io::{self, PipeReader, PipeWriter, Read};
use std::process::Stdio;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::store::teller::Teller;

/// Bytes of a line that are told.
const LONGEST: usize = 500;
/// Lines that are told in a [`SPAN`].
const MOST: u32 = 100;
/// After so long, as many lines again may be told.
const SPAN: Duration = Duration::from_secs(3600);
/// How often is read what was said before the end: as much as a pipe holds. Somebody who is left behind may never stop.
const LAST_READS: u32 = 16;

/// The last line that was said, for whoever wants to quote it.
pub(in super::super::super) struct LastWords(Receiver<String>);

impl LastWords {
    /// Waits for the end of the program, and gives its last line that isn't empty, without blanks around it; empty when there
    /// is none.
    pub(in super::super::super) fn wait(&self) -> String {
        self.0.recv().unwrap_or_default()
    }
}

/// Listens in a thread of its own. When this goes, so does the thread, after it has told what was said until then.
pub(super) struct Listening {
    /// Closed when it is over.
    over: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Begins to listen; gives the way into its ear as well, for a child process.
    pub(super) fn begin(teller: Teller) -> io::Result<(Self, Stdio, LastWords)> {
        let ((mut said, way), (ended, over)) = (io::pipe()?, io::pipe()?);
        let (tell, last) = bounded(1);
        let thread = thread::Builder::new().name("tunnel".into()).spawn(move || {
            let mut lines = Lines::new(Instant::now());
            listen(&mut said, &ended, |bytes| {
                lines.take(bytes, Instant::now(), &mut |text| teller.tell(|| text));
            });
            let _ = tell.send(lines.end(Instant::now(), &mut |text| teller.tell(|| text)));
        })?;
        Ok((Self { over: Some(over), thread: Some(thread) }, way.into(), LastWords(last)))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.over = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Hands on what is said until nobody is left who could say more, or until it is over.
fn listen(said: &mut PipeReader, ended: &PipeReader, mut hear: impl FnMut(&[u8])) {
    let (mut buffer, mut left) = ([0; 4096], LAST_READS);
    while left > 0 {
        let mut ready = [PollFd::new(&*said, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
        match poll(&mut ready, None) {
            Err(Errno::INTR) => continue,
            Err(_) => return,
            Ok(_) => {}
        }
        let (speaks, over) = (!ready[0].revents().is_empty(), !ready[1].revents().is_empty());
        left -= u32::from(over);
        match speaks.then(|| said.read(&mut buffer)) {
            Some(Ok(count @ 1..)) => hear(&buffer[..count]),
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => return,
        }
    }
}

/// Makes lines of bytes, and tells as many as may be told.
struct Lines {
    line: Vec<u8>,
    /// Whether the line is longer than what is kept of it.
    is_cut: bool,
    last: String,
    /// When the span began, and how many lines were said in it.
    since: Instant,
    count: u32,
}

impl Lines {
    fn new(now: Instant) -> Self {
        Self { line: Vec::new(), is_cut: false, last: String::new(), since: now, count: 0 }
    }

    fn take(&mut self, bytes: &[u8], now: Instant, tell: &mut dyn FnMut(String)) {
        for byte in bytes {
            match byte {
                // Who shows how far something is begins the line again.
                b'\n' | b'\r' => self.complete(now, tell),
                _ if self.line.len() < LONGEST => self.line.push(*byte),
                _ => self.is_cut = true,
            }
        }
    }

    /// No more is said; the last line.
    fn end(mut self, now: Instant, tell: &mut dyn FnMut(String)) -> String {
        self.complete(now, tell);
        self.last
    }

    fn complete(&mut self, now: Instant, tell: &mut dyn FnMut(String)) {
        let mut text = String::from_utf8_lossy(&self.line).replace('\t', " ").trim().to_owned();
        if std::mem::take(&mut self.is_cut) {
            text.push('…');
        }
        self.line.clear();
        if text.is_empty() {
            return;
        }
        if now.saturating_duration_since(self.since) >= SPAN {
            (self.since, self.count) = (now, 0);
        }
        self.count = self.count.saturating_add(1);
        if self.count <= MOST {
            tell(format!("tunnel says: {text}"));
        } else if self.count == MOST + 1 {
            tell("the tunnel says a lot; the rest of what it says within this hour is left out".to_owned());
        }
        self.last = text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of this, said in pieces of so many bytes; and the last line.
    fn told(said: &[u8], piece: usize) -> (Vec<String>, String) {
        let (now, mut told) = (Instant::now(), Vec::new());
        let mut lines = Lines::new(now);
        said.chunks(piece).for_each(|piece| lines.take(piece, now, &mut |text| told.push(text)));
        let last = lines.end(now, &mut |text| told.push(text));
        (told, last)
    }

    #[test]
    fn each_line_is_told_however_it_comes() {
        let said = b"\nfirst\r\n 10 %\r 20 %\r\n\xff\tb\n\nthe end";
        for piece in [1, 2, 5, 100] {
            let lines = ["first", "10 %", "20 %", "\u{fffd} b", "the end"].map(|line| format!("tunnel says: {line}"));
            assert_eq!(told(said, piece), (lines.into(), "the end".to_owned()));
        }
        assert_eq!(told(b"", 1), (vec![], String::new()));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let (told, last) = told(&b"x".repeat(1_000_000), 4096);
        assert_eq!((told.len(), last), (1, format!("{}…", "x".repeat(LONGEST))));
    }

    #[test]
    fn what_is_said_for_months_is_told_in_part_and_the_last_words_are_known() {
        let begun = Instant::now();
        let (mut lines, mut told) = (Lines::new(begun), 0);
        let hour = |n: u32| begun + SPAN * n;
        for (n, words) in (0..24).map(|n| (n, "debug1: client_loop\n".repeat(5000))) {
            lines.take(words.as_bytes(), hour(n), &mut |_| told += 1);
        }
        assert_eq!(told, 24 * (MOST + 1));
        lines.take(b"connection reset\n", hour(23), &mut |_| panic!("it was told"));
        assert_eq!(lines.end(hour(23), &mut |_| {}), "connection reset");
    }
}
