//! When things happen, and in which order.
//!
//! The [runtime] owns time and threads; the [supervisor] decides, purely, what it does with them. Each run of an
//! [account] has a thread of its own, which lists and pairs the folders and shares them out among its folder workers, one
//! connection each. A [folder] is looked at, planned and [executed](execute): effect first, ledger after.

mod account;
mod connect;
mod contents;
mod copy;
mod decide;
mod doubt;
mod execute;
mod folder;
mod identity;
mod intents;
mod lock;
mod moves;
mod pairing;
mod quarantine;
mod rehearsal;
mod runtime;
mod supervisor;
mod survey;
mod takeover;
mod team;
mod upload;
mod vanish;
mod work;
mod worker;

pub use runtime::{Engine, Options};
