//! What may not be written isn't, and is done once it may be.

use super::super::attack_tests::{beside, delete_there, in_step, text};
use super::*;

#[test]
fn what_is_read_only_is_not_written() {
    for (remote_read_only, local_read_only) in [(true, false), (false, true), (true, true)] {
        let world = a_day_later();
        let (there, here) = (world.there(), world.here());
        let (to_remote, to_local) = (permission(remote_read_only), permission(local_read_only));
        let policy = Policy { to_remote, to_local, ..POLICY };
        assert_eq!(world.run(policy).failures, 0);
        assert_eq!(world.there() == there, remote_read_only);
        assert_eq!(world.here() == here, local_read_only);
        assert!(world.run(policy).counts.is_nothing(), "{policy:?}");
    }
}

#[test]
fn what_was_withheld_is_done_once_it_is_allowed() {
    let world = World::new();
    world.arrive("there", &[]);
    world.run(POLICY);
    world.write("1.here:2,", "here");
    world.arrive("there too", &[]);
    let mark = || world.ledger.clone().folders().unwrap()[0].remote_mark;
    let before = mark();
    assert!(before.is_some());
    world.run(Policy { to_remote: Permission::NONE, ..POLICY });
    assert_eq!((world.there().len(), world.here().len()), (2, 3));
    assert_eq!(mark(), before, "the next run must look again");
    world.run(POLICY);
    assert_eq!(world.there().len(), 3);
    assert_ne!(mark(), before);
}

#[test]
fn a_read_only_side_trusts_no_wrong_number() {
    let world = in_step(&["a", "b"]);
    let file = world.find("a");
    fs::write(beside(&file, "9.put.here"), text("only here")).unwrap();
    fs::remove_file(&file).unwrap();
    world.run(Policy { to_local: permission(true), ..POLICY });
    delete_there(&world, "a");
    world.run(POLICY);
    assert!(world.here().contains(&"only here ()".to_owned()), "{:?}", world.here());
}
