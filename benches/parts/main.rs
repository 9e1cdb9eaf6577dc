//! The parts that every message passes through, each by itself. `cargo bench` prints how long they take, how much they get
//! done a second, and how often they ask for memory.

// A measurement that meets the unexpected has failed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod ledger;
mod maildir;
mod plan;
mod reader;
mod screen;
mod words;

use divan::AllocProfiler;

#[global_allocator]
static MEMORY: AllocProfiler = AllocProfiler::system();

/// As many messages as a big folder has.
const MANY: u32 = 100_000;

fn main() {
    divan::main();
}
