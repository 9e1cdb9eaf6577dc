//! Runs of the program that are killed, with SIGKILL, at a given moment.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// How often the memory of a running program is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// How a run ended.
pub struct Ending {
    /// Nothing when it was killed.
    pub code: Option<i32>,
    /// The most memory it was seen to use, in KiB.
    pub peak: u64,
}

/// Runs the program and kills it after this long, unless it has ended before.
pub fn killed_after(command: &mut Command, moment: Duration) -> Ending {
    let until = Instant::now() + moment;
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let (sender, ended) = channel();
    let reader = thread::spawn(move || {
        let _ = output.read_to_end(&mut Vec::new());
        let _ = sender.send(());
    });
    let mut peak = 0;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if ended.recv_timeout(left.min(GLANCE)).is_ok() {
            break;
        }
        peak = peak.max(memory(child.id()));
        if left.is_zero() {
            child.kill().unwrap();
            break;
        }
    }
    reader.join().unwrap();
    Ending { code: child.wait().unwrap().code(), peak }
}

/// The most memory that a process has used so far, in KiB; 0 when it has ended.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
