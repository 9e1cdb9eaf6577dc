//! Commands that change messages: STORE, COPY, MOVE, EXPUNGE, APPEND.

use std::io;
use std::sync::Arc;

use chrono::Utc;
use imap_codec::imap_types::command::{CommandBody, StoreModifier};
use imap_codec::imap_types::extensions::binary::LiteralOrLiteral8;
use imap_codec::imap_types::flag::{Flag, StoreResponse, StoreType};
use imap_codec::imap_types::sequence::SequenceSet;

use super::gmail::stays;
use super::input::Extras;
use super::mailbox::Mailbox;
use super::session::{NO_MESSAGE, Reply, Session, name};
use crate::model::flags::{Flags, System};
use crate::model::ids::Uid;
use crate::model::message::InternalDate;
use crate::model::uidset::UidSet;

/// A message on its way in.
struct Incoming {
    flags: Flags,
    date: InternalDate,
    body: Arc<[u8]>,
}

impl Session<'_> {
    /// STORE and UID STORE, with UNCHANGEDSINCE (RFC 7162, section 3.1.3).
    pub(super) fn store(
        &mut self,
        set: &SequenceSet,
        kind: StoreType,
        response: StoreResponse,
        flags: &[Flag<'_>],
        by_uid: bool,
        modifiers: &[StoreModifier],
    ) -> io::Result<Reply> {
        self.news(false)?;
        let Some(selected) = &mut self.selected else { return Ok(Reply::bad("select a mailbox first")) };
        if selected.read_only {
            return Ok(Reply::no("look only"));
        }
        let limit = modifiers.iter().map(|StoreModifier::UnchangedSince(limit)| *limit).min();
        let given = to_flags(flags);
        let (mut changed, mut modified) = (Vec::new(), UidSet::default());
        {
            let mut mailboxes = self.shared.mailboxes();
            let Some(mailbox) = mailboxes.get_mut(&selected.name) else { return Ok(Reply::no("it is gone")) };
            for (number, uid) in selected.resolve(set, by_uid) {
                let Some(message) = mailbox.messages.get(&uid) else { continue };
                if limit.is_some_and(|limit| message.modseq > limit) {
                    let id = if by_uid { Some(uid) } else { u32::try_from(number).ok().and_then(Uid::new) };
                    modified.extend(id);
                    continue;
                }
                let flags = match kind {
                    StoreType::Replace => given.clone(),
                    StoreType::Add => message.flags.union(&given),
                    StoreType::Remove => message.flags.minus(&given),
                };
                mailbox.set_flags(uid, flags);
                changed.extend(mailbox.messages.get(&uid).map(|message| (number, message.clone())));
            }
            for (_, message) in &changed {
                selected.has_told(message);
            }
            mailboxes.wake();
        }
        self.condstore |= limit.is_some();
        for (number, message) in &changed {
            if response == StoreResponse::Answer {
                self.flags_line(*number, message, by_uid)?;
            } else if self.condstore {
                self.out.line(&format!("* {number} FETCH (UID {} MODSEQ ({}))", message.uid, message.modseq))?;
            }
        }
        let code = if modified.is_empty() { String::new() } else { format!("[MODIFIED {modified}] ") };
        Ok(Reply::Ok(format!("{code}stored")))
    }

    /// COPY and MOVE (RFC 6851), with COPYUID (RFC 4315).
    pub(super) fn copy(&mut self, set: &SequenceSet, to: &str, by_uid: bool, and_remove: bool) -> io::Result<Reply> {
        let Some(selected) = &self.selected else { return Ok(Reply::bad("select a mailbox first")) };
        if and_remove && selected.read_only {
            return Ok(Reply::no("look only"));
        }
        let wanted = selected.resolve(set, by_uid);
        let (mut from, mut into) = (Vec::new(), Vec::new());
        let validity = {
            let mut mailboxes = self.shared.mailboxes();
            let Some(source) = mailboxes.get(&selected.name) else { return Ok(Reply::no("it is gone")) };
            let messages: Vec<_> = wanted.iter().filter_map(|(_, uid)| source.messages.get(uid).cloned()).collect();
            let Some(target) = mailboxes.get(to).filter(|target| target.selectable) else {
                return Ok(Reply::no("[TRYCREATE] there is no such mailbox"));
            };
            let validity = target.uid_validity;
            for message in messages {
                from.push(message.uid);
                let Some(target) = mailboxes.get_mut(to) else { continue };
                let there = target.same_as(&message.body).map(|there| there.uid);
                into.extend(there.or_else(|| target.append(message.flags, message.date, message.body)));
            }
            if and_remove
                && !stays(&mailboxes, &selected.name)
                && let Some(source) = mailboxes.get_mut(&selected.name)
            {
                for uid in &from {
                    source.expunge(*uid);
                }
            }
            mailboxes.wake();
            validity
        };
        let code = if self.shared.options.extensions.uidplus && !from.is_empty() {
            // Those that were there already keep their UIDs, so that neither needs to ascend.
            format!("[COPYUID {validity} {} {}]", in_order(&from), in_order(&into))
        } else {
            String::new()
        };
        if and_remove && !code.is_empty() {
            self.out.line(&format!("* OK {code} moved"))?;
            return Ok(Reply::ok("moved"));
        }
        Ok(Reply::Ok(format!("{code} copied").trim_start().to_owned()))
    }

    /// EXPUNGE, of these UIDs only where some are given (RFC 4315).
    pub(super) fn expunge(&mut self, only: Option<&SequenceSet>) -> Reply {
        let Some(selected) = self.selected.as_ref().filter(|selected| !selected.read_only) else {
            return Reply::no("look only");
        };
        let mut mailboxes = self.shared.mailboxes();
        let stay = stays(&mailboxes, &selected.name);
        let Some(mailbox) = mailboxes.get_mut(&selected.name) else { return Reply::no("it is gone") };
        let named = only.map(|set| selected.resolve(set, true));
        let wanted = |uid: &Uid| named.as_ref().is_none_or(|named| named.iter().any(|(_, other)| other == uid));
        let marked: Vec<Uid> = mailbox
            .messages
            .values()
            .filter(|message| message.flags.system.contains(System::DELETED))
            .map(|message| message.uid)
            .filter(wanted)
            .collect();
        for uid in marked.into_iter().filter(|_| !stay) {
            mailbox.expunge(uid);
        }
        mailboxes.wake();
        Reply::ok("expunged")
    }

    /// APPEND, of several messages where MULTIAPPEND is on (RFC 3502): all or none.
    pub(super) fn append(&mut self, first: &CommandBody<'static>, extras: &Extras) -> Reply {
        let CommandBody::Append { mailbox, .. } = first else { return Reply::bad("that is no APPEND") };
        let target = name(mailbox);
        let all: Option<Vec<Incoming>> = std::iter::once(first).chain(&extras.more).map(incoming).collect();
        let Some(all) = all else { return Reply::no(NO_MESSAGE) };
        let mut mailboxes = self.shared.mailboxes();
        let Some(mailbox) = mailboxes.get_mut(&target).filter(|mailbox| mailbox.selectable) else {
            return Reply::no("[TRYCREATE] there is no such mailbox");
        };
        let uids = add(mailbox, all);
        let validity = mailbox.uid_validity;
        mailboxes.wake();
        if self.shared.options.extensions.uidplus {
            return Reply::Ok(format!("[APPENDUID {validity} {uids}] appended"));
        }
        Reply::ok("appended")
    }
}

fn add(mailbox: &mut Mailbox, all: Vec<Incoming>) -> UidSet {
    let store = |one: Incoming| {
        let there = mailbox.same_as(&one.body).map(|there| there.uid);
        there.or_else(|| mailbox.append(one.flags, one.date, one.body))
    };
    all.into_iter().filter_map(store).collect()
}

/// UIDs as they come; in runs where they ascend one by one.
fn in_order(uids: &[Uid]) -> String {
    let runs = uids.chunk_by(|one, next| one.get() + 1 == next.get());
    let text = |run: &[Uid]| match run {
        [first, .., last] => format!("{first}:{last}"),
        _ => run.iter().map(ToString::to_string).collect(),
    };
    runs.map(text).collect::<Vec<_>>().join(",")
}

fn incoming(append: &CommandBody<'static>) -> Option<Incoming> {
    let CommandBody::Append { flags, date, message, .. } = append else { return None };
    let body: &[u8] = match message {
        LiteralOrLiteral8::Literal(literal) => literal.as_ref(),
        LiteralOrLiteral8::Literal8(_) => return None,
    };
    let date = match date {
        Some(date) => {
            let date = date.as_ref();
            InternalDate { seconds: date.timestamp(), offset: date.offset().local_minus_utc() }
        }
        None => InternalDate { seconds: Utc::now().timestamp(), offset: 0 },
    };
    (!body.is_empty()).then(|| Incoming { flags: to_flags(flags), date, body: body.into() })
}

fn to_flags(flags: &[Flag<'_>]) -> Flags {
    let names: Vec<String> = flags.iter().map(ToString::to_string).collect();
    Flags::from_imap(names.iter().map(String::as_str))
}
