//! Three-way merging of flags.

use crate::model::flags::{Flags, Holds};

/// What has to be added to and removed from one side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Flags it gets.
    pub add: Flags,
    /// Flags it loses.
    pub remove: Flags,
}

impl Change {
    /// Whether nothing changes.
    pub fn is_nothing(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    fn between(from: &Flags, to: &Flags) -> Self {
        Self { add: to.minus(from), remove: from.minus(to) }
    }
}

/// The outcome of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// What both sides have afterwards, of what both can hold.
    pub flags: Flags,
    /// What the remote side needs for that.
    pub remote: Change,
    /// What the local side needs for that.
    pub local: Change,
}

/// Merges the flags of a message that both sides have. `base` is what they agreed on last; without one (the ledger was
/// lost) nothing is known to have been removed, so each side gets what the other has. What only one side can hold is left
/// as it is there.
pub fn merge(base: Option<&Flags>, remote: &Flags, local: &Flags, common: &Holds) -> Merged {
    let (remote, local) = (remote.within(common), local.within(common));
    let flags = match base.map(|base| base.within(common)) {
        Some(base) => {
            let added = remote.minus(&base).union(&local.minus(&base));
            let removed = base.minus(&remote).union(&base.minus(&local));
            base.union(&added).minus(&removed)
        }
        None => remote.union(&local),
    };
    Merged { remote: Change::between(&remote, &flags), local: Change::between(&local, &flags), flags }
}

/// Lets one side follow the other, which may not be written: `follower` gets what changed in `leader` since `base`, and
/// keeps changes of its own. Gives the new base, which is the leader's flags, and the change.
pub fn follow(base: Option<&Flags>, leader: &Flags, follower: &Flags, common: &Holds) -> (Flags, Change) {
    let (leader, follower) = (leader.within(common), follower.within(common));
    let base = base.map(|base| base.within(common)).unwrap_or_default();
    let target = follower.union(&leader.minus(&base)).minus(&base.minus(&leader));
    let change = Change::between(&follower, &target);
    (leader, change)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::flags::{KeywordRoom, System};

    fn flags(text: &str) -> Flags {
        Flags::from_imap(text.split_whitespace())
    }

    #[test]
    fn each_side_keeps_the_others_change() {
        for (base, remote, local, meant) in [
            ("", "\\Seen", "", "\\Seen"),
            ("", "", "\\Flagged", "\\Flagged"),
            ("", "\\Seen", "\\Flagged", "\\Flagged \\Seen"),
            ("\\Seen", "", "\\Seen \\Flagged", "\\Flagged"),
            ("\\Seen", "", "", ""),
            ("a", "a b", "c", "b c"),
        ] {
            let merged = merge(Some(&flags(base)), &flags(remote), &flags(local), &Holds::ALL);
            assert_eq!(merged.flags, flags(meant), "{base} | {remote} | {local}");
        }
    }

    #[test]
    fn without_a_base_nothing_is_removed() {
        let merged = merge(None, &flags("\\Seen"), &flags("\\Flagged"), &Holds::ALL);
        assert_eq!(merged.flags, flags("\\Seen \\Flagged"));
        assert!(merged.remote.remove.is_empty() && merged.local.remove.is_empty());
    }

    #[test]
    fn what_only_one_side_holds_stays_there() {
        let maildir = Holds { system: System::ALL, keywords: KeywordRoom::Only(vec![]) };
        let merged = merge(Some(&flags("")), &flags("$Junk \\Seen"), &flags("\\Flagged"), &maildir);
        assert_eq!(merged.remote, Change { add: flags("\\Flagged"), remove: flags("") });
        assert_eq!(merged.local, Change { add: flags("\\Seen"), remove: flags("") });
        assert_eq!(merged.flags, flags("\\Flagged \\Seen"));
    }

    #[test]
    fn a_follower_takes_changes_and_keeps_its_own() {
        let (base, change) = follow(Some(&flags("a b")), &flags("b c"), &flags("a b mine"), &Holds::ALL);
        assert_eq!(base, flags("b c"));
        assert_eq!(change, Change { add: flags("c"), remove: flags("a") });
        let (_, again) = follow(Some(&base), &flags("b c"), &flags("b c mine"), &Holds::ALL);
        assert!(again.is_nothing());
    }

    fn any_flags() -> impl Strategy<Value = Flags> {
        (0u8..32, proptest::collection::vec("[a-c]", 0..3)).prop_map(|(bits, keywords)| {
            let mut flags = Flags::of(System::from_bits(bits));
            for keyword in &keywords {
                flags.insert_keyword(keyword.as_str().into());
            }
            flags
        })
    }

    proptest! {
        #[test]
        fn merging_the_result_again_changes_nothing(
            base in proptest::option::of(any_flags()), remote in any_flags(), local in any_flags(),
        ) {
            let merged = merge(base.as_ref(), &remote, &local, &Holds::ALL);
            let apply = |flags: &Flags, change: &Change| flags.union(&change.add).minus(&change.remove);
            let (remote, local) = (apply(&remote, &merged.remote), apply(&local, &merged.local));
            prop_assert_eq!(&remote, &merged.flags);
            prop_assert_eq!(&local, &merged.flags);
            let again = merge(Some(&merged.flags), &remote, &local, &Holds::ALL);
            prop_assert!(again.remote.is_nothing() && again.local.is_nothing());
        }
    }
}
