use super::*;
use crate::model::flags::{KeywordRoom, System};
use crate::model::message::Listed;

pub(super) fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

pub(super) fn look(uids: &[(u32, Flags)], coverage: Coverage) -> Look {
    let messages = uids.iter().map(|(n, flags)| Listed { id: MessageId::Uid(uid(*n)), flags: flags.clone() }).collect();
    Look { messages, coverage, mark: None }
}

pub(super) fn plan_for(
    remote: &Look,
    local: &Look,
    ledger: &BTreeMap<Uid, Entry>,
    to_remote: Permission,
    to_local: Permission,
) -> Plan {
    plan_beside(remote, local, ledger, &Outside::default(), (to_remote, to_local))
}

pub(super) fn plan_beside(
    remote: &Look,
    local: &Look,
    ledger: &BTreeMap<Uid, Entry>,
    outside: &Outside,
    (to_remote, to_local): (Permission, Permission),
) -> Plan {
    let (common, remote_holds) = (&Holds::ALL, &Holds::ALL);
    messages(&Situation { remote, local, ledger, outside, common, remote_holds, to_remote, to_local })
}

fn row(entry: Option<bool>) -> BTreeMap<Uid, Entry> {
    entry.map(|kept| (uid(1), Entry { flags: Flags::default(), kept })).into_iter().collect()
}

/// The action for one message that is there or not on each side, both looked at whole.
fn decide_one(remote: bool, local: bool, entry: Option<bool>, permission: Permission) -> Option<Action> {
    let one = [(1, Flags::default())];
    let side = |there: bool| look(if there { &one } else { &[] }, Coverage::Whole);
    let plan = plan_for(&side(remote), &side(local), &row(entry), permission, permission);
    assert!(plan.actions.len() <= 1);
    plan.actions.into_iter().next()
}

const SYNCED: Option<bool> = Some(false);
const KEPT: Option<bool> = Some(true);

#[test]
fn present_on_both_and_synced_is_settled() {
    assert_eq!(decide_one(true, true, SYNCED, Permission::ALL), None);
}

#[test]
fn present_on_both_and_unknown_is_adopted() {
    assert!(matches!(decide_one(true, true, None, Permission::ALL), Some(Action::Merge { .. })));
    assert!(matches!(decide_one(true, true, KEPT, Permission::ALL), Some(Action::Merge { .. })));
}

#[test]
fn new_on_the_remote_side_is_downloaded() {
    assert_eq!(decide_one(true, false, None, Permission::ALL), Some(Action::Download { uid: uid(1) }));
    assert_eq!(decide_one(true, false, None, Permission::NONE), None);
}

#[test]
fn new_on_the_local_side_is_uploaded() {
    let upload = Action::Upload { id: MessageId::Uid(uid(1)), flags: Flags::default() };
    assert_eq!(decide_one(false, true, None, Permission::ALL), Some(upload));
    assert_eq!(decide_one(false, true, None, Permission::NONE), None);
}

#[test]
fn deleted_locally_is_deleted_remotely_or_kept() {
    let delete = Action::Delete { side: Side::Remote, uid: uid(1) };
    assert_eq!(decide_one(true, false, SYNCED, Permission::ALL), Some(delete));
    assert!(matches!(decide_one(true, false, SYNCED, Permission::NONE), Some(Action::Keep { .. })));
    assert_eq!(decide_one(true, false, KEPT, Permission::ALL), None);
}

#[test]
fn deleted_remotely_is_deleted_locally_or_kept() {
    let delete = Action::Delete { side: Side::Local, uid: uid(1) };
    assert_eq!(decide_one(false, true, SYNCED, Permission::ALL), Some(delete));
    assert!(matches!(decide_one(false, true, SYNCED, Permission::NONE), Some(Action::Keep { .. })));
    assert_eq!(decide_one(false, true, KEPT, Permission::ALL), None);
}

#[test]
fn deleted_on_both_is_forgotten() {
    assert_eq!(decide_one(false, false, SYNCED, Permission::ALL), Some(Action::Forget { uid: uid(1) }));
    assert_eq!(decide_one(false, false, KEPT, Permission::ALL), Some(Action::Forget { uid: uid(1) }));
    assert_eq!(decide_one(false, false, None, Permission::ALL), None);
}

#[test]
fn a_side_that_may_not_be_written_is_followed_and_left_alone() {
    let seen = Flags::of(System::SEEN);
    let flagged = Flags::of(System::FLAGGED);
    let (remote, local) = (look(&[(1, seen.clone())], Coverage::Whole), look(&[(1, flagged)], Coverage::Whole));
    let plan = plan_for(&remote, &local, &row(SYNCED), Permission::NONE, Permission::ALL);
    let [Action::Merge { merged, .. }] = &plan.actions[..] else { panic!("{plan:?}") };
    assert!(merged.remote.is_nothing());
    assert_eq!(merged.local.add, seen);
    assert_eq!(merged.flags, seen);
}

#[test]
fn fresh_files_are_uploaded_with_the_flags_that_the_server_holds() {
    let flags = Flags::from_imap(["\\Seen", "x"]);
    let mut local = look(&[], Coverage::Whole);
    local.messages.push(Listed { id: MessageId::Fresh(0), flags });
    let holds = Holds { system: System::ALL, keywords: KeywordRoom::Only(vec![]) };
    let plan = messages(&Situation {
        remote: &look(&[], Coverage::Whole),
        local: &local,
        ledger: &BTreeMap::new(),
        outside: &Outside::default(),
        common: &holds,
        remote_holds: &holds,
        to_remote: Permission::ALL,
        to_local: Permission::ALL,
    });
    assert_eq!(plan.actions, [Action::Upload { id: MessageId::Fresh(0), flags: Flags::of(System::SEEN) }]);
}
