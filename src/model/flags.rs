//! IMAP flags and keywords, and the Maildir letters that stand for them.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

/// The system flags of a message as a set of bits (RFC 3501, section 2.3.2). `\Recent` is the server's own affair and
/// has no place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct System(u8);

impl System {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// `\Draft`, D in a Maildir.
    pub const DRAFT: Self = Self(1);
    /// `\Flagged`, F in a Maildir.
    pub const FLAGGED: Self = Self(2);
    /// `\Answered`, R in a Maildir.
    pub const ANSWERED: Self = Self(4);
    /// `\Seen`, S in a Maildir.
    pub const SEEN: Self = Self(8);
    /// `\Deleted`, T in a Maildir.
    pub const DELETED: Self = Self(16);
    /// All five.
    pub const ALL: Self = Self(31);

    /// Each flag with its Maildir letter and its IMAP name, in the letters' alphabetical order.
    pub const TABLE: [(Self, char, &'static str); 5] = [
        (Self::DRAFT, 'D', "\\Draft"),
        (Self::FLAGGED, 'F', "\\Flagged"),
        (Self::ANSWERED, 'R', "\\Answered"),
        (Self::SEEN, 'S', "\\Seen"),
        (Self::DELETED, 'T', "\\Deleted"),
    ];

    /// Whether every flag of `other` is in this set.
    pub fn contains(self, other: Self) -> bool {
        self & other == other
    }

    /// The set as bits, for storage: D 1, F 2, R 4, S 8, T 16.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The set that these bits stand for; unknown bits are dropped.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits) & Self::ALL
    }

    /// The flag that `letter` stands for in a Maildir name.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == letter).map(|row| row.0)
    }

    /// The flag that IMAP calls `name`, in any case.
    pub fn from_imap(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.2.eq_ignore_ascii_case(name)).map(|row| row.0)
    }
}

impl BitOr for System {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for System {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for System {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

/// A keyword, which is a flag that users or programs made up (`$Forwarded`, `Junk`). Servers compare them without
/// regard to case; the spelling that was seen first is kept.
pub type Keyword = Arc<str>;

/// The flags of one message: system flags, and keywords sorted without regard to case, each once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Flags {
    /// The system flags.
    pub system: System,
    keywords: ThinVec<Keyword>,
}

impl Flags {
    /// A message with these system flags and no keyword.
    pub fn of(system: System) -> Self {
        Self { system, keywords: ThinVec::new() }
    }

    /// The flags that a server lists, `\Recent` and unknown system flags left out.
    pub fn from_imap<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut flags = Self::default();
        for name in names {
            flags.insert_imap(name);
        }
        flags
    }

    /// Adds one flag by its IMAP name; `\Recent`, `\*` and unknown system flags are passed over.
    pub fn insert_imap(&mut self, name: &str) {
        if let Some(flag) = System::from_imap(name) {
            self.system = self.system | flag;
        } else if !name.starts_with('\\') && !name.is_empty() {
            self.insert_keyword(name.into());
        }
    }

    /// Adds a keyword; one that is there already in another case stays as it is.
    pub fn insert_keyword(&mut self, keyword: Keyword) {
        if let Err(place) = self.find(&keyword) {
            self.keywords.insert(place, keyword);
        }
    }

    /// The keywords, sorted without regard to case.
    pub fn keywords(&self) -> &[Keyword] {
        &self.keywords
    }

    /// Whether the keyword is there, in whatever case.
    pub fn has_keyword(&self, keyword: &str) -> bool {
        self.find(keyword).is_ok()
    }

    /// Whether there is neither flag nor keyword.
    pub fn is_empty(&self) -> bool {
        self.system == System::NONE && self.keywords.is_empty()
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.system = all.system | other.system;
        for keyword in &other.keywords {
            all.insert_keyword(keyword.clone());
        }
        all
    }

    /// What is here and not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self {
            system: self.system & !other.system,
            keywords: self.keywords.iter().filter(|k| !other.has_keyword(k)).cloned().collect(),
        }
    }

    /// What of it a store with these abilities can hold.
    #[must_use]
    pub fn within(&self, holds: &Holds) -> Self {
        Self {
            system: self.system & holds.system,
            keywords: self.keywords.iter().filter(|k| holds.keywords.includes(k)).cloned().collect(),
        }
    }

    /// What of it a store with these abilities can't hold.
    #[must_use]
    pub fn beyond(&self, holds: &Holds) -> Self {
        self.minus(&self.within(holds))
    }

    fn find(&self, keyword: &str) -> Result<usize, usize> {
        self.keywords.binary_search_by(|have| compare(have, keyword))
    }
}

fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

impl PartialEq for Flags {
    fn eq(&self, other: &Self) -> bool {
        self.system == other.system
            && self.keywords.len() == other.keywords.len()
            && self.keywords.iter().zip(&other.keywords).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }
}

impl Eq for Flags {}

/// As IMAP writes them between parentheses: `\Seen $Forwarded`.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let system = System::TABLE.iter().filter(|row| self.system.contains(row.0)).map(|row| row.2);
        let names = system.chain(self.keywords.iter().map(AsRef::as_ref));
        for (place, name) in names.enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// Which keywords a store can hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeywordRoom {
    /// Any.
    Any,
    /// Only these (a Maildir's letters that are mapped, or a server without `\*` in PERMANENTFLAGS).
    Only(Vec<Keyword>),
}

impl KeywordRoom {
    /// Whether this keyword has a place.
    pub fn includes(&self, keyword: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(some) => some.iter().any(|k| k.eq_ignore_ascii_case(keyword)),
        }
    }

    /// What has a place in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, room) | (room, Self::Any) => room.clone(),
            (Self::Only(some), room) => Self::Only(some.iter().filter(|k| room.includes(k)).cloned().collect()),
        }
    }
}

/// Which flags a store can hold for good; only what both sides can hold is ever merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// The system flags.
    pub system: System,
    /// The keywords.
    pub keywords: KeywordRoom,
}

impl Holds {
    /// A store that holds everything.
    pub const ALL: Self = Self { system: System::ALL, keywords: KeywordRoom::Any };

    /// What both can hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { system: self.system & other.system, keywords: self.keywords.and(&other.keywords) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imap_names_come_back_sorted_and_once() {
        let flags = Flags::from_imap(["\\seen", "b", "\\Recent", "A", "B", "\\Draft", "\\XUnknown"]);
        assert_eq!(flags.to_string(), "\\Draft \\Seen A b");
    }

    #[test]
    fn keywords_compare_without_regard_to_case() {
        assert_eq!(Flags::from_imap(["$MDNSent"]), Flags::from_imap(["$mdnsent"]));
        assert!(Flags::from_imap(["a", "C"]).minus(&Flags::from_imap(["c"])).has_keyword("A"));
    }

    #[test]
    fn a_store_keeps_only_what_it_has_room_for() {
        let maildir = Holds { system: System::ALL, keywords: KeywordRoom::Only(vec!["$Junk".into()]) };
        let flags = Flags::from_imap(["\\Seen", "$junk", "other"]);
        assert_eq!(flags.within(&maildir).to_string(), "\\Seen $junk");
        assert_eq!(flags.beyond(&maildir).to_string(), "other");
    }
}
