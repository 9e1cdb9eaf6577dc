//! The real program against a real Dovecot.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../support/churn.rs"]
mod churning;
#[path = "../support/dovecot.rs"]
mod dovecot;
// Its figures are for the long test.
#[allow(dead_code)]
#[path = "../support/killing.rs"]
mod killing;
#[path = "../support/local.rs"]
mod local;
#[path = "../support/terminal.rs"]
mod terminal;
#[allow(dead_code)]
#[path = "../support/trial.rs"]
mod trial;
#[path = "../support/world.rs"]
mod world;

mod attacks;
mod churn;
mod day;
mod errors;
mod first_sync;
mod floors;
mod folders;
mod gone;
mod harness;
mod killed;
mod lights;
mod moves;
mod power;
mod rehearsal;
mod second_run;
mod takeover;
