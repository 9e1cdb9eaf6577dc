//! Keeps IMAP accounts and local Maildirs the same.

pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod model;
pub mod plan;
pub mod signals;
pub mod store;
pub mod ui;
