//! Whether the engine gets on: what tells work that is slow from work that hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{hooks, token};
use crate::config::settings::Settings;
use crate::model::ids::AccountName;

/// So many times a log-in may wait for the server, one time limit each: addresses, TLS, greeting, capabilities, SASL.
const STEPS_OF_A_LOGIN: u32 = 10;
/// How much longer than its limit something may take before it counts as hanging: limits are kept to by threads that
/// may be waiting for the disk themselves.
const MARGIN: Duration = Duration::from_secs(300);

/// An answer of the engine's main loop, which thereby shows that it turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// The runs that have to get on, each with a number that changes whenever it does. Runs that a person holds up, by a pause
    /// or by not having answered a question yet, are not among them.
    pub runs: Vec<(AccountName, u64)>,
}

/// How long a run that gets on may go without a sign of life: the longest that a hook, a token or a log-in may take, and some
/// more.
pub fn longest_silence(settings: &Settings) -> Duration {
    let login = settings.socket_timeout.saturating_mul(STEPS_OF_A_LOGIN);
    hooks::LIMIT.max(token::LONGEST).max(login).saturating_add(MARGIN)
}

/// The signs of life of one account's run: whatever happens, and each checkpoint. Clones are the same signs.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    given: AtomicU64,
    questions: AtomicU64,
}

impl Signs {
    /// One more.
    pub(super) fn give(&self) {
        self.0.given.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub(super) fn given(&self) -> u64 {
        self.0.given.load(Ordering::Relaxed)
    }

    /// A person is asked something, for as long as what this gives lives.
    pub(super) fn asking(&self) -> Asking {
        self.0.questions.fetch_add(1, Ordering::Relaxed);
        Asking(self.clone())
    }

    /// Whether a person is being asked something.
    pub(super) fn is_asking(&self) -> bool {
        self.0.questions.load(Ordering::Relaxed) > 0
    }
}

/// A question that stands.
#[derive(Debug)]
pub(super) struct Asking(Signs);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.give();
        self.0.0.questions.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_may_be_silent_for_as_long_as_its_limits_allow() {
        for (timeout, minutes) in [(60, 20), (90, 20), (120, 25), (u64::MAX, u64::MAX / 60)] {
            let settings = Settings::plain("/nowhere".into(), Vec::new());
            let settings = Settings { socket_timeout: Duration::from_secs(timeout), ..settings };
            assert_eq!(longest_silence(&settings).as_secs() / 60, minutes, "{timeout}");
        }
    }

    #[test]
    fn a_question_stands_until_all_that_asked_have_heard() {
        let signs = Signs::default();
        let (one, another) = (signs.asking(), signs.clone().asking());
        drop(one);
        assert!(signs.is_asking());
        drop(another);
        assert!(!signs.is_asking());
        assert_eq!(signs.given(), 2);
    }
}
