//! What is said about the time between synchronisations.

use std::time::Duration;

/// How a server is watched between synchronisations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchSettings {
    /// The folders of which it is to tell by IDLE, where it doesn't tell of all.
    pub folders: Vec<String>,
    /// Whether the connection is kept for the next synchronisation.
    pub hold: bool,
    /// The longest time without a sign of life on a connection that is kept; `None`: the program's own.
    pub keepalive: Option<Duration>,
}
