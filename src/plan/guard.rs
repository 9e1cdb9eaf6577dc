//! Stops plans that would delete a lot at once: more often a mistake than a wish.

use crate::model::folder::Counts;
use crate::model::ids::Side;

/// Deletions of so many messages are always believed.
const FEW: u64 = 10;

/// Why a plan is suspicious.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspicion {
    /// The side that would lose messages.
    pub side: Side,
    /// How many.
    pub deletes: u64,
    /// How many of the folder's messages the ledger knows.
    pub known: u64,
}

/// How many of a folder's `known` messages may go without a person's consent: `most`, or else half of them, and always 10.
pub fn limit(known: u64, most: Option<u64>) -> u64 {
    most.unwrap_or((known / 2).max(FEW))
}

/// Whether a plan with these counts deletes so many of a folder's `known` messages that a person should agree first: more
/// than the [`limit`].
pub fn check(counts: &Counts, known: u64, most: Option<u64>) -> Option<Suspicion> {
    let limit = limit(known, most);
    [(Side::Local, counts.local_deletes), (Side::Remote, counts.remote_deletes)]
        .into_iter()
        .find(|(_, deletes)| *deletes > limit)
        .map(|(side, deletes)| Suspicion { side, deletes, known })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_many_deletions_are_suspicious() {
        for (deletes, known, most, suspicious) in [
            (10, 10, None, false),
            (11, 11, None, true),
            (11, 22, None, false),
            (12, 22, None, true),
            (500, 1000, None, false),
            (501, 1000, None, true),
            (3, 1000, Some(2), true),
            (900, 1000, Some(900), false),
        ] {
            let counts = Counts { local_deletes: deletes, ..Counts::default() };
            assert_eq!(check(&counts, known, most).is_some(), suspicious, "{deletes} of {known}");
            let counts = Counts { remote_deletes: deletes, ..Counts::default() };
            assert_eq!(check(&counts, known, most).map(|s| s.side), suspicious.then_some(Side::Remote));
        }
    }
}
