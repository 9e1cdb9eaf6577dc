//! Keeps IMAP accounts and local Maildirs the same.

pub mod cli;
pub mod config;
pub mod demo;
pub mod model;
pub mod store;
pub mod ui;
