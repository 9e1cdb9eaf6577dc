//! What the user meant: the offlineimaprc, read and checked.

mod apart;
mod check;
mod extent;
mod fetching;
mod gmail;
mod ini;
mod interpolate;
mod labels;
mod literal;
mod load;
mod maildir;
mod mbnames;
mod naming;
mod oauth;
pub mod options;
mod provider;
mod proxy;
mod raw;
mod repository;
mod screen;
pub mod settings;
mod source;
mod spelling;
mod tls;
mod value;
mod watch;

pub use literal::Literal;
pub use load::{Loaded, Request, load, parse};
pub use source::did_you_mean;
pub use value::Environment;
