//! Pauses between attempts that fail: each twice as long as the one before, with jitter, so that many clients of a server
//! that comes back don't come back together.

use std::time::Duration;

/// The first pause.
const FIRST: Duration = Duration::from_secs(1);
/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(300);

/// How often in a row something has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Backoff {
    failures: u32,
    first: Duration,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::between(FIRST, LONGEST)
    }
}

impl Backoff {
    /// Pauses from this long to that long.
    pub(super) fn between(first: Duration, longest: Duration) -> Self {
        Self { failures: 0, first, longest }
    }

    /// The pause after one more failure; `chance` is from 0 to 1, and takes away up to a third of it.
    pub(super) fn pause(&mut self, chance: f64) -> Duration {
        let pause = self.first.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX)).min(self.longest);
        self.failures = (self.failures + 1).min(31);
        pause.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 3.0)
    }

    /// It has succeeded.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_minutes_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> = (0..12).map(|_| backoff.pause(0.0).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert!((0..100).all(|_| backoff.pause(0.0) == LONGEST));
        backoff.succeeded();
        assert_eq!(backoff.pause(1.0), FIRST.mul_f64(1.0 - 1.0 / 3.0));
    }
}
