//! The co-process: started, asked, ended.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use super::patience::Patience;
use crate::store::child;

/// What runs in it.
const BOOT: &str = include_str!("boot.py");
/// The longest answer, in bytes; the co-process keeps to it as well.
const LARGEST: usize = 16 << 20;
/// How long it may take to end by itself once the conversation is over.
const GRACE: Duration = Duration::from_secs(2);
/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// How much of what it writes to standard error is looked at, from the end.
const LAST_WORDS: u64 = 2048;
/// What it has written to standard error is thrown away when it is more than this.
const MOST_WORDS: u64 = 1 << 20;

/// A python3 that waits for questions. Dropping it ends it.
pub(super) struct Process {
    child: Child,
    /// What it is asked.
    questions: UnixStream,
    /// What it answers.
    answers: UnixStream,
    /// Its standard error, where the user's prints go too.
    words: File,
    /// How much of that was handed out.
    told: u64,
}

/// Why there is no answer. The process has ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It took too long.
    Silent,
    /// Nobody wants the answer any more.
    Cut,
    /// It ended; how, in words.
    Ended(String),
}

impl Process {
    /// Starts it. It runs `pythonfile` first, and what came of that is its first answer.
    pub(super) fn start(program: &Path, pythonfile: Option<&Path>, limit: Duration) -> io::Result<Self> {
        let ((questions, their_questions), (answers, their_answers)) = (UnixStream::pair()?, UnixStream::pair()?);
        // Without a place for it, that is no sign of a missing program.
        let words = tempfile::tempfile().map_err(io::Error::other)?;
        let child = child::command(program)
            // Nobody would see a warning, and no file appears beside the user's.
            .args(["-u", "-B", "-W", "ignore", "-c", BOOT])
            .arg(limit.as_secs_f64().to_string())
            .arg(pythonfile.unwrap_or(Path::new("")))
            .stdin(OwnedFd::from(their_questions))
            .stdout(OwnedFd::from(their_answers))
            .stderr(Stdio::from(words.try_clone()?))
            .spawn()?;
        let process = Self { child, questions, answers, words, told: 0 };
        process.questions.set_nonblocking(true)?;
        process.answers.set_nonblocking(true)?;
        Ok(process)
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, question: &[u8], patience: Patience<'_>) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        self.forget_words();
        if let Err(error) = self.send(question, patience) {
            return Err(self.end(&error));
        }
        self.answer(patience)
    }

    /// Waits for a line, and gives it without its end.
    pub(super) fn answer(&mut self, patience: Patience<'_>) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        self.line(patience).map_err(|error| self.end(&error))
    }

    fn send(&mut self, mut question: &[u8], patience: Patience<'_>) -> io::Result<()> {
        while !question.is_empty() {
            patience.wait_for(&self.questions, PollFlags::OUT)?;
            match self.questions.write(question) {
                Ok(count) => question = &question[count..],
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn line(&mut self, patience: Patience<'_>) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(CHUNK));
        let mut chunk = Zeroizing::new(vec![0; CHUNK]);
        while !line.ends_with(b"\n") {
            patience.wait_for(&self.answers, PollFlags::IN)?;
            match self.answers.read(&mut chunk) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => line.extend_from_slice(&chunk[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(error) => return Err(error),
            }
            if line.len() > LARGEST {
                return Err(ErrorKind::FileTooLarge.into());
            }
        }
        line.pop();
        Ok(line)
    }

    /// Ends it with everything it started, and says why.
    pub(super) fn end(&mut self, why: &io::Error) -> Trouble {
        let _ = self.answers.shutdown(Shutdown::Both);
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It leads its group as soon as it is awake.
            let _ = kill_process_group(group, Signal::KILL);
        }
        // One that is ending already keeps the reason it had.
        let _ = self.child.kill();
        let status = self.child.wait();
        match why.kind() {
            ErrorKind::TimedOut => Trouble::Silent,
            ErrorKind::ConnectionAborted => Trouble::Cut,
            ErrorKind::FileTooLarge | ErrorKind::InvalidData => Trouble::Ended("it sent what is no answer".to_owned()),
            _ => Trouble::Ended(self.last_words(status.ok())),
        }
    }

    fn last_words(&self, status: Option<ExitStatus>) -> String {
        let code = status.and_then(|status| status.code()).map(|code| format!("exit code {code}"));
        let signal = status.and_then(|status| status.signal()).map(|signal| format!("signal {signal}"));
        let how = code.or(signal).map_or_else(|| "it ended".to_owned(), |how| format!("it ended with {how}"));
        let length = self.words.metadata().map_or(0, |about| about.len());
        let words = self.words_from(length.saturating_sub(LAST_WORDS).max(self.told));
        match words.lines().rfind(|line| !line.trim().is_empty()) {
            Some(last) => format!("{how} and said: {}", last.trim()),
            None => how,
        }
    }

    /// What was written to standard error since this was asked last.
    pub(super) fn take_words(&mut self) -> String {
        let length = self.words.metadata().map_or(0, |about| about.len());
        let words = self.words_from(self.told.max(length.saturating_sub(MOST_WORDS)));
        self.told = length;
        words
    }

    fn words_from(&self, from: u64) -> String {
        let mut words = Vec::new();
        let mut chunk = [0; 4096];
        // Something in the background may write on and on.
        while (words.len() as u64) < MOST_WORDS {
            let Ok(count @ 1..) = self.words.read_at(&mut chunk, from + words.len() as u64) else { break };
            words.extend_from_slice(&chunk[..count]);
        }
        String::from_utf8_lossy(&words).into_owned()
    }

    /// A file of prints that grows for months would fill the disk.
    fn forget_words(&mut self) {
        if self.words.metadata().is_ok_and(|about| about.len() > MOST_WORDS) && self.words.set_len(0).is_ok() {
            // The co-process writes where this handle stands.
            let _ = io::Seek::rewind(&mut self.words);
            self.told = 0;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.questions.shutdown(Shutdown::Both);
        // It is idle, so it ends at once; what the user's code left running in the background may go on.
        let _ = Patience::new(GRACE, None).wait_for(&self.answers, PollFlags::IN);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
