//! Keeps IMAP accounts and local Maildirs, or two IMAP servers, the same, and shows the work as blinking lights.
//!
//! # Floors
//!
//! The modules are floors of a house; each may look down, never up. A test reads every `crate::` path and fails where one
//! does.
//!
//! | floor | may use | touches | decides |
//! |---|---|---|---|
//! | [`model`] | – | nothing: no I/O, no clock, no thread | the words everybody uses |
//! | [`plan`] | `model` | nothing | what has to happen |
//! | [`config`] | `model` | text, and the configuration file | what the user meant |
//! | [`store`] | `model`, `config::settings` | disk, network, SQLite, python3 | how one side is read and written |
//! | [`engine`] | `model`, `plan`, `config::settings`, `store` | threads, channels, locks | when, and in which order |
//! | [`ui`] | `model` | the terminal, the desktop | how it looks |
//! | [`demo`] | `model` | loopback sockets | a small IMAP server with a life of its own |
//! | [`app`], [`cli`], [`errands`], [`info`], [`manual`], [`records`], [`service`], [`signals`] | all | the process | who is connected to whom |
//!
//! `engine` and `ui` never meet but in [`Event`], [`Question`] and [`Command`].
//!
//! # How a run goes
//!
//! The engine's supervisor, a pure machine, decides which account is due. The account's thread takes the lock, connects,
//! lists both sides in one turn each, and pairs the folders. Messages that somebody moved from one folder to another on one
//! side are moved on the other, before any folder is worked on. Folders that are not certainly unchanged go into a queue, and
//! folder workers, a connection each, take them out: they look at both sides, let the plan decide, and carry it out.
//!
//! # What holds everywhere
//!
//! - **Effect first, ledger after.** Mail is flushed, renamed, its directory flushed; only then does the ledger say so. A
//!   crash in between leaves something that both sides have and the ledger doesn't, which the next run adopts.
//! - **A ledger that knows more than the disk is doubted.** Where mail isn't flushed (`fsync = no`), the ledger says so until
//!   the end of the run; if the machine stopped before that, what is missing was lost, not deleted, and is fetched again.
//! - **An announcement before what can't be repeated.** An upload is written down as intended before it begins; one that was
//!   cut off is found again on the server by size and header, and adopted.
//!   The same goes for what is sent to a server on the local side.
//! - **Watermarks last.** What lets the next run skip a folder is stored when everything that followed from a look is
//!   recorded, and is what that look saw, not what came of it.
//! - **Absence must be proven.** Only a listing that came to its regular end shows that a message is gone. *Not looked at*
//!   never leads to a deletion.
//! - **Numbers are proven where nothing vouches for them.** UIDs in file names hold only under the UIDVALIDITY and for the
//!   file that the ledger recorded; otherwise size and header decide, one to one, and what they can't decide is copied.
//! - **A fault reaches as far as the damage.** [`Fault`] says how far; a message's fault doesn't stop its folder, nor a
//!   folder's its account.
//! - **Nobody shares, nobody sleeps.** Threads talk through bounded channels and wait in `select!`. The one lock is inside
//!   the transport of a connection, which another thread can cut.
//! - **Bodies travel in their wire form**, with CRLF; a Maildir stores LF.
//!
//! [`Event`]: model::event::Event
//! [`Question`]: model::question::Question
//! [`Command`]: model::command::Command
//! [`Fault`]: model::fault::Fault

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod errands;
pub mod info;
pub mod manual;
pub mod model;
pub mod oauth;
pub mod plan;
pub mod prune;
pub mod python;
pub mod records;
pub mod service;
pub mod signals;
pub mod store;
pub mod ui;

// The stores that tests use, shared with the tests outside; they speak of this crate by its name.
#[cfg(test)]
extern crate self as blinkensync;
#[cfg(test)]
#[path = "../tests/support/cut.rs"]
mod cut;
#[cfg(test)]
#[path = "../tests/support/failing.rs"]
mod failing;
#[cfg(test)]
#[path = "../tests/support/faulty.rs"]
mod faulty;
#[cfg(test)]
#[path = "../tests/support/forgetful.rs"]
mod forgetful;
#[cfg(test)]
#[path = "../tests/support/memory.rs"]
mod memory;
// Only a part of what it can do is of interest here.
#[cfg(test)]
#[allow(dead_code)]
#[path = "../tests/support/provider.rs"]
mod provider;
