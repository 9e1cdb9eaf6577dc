//! A program that speaks to the server for us, on its standard input and output.

mod words;

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

pub(in super::super) use words::LastWords;
use words::Listening;

use super::Stream;
use crate::store::child;
use crate::store::teller::Teller;

/// How long the program may take to end by itself once the conversation is over.
const GRACE: Duration = Duration::from_secs(2);

/// The program, and our ends of the two lines to it. Dropping it ends the program, and whatever that started.
///
/// Its input and output are not one socket, since a part of a pipeline that makes its input non-blocking would do the same to
/// the output of another part.
pub(in super::super) struct Tunnel {
    /// What it says.
    output: UnixStream,
    /// What it is told.
    input: UnixStream,
    child: Child,
    /// What hears its complaints; last, so that it hears all of them.
    _listening: Listening,
}

impl Tunnel {
    /// Starts `command` by way of the shell. It has no terminal: its input and output are the line, and what it says on
    /// standard error is told to `teller`, line by line.
    pub(in super::super) fn start(command: &str, teller: Teller) -> io::Result<(Self, LastWords)> {
        let ((input, their_input), (output, their_output)) = (UnixStream::pair()?, UnixStream::pair()?);
        let (listening, ear, last_words) = Listening::begin(teller)?;
        let child = child::shell(command)
            .stdin(OwnedFd::from(their_input))
            .stdout(OwnedFd::from(their_output))
            .stderr(ear)
            .process_group(0)
            .spawn()?;
        let tunnel = Self { output, input, child, _listening: listening };
        tunnel.output.set_nonblocking(true)?;
        tunnel.input.set_nonblocking(true)?;
        Ok((tunnel, last_words))
    }

    /// Tells it that there is no more to come, and waits until it closes its output, as its end does; not for ever, though it
    /// may talk on.
    fn wait_for_end(&mut self) -> io::Result<()> {
        self.input.shutdown(Shutdown::Both)?;
        self.output.set_nonblocking(false)?;
        let (begun, mut unread) = (Instant::now(), [0; 4096]);
        loop {
            // No time left is an error.
            self.output.set_read_timeout(Some(GRACE.saturating_sub(begun.elapsed())))?;
            if self.output.read(&mut unread)? == 0 {
                return Ok(());
            }
        }
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        let _ = self.wait_for_end();
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // Whoever is left after the grace. When nobody is, there is no such group any more.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

impl Read for Tunnel {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.output.read(into)
    }
}

impl Write for Tunnel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.input.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.flush()
    }
}

impl Stream for Tunnel {
    fn source(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }

    fn sink(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::process::Command;
    use std::thread;

    use crossbeam_channel::{bounded, unbounded};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use super::super::super::handle::Cutter;
    use super::super::Wire;
    use super::*;

    fn start(command: &str) -> io::Result<(Tunnel, LastWords)> {
        Tunnel::start(command, Teller::silent())
    }

    #[test]
    fn a_part_of_a_pipeline_that_never_blocks_disturbs_no_other() {
        let loose = "python3 -c 'import os; os.set_blocking(0, False); os.write(1, b\"x\" * 3000000)' | cat";
        let (tunnel, _) = start(loose).unwrap();
        let wire = Wire::new(Box::new(tunnel), Duration::from_secs(30));
        let mut inner = wire.lock();
        while inner.fill().unwrap() > 0 {}
        assert_eq!(inner.buffered().len(), 3_000_000);
    }

    #[test]
    fn what_is_said_comes_back_by_way_of_the_program() {
        let (tunnel, _) = start("cat").unwrap();
        let mut wire = Wire::new(Box::new(tunnel), Duration::from_secs(10));
        wire.write_all(b"a line\r\n").unwrap();
        let mut back = [0; 100];
        let count = wire.read(&mut back).unwrap();
        assert_eq!(&back[..count], b"a line\r\n");
    }

    #[test]
    fn a_program_that_fails_is_quoted() {
        let (tunnel, last_words) = start("echo first >&2; echo 'no route to host' >&2; exit 1").unwrap();
        let mut wire = Wire::new(Box::new(tunnel), Duration::from_secs(10));
        assert_eq!(wire.read(&mut [0; 10]).unwrap(), 0);
        assert_eq!(last_words.wait(), "no route to host");
    }

    #[test]
    fn what_a_program_complains_of_is_told_as_it_comes() {
        let (tell, told) = unbounded();
        let teller = Teller::new(move |text| tell.send(text).unwrap());
        let (mut tunnel, _) = Tunnel::start("echo before >&2; read line; echo \"$line\" >&2", teller).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(30)).unwrap(), "tunnel says: before");
        tunnel.write_all(b"after\n").unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(30)).unwrap(), "tunnel says: after");
    }

    #[test]
    fn a_program_that_never_stops_talking_is_ended() {
        // The last one leaves somebody behind who goes on, in a group of his own.
        for command in ["yes", "yes >&2", "setsid timeout 60 yes >&2 & read line"] {
            let (tunnel, _) = start(command).unwrap();
            let (tell, ended) = bounded(1);
            thread::spawn(move || {
                drop(tunnel);
                let _ = tell.send(());
            });
            assert_eq!(ended.recv_timeout(Duration::from_secs(30)), Ok(()), "{command}");
        }
    }

    #[test]
    fn a_cut_ends_the_program_and_what_it_started() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (tunnel, _) = start(&format!("sleep 1000 >{} & cat >/dev/null; wait", pipe.display())).unwrap();
        // Comes back when the one that is started has opened it as well.
        let open = File::open(&pipe).unwrap();
        Cutter::new(&tunnel).unwrap().cut();
        drop(tunnel);
        // Whoever lived on would hold it open.
        let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
        assert_eq!(poll(&mut [PollFd::new(&open, PollFlags::IN)], Some(&patience)).unwrap(), 1);
    }
}
