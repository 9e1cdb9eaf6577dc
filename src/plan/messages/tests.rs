use proptest::prelude::*;

use super::*;
use crate::model::flags::{KeywordRoom, System};
use crate::model::message::Listed;
use crate::model::uidset::UidSet;

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

fn look(uids: &[(u32, Flags)], coverage: Coverage) -> Look {
    let messages = uids.iter().map(|(n, flags)| Listed { id: MessageId::Uid(uid(*n)), flags: flags.clone() }).collect();
    Look { messages, coverage, mark: None }
}

fn plan_for(
    remote: &Look,
    local: &Look,
    ledger: &BTreeMap<Uid, Entry>,
    to_remote: Permission,
    to_local: Permission,
) -> Plan {
    messages(&Situation { remote, local, ledger, common: &Holds::ALL, remote_holds: &Holds::ALL, to_remote, to_local })
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
        common: &holds,
        remote_holds: &holds,
        to_remote: Permission::ALL,
        to_local: Permission::ALL,
    });
    assert_eq!(plan.actions, [Action::Upload { id: MessageId::Fresh(0), flags: Flags::of(System::SEEN) }]);
}

fn any_look() -> impl Strategy<Value = Look> {
    let set = proptest::collection::btree_set(1u32..12, 0..10);
    (proptest::collection::btree_map(1u32..12, 0u8..32, 0..10), set, 0..4).prop_map(|(messages, other, kind)| {
        let other: UidSet = other.iter().map(|&n| uid(n)).collect();
        let coverage = match kind {
            0 => Coverage::Whole,
            1 => Coverage::Changes { vanished: other.iter().filter(|u| !messages.contains_key(&u.get())).collect() },
            2 => Coverage::Existing { uids: other.iter().chain(messages.keys().map(|&n| uid(n))).collect() },
            _ => Coverage::Partial,
        };
        let messages: Vec<_> = messages.into_iter().map(|(n, bits)| (n, Flags::of(System::from_bits(bits)))).collect();
        look(&messages, coverage)
    })
}

fn any_ledger() -> impl Strategy<Value = BTreeMap<Uid, Entry>> {
    proptest::collection::btree_map(1u32..12, (0u8..32, any::<bool>()), 0..12).prop_map(|rows| {
        let entry = |(bits, kept)| Entry { flags: Flags::of(System::from_bits(bits)), kept };
        rows.into_iter().map(|(n, row)| (uid(n), entry(row))).collect()
    })
}

type Mail = BTreeMap<Uid, Flags>;

fn whole(mail: &Mail) -> Look {
    let messages: Vec<_> = mail.iter().map(|(uid, flags)| (uid.get(), flags.clone())).collect();
    look(&messages, Coverage::Whole)
}

fn mail() -> impl Strategy<Value = Mail> {
    proptest::collection::btree_map(1u32..12, 0u8..32, 0..12)
        .prop_map(|mail| mail.into_iter().map(|(n, bits)| (uid(n), Flags::of(System::from_bits(bits)))).collect())
}

/// Carries one action out in memory: the effect first, then the ledger.
fn apply(action: &Action, remote: &mut Mail, local: &mut Mail, ledger: &mut BTreeMap<Uid, Entry>) {
    let changed = |flags: &Flags, change: &Change| flags.union(&change.add).minus(&change.remove);
    match action {
        Action::Download { uid } => {
            let flags = remote[uid].clone();
            local.insert(*uid, flags.clone());
            ledger.insert(*uid, Entry { flags, kept: false });
        }
        Action::Upload { id, flags } => {
            let MessageId::Uid(old) = id else { panic!("no fresh files here") };
            local.remove(old);
            let next = uid(remote.keys().chain(local.keys()).map(|u| u.get()).max().unwrap_or(0).max(20) + 1);
            remote.insert(next, flags.clone());
            local.insert(next, flags.clone());
            ledger.insert(next, Entry { flags: flags.clone(), kept: false });
        }
        Action::Merge { uid, merged } => {
            if let Some(flags) = remote.get_mut(uid) {
                *flags = changed(flags, &merged.remote);
            }
            if let Some(flags) = local.get_mut(uid) {
                *flags = changed(flags, &merged.local);
            }
            ledger.insert(*uid, Entry { flags: merged.flags.clone(), kept: false });
        }
        Action::Delete { side, uid } => {
            match side {
                Side::Remote => remote.remove(uid),
                Side::Local => local.remove(uid),
            };
            ledger.remove(uid);
        }
        Action::Keep { uid, flags } => {
            ledger.insert(*uid, Entry { flags: flags.clone(), kept: true });
        }
        Action::Forget { uid } => {
            ledger.remove(uid);
        }
    }
}

fn plan_whole(remote: &Mail, local: &Mail, ledger: &BTreeMap<Uid, Entry>) -> Plan {
    plan_for(&whole(remote), &whole(local), ledger, Permission::ALL, Permission::ALL)
}

proptest! {
    #[test]
    fn what_was_not_looked_at_is_never_deleted(remote in any_look(), local in any_look(), ledger in any_ledger()) {
        let plan = plan_for(&remote, &local, &ledger, Permission::ALL, Permission::ALL);
        for action in &plan.actions {
            let Action::Delete { side, uid } = action else { continue };
            // What justifies a deletion is the proven absence on the other side.
            let other = if *side == Side::Local { &remote } else { &local };
            let proven = match &other.coverage {
                Coverage::Whole => true,
                Coverage::Changes { vanished } => vanished.contains(*uid),
                Coverage::Existing { uids } => !uids.contains(*uid),
                Coverage::Partial => false,
            };
            prop_assert!(proven, "{action:?}");
            prop_assert!(ledger.get(uid).is_some_and(|entry| !entry.kept));
        }
    }

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_do(
        mut remote in mail(), mut local in mail(), mut ledger in any_ledger(),
    ) {
        for entry in ledger.values_mut() {
                entry.kept = false;
            }
        let plan = plan_whole(&remote, &local, &ledger);
        plan.actions.iter().for_each(|action| apply(action, &mut remote, &mut local, &mut ledger));
        prop_assert_eq!(&remote, &local);
        prop_assert_eq!(plan_whole(&remote, &local, &ledger), Plan::default());
    }

    #[test]
    fn stopping_after_any_step_ends_the_same(remote in mail(), local in mail(), ledger in any_ledger(), stop in 0usize..24) {
        let run = |stop: usize| {
            let (mut remote, mut local, mut ledger) = (remote.clone(), local.clone(), ledger.clone());
            for entry in ledger.values_mut() {
                entry.kept = false;
            }
            let plan = plan_whole(&remote, &local, &ledger);
            plan.actions.iter().take(stop).for_each(|action| apply(action, &mut remote, &mut local, &mut ledger));
            let plan = plan_whole(&remote, &local, &ledger);
            plan.actions.iter().for_each(|action| apply(action, &mut remote, &mut local, &mut ledger));
            // Uploads get their UIDs in the order in which they happen, which is all that a stop may change.
            let mut flags: Vec<String> = local.values().map(ToString::to_string).collect();
            flags.sort();
            (flags, remote == local)
        };
        prop_assert_eq!(run(stop), run(usize::MAX));
        prop_assert!(run(stop).1);
    }
}
