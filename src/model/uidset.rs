//! Sets of UIDs as ranges, the way IMAP writes them (RFC 9051, `sequence-set`).

use std::fmt;
use std::ops::RangeInclusive;

use super::ids::Uid;

/// A set of UIDs: sorted ranges that neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UidSet {
    ranges: Vec<RangeInclusive<u32>>,
}

impl UidSet {
    /// Reads a set as servers write it: `1:5,9,12:10`. A range may stand backwards; 0, `*`, and anything that isn't a
    /// number make the whole text `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut gathered = Gathered::default();
        for part in text.split(',') {
            let (first, last) = part.split_once(':').unwrap_or((part, part));
            let (first, last) = (number(first)?, number(last)?);
            gathered.add(first.min(last)..=first.max(last));
        }
        Some(gathered.set())
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many UIDs it holds.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|r| u64::from(r.end() - r.start()) + 1).sum()
    }

    /// Whether `uid` is in it.
    pub fn contains(&self, uid: Uid) -> bool {
        let uid = uid.get();
        let place = self.ranges.partition_point(|r| *r.end() < uid);
        self.ranges.get(place).is_some_and(|r| *r.start() <= uid)
    }

    /// Adds one UID; cheapest in ascending order.
    pub fn insert(&mut self, uid: Uid) {
        self.insert_range(uid.get()..=uid.get());
    }

    /// Adds a range of UIDs, bounds included, the lower first.
    pub fn insert_range(&mut self, range: RangeInclusive<u32>) {
        let (mut start, mut end) = (*range.start(), *range.end());
        let from = self.ranges.partition_point(|r| r.end().saturating_add(1) < start);
        let to = self.ranges.partition_point(|r| *r.start() <= end.saturating_add(1));
        if let Some(touched) = self.ranges.get(from..to).filter(|t| !t.is_empty()) {
            start = start.min(*touched[0].start());
            end = end.max(*touched[touched.len() - 1].end());
        }
        self.ranges.splice(from..to, [start..=end]);
    }

    /// Adds all of another set, range by range: a server may name billions of UIDs in a few characters.
    pub fn insert_all(&mut self, other: &Self) {
        for range in &other.ranges {
            self.insert_range(range.clone());
        }
    }

    /// The UIDs in ascending order. Not for sets that a server made up, which may hold billions.
    pub fn iter(&self) -> impl Iterator<Item = Uid> + '_ {
        self.ranges.iter().cloned().flatten().filter_map(Uid::new)
    }

    /// The ranges in ascending order.
    pub fn ranges(&self) -> &[RangeInclusive<u32>] {
        &self.ranges
    }

    /// The set as IMAP text, cut into pieces of at most `octets` characters each (servers limit a command's length).
    pub fn pieces(&self, octets: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let (mut piece, mut length) = (Self::default(), 0);
        for range in &self.ranges {
            let width = Piece(range).to_string().len() + 1;
            if length + width > octets && !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
                length = 0;
            }
            piece.ranges.push(range.clone());
            length += width;
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        pieces
    }
}

impl Extend<Uid> for UidSet {
    fn extend<I: IntoIterator<Item = Uid>>(&mut self, uids: I) {
        for uid in uids {
            self.insert(uid);
        }
    }
}

impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        let mut gathered = Gathered::default();
        uids.into_iter().for_each(|uid| gathered.add(uid.get()..=uid.get()));
        gathered.set()
    }
}

/// Ranges in any order on their way to a set. They are sorted now and then, so that repetitions cost nothing.
#[derive(Default)]
struct Gathered {
    ranges: Vec<RangeInclusive<u32>>,
    /// So many of them are sorted and don't touch.
    sorted: usize,
}

impl Gathered {
    fn add(&mut self, range: RangeInclusive<u32>) {
        match self.ranges.last_mut() {
            // Most of them come in order.
            Some(last) if range.start() >= last.start() && *range.start() <= last.end().saturating_add(1) => {
                *last = *last.start()..=*last.end().max(range.end());
            }
            _ => self.ranges.push(range),
        }
        if self.ranges.len() > 2 * self.sorted.max(1024) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.ranges.sort_unstable_by_key(|range| *range.start());
        self.ranges.dedup_by(|next, last| {
            let touches = *next.start() <= last.end().saturating_add(1);
            if touches {
                *last = *last.start()..=*last.end().max(next.end());
            }
            touches
        });
        self.sorted = self.ranges.len();
    }

    fn set(mut self) -> UidSet {
        self.sort();
        UidSet { ranges: self.ranges }
    }
}

struct Piece<'a>(&'a RangeInclusive<u32>);

impl fmt::Display for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.start() == self.0.end() {
            write!(f, "{}", self.0.start())
        } else {
            write!(f, "{}:{}", self.0.start(), self.0.end())
        }
    }
}

/// As IMAP writes it; an empty set is an empty text, which no command may hold.
impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, range) in self.ranges.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            Piece(range).fmt(f)?;
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?.filter(|&n| n > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_servers_write() {
        for (text, meant) in [
            ("1", Some("1")),
            ("1:3,4", Some("1:4")),
            ("9:7,1", Some("1,7:9")),
            ("4294967295,1", Some("1,4294967295")),
            ("0", None),
            ("1:*", None),
            ("", None),
            ("1,,2", None),
            ("+1", None),
            ("4294967296", None),
        ] {
            assert_eq!(UidSet::parse(text).map(|s| s.to_string()).as_deref(), meant, "{text}");
        }
    }

    proptest! {
        #[test]
        fn is_the_set_of_its_members(uids in proptest::collection::vec(1u32..200, 0..100)) {
            let plain: BTreeSet<u32> = uids.iter().copied().collect();
            let set: UidSet = uids.iter().filter_map(|&u| Uid::new(u)).collect();
            prop_assert_eq!(set.iter().map(Uid::get).collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.len(), plain.len() as u64);
            for uid in (1..200).filter_map(Uid::new) {
                prop_assert_eq!(set.contains(uid), plain.contains(&uid.get()));
            }
            for pair in set.ranges().windows(2) {
                prop_assert!(pair[0].end() + 1 < *pair[1].start());
            }
        }

        #[test]
        fn pieces_hold_it_all_and_keep_the_limit(uids in proptest::collection::btree_set(1u32..100_000, 1..200)) {
            let set: UidSet = uids.iter().filter_map(|&u| Uid::new(u)).collect();
            let pieces = set.pieces(40);
            prop_assert!(pieces.iter().all(|p| p.to_string().len() <= 40));
            let again: UidSet = pieces.iter().flat_map(UidSet::iter).collect();
            prop_assert_eq!(again, set);
        }

        #[test]
        fn a_set_is_the_same_in_whatever_order_it_is_written(ranges in proptest::collection::vec((1u32.., 0u32..5000), 1..60)) {
            let write = |(first, more): &(u32, u32)| format!("{}:{first}", first.saturating_add(*more));
            let mut words: Vec<String> = ranges.iter().map(write).collect();
            let set = UidSet::parse(&words.join(",")).unwrap();
            words.reverse();
            prop_assert_eq!(UidSet::parse(&words.join(",")), Some(set.clone()));
            prop_assert_eq!(UidSet::parse(&set.to_string()), Some(set.clone()));
            let mut one_by_one = UidSet::default();
            for (first, more) in &ranges {
                one_by_one.insert_range(*first..=first.saturating_add(*more));
            }
            prop_assert_eq!(one_by_one, set);
        }

        #[test]
        fn any_text_is_a_set_or_none(text in "[0-9:,* x]{0,40}") {
            if let Some(set) = UidSet::parse(&text) {
                prop_assert_eq!(UidSet::parse(&set.to_string()), Some(set));
            }
        }
    }

    #[test]
    fn a_million_numbers_that_fall_cost_little() {
        let falling: Vec<String> = (1..=1_000_000_u32).rev().map(|number| (number * 2).to_string()).collect();
        let set = UidSet::parse(&falling.join(",")).unwrap();
        assert_eq!(set.ranges().len(), 1_000_000);
    }
}
