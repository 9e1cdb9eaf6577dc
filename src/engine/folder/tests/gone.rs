//! What a mail reader does to a file while its upload is cut off.

use super::*;

/// A file whose upload reached the server, and nobody heard of it; how many steps it took.
fn cut_off(step: u64) -> Option<World> {
    let world = World::new();
    world.arrive("there", &[]);
    world.run(POLICY);
    world.write("1.here:2,FR", "here");
    world.run_on(POLICY, &Fuse::of(step));
    let folder = world.ledger.clone().folders().unwrap()[0].id;
    let announced = !world.ledger.clone().intents(folder).unwrap().is_empty();
    (announced && world.there().len() == 2).then_some(world)
}

#[test]
fn what_was_deleted_here_after_its_upload_was_cut_off_does_not_come_back() {
    let worlds: Vec<World> = (1..100).filter_map(cut_off).collect();
    assert!(!worlds.is_empty());
    for world in worlds {
        fs::remove_file(world.find("here")).unwrap();
        for _ in 0..2 {
            assert_eq!(world.run(POLICY).failures, 0);
        }
        assert_eq!(world.there(), ["there ()"]);
        assert_eq!(world.here(), ["there ()"]);
    }
}

#[test]
fn a_flag_that_was_taken_away_after_the_upload_was_cut_off_does_not_come_back() {
    for world in (1..100).filter_map(cut_off) {
        world.flag("here", "F");
        for _ in 0..2 {
            assert_eq!(world.run(POLICY).failures, 0);
        }
        assert_eq!(world.there(), ["here (\\Flagged)", "there ()"]);
        assert_eq!(world.here(), world.there());
    }
}
