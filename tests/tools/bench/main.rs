//! The whole program at work on a real server, beside others that do the same.

// A run that meets the unexpected has failed; what is found is told on the terminal; not all of the support is used.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, dead_code, missing_docs)]

#[path = "../../support/calm.rs"]
mod calm;
#[path = "../../support/dovecot.rs"]
mod dovecot;
#[path = "../../support/local.rs"]
mod local;
#[path = "../../support/meter.rs"]
mod meter;
#[path = "../../support/working.rs"]
mod working;
#[path = "../../support/world.rs"]
mod world;

mod account;
mod check;
mod client;
mod corpus;
mod measure;
mod migrate;
mod push;
mod screen;
mod table;
mod tool;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use account::{Account, MODEL, Stage, Work};
use client::Client;
use corpus::Size;
use measure::{MEASURE, Usage, help};
use table::{Sample, heading, line};
use tool::Tool;

/// Measures the program at work on a server of its own, beside mbsync and OfflineIMAP where they are installed.
///
/// Each program gets its own copy of the same mail in each round, and an empty directory. What is printed are the medians of
/// all rounds: seconds on the clock and of processor, the most memory at once, bytes to and from the server, connections,
/// turns (how often a program spoke after it had heard something, on all connections together), and the turns of the
/// connection that had most. `drain` is the same mail fetched and thrown away: what the server can give.
///
/// A run fails unless every program ends well with the right number of messages on both sides.
#[derive(Debug, Parser)]
#[command(
    name = "tests/bench",
    after_help = "tests/bench check measures nothing but whether this program keeps to \
    its limits of memory, turns and bytes, with 100,000 messages and with one of 100 MB.\ntests/bench migrate copies 10,000 \
    messages from one server to another.\ntests/bench screen measures what the \
    lights take, with nothing to do and in a flood of events.\nThe server and all mail are in \
    TMPDIR: set it to measure another disk."
)]
struct Arguments {
    /// What to do; everything when nothing is named.
    works: Vec<Work>,
    /// Folders on the server.
    #[arg(long, default_value_t = 20)]
    folders: u32,
    /// Messages in each folder.
    #[arg(long, default_value_t = 1000)]
    messages: u32,
    /// Bytes of a message; half of them are smaller.
    #[arg(long, default_value_t = 3000)]
    median: u32,
    /// Megabytes of the huge message.
    #[arg(long, default_value_t = 100)]
    huge: usize,
    /// Milliseconds that an answer takes to come, however fast the server. A program that fetches one message at a time is
    /// very slow then; leave `first` out, and it is made ready at full speed.
    #[arg(long, default_value_t = 0)]
    rtt: u64,
    /// How often everything is done.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Programs to measure; those that are installed when none is named.
    #[arg(long, value_delimiter = ',')]
    tools: Vec<Tool>,
    /// Another build of this program to measure instead.
    #[arg(long)]
    program: Option<PathBuf>,
}

impl Arguments {
    fn size(&self) -> Size {
        Size { folders: self.folders, messages: self.messages, median: self.median }
    }
}

fn ours() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_blinkensync"))
}

/// Everything that was measured in one kind of work by one program.
type Results = Vec<(Work, Tool, Sample)>;

/// One program's round.
fn round(stage: &Stage, tool: Tool, number: u32, works: &[Work], results: &mut Results) {
    let mut account = Account::new(stage, tool, number);
    for work in Work::ALL.into_iter().filter(|work| works.contains(work)) {
        let sample = account.measure(work);
        eprintln!("{}", line(work.name(), tool.name(), std::slice::from_ref(&sample)));
        results.push((work, tool, sample));
    }
}

/// Everything fetched and thrown away.
fn drain(stage: &Stage) -> Sample {
    let begun = Instant::now();
    Client::new(stage.far.port, MODEL).drain(stage.size.names());
    let usage = Usage { wall: begun.elapsed().as_secs_f64(), ..Usage::default() };
    Sample { usage, figures: stage.far.take() }
}

fn bench(arguments: &Arguments) {
    let size = arguments.size();
    assert!(size.folders > 0 && size.messages > 0 && arguments.rounds > 0, "nothing to do");
    let works = if arguments.works.is_empty() { Work::ALL.to_vec() } else { arguments.works.clone() };
    let tools = if arguments.tools.is_empty() { Tool::installed() } else { arguments.tools.clone() };
    let program = arguments.program.clone().unwrap_or_else(ours);
    let stage = Stage::new(program, size, arguments.huge * 1_000_000, Duration::from_millis(arguments.rtt));
    println!(
        "{} messages, {} MB, in {} folders; {} ms away; medians of {} rounds",
        size.total(),
        stage.bytes / 1_000_000,
        size.folders,
        arguments.rtt,
        arguments.rounds
    );
    eprintln!("{}", heading());
    let (mut results, mut drains) = (Results::new(), Vec::new());
    for number in 1..=arguments.rounds {
        drains.push(drain(&stage));
        for tool in &tools {
            round(&stage, *tool, number, &works, &mut results);
        }
    }
    println!("{}\n{}", heading(), line("drain", "-", &drains));
    for work in Work::ALL {
        for tool in &tools {
            let of = results.iter().filter(|result| (result.0, result.1) == (work, *tool));
            let samples: Vec<Sample> = of.map(|result| result.2.clone()).collect();
            if !samples.is_empty() {
                println!("{}", line(work.name(), tool.name(), &samples));
            }
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(MEASURE) => help(&arguments[1..]),
        Some("check") => {
            if !check::run(ours()) {
                return ExitCode::FAILURE;
            }
            println!("bench: all right");
        }
        Some("migrate") => migrate::run(&ours()),
        Some("push") => push::run(),
        Some("screen") => screen::run(),
        _ => bench(&Arguments::parse()),
    }
    ExitCode::SUCCESS
}
