//! What the program may take, whatever the machine: memory, turns and bytes, never time.

use std::path::PathBuf;
use std::time::Duration;

use super::account::{Account, Stage, Work};
use super::corpus::Size;
use super::table::{Sample, heading, line};
use super::tool::Tool;

const MB: u64 = 1_000_000;

/// As many messages as a busy life leaves.
const MANY: Size = Size { folders: 100, messages: 1000, median: 800 };

/// As many in one folder.
const BIG: Size = Size { folders: 1, messages: 100_000, median: 800 };

/// A mailbox for huge messages.
const FEW: Size = Size { folders: 1, messages: 5, median: 800 };

/// Bytes of a huge message.
const HUGE: usize = 100_000_000;

/// The most that some work may take.
struct Limits {
    work: Work,
    /// Bytes of memory.
    peak: u64,
    turns: u64,
    /// Bytes, both ways together.
    bytes: u64,
}

impl Limits {
    /// What was more than allowed.
    fn exceeded(&self, sample: &Sample) -> Vec<String> {
        let figures = &sample.figures;
        let all = [
            ("bytes of memory", sample.usage.peak * 1024, self.peak),
            ("turns", figures.turns, self.turns),
            ("bytes sent and received", figures.up + figures.down, self.bytes),
        ];
        let too_much = all.into_iter().filter(|(_, is, most)| is > most);
        too_much.map(|(what, is, most)| format!("{}: {is} {what}; at most {most}", self.work.name())).collect()
    }
}

/// Does these works and gives what was wrong.
fn keep_to(stage: &Stage, limits: &[Limits]) -> Vec<String> {
    let mut account = Account::new(stage, Tool::Ours, 1);
    let mut wrong = Vec::new();
    for limit in limits {
        let sample = account.measure(limit.work);
        println!("{}", line(limit.work.name(), "blinkensync", std::slice::from_ref(&sample)));
        wrong.extend(limit.exceeded(&sample));
    }
    wrong
}

/// Tries it. Whether everything is within its limits.
pub fn run(ours: PathBuf) -> bool {
    println!("{}", heading());
    let stage = Stage::new(ours.clone(), MANY, HUGE, Duration::ZERO);
    // Beside each message there is its line in the listing, and what stands around it when it is fetched.
    let everything = stage.bytes + MANY.total() * 250;
    let mut wrong = keep_to(
        &stage,
        &[
            Limits { work: Work::First, peak: 25 * MB, turns: 505, bytes: everything },
            Limits { work: Work::Idle, peak: 25 * MB, turns: 8, bytes: 30_000 },
            Limits { work: Work::Arrive, peak: 25 * MB, turns: 12, bytes: 100_000 },
            Limits { work: Work::Flags, peak: 25 * MB, turns: 40, bytes: 200_000 },
            Limits { work: Work::Upload, peak: 25 * MB, turns: 40, bytes: 2 * MB },
        ],
    );
    drop(stage);
    let stage = Stage::new(ours.clone(), BIG, HUGE, Duration::ZERO);
    let everything = stage.bytes + BIG.total() * 250;
    wrong.extend(keep_to(
        &stage,
        &[
            // Both listings of a folder, and what the ledger has of it, are in memory while it is compared. The program itself has
            // grown by 3 MB since there were 25 of them.
            Limits { work: Work::First, peak: 30 * MB, turns: 450, bytes: everything },
            Limits { work: Work::Again, peak: 32 * MB, turns: 8, bytes: 30_000 },
        ],
    ));
    drop(stage);
    let stage = Stage::new(ours, FEW, HUGE, Duration::ZERO);
    let huge = HUGE as u64 + MB;
    wrong.extend(keep_to(
        &stage,
        &[
            Limits { work: Work::HugeDown, peak: 40 * MB, turns: 12, bytes: huge },
            Limits { work: Work::HugeUp, peak: 40 * MB, turns: 12, bytes: huge },
        ],
    ));
    for line in &wrong {
        println!("bench: too much: {line}");
    }
    wrong.is_empty()
}
