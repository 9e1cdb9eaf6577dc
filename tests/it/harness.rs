//! The comparing program finds what it is there to find.

use std::fs;

use crate::world::World;

#[test]
fn a_changed_byte_a_lost_flag_and_a_duplicate_are_found() {
    let world = World::new();
    world.fill(1, 0);
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(world.maildir().join("INBOX").join(part)).unwrap();
    }
    world.same(&[]);
    world.fill(1, 1);
    let (code, said) = world.compare(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("INBOX: 1 more on server"), "{said}");
    fs::write(world.maildir().join("INBOX/cur/1:2,S"), "other bytes").unwrap();
    let (code, said) = world.compare(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("INBOX: 1 more on disk"), "{said}");
}
