//! A day of changes on both sides ends the same on both, and as it should.

use crate::world::World;

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
