//! When things happen, and in which order.
//!
//! The `runtime` owns time and threads; the `supervisor` decides, purely, what it does with them. Each run of an `account` has a
//! thread of its own, which lists the folders and pairs them, looks here alone at those that the server has nothing new in
//! (`recheck`), takes over what OfflineIMAP remembered (`takeover`), carries messages over that somebody moved (`moves`), and
//! shares the folders out among its folder workers, one connection each (`team`; `hands` lets several of them fetch for one
//! huge folder). A `folder` is looked at until it is certain which message is which (`survey`, with `identity`, `intents` and
//! `doubt`), planned (`decide`), and carried out (`execute`): effect first, ledger after. A `rehearsal` stops before that.

mod account;
mod connect;
mod contents;
mod copy;
mod decide;
mod doubt;
mod execute;
mod folder;
mod hands;
mod hooks;
mod identity;
mod intents;
mod lock;
mod moves;
mod naming;
mod pairing;
mod password;
mod python;
mod quarantine;
mod recheck;
mod rehearsal;
mod remarks;
mod respell;
mod runtime;
mod shell;
mod supervisor;
mod survey;
mod takeover;
mod tally;
mod team;
mod upload;
mod vanish;
mod work;
mod worker;

pub use runtime::{Engine, Options};
