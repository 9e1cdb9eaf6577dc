//! Accounts that a run is tried on: what they begin with, and what must come of it.

use crate::local;
use crate::world::{Run, World};

/// What both sides must be after a day; kept beside the account's state.
pub struct Expected(String);

/// What a run has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Fetch everything.
    First,
    /// Upload many messages.
    Uploads,
    /// Bring a day of changes on both sides together.
    Day,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Uploads, Self::Day];
}

/// What must be there in the end.
pub enum Prepared {
    /// So many messages, the same on both sides.
    Messages(u32),
    /// What a day leaves.
    Day(Expected),
}

impl World {
    /// Lives through a day: changes on both sides. Needs a synchronised account of a few folders.
    pub fn day(&self, seed: u64) -> Expected {
        let expected = self.dovecot.dir.join(format!("expected-{}-{seed}", self.user)).to_str().unwrap().to_owned();
        let (code, said) = self.day_program(&["live", &seed.to_string(), &expected]);
        assert_eq!(code, Some(0), "seed {seed}: {said}");
        Expected(expected)
    }

    /// Whether both sides are as expected, and what isn't.
    pub fn evening(&self, expected: &Expected) -> (Option<i32>, String) {
        self.day_program(&["check", &expected.0])
    }

    fn day_program(&self, what: &[&str]) -> (Option<i32>, String) {
        let (root, separator) = (self.maildir(), self.separator.to_string());
        self.python("day.py", &[&[root.to_str().unwrap(), &separator], what].concat())
    }

    /// Prepares an account for a task.
    pub fn prepare(&self, task: Task, seed: u64) -> Prepared {
        match task {
            Task::First => {
                self.fill(4, 30);
                Prepared::Messages(120)
            }
            Task::Uploads => {
                self.fill(1, 3);
                self.sync().ends_with(0);
                for number in 0..150 {
                    local::deliver(&self.maildir().join("INBOX"), &format!("{seed}-{number}"), "S");
                }
                Prepared::Messages(153)
            }
            Task::Day => {
                self.fill(6, 12);
                self.sync().ends_with(0);
                Prepared::Day(self.day(seed))
            }
        }
    }

    /// What is wrong after a run that came to its end.
    pub fn wrong(&self, run: &Run, prepared: &Prepared) -> Option<String> {
        let (code, said) = self.compare(&["dates"]);
        let right = match prepared {
            Prepared::Messages(count) => said.contains(&format!(" {count} messages,")),
            Prepared::Day(expected) => {
                let (code, said) = self.evening(expected);
                if code != Some(0) {
                    return Some(format!("{}\n{said}", run.text));
                }
                true
            }
        };
        let right = right && code == Some(0) && run.code == Some(0);
        (!right).then(|| format!("{}\n{said}", run.text))
    }
}
