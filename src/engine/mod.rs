//! When things happen, and in which order.
//!
//! The `runtime` owns time and threads; the `supervisor` decides, purely, what it does with them. Each run of an `account` has
//! a thread of its own, which lists the folders and pairs them, looks here alone at those that the server has nothing new in
//! (`recheck`), takes over what OfflineIMAP remembered (`takeover`), carries messages over that somebody moved (`moves`), and
//! shares the folders out among its folder workers, one connection each (`team`; `hands` lets several of them fetch for one
//! huge folder, and `again` goes on where a connection was lost). A `folder` is looked at until it is certain which message is
//! which (`survey`, with `identity`, `intents` and `doubt`; `arrivals` where the local side is a server; `confine` tells what
//! of it isn't looked at), planned (`decide`), and carried out (`execute`): effect first, ledger after. A `rehearsal` stops
//! before that. What a connection logs in with comes from `password` and `token`; of a server that nobody vouches for a person
//! is asked (`trust`). Messages that can't be copied wait (`quarantine`) for another day or for somebody's wish (`asides`);
//! that, and what the ledger knows of folders (`known`), is seen to by the runtime's clerk, beside the runs. Programs that read
//! along are told `particulars`; whoever watches over the program asks for its `pulse`.
//!
//! Between its runs an account is watched (`watch`); what has changed is looked at by a run that is only a `glance`. `backoff` and
//! `clocks` help where servers, networks and machines come and go.
//!
//! An `errand` is done beside all that, once, while a person waits: `migration` renames files that carry an older digest,
//! `removal` deletes a folder on the server, and an `inspection` shows what there is.
//! `mbnames` keeps a list of all folders for mail readers.

mod account;
mod again;
mod arrivals;
mod asides;
mod backoff;
mod both;
mod called;
mod census;
mod clocks;
mod confine;
mod connect;
mod contents;
mod copy;
mod course;
mod decide;
mod doubles;
mod doubt;
mod errand;
mod execute;
mod folder;
mod glance;
mod hands;
mod held;
mod hooks;
mod identity;
mod ignored;
pub mod inspection;
mod intents;
mod known;
mod labels;
mod line;
mod local;
mod lock;
mod mbnames;
mod migration;
mod moves;
mod naming;
mod orders;
mod pairing;
mod particulars;
mod password;
mod publisher;
mod pulse;
mod python;
mod quarantine;
mod recheck;
mod rehearsal;
mod remarks;
mod removal;
mod respell;
mod root;
mod runtime;
mod shell;
mod supervisor;
mod survey;
mod takeover;
mod tally;
mod team;
mod token;
mod trust;
mod upload;
mod vanish;
mod watch;
mod work;
mod worker;

pub use errand::Errand;
pub use mbnames::prune;
pub use migration::Migrated;
pub use pulse::{Pulse, longest_silence};
pub use removal::{Afterwards, Doomed, Removal};
pub use runtime::{Engine, Options};
