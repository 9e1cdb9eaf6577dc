//! Whom a connection is with, and what that server can do.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::ids::AccountName;
use crate::store::teller::Teller;

/// Whom the connection is with, for sentences, and who listens to it.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) account: AccountName,
    pub(super) host: String,
    /// The repository's name, where the host's doesn't tell which server it is.
    pub(super) repository: Option<String>,
    /// Who is told what is said.
    pub(super) teller: Teller,
    /// Who is told what the program complains of that speaks to the server for us.
    pub(super) tunnel: Teller,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repository = self.repository.as_ref().map(|name| format!(", repository {name}")).unwrap_or_default();
        write!(f, "{} (account {}{repository})", self.host, self.account)
    }
}

/// What a server says it can do (RFC 3501, section 7.2.1), in capitals.
#[derive(Debug, Clone, Default)]
pub(super) struct Capabilities(BTreeSet<String>);

impl Capabilities {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// It turned out that the server can't do this.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// All of them, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// What follows `prefix` in the names that begin with it.
    pub(super) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |name| name.strip_prefix(prefix))
    }

    /// Modification sequences, which QRESYNC implies (RFC 7162, section 3.2.3).
    pub(super) fn condstore(&self) -> bool {
        self.has("CONDSTORE") || self.has("QRESYNC")
    }
}

impl FromIterator<String> for Capabilities {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}
