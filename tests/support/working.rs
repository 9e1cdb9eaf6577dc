//! The program at work until it is asked to end, and what it says meanwhile.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, unbounded};
use rustix::process::{Pid, Signal, kill_process};

/// How long a test waits for a line; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a stop may take.
pub const STOP: Duration = Duration::from_secs(10);

/// The program at work.
pub struct Working {
    program: Child,
    lines: Receiver<String>,
    /// Everything it has said, as far as somebody has listened.
    pub said: Vec<String>,
}

impl Working {
    /// Starts it with this configuration file and the plain interface.
    pub fn start(config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        Self::of(command.arg("-c").arg(config).args(["-u", "basic"]))
    }

    /// Starts this command.
    pub fn of(command: &mut Command) -> Self {
        let mut program = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let output = BufReader::new(program.stdout.take().unwrap());
        let (tell, lines) = unbounded();
        thread::spawn(move || output.lines().map_while(Result::ok).all(|line| tell.send(line).is_ok()));
        Self { program, lines, said: Vec::new() }
    }

    /// Waits for a line with these words.
    #[track_caller]
    pub fn says(&mut self, words: &str) -> String {
        self.says_one_of(&[words])
    }

    /// Waits for a line with some of these words.
    #[track_caller]
    pub fn says_one_of(&mut self, words: &[&str]) -> String {
        let until = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_deadline(until) {
            self.said.push(line.clone());
            if words.iter().any(|words| line.contains(words)) {
                return line;
            }
        }
        panic!("no {words:?} in:\n{}", self.said.join("\n"));
    }

    /// Waits until it has said nothing for this long; what it has said until then.
    #[track_caller]
    pub fn falls_silent(&mut self, silence: Duration) -> Vec<String> {
        let (until, before) = (Instant::now() + PATIENCE, self.said.len());
        while let Ok(line) = self.lines.recv_timeout(silence) {
            self.said.push(line);
            assert!(Instant::now() < until, "it talks without end:\n{}", self.said.join("\n"));
        }
        self.said[before..].to_vec()
    }

    /// Lets it live for some time.
    pub fn lives_for(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Ok(line) = self.lines.recv_deadline(until) {
            self.said.push(line);
        }
    }

    /// How many lines with these words it has said.
    pub fn count(&self, words: &str) -> usize {
        self.said.iter().filter(|line| line.contains(words)).count()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.program.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.program), signal).unwrap();
    }

    /// Asks it to end, and fails unless it does so well and in time; everything it has said.
    #[track_caller]
    pub fn ends(self) -> Vec<String> {
        self.ends_by(Signal::TERM)
    }

    /// The same by another signal.
    #[track_caller]
    pub fn ends_by(mut self, signal: Signal) -> Vec<String> {
        self.signal(signal);
        let begun = Instant::now();
        loop {
            match self.lines.recv_timeout(STOP.saturating_sub(begun.elapsed())) {
                Ok(line) => self.said.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.said.join("\n")),
            }
        }
        let code = self.program.wait().unwrap().code();
        assert_eq!(code, Some(0), "{}", self.said.join("\n"));
        assert!(begun.elapsed() < STOP, "it took {:?}", begun.elapsed());
        std::mem::take(&mut self.said)
    }

    /// How much memory it uses, in KiB, how many files it has open, and how many threads.
    pub fn figures(&self) -> (u64, usize, usize) {
        let place = format!("/proc/{}", self.id());
        let count = |what: &str| fs::read_dir(format!("{place}/{what}")).unwrap().count();
        let status = fs::read_to_string(format!("{place}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let memory = line.split_whitespace().next().unwrap().parse().unwrap();
        (memory, count("fd"), count("task"))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
