//! Pairs messages by what they look like, one to one.

use std::collections::HashMap;
use std::hash::Hash;

use crate::model::message::Fingerprint;

/// Pairs those of `left` and `right` that look the same, each at most once. Among identical twins, those that `prefers` are
/// paired first; which of the rest meet makes no difference, since nothing tells them apart.
pub fn pair<L: Copy, R: Copy + Eq + Hash>(
    left: &[(L, Fingerprint)],
    right: &[(R, Fingerprint)],
    prefers: impl Fn(L, R) -> bool,
) -> Vec<(L, R)> {
    let mut free: HashMap<&Fingerprint, Vec<R>> = HashMap::new();
    for (id, print) in right {
        free.entry(print).or_default().push(*id);
    }
    let mut pairs = Vec::new();
    let mut rest = Vec::new();
    for (id, print) in left {
        let Some(candidates) = free.get_mut(print) else { continue };
        match candidates.iter().position(|candidate| prefers(*id, *candidate)) {
            Some(place) => pairs.push((*id, candidates.remove(place))),
            None => rest.push((*id, print)),
        }
    }
    for (id, print) in rest {
        if let Some(candidates) = free.get_mut(print).filter(|candidates| !candidates.is_empty()) {
            pairs.push((id, candidates.remove(0)));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    fn prints(texts: &[&str]) -> Vec<(usize, Fingerprint)> {
        let print = |text: &&str| Fingerprint { size: text.len() as u64, header: (*text).to_owned() };
        texts.iter().map(print).enumerate().collect()
    }

    #[test]
    fn each_is_paired_at_most_once() {
        let pairs = pair(&prints(&["a", "b", "a", "a"]), &prints(&["a", "c", "a"]), |_, _| false);
        assert_eq!(pairs, [(0, 0), (2, 2)]);
    }

    #[test]
    fn twins_that_belong_together_meet() {
        let pairs = pair(&prints(&["a", "a", "a"]), &prints(&["a", "a"]), |left, right| left == right + 1);
        assert_eq!(pairs, [(1, 0), (2, 1)]);
    }

    fn any_prints() -> impl Strategy<Value = Vec<(usize, Fingerprint)>> {
        proptest::collection::vec("[a-c]{0,2}", 0..12)
            .prop_map(|texts| prints(&texts.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    fn count<'a>(all: &'a [(usize, Fingerprint)]) -> HashMap<&'a Fingerprint, usize> {
        let mut counts: HashMap<&'a Fingerprint, usize> = HashMap::new();
        for (_, print) in all {
            *counts.entry(print).or_default() += 1;
        }
        counts
    }

    proptest! {
        #[test]
        fn pairs_are_one_to_one_and_look_the_same(
            left in any_prints(), right in any_prints(),
            liked in proptest::collection::hash_set((0usize..12, 0usize..12), 0..40),
        ) {
            let pairs = pair(&left, &right, |one, other| liked.contains(&(one, other)));
            let (lefts, rights): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
            prop_assert_eq!((lefts.len(), rights.len()), (pairs.len(), pairs.len()));
            for (one, other) in &pairs {
                prop_assert_eq!(&left[*one].1, &right[*other].1);
            }
            // Nothing stays alone that has a free twin on the other side.
            let (there, here) = (count(&left), count(&right));
            let most: usize = there.iter().map(|(print, count)| (*count).min(here.get(print).copied().unwrap_or(0))).sum();
            prop_assert_eq!(pairs.len(), most);
        }
    }
}
