//! How often the status is told: when it has changed, but no more than once a second.

use std::time::{Duration, Instant};

/// The time between two tellings.
const LEAST: Duration = Duration::from_secs(1);

/// What was told last, and whether there may be something newer.
#[derive(Debug)]
pub(super) struct Pace {
    told: String,
    stirred: bool,
    next: Instant,
}

impl Pace {
    /// Nothing has been told yet.
    pub(super) fn new(now: Instant) -> Self {
        Self { told: String::new(), stirred: false, next: now }
    }

    /// Something has happened.
    pub(super) fn stir(&mut self) {
        self.stirred = true;
    }

    /// When there is something to tell.
    pub(super) fn due(&self) -> Option<Instant> {
        self.stirred.then_some(self.next)
    }

    /// The text, if it is time for it and it isn't what was told last.
    pub(super) fn take(&mut self, now: Instant, text: impl FnOnce() -> String) -> Option<String> {
        if !self.stirred || now < self.next {
            return None;
        }
        self.stirred = false;
        let text = text();
        (text != self.told).then(|| self.tell(now, text))
    }

    /// It is the last time: whatever is new is told at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        (self.stirred, self.next) = (true, now);
    }

    /// The text is told now, whatever was told before.
    pub(super) fn tell(&mut self, now: Instant, text: String) -> String {
        self.stirred = false;
        self.next = now.checked_add(LEAST).unwrap_or(now);
        self.told.clone_from(&text);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_often_is_told_once_a_second_and_the_last_of_it_always() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut told = Vec::new();
        // A hundred changes in two and a half seconds.
        for change in 0..100_u64 {
            let now = start + Duration::from_millis(change * 25);
            pace.stir();
            told.extend(pace.take(now, || change.to_string()));
        }
        assert_eq!(told, ["0", "40", "80"]);
        let due = pace.due().unwrap();
        assert_eq!(due, start + Duration::from_secs(3));
        assert_eq!(pace.take(due, || "99".into()).as_deref(), Some("99"));
        assert_eq!(pace.due(), None);
    }

    #[test]
    fn the_same_is_not_told_again() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.tell(start, "so".into()), "so");
        pace.stir();
        let later = start + Duration::from_secs(5);
        assert_eq!(pace.take(later, || "so".into()), None);
        assert_eq!(pace.due(), None);
        pace.stir();
        assert_eq!(pace.take(later, || "otherwise".into()).as_deref(), Some("otherwise"));
        pace.stir();
        assert_eq!(pace.take(later, || "the end".into()), None);
        pace.hurry(later);
        assert_eq!(pace.take(later, || "the end".into()).as_deref(), Some("the end"));
    }
}
