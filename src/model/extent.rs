//! How much of the mail is looked at: not what is too old, and not what is too large.

use std::collections::BTreeSet;
use std::fmt;

use chrono::DateTime;

use super::ids::Uid;
use super::message::MessageId;
use super::uidset::UidSet;

/// Seconds of a day.
pub const DAY: i64 = 24 * 3600;

/// How old a message may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// So many days.
    Days(u32),
    /// As old as this day, told by its first second in UTC (since 1970).
    Since(i64),
}

/// What an account looks at, as its user wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Messages that are older aren't looked at, on either side.
    pub age: Option<Age>,
    /// Messages that are larger (bytes) aren't looked at, on either side.
    pub largest: Option<u64>,
    /// Messages on the server that are older than this day, and were never on both sides, aren't looked at.
    pub there_from: Option<i64>,
    /// The same for messages here.
    pub here_from: Option<i64>,
}

impl Extent {
    /// Everything.
    pub const ALL: Self = Self { age: None, largest: None, there_from: None, here_from: None };

    /// What that means at this time, in seconds since 1970.
    pub fn at(&self, now: i64) -> Bounds {
        let since = self.age.map(|age| match age {
            // No mail is older than this count of time.
            Age::Days(days) => (now.div_euclid(DAY) - i64::from(days)).max(0) * DAY,
            Age::Since(day) => day,
        });
        Bounds { since, largest: self.largest }
    }
}

/// What is left alone, as a person is told of it. The same for as long as nobody wants anything else.
impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |seconds: i64| {
            DateTime::from_timestamp(seconds, 0).map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default()
        };
        let age = self.age.map(|age| match age {
            Age::Days(1) => "older than 1 day".to_owned(),
            Age::Days(days) => format!("older than {days} days"),
            Age::Since(first) => format!("older than {}", day(first)),
        });
        let largest = self.largest.map(|bytes| format!("larger than {bytes} bytes"));
        let there = self.there_from.map(|first| format!("on the server since before {}", day(first)));
        let here = self.here_from.map(|first| format!("here since before {}", day(first)));
        let all: Vec<String> = [age, largest, there, here].into_iter().flatten().collect();
        f.write_str(&all.join(", or "))
    }
}

/// What a mailbox is asked about its messages: which of them are older, or larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// The first second (since 1970, UTC) of the first day that is looked at.
    pub since: Option<i64>,
    /// The largest size in bytes.
    pub largest: Option<u64>,
}

impl Bounds {
    /// Whether nothing lies outside.
    pub fn is_everything(&self) -> bool {
        self.since.is_none() && self.largest.is_none()
    }
}

/// Messages that aren't looked at, by the names that a look gave them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outside {
    /// Those with a UID.
    pub uids: UidSet,
    /// Files that have none yet.
    pub fresh: BTreeSet<u32>,
}

impl Outside {
    /// Whether it is one of them.
    pub fn contains(&self, id: MessageId) -> bool {
        match id {
            MessageId::Uid(uid) => self.has(uid),
            MessageId::Fresh(number) => self.fresh.contains(&number),
        }
    }

    /// Whether the message with this UID is one of them.
    pub fn has(&self, uid: Uid) -> bool {
        self.uids.contains(uid)
    }
}

impl Extend<MessageId> for Outside {
    fn extend<I: IntoIterator<Item = MessageId>>(&mut self, ids: I) {
        let mut uids = Vec::new();
        for id in ids {
            match id {
                MessageId::Uid(uid) => uids.push(uid),
                MessageId::Fresh(number) => drop(self.fresh.insert(number)),
            }
        }
        self.uids.extend(uids);
    }
}

impl FromIterator<MessageId> for Outside {
    fn from_iter<I: IntoIterator<Item = MessageId>>(ids: I) -> Self {
        let mut outside = Self::default();
        outside.extend(ids);
        outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_day_that_it_is() {
        let extent = |age| Extent { age: Some(age), ..Extent::ALL };
        for (age, now, since) in [
            (Age::Days(1), 10 * DAY, 9 * DAY),
            (Age::Days(1), 11 * DAY - 1, 9 * DAY),
            (Age::Days(1), 11 * DAY, 10 * DAY),
            (Age::Since(3 * DAY), 11 * DAY, 3 * DAY),
        ] {
            assert_eq!(extent(age).at(now), Bounds { since: Some(since), largest: None }, "{age:?} at {now}");
        }
        assert!(Extent::ALL.at(5).is_everything());
    }

    #[test]
    fn people_are_told_what_is_left_alone() {
        let extent = Extent { age: Some(Age::Days(30)), largest: Some(2000), ..Extent::ALL };
        assert_eq!(extent.to_string(), "older than 30 days, or larger than 2000 bytes");
        let extent = Extent { there_from: Some(DAY), here_from: Some(0), ..Extent::ALL };
        assert_eq!(extent.to_string(), "on the server since before 1970-01-02, or here since before 1970-01-01");
        assert_eq!(Extent::ALL.to_string(), "");
    }
}
