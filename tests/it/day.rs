//! A day of changes on both sides ends the same on both, and as it should.

use crate::world::World;

/// What both sides must be after the day; kept beside the account's state.
pub struct Expected(String);

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
}

fn lived(seed: u64, separator: char) {
    let mut world = World::new();
    world.separator = separator;
    world.fill(7, 12);
    world.sync().ends_with(0);
    let expected = world.day(seed);
    let (code, said) = world.evening(&expected);
    assert_eq!(code, Some(1), "nothing has happened that day:\n{said}");
    let run = world.sync();
    let (code, said) = world.evening(&expected);
    assert_eq!((run.code, code), (Some(0), Some(0)), "seed {seed}:\n{}\n{said}", run.text);
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
    assert_eq!(world.evening(&expected).0, Some(0));
}

#[test]
fn one() {
    lived(1, '.');
}

#[test]
fn another() {
    lived(2, '.');
}

#[test]
fn with_nested_directories() {
    lived(3, '/');
}
