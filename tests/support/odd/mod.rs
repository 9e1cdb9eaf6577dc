//! Servers that say odd things, and what becomes of an account that has to do with them.

pub mod account;
pub mod fuzz;
mod mutate;
pub mod proxy;
