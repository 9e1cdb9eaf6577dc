//! The words everybody uses: plain data, without I/O, clock or thread.

pub mod command;
pub mod event;
pub mod extent;
pub mod fault;
pub mod fingerprint;
pub mod flags;
pub mod folder;
pub mod ids;
pub mod labels;
pub mod light;
pub mod listed;
pub mod mark;
pub mod mechanism;
pub mod message;
pub mod namemap;
pub mod particular;
pub mod patterns;
pub mod question;
pub mod screen;
pub mod topic;
pub mod uidset;
pub mod utf7;
pub mod watch;
