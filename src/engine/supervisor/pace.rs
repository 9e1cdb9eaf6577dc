//! Which runs of an account are quick ones, and which are thorough.

use crate::config::settings::Quick;

/// How closely a run looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Depth {
    /// Only where messages have come or gone.
    Quick,
    /// Wherever something may have changed.
    Full,
    /// Everywhere: nothing is taken for unchanged.
    Thorough,
    /// At what those who watch have seen change.
    Glance {
        /// It is enough to look here, as long as nothing has changed there.
        here: bool,
    },
}

/// Where an account stands between two full runs.
#[derive(Debug)]
pub(super) struct Pace {
    quick: Quick,
    /// How many quick runs there were since the last full one; `None`: a full one is due.
    since_full: Option<u64>,
    /// Somebody wants a thorough one.
    thorough: bool,
    /// The last one that began was thorough.
    was_thorough: bool,
}

impl Pace {
    pub(super) fn new(quick: Quick) -> Self {
        Self { quick, since_full: None, thorough: false, was_thorough: false }
    }

    /// How closely the run looks that begins now.
    pub(super) fn begin(&mut self) -> Depth {
        self.was_thorough = std::mem::take(&mut self.thorough);
        let (depth, since_full) = match (self.quick, self.since_full) {
            (Quick::Between(_), _) if self.was_thorough => (Depth::Thorough, Some(0)),
            _ if self.was_thorough => (Depth::Thorough, None),
            (Quick::Never, _) => (Depth::Full, None),
            (Quick::Always, _) => (Depth::Quick, None),
            (Quick::Between(most), Some(count)) if count < most => (Depth::Quick, Some(count + 1)),
            (Quick::Between(_), _) => (Depth::Full, Some(0)),
        };
        self.since_full = since_full;
        depth
    }

    /// Somebody wants to see everything.
    pub(super) fn wake(&mut self) {
        self.since_full = None;
    }

    /// Somebody believes nothing any more.
    pub(super) fn doubt(&mut self) {
        self.thorough = true;
    }

    /// The run came to nothing: if it was a full one, or a thorough one, it is still due.
    pub(super) fn failed(&mut self) {
        self.thorough |= self.was_thorough;
        self.since_full = self.since_full.filter(|count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What runs are: f full, q quick, t thorough. Before a run may stand ! for a wish to see everything, ? for doubt, and after
    /// it x for a failure.
    fn runs(quick: Quick, pattern: &str) -> String {
        let mut pace = Pace::new(quick);
        let mut told = String::new();
        for letter in pattern.chars() {
            match letter {
                '.' => told.push(match pace.begin() {
                    Depth::Quick => 'q',
                    Depth::Full => 'f',
                    Depth::Thorough => 't',
                    Depth::Glance { .. } => 'g',
                }),
                '!' => pace.wake(),
                '?' => pace.doubt(),
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

    #[test]
    fn doubt_makes_the_next_run_thorough_until_one_comes_to_something() {
        for (quick, pattern, wanted) in [
            (Quick::Never, ".?..", "ftf"),
            (Quick::Always, "?.!.", "tq"),
            (Quick::Always, "?.x.x.!.", "tttq"),
            (Quick::Never, "?..x.", "tff"),
            (Quick::Between(2), "..?....", "fqtqqf"),
            (Quick::Between(1), "?.x..", "ttq"),
        ] {
            assert_eq!(runs(quick, pattern), wanted, "{quick:?} {pattern}");
        }
    }
}
