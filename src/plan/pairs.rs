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
}
