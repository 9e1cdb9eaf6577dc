//! What the user meant: the offlineimaprc, read and checked.

pub mod ini;
pub mod interpolate;
pub mod options;
pub mod raw;
pub mod settings;
pub mod value;
