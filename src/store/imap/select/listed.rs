//! The messages that a listing brought, in as little room as they need.

use std::collections::BTreeMap;

use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::{Listed, MessageId};
use crate::model::uidset::UidSet;

/// Messages by UID. Servers list them in ascending order; what comes out of turn is kept apart, so that it costs no more.
#[derive(Debug, Default)]
pub(super) struct Messages {
    in_order: Vec<(Uid, Flags)>,
    late: BTreeMap<Uid, Flags>,
}

impl Messages {
    /// Takes a message in; whether it is new. One that was there gets these flags.
    pub(super) fn insert(&mut self, uid: Uid, flags: Flags) -> bool {
        if self.in_order.last().is_none_or(|last| last.0 < uid) {
            self.in_order.push((uid, flags));
            return true;
        }
        match self.in_order.binary_search_by_key(&uid, |message| message.0) {
            Ok(place) => {
                self.in_order[place].1 = flags;
                false
            }
            Err(_) => self.late.insert(uid, flags).is_none(),
        }
    }

    /// Leaves these out.
    pub(super) fn remove(&mut self, uids: &UidSet) {
        self.in_order.retain(|message| !uids.contains(message.0));
        self.late.retain(|uid, _| !uids.contains(*uid));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.in_order.len() + self.late.len()
    }

    /// Their UIDs.
    pub(super) fn uids(&self) -> impl Iterator<Item = Uid> {
        self.in_order.iter().map(|message| message.0).chain(self.late.keys().copied())
    }

    /// All of them, by UID.
    pub(super) fn into_listed(self) -> Vec<Listed> {
        let mut all = self.in_order;
        if !self.late.is_empty() {
            all.extend(self.late);
            all.sort_by_key(|message| message.0);
        }
        all.into_iter().map(|(uid, flags)| Listed { id: MessageId::Uid(uid), flags }).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::flags::System;

    proptest! {
        #[test]
        fn whatever_the_order_it_is_as_a_map(
            inserted in proptest::collection::vec((1_u32..30, any::<bool>()), 0..60),
            removed in proptest::collection::vec(1_u32..30, 0..5),
        ) {
            let (mut messages, mut map) = (Messages::default(), BTreeMap::new());
            for (uid, seen) in inserted {
                let (uid, flags) = (Uid::new(uid).unwrap(), Flags::of(if seen { System::SEEN } else { System::NONE }));
                prop_assert_eq!(messages.insert(uid, flags.clone()), map.insert(uid, flags).is_none());
            }
            let removed: UidSet = removed.into_iter().filter_map(Uid::new).collect();
            messages.remove(&removed);
            map.retain(|uid, _| !removed.contains(*uid));
            prop_assert_eq!(messages.len(), map.len());
            prop_assert_eq!(messages.uids().collect::<UidSet>().to_string(), map.keys().copied().collect::<UidSet>().to_string());
            let listed: Vec<_> = messages.into_listed().into_iter().map(|one| (one.id.uid().unwrap(), one.flags)).collect();
            prop_assert_eq!(listed, map.into_iter().collect::<Vec<_>>());
        }
    }
}
