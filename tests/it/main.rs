//! The real program against a real Dovecot.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../support/dovecot.rs"]
mod dovecot;
#[path = "../support/local.rs"]
mod local;
#[path = "../support/terminal.rs"]
mod terminal;
#[path = "../support/world.rs"]
mod world;

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
mod options;
mod power;
mod readonly;
mod rehearsal;
mod second_run;
