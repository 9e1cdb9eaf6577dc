//! Which runs of an account are quick ones.

use crate::config::settings::Quick;

/// Where an account stands between two full runs.
#[derive(Debug)]
pub(super) struct Pace {
    quick: Quick,
    /// How many quick runs there were since the last full one; `None`: a full one is due.
    since_full: Option<u64>,
}

impl Pace {
    pub(super) fn new(quick: Quick) -> Self {
        Self { quick, since_full: None }
    }

    /// Whether the run that begins now is a quick one.
    pub(super) fn begin(&mut self) -> bool {
        let (quick, since_full) = match (self.quick, self.since_full) {
            (Quick::Never, _) => (false, None),
            (Quick::Always, _) => (true, None),
            (Quick::Between(most), Some(count)) if count < most => (true, Some(count + 1)),
            (Quick::Between(_), _) => (false, Some(0)),
        };
        self.since_full = since_full;
        quick
    }

    /// Somebody wants to see everything.
    pub(super) fn wake(&mut self) {
        self.since_full = None;
    }

    /// The run came to nothing: if it was a full one, it is still due.
    pub(super) fn failed(&mut self) {
        self.since_full = self.since_full.filter(|count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What runs are: f full, q quick. Before a run may stand ! for a wish to see everything, and after it x for a failure.
    fn runs(quick: Quick, pattern: &str) -> String {
        let mut pace = Pace::new(quick);
        let mut told = String::new();
        for letter in pattern.chars() {
            match letter {
                '.' => told.push(if pace.begin() { 'q' } else { 'f' }),
                '!' => pace.wake(),
                _ => pace.failed(),
            }
        }
        told
    }

    #[test]
    fn so_many_quick_runs_stand_between_full_ones() {
        for (quick, pattern, wanted) in [
            (Quick::Never, "...", "fff"),
            (Quick::Always, "..!.x.", "qqqq"),
            (Quick::Between(1), ".....", "fqfqf"),
            (Quick::Between(3), "..........", "fqqqfqqqfq"),
            (Quick::Between(3), "..!.....", "fqfqqqf"),
            (Quick::Between(3), ".x.x...", "fffqq"),
            (Quick::Between(2), "..x...", "fqqfq"),
        ] {
            assert_eq!(runs(quick, pattern), wanted, "{quick:?} {pattern}");
        }
    }
}
