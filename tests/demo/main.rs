//! The demonstration's server: what it says, held against Dovecot, against Python's client, and against our own engine.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

// Its TLS is for others.
#[allow(dead_code)]
#[path = "../support/dovecot.rs"]
mod dovecot;

#[path = "../support/calm.rs"]
mod calm;

mod client;
mod endings;
mod engine;
mod gmail;
mod normal;
mod pulse;
mod python;
mod quiet;
mod refusals;
mod retries;
mod tap;
mod times;
mod transcripts;
mod watched;
mod wishes;
