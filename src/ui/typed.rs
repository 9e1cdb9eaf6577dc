//! Lines that somebody types or another program writes: read without reading too much, and unseen where they are secret.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};
use signal_hook::SigId;
use signal_hook::consts::SIGCONT;
use signal_hook::low_level::{pipe, unregister};
use zeroize::Zeroizing;

use crate::model::question::Secret;

/// Bytes of the longest line that is taken.
const LONGEST: usize = 4096;

/// A terminal that doesn't show what is typed, until this goes.
struct Unseen<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
    without: Termios,
}

impl<'a> Unseen<'a> {
    fn new(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut without = before.clone();
        without.local_modes.remove(LocalModes::ECHO);
        without.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON);
        let unseen = Self { terminal, before, without };
        unseen.again()?;
        Ok(unseen)
    }

    /// Once more, after others have had the terminal.
    fn again(&self) -> io::Result<()> {
        Ok(tcsetattr(self.terminal, OptionalActions::Flush, &self.without)?)
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        // There is nobody left to tell when the terminal itself is gone.
        let _ = tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}

/// Hears that the process goes on after a stop. The shell has set the terminal to its own liking meanwhile.
struct Stopped {
    over: UnixStream,
    signal: SigId,
}

impl Stopped {
    fn listen() -> io::Result<Self> {
        let (over, told) = UnixStream::pair()?;
        over.set_nonblocking(true)?;
        Ok(Self { over, signal: pipe::register(SIGCONT, told)? })
    }

    /// Whether it was heard since the last time.
    fn is_over(&self) -> bool {
        let mut words = [0; 16];
        (&self.over).read(&mut words).is_ok_and(|count| count > 0)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        unregister(self.signal);
    }
}

/// How reading a line ended.
enum Line {
    /// Whole, without its end.
    Whole(Zeroizing<Vec<u8>>),
    /// The input ended, or the line is too long for anything that is asked here.
    Broken(Zeroizing<Vec<u8>>),
    /// The other end of the pipe was closed: nobody wants it any more.
    TakenBack,
}

/// Reads a line byte by byte, so that what follows it is left for the next question. After a stop of the process, `anew` sees to
/// the terminal.
fn line(
    from: BorrowedFd<'_>,
    taken_back: &PipeReader,
    stopped: &Stopped,
    anew: impl Fn() -> io::Result<()>,
) -> io::Result<Line> {
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST));
    loop {
        let ways: [BorrowedFd<'_>; 3] = [from, taken_back.as_fd(), stopped.over.as_fd()];
        let mut fds = ways.map(|way| PollFd::from_borrowed_fd(way, PollFlags::IN));
        match poll(&mut fds, None) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(other) => return Err(other.into()),
            Ok(_) => {}
        }
        if !fds[1].revents().is_empty() {
            return Ok(Line::TakenBack);
        }
        if stopped.is_over() {
            anew()?;
            continue;
        }
        let mut byte = Zeroizing::new([0]);
        match rustix::io::read(from, &mut byte[..])? {
            0 => return Ok(Line::Broken(typed)),
            _ if byte[0] == b'\n' => return Ok(Line::Whole(typed)),
            _ if typed.len() == LONGEST => return Ok(Line::Broken(Zeroizing::new(Vec::new()))),
            _ => typed.push(byte[0]),
        }
    }
}

fn text(typed: &[u8]) -> io::Result<Option<Secret>> {
    let text = std::str::from_utf8(typed).map_err(io::Error::other)?;
    Ok((!text.is_empty()).then(|| Secret::new(text.to_owned())))
}

fn terminal() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

/// Whether there is a terminal to ask on.
pub fn is_there() -> bool {
    terminal().is_ok()
}

/// Asks on the controlling terminal; `None` when the person gave up (an empty line or the end of input), or when the
/// question was taken back.
pub fn on_terminal(prompt: &str, hidden: bool, taken_back: &PipeReader) -> io::Result<Option<Secret>> {
    let terminal = terminal()?;
    // In this order, so that who answers, or stops the program, as soon as the question stands there isn't seen typing.
    let stopped = Stopped::listen()?;
    let unseen = if hidden { Some(Unseen::new(terminal.as_fd())?) } else { None };
    (&terminal).write_all(prompt.as_bytes())?;
    let anew = || {
        unseen.as_ref().map_or(Ok(()), Unseen::again)?;
        (&terminal).write_all(prompt.as_bytes())
    };
    match line(terminal.as_fd(), taken_back, &stopped, anew)? {
        Line::Whole(typed) => text(&typed),
        // The end of input moves no cursor.
        Line::Broken(typed) => {
            (&terminal).write_all(b"\n")?;
            text(&typed)
        }
        Line::TakenBack => {
            drop(unseen);
            (&terminal).write_all(b"\n")?;
            Ok(None)
        }
    }
}

/// Where answers come from when the questions are written for programs. It is made before the question is written, so that who
/// answers at once isn't seen typing.
pub struct Input<'a> {
    from: BorrowedFd<'a>,
    stopped: Stopped,
    unseen: Option<Unseen<'a>>,
}

impl Input<'static> {
    /// The standard input.
    pub fn standard(hidden: bool) -> io::Result<Self> {
        Self::new(rustix::stdio::stdin(), hidden)
    }
}

impl<'a> Input<'a> {
    /// Answers come from here, and aren't shown if this is a terminal and they are secret.
    pub fn new(from: BorrowedFd<'a>, hidden: bool) -> io::Result<Self> {
        let stopped = Stopped::listen()?;
        let unseen = if hidden && isatty(from) { Some(Unseen::new(from)?) } else { None };
        Ok(Self { from, stopped, unseen })
    }

    /// The next line; `None` at the end of input, when nothing stands in it, or when the question was taken back.
    pub fn line(&self, taken_back: &PipeReader) -> io::Result<Option<Secret>> {
        match line(self.from, taken_back, &self.stopped, || self.unseen.as_ref().map_or(Ok(()), Unseen::again))? {
            Line::Whole(typed) | Line::Broken(typed) => text(typed.strip_suffix(b"\r").unwrap_or(&typed)),
            Line::TakenBack => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_not_more() {
        let (input, mut way) = io::pipe().unwrap();
        let (taken_back, open) = io::pipe().unwrap();
        way.write_all(b"one\ntwo\r\n\nlast").unwrap();
        drop(way);
        let next = || {
            Input::new(input.as_fd(), true).unwrap().line(&taken_back).unwrap().map(|secret| secret.reveal().to_owned())
        };
        assert_eq!(next().as_deref(), Some("one"));
        assert_eq!(next().as_deref(), Some("two"));
        assert_eq!(next(), None);
        assert_eq!(next().as_deref(), Some("last"));
        assert_eq!(next(), None);
        drop(open);
    }

    #[test]
    fn what_nobody_wants_any_more_is_not_waited_for() {
        let ((input, _way), (taken_back, open)) = (io::pipe().unwrap(), io::pipe().unwrap());
        drop(open);
        assert!(Input::new(input.as_fd(), true).unwrap().line(&taken_back).unwrap().is_none());
    }

    #[test]
    fn a_line_without_end_is_no_answer() {
        let ((input, mut way), (taken_back, _open)) = (io::pipe().unwrap(), io::pipe().unwrap());
        way.write_all(&vec![b'x'; LONGEST + 1]).unwrap();
        assert!(Input::new(input.as_fd(), false).unwrap().line(&taken_back).unwrap().is_none());
    }
}
