//! SELECT, and what changed since the last look (RFC 3501, section 6.3.1; RFC 7162).

mod listed;

use super::reader::Handler;
use super::response::{Fetched, Untagged};
use super::status::Code;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::{Flags, Holds, KeywordRoom};
use crate::model::ids::{ModSeq, UidValidity};
use crate::model::mark::{Mark, ServerMark};
use crate::model::message::Listed;
use crate::model::uidset::UidSet;
use listed::Messages;

/// So many more messages may come than the mailbox was said to have.
const MOST_UNTOLD: usize = 10_000;
/// Bytes of flags that are kept.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// Ranges of UIDs that are kept.
const MOST_RANGES: usize = 10_000_000;

/// What selecting a mailbox and listing it brought. Filled while the answers come.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) uid_validity: Option<UidValidity>,
    uid_next: Option<u32>,
    exists: Option<u32>,
    /// The largest number of messages that was told.
    most: u32,
    highest_modseq: Option<ModSeq>,
    flags: Option<Flags>,
    permanent: Option<(Flags, bool)>,
    pub(super) read_only: bool,
    messages: Messages,
    /// About how many bytes they take.
    bytes: usize,
    /// How many messages were listed and are still there, as far as EXPUNGE tells.
    listed: u64,
    /// How many messages went during the listing, without VANISHED; and of these, how many before they were listed.
    expunged: u64,
    unlisted: u64,
    pub(super) vanished: UidSet,
    /// Those of them that went since the mailbox was selected.
    left: UidSet,
    pub(super) found: UidSet,
}

impl Handler for Seen {
    fn untagged(&mut self, untagged: Untagged) -> Result<(), Fault> {
        match untagged {
            // What came before this was about the mailbox that was selected until now (RFC 7162, section 3.2.11).
            Untagged::Status(status) if status.code == Code::Closed => *self = Self::default(),
            Untagged::Status(status) => self.code(status.code),
            // Only the first number is SELECT's; later ones are news.
            Untagged::Exists(count) => {
                self.exists = self.exists.or(Some(count));
                self.most = self.most.max(count);
            }
            Untagged::Expunge(number) => self.expunge(number),
            Untagged::Flags(flags) => self.flags = Some(flags),
            Untagged::Vanished { uids, earlier } => self.vanish(&uids, earlier),
            Untagged::Fetch(fetched) => self.fetched(fetched),
            Untagged::Found(uids) => self.found.insert_all(&uids),
            _ => {}
        }
        self.believable()
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
            self.bytes += flags.keywords().iter().map(|keyword| keyword.len() + 32).sum::<usize>();
            self.listed += u64::from(self.messages.insert(uid, flags));
        }
    }

    /// Messages are listed in the order of their numbers, so that a number tells whether that message was listed already.
    fn expunge(&mut self, number: u32) {
        self.expunged += 1;
        if u64::from(number) <= self.listed {
            self.listed -= 1;
        } else {
            self.unlisted += 1;
        }
    }

    fn vanish(&mut self, uids: &UidSet, earlier: bool) {
        self.messages.remove(uids);
        self.vanished.insert_all(uids);
        if !earlier {
            self.left.insert_all(uids);
        }
    }

    /// Refuses what no mailbox holds, before it takes all the memory there is.
    fn believable(&self) -> Result<(), Fault> {
        let ranges = self.vanished.ranges().len() + self.found.ranges().len();
        let most = usize::try_from(self.most).unwrap_or(usize::MAX).saturating_add(MOST_UNTOLD);
        if self.messages.len() <= most && self.bytes <= MOST_BYTES && ranges <= MOST_RANGES {
            return Ok(());
        }
        let cause = format!("the server lists far more than the {} messages that it says there are", self.most);
        Err(Fault::new(Reach::Account, FaultKind::Server, "listing messages", cause))
    }

    /// How many messages there were when the mailbox was selected; `None` when that wasn't said.
    pub(super) fn exists(&self) -> Option<u32> {
        self.exists
    }

    /// Whether the messages that were listed are all, those left out that went before they could be listed.
    pub(super) fn is_all_listed(&self) -> bool {
        self.is_all(self.messages.len() as u64, self.unlisted)
    }

    /// Whether the messages that a search found are all, those left out that went meanwhile.
    pub(super) fn is_all_found(&self) -> bool {
        self.is_all(self.found.len(), self.expunged)
    }

    fn is_all(&self, shown: u64, gone: u64) -> bool {
        let accounted = shown.saturating_add(gone).saturating_add(self.left.len());
        self.exists.is_some_and(|exists| accounted >= u64::from(exists))
    }

    /// Whether a search found only messages that are `known` or listed: others would be new, and so among the changes.
    pub(super) fn found_no_strangers(&self, known: &UidSet) -> bool {
        let listed = self.messages.uids().filter(|uid| !known.contains(*uid) && self.found.contains(*uid)).count();
        let expected = known.iter().filter(|uid| self.found.contains(*uid)).count();
        (listed + expected) as u64 == self.found.len()
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

    /// The flags that can be kept for good; without PERMANENTFLAGS, all that FLAGS names (RFC 3501, section 7.1). A server
    /// that says nothing is asked to keep all.
    pub(super) fn holds(&self) -> Holds {
        let said = self.permanent.clone().or_else(|| self.flags.clone().map(|flags| (flags, false)));
        let Some((flags, any)) = said else { return Holds::ALL };
        let keywords = if any { KeywordRoom::Any } else { KeywordRoom::Only(flags.keywords().to_vec()) };
        Holds { system: flags.system, keywords }
    }

    /// The flags that its messages can have, whoever gives them. Of a mailbox that may only be read, PERMANENTFLAGS is empty:
    /// that says what we may change, not what is there.
    pub(super) fn shows(&self) -> Holds {
        let system = self.flags.as_ref().map_or(Holds::ALL.system, |flags| flags.system);
        Holds { system, keywords: KeywordRoom::Any }
    }

    /// How many of the listed messages `known` doesn't have.
    pub(super) fn new_beside(&self, known: &UidSet) -> u64 {
        self.messages.uids().filter(|uid| !known.contains(*uid)).count() as u64
    }

    /// The messages listed so far; they are taken out.
    pub(super) fn take_messages(&mut self) -> Vec<Listed> {
        std::mem::take(&mut self.messages).into_listed()
    }
}

#[cfg(test)]
mod tests;
