//! The real program against a real Dovecot.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../support/calm.rs"]
mod calm;
#[path = "../support/churn.rs"]
mod churning;
#[path = "../support/dovecot.rs"]
mod dovecot;
#[path = "../support/tamper.rs"]
mod tamper;
// Only some of its figures are of interest here.
#[allow(dead_code)]
#[path = "../support/meter.rs"]
mod meter;
// Its figures are for the long test.
#[path = "../support/fray.rs"]
mod fray;
#[path = "../support/gate.rs"]
mod gate;
#[allow(dead_code)]
#[path = "../support/killing.rs"]
mod killing;
#[path = "../support/line.rs"]
mod line;
#[path = "../support/local.rs"]
mod local;
#[path = "../support/pair.rs"]
mod pair;
#[path = "../support/provider.rs"]
mod provider;
#[path = "../support/rivals.rs"]
mod rivals;
#[path = "../support/seed.rs"]
mod seed;
#[path = "../support/slow.rs"]
mod slow;
#[path = "../support/terminal.rs"]
mod terminal;
#[allow(dead_code)]
#[path = "../support/trial.rs"]
mod trial;
#[path = "../support/windows.rs"]
mod windows;
#[allow(dead_code)]
#[path = "../support/working.rs"]
mod working;
#[path = "../support/world.rs"]
mod world;

mod asked;
mod attacks;
mod busy;
mod bytes;
mod cards;
mod churn;
mod compressed;
mod dates;
mod day;
mod deleting;
mod details;
mod dressed;
mod errors;
mod first_sync;
mod floors;
mod folders;
mod followed;
mod gone;
mod guard;
mod hands;
mod harness;
mod hooks;
mod info;
mod journal;
mod killed;
mod labels;
mod left_out;
mod letters;
mod lights;
mod lines;
mod listing;
mod logins;
mod manual;
mod mbnames;
mod mbsync;
mod migration;
mod moves;
mod names;
mod oauth;
mod options;
mod part;
mod passwords;
mod permission;
mod places;
mod power;
mod private;
mod programs;
mod promises;
mod proxies;
mod python;
mod readers;
mod readonly;
mod records;
mod rehearsal;
mod second_run;
mod secrets;
mod servers;
mod service;
mod shapes;
mod spelling;
mod switching;
mod takeover;
mod tls;
mod troubleshooting;
mod tunnels;
mod turns;
mod watched;
