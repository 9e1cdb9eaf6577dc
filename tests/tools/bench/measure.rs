//! What a program takes: time, processor, memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// The first argument of the process that measures another one.
pub const MEASURE: &str = "--measure";

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Seconds from its start to its end.
    pub wall: f64,
    /// Seconds of processor, in the program and in the kernel on its behalf.
    pub cpu: f64,
    /// The most memory at once, in KiB.
    pub peak: u64,
    pub code: i32,
}

/// Runs a program, what it says going into a file. A process of its own waits for it: what the system tells of children that
/// have ended is about this one only, and none starts with the memory of the one that filled the server.
pub fn measured(command: &Command, directory: &Path) -> Usage {
    let (figures, said) = (directory.join("figures"), directory.join("said"));
    let said = fs::File::create(said).unwrap();
    let mut helper = Command::new(std::env::current_exe().unwrap());
    helper.arg(MEASURE).arg(&figures).arg(command.get_program()).args(command.get_args());
    helper.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
    assert!(helper.status().unwrap().success(), "{} can't be started", command.get_program().display());
    let text = fs::read_to_string(figures).unwrap();
    let [wall, cpu, peak, code] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
    Usage {
        wall: wall.parse().unwrap(),
        cpu: cpu.parse().unwrap(),
        peak: peak.parse().unwrap(),
        code: code.parse().unwrap(),
    }
}

/// The helper: runs the program that the arguments name, and writes down what it took.
pub fn help(arguments: &[String]) {
    let [figures, program, arguments @ ..] = arguments else { panic!("{MEASURE} FILE PROGRAM ARGUMENT...") };
    let begun = Instant::now();
    let status = Command::new(program).args(arguments).status().unwrap();
    let wall = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    let code = status.code().unwrap_or(-1);
    fs::write(figures, format!("{wall} {cpu} {} {code}", usage.max_rss())).unwrap();
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
