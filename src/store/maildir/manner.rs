//! How a tree's files are named and treated, as far as that is up to its owner.

use crate::config::settings::LabelSettings;
use crate::model::flags::{Flags, Holds, Keyword, KeywordRoom, System};
use crate::model::labels::Labels;
use crate::model::mark::MaildirMark;
use crate::store::bytes::md5_hex;
use crate::store::label_field::LabelField;
use crate::store::labels::manner;
use crate::store::left_out::Names;

use super::dates::Header;
use super::name::{self, Custom, Form};

/// What is up to the owner of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// What stands before the flags in names.
    pub form: Form,
    /// The keywords that small letters stand for.
    pub letters: Vec<(char, Keyword)>,
    /// Files get the time at which their message was written, as its header says.
    pub dated_by_header: bool,
    /// Names begin with that time.
    pub named_by_date: bool,
    /// Fields that are left out of what is read.
    pub left_out: Names,
    /// What is read keeps the time at which it was last read.
    pub keep_atime: bool,
    /// Where labels are kept, if they are.
    pub labels: Option<Keeping>,
}

/// How labels are kept in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    /// The field of the header that holds them.
    pub field: LabelField,
    /// That field's name, in lower case, as one that is left out.
    pub name: Names,
    /// Labels that are left as they are.
    pub ignored: Labels,
    /// A number that is another where either of these is.
    pub manner: u64,
}

impl Keeping {
    /// As the configuration says.
    pub fn new(settings: &LabelSettings) -> Self {
        Self {
            field: LabelField::new(&settings.field),
            name: [settings.field.to_ascii_lowercase()].into(),
            ignored: settings.ignored.clone(),
            manner: manner(settings),
        }
    }
}

impl Manner {
    /// What a name says: its flags, and the keywords that its letters stand for here.
    pub fn flags(&self, name: &[u8]) -> Flags {
        self.flags_of(name::flags(name), name::custom(name))
    }

    /// The same of what has been read already.
    pub fn flags_of(&self, system: System, custom: u32) -> Flags {
        let mut flags = Flags::of(system);
        for (letter, keyword) in self.letters.iter().filter(|_| custom != 0) {
            if custom & bit(*letter) != 0 {
                flags.insert_keyword(keyword.clone());
            }
        }
        flags
    }

    /// The letters for the keywords of these flags.
    pub fn custom(&self, flags: &Flags) -> u32 {
        let has = |keyword: &Keyword| !flags.keywords().is_empty() && flags.has_keyword(keyword);
        self.letters.iter().filter(|(_, keyword)| has(keyword)).fold(0, |all, (letter, _)| all | bit(*letter))
    }

    /// The name with these flags; letters that stand for nothing here stay.
    pub fn with_flags(&self, name: &[u8], flags: &Flags) -> Vec<u8> {
        let known = self.letters.iter().fold(0, |all, (letter, _)| all | bit(*letter));
        name::with_flags(name, flags.system, Custom { set: self.custom(flags), known }, self.form)
    }

    /// What names can hold.
    pub fn holds(&self) -> Holds {
        let keywords = self.letters.iter().map(|(_, keyword)| keyword.clone()).collect();
        Holds { system: System::ALL, keywords: KeywordRoom::Only(keywords) }
    }

    /// Whether the dates in a message's header matter.
    pub fn wants_dates(&self) -> bool {
        self.dated_by_header || self.named_by_date
    }

    /// The time for the file of a message with this header, and the time for its name, in seconds since 1970; `None` for the usual
    /// ones.
    pub fn dates(&self, header: &Header, now: i64) -> (Option<i64>, Option<i64>) {
        let written = header.written(now).filter(|_| self.dated_by_header);
        (written, header.written_or_delivered(now).filter(|_| self.named_by_date))
    }

    /// The mark of a look that understood names in this manner.
    pub fn mark(&self, mark: MaildirMark) -> MaildirMark {
        MaildirMark { manner: self.digest(), ..mark }
    }

    /// A number that changes when names are to be understood, or written, in another way; 0 for the usual one.
    fn digest(&self) -> u64 {
        if self.form == Form::Colon && self.letters.is_empty() {
            return 0;
        }
        let letters: Vec<String> =
            self.letters.iter().map(|(letter, word)| format!("{letter}={}", word.to_lowercase())).collect();
        let text = md5_hex(format!("{:?} {}", self.form, letters.join(" ")).as_bytes());
        u64::from_str_radix(&text[..15], 16).unwrap_or(1)
    }
}

fn bit(letter: char) -> u32 {
    name::letter_bit(u8::try_from(letter).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manner(letters: &[(char, &str)]) -> Manner {
        let letters = letters.iter().map(|(letter, word)| (*letter, Keyword::from(*word))).collect();
        Manner { letters, ..Manner::default() }
    }

    #[test]
    fn letters_and_keywords_stand_for_each_other() {
        let manner = manner(&[('a', "$Junk"), ('z', "work")]);
        for (name, flags, changed) in [
            ("x:2,", "", "x:2,FSz"),
            ("x:2,Sa", "\\Seen $Junk", "x:2,FSz"),
            ("x:2,Fabz", "\\Flagged $Junk work", "x:2,FSbz"),
            ("x", "", "x:2,FSz"),
        ] {
            assert_eq!(manner.flags(name.as_bytes()).to_string(), flags, "{name}");
            let after = Flags::from_imap(["\\Seen", "\\Flagged", "WORK", "other"]);
            assert_eq!(String::from_utf8(manner.with_flags(name.as_bytes(), &after)).unwrap(), changed, "{name}");
        }
        assert_eq!(Manner::default().flags(b"x:2,Sab").to_string(), "\\Seen");
    }

    #[test]
    fn another_manner_leaves_another_mark() {
        let plain = Manner::default();
        let windows = Manner { form: Form::Exclamation, ..Manner::default() };
        let all = [plain, windows, manner(&[('a', "x")]), manner(&[('b', "x")]), manner(&[('a', "y")])];
        let marks: std::collections::BTreeSet<u64> = all.iter().map(Manner::digest).collect();
        assert_eq!(marks.len(), all.len());
        assert_eq!(all[0].digest(), 0);
    }
}
