//! What the user meant: the offlineimaprc, read and checked.

pub mod interpolate;
pub mod raw;
pub mod settings;
