//! When the service manager is told that the program gets on: a pure machine, which is told what time it is and what the engine
//! answers.
//!
//! The manager ends the program when it has heard nothing for the time that it has set. A third of that passes between two tellings,
//! and each follows from an answer of the engine's main loop. None is sent
//!
//! - while that loop doesn't answer: the thread hangs, or waits for an interface that takes no more events;
//! - while a run shows no sign of life (an event, a checkpoint, a byte on a connection) for longer than its time limits allow. A run
//!   that is paused, or in which a person is asked something, needs none.
//!
//! It doesn't see a run that goes round in circles, since that looks alive; nor who watches an account between its runs and hears
//! nothing, as the next regular run makes that good. A process that is stopped or starved tells nothing either.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::engine::Pulse;
use crate::model::ids::AccountName;

/// Tellings in the time that the manager allows for one.
const OFTEN: u32 = 3;

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask the engine for its pulse.
    Ask,
    /// Tell the manager that the program gets on.
    Tell,
    /// Say what is wrong: it wasn't so until now.
    Complain(Trouble),
}

/// Why the manager isn't told that the program gets on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The engine's main loop doesn't answer.
    Deaf,
    /// An account's run shows no sign of life.
    Silent(AccountName),
}

/// What the engine has shown so far.
#[derive(Debug)]
pub(super) struct Watchdog {
    every: Duration,
    longest_silence: Duration,
    /// When the engine is asked next, or when its answer is late; `None` when it is.
    next: Option<Instant>,
    asked: bool,
    /// The number that each run had last, and since when.
    runs: HashMap<AccountName, (u64, Instant)>,
    trouble: Option<Trouble>,
}

impl Watchdog {
    /// The manager has to hear something within `limit`, and a run may be silent for so long.
    pub(super) fn new(limit: Duration, longest_silence: Duration, now: Instant) -> Self {
        let every = limit / OFTEN;
        Self { every, longest_silence, next: Some(now), asked: false, runs: HashMap::new(), trouble: None }
    }

    /// When it wants to know the time next; `None`: not before the engine answers.
    pub(super) fn due(&self) -> Option<Instant> {
        self.next
    }

    /// What is wrong, if anything.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// It is that late.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Step> {
        self.next.take_if(|next| *next <= now)?;
        if self.asked {
            return self.complain(Trouble::Deaf);
        }
        self.asked = true;
        self.next = now.checked_add(self.every);
        Some(Step::Ask)
    }

    /// The engine has answered.
    pub(super) fn answered(&mut self, pulse: &Pulse, now: Instant) -> Option<Step> {
        self.asked = false;
        self.next = now.checked_add(self.every);
        let mut earlier = std::mem::take(&mut self.runs);
        for (account, number) in &pulse.runs {
            let known = earlier.remove(account).filter(|(known, _)| known == number);
            self.runs.insert(account.clone(), known.unwrap_or((*number, now)));
        }
        let silent = self.runs.iter().filter(|(_, (_, since))| now.duration_since(*since) >= self.longest_silence);
        if let Some(account) = silent.map(|(account, _)| account.clone()).min() {
            return self.complain(Trouble::Silent(account));
        }
        self.trouble = None;
        Some(Step::Tell)
    }

    fn complain(&mut self, trouble: Trouble) -> Option<Step> {
        let is_new = self.trouble.as_ref() != Some(&trouble);
        self.trouble = Some(trouble.clone());
        is_new.then_some(Step::Complain(trouble))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens at a second.
    enum Then {
        Tick,
        /// The engine answers that these runs have these numbers.
        Answer(&'static [(&'static str, u64)]),
    }
    use Then::{Answer, Tick};

    fn account(name: &str) -> AccountName {
        AccountName::new(name)
    }

    fn silent(name: &str) -> Step {
        Step::Complain(Trouble::Silent(account(name)))
    }

    /// A manager that wants to hear something every 30 seconds, and runs that may be silent for 100.
    #[track_caller]
    fn goes(table: &[(u64, Then, Option<Step>)]) -> Watchdog {
        let start = Instant::now();
        let mut dog = Watchdog::new(Duration::from_secs(30), Duration::from_secs(100), start);
        for (second, then, step) in table {
            let now = start + Duration::from_secs(*second);
            let taken = match then {
                Tick => dog.tick(now),
                Answer(runs) => {
                    let runs = runs.iter().map(|(name, number)| (account(name), *number)).collect();
                    dog.answered(&Pulse { runs }, now)
                }
            };
            assert_eq!(taken, *step, "second {second}");
        }
        dog
    }

    #[test]
    fn an_engine_that_answers_is_told_of_three_times_in_the_time_there_is() {
        let dog = goes(&[
            (0, Tick, Some(Step::Ask)),
            (0, Answer(&[]), Some(Step::Tell)),
            (9, Tick, None),
            (10, Tick, Some(Step::Ask)),
            (11, Answer(&[]), Some(Step::Tell)),
            (20, Tick, None),
            (21, Tick, Some(Step::Ask)),
        ]);
        assert_eq!(dog.trouble(), None);
    }

    #[test]
    fn a_main_loop_that_hangs_is_not_told_of_and_complained_of_once() {
        let deaf = Some(Step::Complain(Trouble::Deaf));
        let dog = goes(&[
            (0, Tick, Some(Step::Ask)),
            (5, Tick, None),
            (10, Tick, deaf.clone()),
            (20, Tick, None),
            (3600, Tick, None),
        ]);
        assert_eq!((dog.due(), dog.trouble()), (None, Some(&Trouble::Deaf)));
        // It was only slow.
        let dog = goes(&[
            (0, Tick, Some(Step::Ask)),
            (10, Tick, deaf.clone()),
            (15, Answer(&[]), Some(Step::Tell)),
            (25, Tick, Some(Step::Ask)),
            (35, Tick, deaf),
            (36, Answer(&[]), Some(Step::Tell)),
        ]);
        assert_eq!(dog.trouble(), None);
    }

    #[test]
    fn a_run_without_a_sign_of_life_is_believed_for_as_long_as_its_limits_allow() {
        goes(&[
            (0, Answer(&[("a", 7), ("b", 1)]), Some(Step::Tell)),
            (50, Answer(&[("a", 7), ("b", 2)]), Some(Step::Tell)),
            (99, Answer(&[("a", 7), ("b", 3)]), Some(Step::Tell)),
            (100, Answer(&[("a", 7), ("b", 4)]), Some(silent("a"))),
            (110, Answer(&[("a", 7), ("b", 5)]), None),
            // A sign of it makes good again, and so does its end.
            (120, Answer(&[("a", 8), ("b", 6)]), Some(Step::Tell)),
            (219, Answer(&[("a", 8), ("b", 7)]), Some(Step::Tell)),
            (220, Answer(&[("a", 8), ("b", 8)]), Some(silent("a"))),
            (230, Answer(&[("b", 8)]), Some(Step::Tell)),
        ]);
    }

    #[test]
    fn the_time_of_a_pause_or_a_question_does_not_count() {
        goes(&[
            (0, Answer(&[("a", 7)]), Some(Step::Tell)),
            (90, Answer(&[]), Some(Step::Tell)),
            (9000, Answer(&[]), Some(Step::Tell)),
            (9010, Answer(&[("a", 7)]), Some(Step::Tell)),
            (9109, Answer(&[("a", 7)]), Some(Step::Tell)),
            (9110, Answer(&[("a", 7)]), Some(silent("a"))),
        ]);
    }

    #[test]
    fn one_trouble_after_another_is_complained_of() {
        goes(&[
            (0, Answer(&[("a", 1), ("b", 1)]), Some(Step::Tell)),
            (100, Answer(&[("a", 1), ("b", 1)]), Some(silent("a"))),
            (110, Answer(&[("a", 2), ("b", 1)]), Some(silent("b"))),
            (120, Tick, Some(Step::Ask)),
            (130, Tick, Some(Step::Complain(Trouble::Deaf))),
            (131, Answer(&[("a", 3), ("b", 1)]), Some(silent("b"))),
        ]);
    }
}
