//! SEARCH and UID SEARCH, with ESEARCH (RFC 4731).

use std::io;

use chrono::{DateTime, NaiveDate};
use imap_codec::imap_types::search::SearchKey;

use super::fetch::{field, split};
use super::gmail::words::Gmail;
use super::input::Extras;
use super::mailbox::Message;
use super::select::contains;
use super::session::{Reply, Session};
use crate::model::flags::System;
use crate::model::ids::Uid;
use crate::model::uidset::UidSet;

/// A message among the others of its mailbox.
struct Candidate<'a> {
    number: u32,
    message: &'a Message,
    largest_number: u32,
    largest_uid: u32,
}

impl Session<'_> {
    /// Finds the messages that meet all of `criteria`.
    pub(super) fn search(
        &mut self,
        criteria: &[SearchKey<'_>],
        by_uid: bool,
        extras: &Extras,
        tag: &str,
    ) -> io::Result<Reply> {
        let known = |option: &String| ["ALL", "COUNT", "MIN", "MAX"].contains(&option.as_str());
        if !extras.returns.iter().flatten().all(known) {
            return Ok(Reply::bad("that can't be returned"));
        }
        let counts_changes = criteria.iter().any(asks_for_modseq);
        if counts_changes && !self.shared.options.extensions.condstore {
            return Ok(Reply::bad("changes are not counted here"));
        }
        self.condstore |= counts_changes;
        let identity = match extras.gmail {
            Some(Gmail::Search(identity)) => Some(identity),
            _ => None,
        };
        let mut highest = 0;
        let Some(selected) = &self.selected else { return Ok(Reply::bad("select a mailbox first")) };
        let mut found = UidSet::default();
        {
            let mailboxes = self.shared.mailboxes();
            let Some(mailbox) = mailboxes.get(&selected.name) else { return Ok(Reply::no("it is gone")) };
            let largest_number = u32::try_from(selected.view.len()).unwrap_or(u32::MAX);
            let largest_uid = selected.view.last().map_or(0, |uid| uid.get());
            for (number, uid) in (1..).zip(&selected.view) {
                let Some(message) = mailbox.messages.get(uid) else { continue };
                let candidate = Candidate { number, message, largest_number, largest_uid };
                let is_meant = identity.is_none_or(|identity| message.identity == identity);
                if is_meant && criteria.iter().all(|key| candidate.meets(key)) {
                    let id = if by_uid { Some(*uid) } else { Uid::new(number) };
                    found.extend(id);
                    highest = highest.max(message.modseq);
                }
            }
        }
        let counted = counts_changes && !found.is_empty();
        if let Some(returns) = &extras.returns {
            let modseq = if counted { format!(" MODSEQ {highest}") } else { String::new() };
            self.answer_extended(&found, by_uid, returns, (tag, &modseq))?;
        } else {
            let words = std::iter::once("* SEARCH".to_owned()).chain(found.iter().map(|id| id.to_string()));
            let modseq = if counted { format!(" (MODSEQ {highest})") } else { String::new() };
            self.out.line(&(words.collect::<Vec<_>>().join(" ") + &modseq))?;
        }
        Ok(Reply::ok("searched"))
    }

    fn answer_extended(
        &mut self,
        found: &UidSet,
        by_uid: bool,
        returns: &[String],
        (tag, modseq): (&str, &str),
    ) -> io::Result<()> {
        let mut words = vec![format!("* ESEARCH (TAG \"{tag}\")")];
        if by_uid {
            words.push("UID".to_owned());
        }
        let asks = |what: &str| returns.iter().any(|name| name == what);
        if (asks("ALL") || returns.is_empty()) && !found.is_empty() {
            words.push(format!("ALL {found}"));
        }
        if let (true, Some(least)) = (asks("MIN"), found.iter().next()) {
            words.push(format!("MIN {least}"));
        }
        if let (true, Some(most)) = (asks("MAX"), found.iter().last()) {
            words.push(format!("MAX {most}"));
        }
        if asks("COUNT") {
            words.push(format!("COUNT {}", found.len()));
        }
        self.out.line(&(words.join(" ") + modseq))
    }
}

impl Candidate<'_> {
    fn meets(&self, key: &SearchKey<'_>) -> bool {
        let message = self.message;
        let has = |flag: System| message.flags.system.contains(flag);
        let says = |name: &str, text: &[u8]| self.header_says(name, text);
        match key {
            SearchKey::And(keys) => keys.as_ref().iter().all(|key| self.meets(key)),
            SearchKey::Or(one, other) => self.meets(one) || self.meets(other),
            SearchKey::Not(key) => !self.meets(key),
            SearchKey::All | SearchKey::Old => true,
            SearchKey::SequenceSet(set) => contains(set, self.number, self.largest_number),
            SearchKey::Uid(set) => contains(set, message.uid.get(), self.largest_uid),
            SearchKey::Answered => has(System::ANSWERED),
            SearchKey::Unanswered => !has(System::ANSWERED),
            SearchKey::Deleted => has(System::DELETED),
            SearchKey::Undeleted => !has(System::DELETED),
            SearchKey::Draft => has(System::DRAFT),
            SearchKey::Undraft => !has(System::DRAFT),
            SearchKey::Flagged => has(System::FLAGGED),
            SearchKey::Unflagged => !has(System::FLAGGED),
            SearchKey::Seen => has(System::SEEN),
            SearchKey::Unseen => !has(System::SEEN),
            SearchKey::Keyword(keyword) => message.flags.has_keyword(keyword.as_ref()),
            SearchKey::Unkeyword(keyword) => !message.flags.has_keyword(keyword.as_ref()),
            SearchKey::Larger(size) => message.body.len() > *size as usize,
            SearchKey::Smaller(size) => message.body.len() < *size as usize,
            SearchKey::Subject(text) => says("Subject", text.as_ref()),
            SearchKey::From(text) => says("From", text.as_ref()),
            SearchKey::To(text) => says("To", text.as_ref()),
            SearchKey::Cc(text) => says("Cc", text.as_ref()),
            SearchKey::Header(name, text) => says(&String::from_utf8_lossy(name.as_ref()), text.as_ref()),
            SearchKey::Bcc(text) => says("Bcc", text.as_ref()),
            SearchKey::Body(text) => finds(split(&message.body).1, text.as_ref()),
            SearchKey::Text(text) => finds(&message.body, text.as_ref()),
            SearchKey::Before(day) => self.day().is_some_and(|arrived| arrived < *day.as_ref()),
            SearchKey::On(day) => self.day().is_some_and(|arrived| arrived == *day.as_ref()),
            SearchKey::Since(day) => self.day().is_some_and(|arrived| arrived >= *day.as_ref()),
            SearchKey::ModSequence { modseq, .. } => message.modseq >= *modseq,
            // RECENT, NEW and the dates of the header: nothing is recent here, and nobody asks for the rest.
            _ => false,
        }
    }

    fn day(&self) -> Option<NaiveDate> {
        DateTime::from_timestamp(self.message.date.seconds, 0).map(|date| date.date_naive())
    }

    fn header_says(&self, name: &str, text: &[u8]) -> bool {
        finds(field(&self.message.body, name).as_bytes(), text)
    }
}

/// Whether a search is about modification sequences (RFC 7162, section 3.1.5).
fn asks_for_modseq(key: &SearchKey<'_>) -> bool {
    match key {
        SearchKey::ModSequence { .. } => true,
        SearchKey::And(keys) => keys.as_ref().iter().any(asks_for_modseq),
        SearchKey::Or(one, other) => asks_for_modseq(one) || asks_for_modseq(other),
        SearchKey::Not(key) => asks_for_modseq(key),
        _ => false,
    }
}

fn finds(hay: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}
