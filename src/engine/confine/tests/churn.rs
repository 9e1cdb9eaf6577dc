//! Windows that widen and narrow at random, and days that pass, while both sides change.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// What can happen.
#[derive(Debug, Clone)]
enum Step {
    /// A message comes to the server: its age in days, and whether it is large.
    Arrive(i64, bool),
    /// A file is written here.
    Write(i64, bool),
    /// Somebody deletes a message: whether on the server, and which one.
    Delete(bool, usize),
    /// Somebody changes its flags: to one of these.
    Flag(bool, usize, usize),
    /// Days pass.
    Wait(i64),
    /// The configuration changes.
    Look(Option<Age>, Option<u64>),
    /// The program runs.
    Run,
}

fn step() -> impl Strategy<Value = Step> {
    let age = prop_oneof![Just(0i64), 0i64..60];
    let window = prop_oneof![
        Just(None),
        (1u32..50).prop_map(|days| Some(Age::Days(days))),
        (0i64..60).prop_map(|day| Some(Age::Since((DAY_ONE - day) * DAY))),
    ];
    prop_oneof![
        3 => (age.clone(), prop::bool::weighted(0.2)).prop_map(|(age, large)| Step::Arrive(age, large)),
        2 => (age, prop::bool::weighted(0.2)).prop_map(|(age, large)| Step::Write(age, large)),
        3 => (any::<bool>(), any::<usize>()).prop_map(|(there, which)| Step::Delete(there, which)),
        3 => (any::<bool>(), any::<usize>(), 0usize..3).prop_map(|(there, which, flags)| Step::Flag(there, which, flags)),
        1 => (1i64..20).prop_map(Step::Wait),
        2 => (window, prop::option::of(Just(300u64))).prop_map(|(age, largest)| Step::Look(age, largest)),
        5 => Just(Step::Run),
    ]
}

const FLAGS: [(&str, &[&str]); 3] = [("", &[]), ("S", &["\\Seen"]), ("FS", &["\\Flagged", "\\Seen"])];

/// What a side has: messages with their flags, each once.
type Mail = BTreeMap<String, String>;

struct Game {
    desk: Desk,
    written: usize,
    /// Whom somebody has deleted, there and here.
    deleted: [BTreeSet<String>; 2],
    /// When each message came, in days.
    came: BTreeMap<String, i64>,
}

impl Game {
    fn new() -> Self {
        Self { desk: Desk::new(), written: 0, deleted: [BTreeSet::new(), BTreeSet::new()], came: BTreeMap::new() }
    }

    fn mail(&self) -> [Mail; 2] {
        [self.desk.world.there(), self.desk.world.here()].map(|lines| {
            let count = lines.len();
            let split =
                |line: String| line.split_once(' ').map(|(name, flags)| (name.to_owned(), flags.to_owned())).unwrap();
            let mail: Mail = lines.into_iter().map(split).collect();
            assert_eq!(mail.len(), count, "something is there twice");
            mail
        })
    }

    fn name(&mut self, age: i64, large: bool) -> String {
        self.written += 1;
        let name = format!("m{}{}", self.written, if large { "x".repeat(300) } else { String::new() });
        self.came.insert(name.clone(), self.desk.day - age);
        name
    }

    fn chosen(&self, there: bool, which: usize) -> Option<String> {
        let mail = &self.mail()[usize::from(!there)];
        mail.keys().nth(which % mail.len().max(1)).cloned()
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Arrive(age, large) => {
                let name = self.name(age, large);
                self.desk.arrive(&name, age);
            }
            Step::Write(age, large) => {
                let name = self.name(age, large);
                self.desk.write(&name, age);
            }
            Step::Delete(there, which) => {
                let Some(name) = self.chosen(there, which) else { return };
                if there {
                    self.desk.delete_there(&name);
                } else {
                    self.desk.delete_here(&name);
                }
                self.deleted[usize::from(!there)].insert(name);
            }
            Step::Flag(there, which, flags) => {
                let Some(name) = self.chosen(there, which) else { return };
                let (letters, flags) = FLAGS[flags];
                if there {
                    self.desk.flag_there(&name, flags);
                } else {
                    self.desk.world.flag(&name, letters);
                }
            }
            Step::Wait(days) => self.desk.day += days,
            Step::Look(age, largest) => self.desk.extent = Extent { age, largest, ..Extent::ALL },
            Step::Run => self.run(),
        }
    }

    /// Whether a message must not be touched, wherever it is.
    fn is_outside(&self, name: &str) -> bool {
        let bounds = self.desk.extent.at(self.desk.now());
        let old = bounds.since.is_some_and(|since| self.came[name] * DAY + DAY / 2 < since - DAY);
        old || bounds.largest.is_some_and(|_| name.len() > 300)
    }

    fn run(&mut self) {
        let before = self.mail();
        self.desk.run();
        let after = self.mail();
        for (side, (before, after)) in before.iter().zip(&after).enumerate() {
            for (name, flags) in before {
                let now = after.get(name);
                assert!(now.is_some() || self.deleted[1 - side].contains(name), "{name} is gone from side {side}");
                assert!(now == Some(flags) || !self.is_outside(name), "{name} was touched on side {side}");
            }
            for name in after.keys().filter(|name| !before.contains_key(*name)) {
                assert!(!self.is_outside(name), "{name} was copied to side {side}");
            }
        }
        assert!(self.desk.run().counts.is_nothing(), "a second run finds something to do");
    }

    /// Looks at everything in the end: both sides are the same then, and have all that nobody deleted.
    fn end(mut self) {
        self.desk.extent = Extent::ALL;
        self.run();
        let [there, here] = self.mail();
        assert_eq!(there, here);
        for name in self.came.keys().filter(|name| !self.deleted.iter().any(|deleted| deleted.contains(*name))) {
            assert!(there.contains_key(name), "{name} is lost");
        }
        assert_eq!((self.desk.scope(), self.desk.left()), (None, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn windows_that_come_and_go_lose_and_double_nothing(steps in prop::collection::vec(step(), 1..40)) {
        let mut game = Game::new();
        for step in &steps {
            game.take(step);
        }
        game.end();
    }
}
