//! How an account is watched between its synchronisations.

use serde::{Deserialize, Serialize};

/// How the server's changes become known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// It tells of all folders by itself (RFC 5465).
    Notify,
    /// It tells of some folders (RFC 2177).
    Idle,
    /// It is asked once a minute.
    Polling,
}
