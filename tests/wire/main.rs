//! What odd servers say, and what must come of it: each file in `transcripts` is a test, and so is each kind of chance.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

// Only the memory that it sees is of interest here.
#[allow(dead_code)]
#[path = "../support/killing.rs"]
mod killing;
#[path = "../support/odd/mod.rs"]
mod odd;

mod transcript;

use std::fs;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};

use odd::fuzz::{self, Kind};

/// How many rounds of each kind of chance there are.
const ROUNDS: u64 = 25;

/// Rounds in which something was wrong once, and what that was.
const FOUND: [(Kind, u64); 1] = [
    // Without UIDPLUS, an upload that was looked up in vain came back as a second message.
    (Kind::Damage, 5_630_749_839_049_850_160),
];

fn main() {
    let mut trials = transcripts();
    assert!(trials.len() > 100, "transcripts are missing");
    for kind in Kind::ALL {
        trials.push(Trial::test(kind.promise(), move || chance(kind)));
    }
    trials.push(Trial::test("what_chance_has_found_before_stays_mended", found));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn transcripts() -> Vec<Trial> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/transcripts");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let trial = |file: std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().replace('-', "_");
        Trial::test(name, move || transcript::play(&fs::read_to_string(&file)?).map_err(Failed::from))
    };
    files.into_iter().map(trial).collect()
}

fn found() -> Result<(), Failed> {
    for (kind, seed) in FOUND {
        fuzz::round(kind, seed).map_err(|wrong| format!("seed {seed}: {wrong}"))?;
    }
    Ok(())
}

fn chance(kind: Kind) -> Result<(), Failed> {
    for seed in 1..=ROUNDS {
        fuzz::round(kind, seed).map_err(|wrong| format!("seed {seed}: {wrong}"))?;
    }
    Ok(())
}
