//! How an account is watched between its synchronisations.

use serde::{Deserialize, Serialize};

/// How the server's changes become known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Watch {
    /// It tells of all folders by itself (RFC 5465).
    Notify,
    /// It tells of so many folders (RFC 2177).
    Idle {
        /// How many.
        folders: u64,
    },
    /// It is asked once a minute.
    Polling,
}
