//! What holds for any two sides and any ledger.

use proptest::prelude::*;

use super::tests::{look, plan_beside, plan_for, uid};
use super::*;
use crate::model::flags::System;
use crate::model::message::Listed;
use crate::model::uidset::UidSet;

fn flags(bits: u8) -> Flags {
    Flags::of(System::from_bits(bits))
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
        let messages: Vec<_> = messages.into_iter().map(|(n, bits)| (n, flags(bits))).collect();
        look(&messages, coverage)
    })
}

/// The same, with files that have no UID yet.
fn any_local_look() -> impl Strategy<Value = Look> {
    (any_look(), proptest::collection::vec(0u8..32, 0..3)).prop_map(|(mut look, fresh)| {
        let listed = |(place, bits)| Listed { id: MessageId::Fresh(place), flags: flags(bits) };
        look.messages.extend((0..).zip(fresh).map(listed));
        look
    })
}

fn any_ledger() -> impl Strategy<Value = BTreeMap<Uid, Entry>> {
    proptest::collection::btree_map(1u32..12, (0u8..32, any::<bool>()), 0..12).prop_map(|rows| {
        let entry = |(bits, kept)| Entry { flags: flags(bits), kept };
        rows.into_iter().map(|(n, row)| (uid(n), entry(row))).collect()
    })
}

fn any_permission() -> impl Strategy<Value = Permission> {
    let some = Permission { write: true, delete: false, number: true };
    let noting = Permission { number: true, ..Permission::NONE };
    prop_oneof![Just(Permission::ALL), Just(some), Just(noting), Just(Permission::NONE)]
}

/// What a message is, whatever its number, and its flags.
type Mail = BTreeMap<MessageId, (u32, Flags)>;

/// Both sides, and what is remembered of them.
#[derive(Debug, Clone)]
struct World {
    remote: Mail,
    local: Mail,
    ledger: BTreeMap<Uid, Entry>,
}

fn any_mail() -> impl Strategy<Value = Mail> {
    // Under one UID both sides have the same message.
    let one = |(n, bits)| (MessageId::Uid(uid(n)), (n, flags(bits)));
    proptest::collection::btree_map(1u32..12, 0u8..32, 0..12).prop_map(move |mail| mail.into_iter().map(one).collect())
}

fn any_world() -> impl Strategy<Value = World> {
    let fresh = proptest::collection::vec(0u8..32, 0..3);
    (any_mail(), any_mail(), fresh, any_ledger()).prop_map(|(remote, mut local, fresh, ledger)| {
        local.extend((0..).zip(fresh).map(|(place, bits)| (MessageId::Fresh(place), (100 + place, flags(bits)))));
        World { remote, local, ledger }
    })
}

fn whole(mail: &Mail) -> Look {
    let listed = |(id, (_, flags)): (&MessageId, &(u32, Flags))| Listed { id: *id, flags: flags.clone() };
    Look { messages: mail.iter().map(listed).collect(), coverage: Coverage::Whole, mark: None }
}

fn has(mail: &Mail, message: u32) -> bool {
    mail.values().any(|(one, _)| *one == message)
}

impl World {
    /// The same, with nothing kept on one side only.
    fn without_kept(mut self) -> Self {
        self.ledger.values_mut().for_each(|entry| entry.kept = false);
        self
    }

    fn plan(&self, to_remote: Permission, to_local: Permission) -> Plan {
        plan_for(&whole(&self.remote), &whole(&self.local), &self.ledger, to_remote, to_local)
    }

    fn open_plan(&self) -> Plan {
        self.plan(Permission::ALL, Permission::ALL)
    }

    fn messages(&self) -> BTreeSet<u32> {
        self.remote.values().chain(self.local.values()).map(|(message, _)| *message).collect()
    }

    /// What the ledger has of a message.
    fn entry(&self, message: u32) -> Option<&Entry> {
        self.ledger.get(&uid(message))
    }

    /// Carries one action out: the effect first, then the ledger.
    fn apply(&mut self, action: &Action) {
        let synced = |flags: &Flags| Entry { flags: flags.clone(), kept: false };
        let changed = |flags: &Flags, change: &Change| flags.union(&change.add).minus(&change.remove);
        match action {
            Action::Download { uid } => {
                let message = self.remote[&MessageId::Uid(*uid)].clone();
                self.ledger.insert(*uid, synced(&message.1));
                self.local.insert(MessageId::Uid(*uid), message);
            }
            Action::Upload { id, flags } => self.upload(*id, flags),
            Action::Merge { uid, merged } => {
                for (mail, change) in [(&mut self.remote, &merged.remote), (&mut self.local, &merged.local)] {
                    let message = mail.get_mut(&MessageId::Uid(*uid)).unwrap();
                    message.1 = changed(&message.1, change);
                }
                self.ledger.insert(*uid, synced(&merged.flags));
            }
            Action::Delete { side, uid } => {
                let mail = if *side == Side::Remote { &mut self.remote } else { &mut self.local };
                mail.remove(&MessageId::Uid(*uid)).unwrap();
                self.ledger.remove(uid);
            }
            Action::Keep { uid, flags } => drop(self.ledger.insert(*uid, Entry { kept: true, ..synced(flags) })),
            Action::Forget { uid } => drop(self.ledger.remove(uid)),
        }
    }

    /// The server gives the next UID, under which both sides have it then.
    fn upload(&mut self, id: MessageId, flags: &Flags) {
        let (message, _) = self.local.remove(&id).unwrap();
        let uids = self.remote.keys().chain(self.local.keys()).filter_map(|id| id.uid());
        let next = uid(uids.map(Uid::get).max().unwrap_or(0).max(20) + 1);
        self.remote.insert(MessageId::Uid(next), (message, flags.clone()));
        self.local.insert(MessageId::Uid(next), (message, flags.clone()));
        self.ledger.insert(next, Entry { flags: flags.clone(), kept: false });
    }

    fn after(&self, plan: &Plan) -> Self {
        let mut after = self.clone();
        plan.actions.iter().for_each(|action| after.apply(action));
        after
    }
}

fn batch(action: &Action) -> u8 {
    match action {
        Action::Download { .. } | Action::Upload { .. } => 0,
        Action::Merge { .. } => 1,
        Action::Delete { .. } | Action::Keep { .. } | Action::Forget { .. } => 2,
    }
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
    fn no_message_is_lost(world in any_world()) {
        let after = world.after(&world.open_plan());
        for message in world.messages() {
            let before = (has(&world.remote, message), has(&world.local, message));
            let expected = match world.entry(message) {
                Some(entry) if before != (true, true) => if entry.kept { before } else { (false, false) },
                _ => (true, true),
            };
            prop_assert_eq!((has(&after.remote, message), has(&after.local, message)), expected, "message {}", message);
        }
        prop_assert!(after.messages().is_subset(&world.messages()), "nothing comes from nowhere");
        prop_assert!(after.remote.len() <= world.messages().len() && after.local.len() <= world.messages().len());
    }

    #[test]
    fn what_may_not_be_done_to_a_side_is_not_done(
        world in any_world(), to_remote in any_permission(), to_local in any_permission(),
    ) {
        let plan = world.plan(to_remote, to_local);
        let after = world.after(&plan);
        for (before, now, other, allowed) in [
            (&world.remote, &after.remote, &world.local, to_remote),
            (&world.local, &after.local, &world.remote, to_local),
        ] {
            // Where only numbers may be noted, all else is as it was.
            let messages = |mail: &Mail| mail.values().cloned().collect::<BTreeMap<_, _>>();
            if !allowed.write && allowed.number {
                prop_assert_eq!(messages(before), messages(now));
            } else if !allowed.write {
                prop_assert_eq!(before, now);
            }
            for (message, _) in before.values() {
                let gone = allowed.delete && !has(other, *message) && world.entry(*message).is_some_and(|e| !e.kept);
                prop_assert_eq!(has(now, *message), !gone, "message {}", message);
            }
        }
        // What is kept is remembered, so that nothing is done over and over.
        prop_assert_eq!(after.plan(to_remote, to_local), Plan::default());
    }

    #[test]
    fn no_look_leads_beyond_what_is_allowed(
        remote in any_look(), local in any_local_look(), ledger in any_ledger(),
        to_remote in any_permission(), to_local in any_permission(),
    ) {
        for action in &plan_for(&remote, &local, &ledger, to_remote, to_local).actions {
            let allowed = match action {
                Action::Download { .. } => to_local.write,
                Action::Upload { .. } => to_remote.write && to_local.number,
                Action::Merge { merged, .. } => {
                    (to_remote.write || merged.remote.is_nothing()) && (to_local.write || merged.local.is_nothing())
                }
                Action::Delete { side: Side::Remote, .. } => to_remote.delete,
                Action::Delete { side: Side::Local, .. } => to_local.delete,
                Action::Keep { .. } | Action::Forget { .. } => true,
            };
            prop_assert!(allowed, "{action:?}");
        }
    }

    #[test]
    fn what_is_kept_is_neither_deleted_nor_copied(
        remote in any_look(), local in any_local_look(), ledger in any_ledger(),
        to_remote in any_permission(), to_local in any_permission(),
    ) {
        for action in &plan_for(&remote, &local, &ledger, to_remote, to_local).actions {
            let (Action::Download { uid }
            | Action::Delete { uid, .. }
            | Action::Upload { id: MessageId::Uid(uid), .. }) = action else { continue };
            prop_assert!(!ledger.get(uid).is_some_and(|entry| entry.kept), "{action:?}");
        }
    }

    #[test]
    fn what_is_outside_is_left_alone_and_the_rest_is_not(
        remote in any_look(), local in any_local_look(), ledger in any_ledger(),
        to_remote in any_permission(), to_local in any_permission(),
        uids in proptest::collection::btree_set(1u32..12, 0..12), fresh in proptest::collection::btree_set(0u32..3, 0..3),
    ) {
        let outside = Outside { uids: uids.iter().map(|&n| uid(n)).collect(), fresh };
        let all = plan_for(&remote, &local, &ledger, to_remote, to_local);
        let (inside, outside_of_it): (Vec<_>, Vec<_>) = all.actions.into_iter().partition(|action| {
            let id = match action {
                Action::Upload { id, .. } => *id,
                Action::Download { uid }
                | Action::Merge { uid, .. }
                | Action::Delete { uid, .. }
                | Action::Keep { uid, .. }
                | Action::Forget { uid } => MessageId::Uid(*uid),
            };
            !outside.contains(id)
        });
        let plan = plan_beside(&remote, &local, &ledger, &outside, (to_remote, to_local));
        prop_assert_eq!(plan.actions, inside, "without {:?}", outside_of_it);
    }

    #[test]
    fn copies_come_before_flags_and_flags_before_deletions(
        remote in any_look(), local in any_local_look(), ledger in any_ledger(),
        to_remote in any_permission(), to_local in any_permission(),
    ) {
        let plan = plan_for(&remote, &local, &ledger, to_remote, to_local);
        prop_assert!(plan.actions.is_sorted_by_key(batch), "{plan:?}");
    }

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_do(world in any_world()) {
        let world = world.without_kept();
        let after = world.after(&world.open_plan());
        prop_assert_eq!(&after.remote, &after.local);
        prop_assert_eq!(after.open_plan(), Plan::default());
    }

    #[test]
    fn stopping_after_any_step_ends_the_same(world in any_world(), stop in 0usize..24) {
        let world = world.without_kept();
        let run = |stop: usize| {
            let mut plan = world.open_plan();
            plan.actions.truncate(stop);
            let stopped = world.after(&plan);
            let after = stopped.after(&stopped.open_plan());
            // Uploads get their UIDs in the order in which they happen, which is all that a stop may change.
            let mut mail: Vec<String> = after.local.values().map(|(message, flags)| format!("{message} {flags}")).collect();
            mail.sort();
            (mail, after.remote == after.local)
        };
        prop_assert_eq!(run(stop), run(usize::MAX));
        prop_assert!(run(stop).1);
    }
}
