//! Three-way merging of labels, one by one.

use crate::model::labels::Labels;

/// How many messages of a folder may lose the field that holds their labels, before that is taken for an accident.
const MOST_BARE: u64 = 10;

/// What has to be added to and removed from one side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Labels it gets.
    pub add: Labels,
    /// Labels it loses.
    pub remove: Labels,
}

impl Change {
    /// Whether nothing changes.
    pub fn is_nothing(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    fn between(from: &Labels, to: &Labels) -> Self {
        Self { add: to.minus(from), remove: from.minus(to) }
    }
}

/// Which sides may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writable {
    /// The remote one.
    pub remote: bool,
    /// The local one.
    pub local: bool,
}

/// The outcome of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// What is to be remembered.
    pub labels: Labels,
    /// What the remote side needs.
    pub remote: Change,
    /// What the local side needs.
    pub local: Change,
    /// Whether they stay different, since one of them may not be changed.
    pub apart: bool,
}

/// Merges the labels of a message that both sides have. `base` is what they agreed on last; without one nothing is known to
/// have been taken away, so each side gets what the other has. Where one side may not be changed, the other one follows it, and
/// keeps changes of its own.
pub fn merge(base: Option<&Labels>, remote: &Labels, local: &Labels, writable: Writable) -> Merged {
    let none = Labels::default();
    let base = base.unwrap_or(&none);
    let follow = |follower: &Labels, leader: &Labels| follower.union(&leader.minus(base)).minus(&base.minus(leader));
    let (labels, there, here) = match (writable.remote, writable.local) {
        (true, true) => {
            let merged = follow(local, remote);
            (merged.clone(), merged.clone(), merged)
        }
        (false, true) => (remote.clone(), remote.clone(), follow(local, remote)),
        (true, false) => (local.clone(), follow(remote, local), local.clone()),
        (false, false) => (base.clone(), remote.clone(), local.clone()),
    };
    let apart = there != here;
    Merged { labels, remote: Change::between(remote, &there), local: Change::between(local, &here), apart }
}

/// Whether people take the labels off so many messages of a folder by removing the field that holds them; `all`: how many
/// messages there are. A program that rewrites every file, or a backup from before there were labels, does so as well, and means
/// nothing by it.
pub fn is_meant(bare: u64, all: u64) -> bool {
    bare <= MOST_BARE.max(all / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOTH: Writable = Writable { remote: true, local: true };

    fn labels(text: &str) -> Labels {
        text.split_whitespace().collect()
    }

    #[test]
    fn each_side_keeps_the_others_change() {
        for (base, remote, local, meant) in [
            (Some(""), "a", "", "a"),
            (Some(""), "a", "b", "a b"),
            (Some("a"), "", "a b", "b"),
            (Some("a"), "", "", ""),
            (Some("a"), "a b", "c", "b c"),
            (Some("work"), "Work", "work", "Work"),
            (None, "a", "b", "a b"),
            (None, "a", "", "a"),
        ] {
            let merged = merge(base.map(labels).as_ref(), &labels(remote), &labels(local), BOTH);
            assert_eq!(merged.labels, labels(meant), "{base:?} | {remote} | {local}");
        }
    }

    #[test]
    fn a_side_that_may_not_be_changed_leads() {
        let (there, here) = (Writable { local: false, ..BOTH }, Writable { remote: false, ..BOTH });
        let change = |add, remove| Change { add: labels(add), remove: labels(remove) };
        let merged = merge(Some(&labels("a b")), &labels("b c"), &labels("a b mine"), here);
        let local = change("c", "a");
        assert_eq!(merged, Merged { labels: labels("b c"), remote: change("", ""), local, apart: true });
        let merged = merge(Some(&labels("a b")), &labels("a b theirs"), &labels("b c"), there);
        let remote = change("c", "a");
        assert_eq!(merged, Merged { labels: labels("b c"), remote, local: change("", ""), apart: true });
        let neither = Writable { remote: false, local: false };
        let merged = merge(Some(&labels("a")), &labels("b"), &labels("c"), neither);
        let nothing = change("", "");
        assert_eq!(merged, Merged { labels: labels("a"), remote: nothing.clone(), local: nothing, apart: true });
        assert!(!merge(Some(&labels("a")), &labels("a b"), &labels("a"), here).apart);
    }

    #[test]
    fn many_files_without_their_field_are_an_accident() {
        for (bare, all, meant) in [(10, 10, true), (11, 11, false), (50, 100, true), (51, 100, false)] {
            assert_eq!(is_meant(bare, all), meant, "{bare} of {all}");
        }
    }

    fn any_labels() -> impl Strategy<Value = Labels> {
        proptest::collection::vec("[a-d]", 0..4).prop_map(|labels| labels.into_iter().collect())
    }

    proptest! {
        #[test]
        fn merging_the_result_again_changes_nothing(
            base in proptest::option::of(any_labels()), remote in any_labels(), local in any_labels(),
            there: bool, here: bool,
        ) {
            let writable = Writable { remote: there, local: here };
            let merged = merge(base.as_ref(), &remote, &local, writable);
            let apply = |labels: &Labels, change: &Change| labels.union(&change.add).minus(&change.remove);
            let (remote, local) = (apply(&remote, &merged.remote), apply(&local, &merged.local));
            prop_assert_eq!(merged.apart, remote != local);
            if there && here {
                prop_assert_eq!(&remote, &merged.labels);
                prop_assert_eq!(&local, &merged.labels);
            }
            let again = merge(Some(&merged.labels), &remote, &local, writable);
            prop_assert!(again.remote.is_nothing() && again.local.is_nothing());
        }
    }
}
