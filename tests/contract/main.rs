//! The contracts of the stores: one suite a trait, run on every implementation. Another implementation joins with a
//! factory and one line.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/memory.rs"]
mod memory;

// What fails and forgets has to work as long as it doesn't.
#[allow(dead_code)]
#[path = "../support/faulty.rs"]
mod faulty;
#[allow(dead_code)]
#[path = "../support/forgetful.rs"]
mod forgetful;

// Its TLS is for others.
#[allow(dead_code)]
#[path = "../support/dovecot.rs"]
mod dovecot;

#[allow(dead_code)]
#[path = "../support/local.rs"]
mod local;

mod dry;
mod imap;
mod labels;
mod ledger;
mod mailbox;
mod maildir;
mod mapped;
mod names;
