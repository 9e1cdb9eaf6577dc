//! What may be told in detail, beside what everybody is told.

use std::fmt;

/// A subject of which there are details for those who look for a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// The conversation with the server.
    Imap,
    /// What is done to files.
    Maildir,
    /// Threads, connections, and who works on what.
    Thread,
    /// What is done with each message, and why.
    Plan,
}

impl Topic {
    /// Every topic with its name.
    pub const TABLE: [(Self, &'static str); 4] =
        [(Self::Imap, "imap"), (Self::Maildir, "maildir"), (Self::Thread, "thread"), (Self::Plan, "plan")];
    /// The name of all of them together.
    pub const EVERY: &'static str = "ALL";
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::TABLE.iter().find(|row| row.0 == *self).map_or("", |row| row.1))
    }
}

/// Some topics, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Topics(u8);

impl Topics {
    /// Whether this one is among them.
    pub fn contain(self, topic: Topic) -> bool {
        self.0 & (1 << topic as u8) != 0
    }

    /// The topics of these names, in any case; or the first name that is nobody's.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, &'n str> {
        let mut topics = Self::default();
        for name in names {
            let every = name.eq_ignore_ascii_case(Topic::EVERY);
            let mut meant = Topic::TABLE.iter().filter(|row| every || row.1.eq_ignore_ascii_case(name)).peekable();
            if meant.peek().is_none() {
                return Err(name);
            }
            topics = meant.fold(topics, |topics, row| Self(topics.0 | 1 << row.0 as u8));
        }
        Ok(topics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_go_by_their_names() {
        for (names, wanted) in [
            (&[][..], Ok(&[][..])),
            (&["imap"], Ok(&[Topic::Imap])),
            (&["Thread", "MAILDIR", "thread"], Ok(&[Topic::Maildir, Topic::Thread])),
            (&["all"], Ok(&[Topic::Imap, Topic::Maildir, Topic::Thread, Topic::Plan])),
            (&["plan", "imep", "x"], Err("imep")),
            (&[""], Err("")),
        ] {
            let topics = Topics::named(names.iter().copied());
            let all = Topic::TABLE.map(|row| row.0);
            let found = topics.map(|topics| all.into_iter().filter(|one| topics.contain(*one)).collect::<Vec<_>>());
            assert_eq!(found, wanted.map(<[Topic]>::to_vec), "{names:?}");
        }
    }
}
