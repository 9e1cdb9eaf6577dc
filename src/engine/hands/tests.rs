use std::sync::Arc;

use rustix::io::Errno;

use super::super::folder::tests::{POLICY, World};
use super::super::worker::Publisher;
use super::*;
use crate::failing::Failing;
use crate::model::ids::{AccountName, LampId};

#[test]
fn a_portion_that_cannot_be_stored_is_a_failure_of_its_folder() {
    let world = World::new();
    let uid = world.arrive("a", &[]);
    let (events, _seen) = unbounded();
    let (_orders, obeyed) = unbounded();
    let (questions, _) = unbounded();
    let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
    let mut ledger = world.ledger.clone();
    let ((give, portions), (outcomes, told)) = (unbounded(), unbounded());
    give.send(vec![MessageId::Uid(uid)]).unwrap();
    let errand = Errand {
        names: world.names.clone(),
        record: ledger.folder("INBOX", "INBOX").unwrap(),
        validity: Some(UidValidity(1)),
        common: Holds::ALL,
        local_holds: Holds::ALL,
        aside: Vec::new(),
        tally: Tally::of(1),
        portions,
        outcomes,
    };
    let mut full = world.maildir().on(Arc::new(Failing::at(1, true, Errno::ACCESS)));
    help(&worker, POLICY, &errand, &mut world.remote.clone(), &mut full, &mut ledger).unwrap();
    let outcome = told.try_recv().unwrap();
    assert_eq!((outcome.counts.downloads, outcome.failures, outcome.passed_over), (0, 1, true));
}
