//! SELECT, and what changed since the last look (RFC 3501, section 6.3.1; RFC 7162).

use std::collections::BTreeMap;

use super::reader::Handler;
use super::response::{Fetched, Untagged};
use super::status::Code;
use crate::model::fault::Fault;
use crate::model::flags::{Flags, Holds, KeywordRoom};
use crate::model::ids::{ModSeq, Uid, UidValidity};
use crate::model::mark::{Mark, ServerMark};
use crate::model::message::{Listed, MessageId};
use crate::model::uidset::UidSet;

/// What selecting a mailbox and listing it brought. Filled while the answers come.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) uid_validity: Option<UidValidity>,
    uid_next: Option<u32>,
    exists: Option<u32>,
    /// How many were reported gone since.
    expunged: u64,
    highest_modseq: Option<ModSeq>,
    flags: Option<Flags>,
    permanent: Option<(Flags, bool)>,
    pub(super) read_only: bool,
    messages: BTreeMap<Uid, Flags>,
    pub(super) vanished: UidSet,
    pub(super) found: UidSet,
}

impl Handler for Seen {
    fn untagged(&mut self, untagged: Untagged) -> Result<(), Fault> {
        match untagged {
            // What came before this was about the mailbox that was selected until now (RFC 7162, section 3.2.11).
            Untagged::Status(status) if status.code == Code::Closed => *self = Self::default(),
            Untagged::Status(status) => self.code(status.code),
            // Only the first number is SELECT's; later ones are news.
            Untagged::Exists(count) => self.exists = self.exists.or(Some(count)),
            Untagged::Expunged => self.expunged += 1,
            Untagged::Flags(flags) => self.flags = Some(flags),
            Untagged::Vanished(uids) => self.vanish(&uids),
            Untagged::Fetch(fetched) => self.fetched(fetched),
            Untagged::Found(uids) => self.found.insert_all(&uids),
            _ => {}
        }
        Ok(())
    }
}

impl Seen {
    /// Takes a response code in, from wherever it comes.
    pub(super) fn code(&mut self, code: Code) {
        match code {
            Code::UidValidity(validity) => self.uid_validity = Some(validity),
            Code::UidNext(next) => self.uid_next = self.uid_next.or(Some(next)),
            // 0 is no modification sequence (RFC 7162, section 3.1.2.1).
            Code::HighestModSeq(modseq @ ModSeq(1..)) => self.highest_modseq = self.highest_modseq.or(Some(modseq)),
            Code::PermanentFlags { flags, any } => self.permanent = Some((flags, any)),
            Code::ReadOnly => self.read_only = true,
            _ => {}
        }
    }

    fn fetched(&mut self, fetched: Fetched) {
        if let (Some(uid), Some(flags)) = (fetched.uid, fetched.flags) {
            self.messages.insert(uid, flags);
        }
    }

    fn vanish(&mut self, uids: &UidSet) {
        if !self.messages.is_empty() {
            self.messages.retain(|uid, _| !uids.contains(*uid));
        }
        self.vanished.insert_all(uids);
    }

    /// Whether a list of so many messages can be all. A server that passes one over, or tells of one what can't be understood,
    /// has not shown that it is gone.
    pub(super) fn is_complete(&self, listed: u64) -> bool {
        listed + self.expunged + self.vanished.len() >= u64::from(self.exists())
    }

    /// How many messages there were when the mailbox was selected.
    pub(super) fn exists(&self) -> u32 {
        self.exists.unwrap_or(0)
    }

    /// Whether the mailbox keeps modification sequences.
    pub(super) fn has_modseq(&self) -> bool {
        self.highest_modseq.is_some()
    }

    /// The watermark of this look.
    pub(super) fn mark(&self) -> Option<Mark> {
        Some(Mark::Server(ServerMark {
            uid_validity: self.uid_validity?,
            uid_next: self.uid_next.unwrap_or(0),
            messages: self.exists?,
            highest_modseq: self.highest_modseq,
        }))
    }

    /// The flags that can be kept for good; without PERMANENTFLAGS, all that FLAGS names (RFC 3501, section 7.1).
    pub(super) fn holds(&self) -> Holds {
        let (flags, any) =
            self.permanent.clone().or_else(|| self.flags.clone().map(|flags| (flags, false))).unwrap_or_default();
        let keywords = if any { KeywordRoom::Any } else { KeywordRoom::Only(flags.keywords().to_vec()) };
        Holds { system: flags.system, keywords }
    }

    /// How many messages were listed so far.
    pub(super) fn listed(&self) -> u64 {
        self.messages.len() as u64
    }

    /// How many of the listed messages `known` doesn't have.
    pub(super) fn new_beside(&self, known: &UidSet) -> u64 {
        self.messages.keys().filter(|uid| !known.contains(**uid)).count() as u64
    }

    /// The messages listed so far; they are taken out.
    pub(super) fn take_messages(&mut self) -> Vec<Listed> {
        let messages = std::mem::take(&mut self.messages);
        messages.into_iter().map(|(uid, flags)| Listed { id: MessageId::Uid(uid), flags }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::response::{Response, parse};
    use super::*;

    fn seen(lines: &[&str]) -> Seen {
        let mut seen = Seen::default();
        for line in lines {
            if let Response::Untagged(untagged) = parse(line.as_bytes()) {
                seen.untagged(untagged).unwrap();
            }
        }
        seen
    }

    #[test]
    fn what_belongs_to_the_mailbox_before_is_forgotten() {
        let mut seen = seen(&[
            "* VANISHED 1:5",
            "* 3 EXISTS",
            "* OK [CLOSED] x",
            "* 7 EXISTS",
            "* 1 FETCH (UID 9 FLAGS (\\Seen))",
            "* VANISHED (EARLIER) 8",
            "* 8 EXISTS",
        ]);
        assert_eq!(seen.exists(), 7);
        assert_eq!(seen.vanished.to_string(), "8");
        assert_eq!(seen.take_messages().len(), 1);
    }

    #[test]
    fn a_few_characters_that_name_billions_cost_nothing() {
        let seen = seen(&["* VANISHED (EARLIER) 1:4294967295", "* ESEARCH UID ALL 1:4294967295"]);
        assert_eq!((seen.vanished.len(), seen.found.len()), (4_294_967_295, 4_294_967_295));
    }

    #[test]
    fn a_message_that_is_expunged_during_the_listing_is_gone() {
        let mut seen = seen(&["* 1 FETCH (UID 9 FLAGS ())", "* VANISHED 9"]);
        assert!(seen.take_messages().is_empty());
    }

    #[test]
    fn a_list_that_is_shorter_than_the_mailbox_is_not_complete() {
        let short = seen(&["* 2 EXISTS", "* 1 FETCH (UID 9 FLAGS ())", "* 2 FETCH (UID 10)"]);
        assert!(!short.is_complete(short.listed()));
        for gone in ["* 2 EXPUNGE", "* VANISHED 10"] {
            let shorter = seen(&["* 2 EXISTS", "* 1 FETCH (UID 9 FLAGS ())", gone]);
            assert!(shorter.is_complete(shorter.listed()), "{gone}");
        }
    }

    #[test]
    fn flags_that_are_not_permanent_are_not_held() {
        let some = seen(&["* FLAGS (\\Seen \\Draft x)", "* OK [PERMANENTFLAGS (\\Seen)] x"]).holds();
        assert_eq!(some, Holds { system: crate::model::flags::System::SEEN, keywords: KeywordRoom::Only(vec![]) });
        let any = seen(&["* OK [PERMANENTFLAGS (\\Seen \\*)] x"]).holds();
        assert_eq!(any.keywords, KeywordRoom::Any);
        let unsaid = seen(&["* FLAGS (\\Seen x)"]).holds();
        assert!(unsaid.keywords.includes("X"));
    }
}
