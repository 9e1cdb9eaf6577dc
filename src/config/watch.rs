//! How a server is watched between synchronisations.

use std::time::Duration;

use super::naming;
use super::settings::WatchSettings;
use super::source::Source;
use super::value::{self, boolean};

/// What the repository's section says of it.
pub fn watch(source: &mut Source, section: &str) -> WatchSettings {
    let second = Duration::from_secs(1);
    let keepalive = source.read(section, "keepalive", |text| value::time(text, second, "a number of seconds"));
    WatchSettings {
        folders: naming::names(source, section, "idlefolders"),
        hold: source.read(section, "holdconnectionopen", boolean).unwrap_or(false),
        keepalive: keepalive.flatten(),
    }
}
