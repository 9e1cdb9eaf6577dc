//! The demonstration's server: what it says, held against Dovecot, against Python's client, and against our own engine.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

// Its TLS is for others.
#[allow(dead_code)]
#[path = "../support/dovecot.rs"]
mod dovecot;

mod client;
mod endings;
mod engine;
mod normal;
mod python;
mod refusals;
mod transcripts;

use blinkensync::demo::Extensions;

/// Everything but one extension, each in turn, by the name it is advertised with.
fn each_off() -> [(&'static str, Extensions); 9] {
    const ALL: Extensions = Extensions::ALL;
    [
        ("UIDPLUS", Extensions { uidplus: false, ..ALL }),
        ("CONDSTORE", Extensions { condstore: false, ..ALL }),
        ("QRESYNC", Extensions { qresync: false, ..ALL }),
        ("IDLE", Extensions { idle: false, ..ALL }),
        ("LIST-STATUS", Extensions { list_status: false, ..ALL }),
        ("ESEARCH", Extensions { esearch: false, ..ALL }),
        ("LITERAL+", Extensions { literal_plus: false, ..ALL }),
        ("MULTIAPPEND", Extensions { multiappend: false, ..ALL }),
        ("MOVE", Extensions { move_: false, ..ALL }),
    ]
}
