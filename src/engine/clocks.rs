//! Whether the machine has slept: two clocks disagree afterwards.

use std::time::{Duration, Instant, SystemTime};

/// Clocks that disagree by less are only a little wrong, or were set a little.
const LEAST: Duration = Duration::from_secs(8);

/// Both clocks at one moment: one that stands still while the machine sleeps, and one that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clocks {
    awake: Instant,
    wall: SystemTime,
}

impl Clocks {
    /// Now.
    pub(super) fn now() -> Self {
        Self { awake: Instant::now(), wall: SystemTime::now() }
    }

    /// How long the machine has slept between this moment and `later`. A clock that was set forward looks the same.
    pub(super) fn slept_until(&self, later: &Self) -> Option<Duration> {
        let awake = later.awake.saturating_duration_since(self.awake);
        let passed = later.wall.duration_since(self.wall).unwrap_or_default();
        passed.checked_sub(awake).filter(|slept| *slept >= LEAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_slept_when_only_one_clock_went_on() {
        let before = Clocks::now();
        for (awake, wall, slept) in
            [(10, 10, None), (10, 14, None), (10, 3610, Some(3600)), (10, 0, None), (0, 9, Some(9))]
        {
            let later = Clocks {
                awake: before.awake + Duration::from_secs(awake),
                wall: before.wall + Duration::from_secs(wall),
            };
            assert_eq!(before.slept_until(&later), slept.map(Duration::from_secs), "{awake} {wall}");
        }
    }
}
