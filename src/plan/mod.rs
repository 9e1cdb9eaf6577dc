//! What has to happen, decided without touching anything: pure functions of what the sides and the ledger say.

pub mod action;
pub mod extent;
pub mod flags;
pub mod folders;
pub mod guard;
pub mod labels;
pub mod messages;
pub mod moves;
pub mod naming;
pub mod pairs;
