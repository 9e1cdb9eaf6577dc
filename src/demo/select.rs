//! SELECT, and telling the client what others do to its mailbox.

use std::collections::HashMap;
use std::io;

use imap_codec::imap_types::command::SelectParameter;
use imap_codec::imap_types::extensions::enable::CapabilityEnable;
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

use super::mailbox::{Mailbox, Message};
use super::session::{Reply, Session};
use crate::model::ids::Uid;
use crate::model::uidset::UidSet;

/// The mailbox that a client has selected, as far as it has been told of it.
pub(super) struct Selected {
    pub(super) name: String,
    pub(super) read_only: bool,
    /// The messages by sequence number.
    pub(super) view: Vec<Uid>,
    /// Changes up to this modification sequence have been told, of every message.
    pub(super) told: u64,
    /// Changes of single messages that have been told beyond that, by the answer to a command for instance.
    pub(super) told_of: HashMap<Uid, u64>,
}

/// Whether a set of numbers has this one; `largest` is what `*` stands for.
pub(super) fn contains(set: &SequenceSet, number: u32, largest: u32) -> bool {
    let value = |place: &SeqOrUid| match place {
        SeqOrUid::Value(value) => value.get(),
        SeqOrUid::Asterisk => largest,
    };
    set.0.as_ref().iter().any(|part| match part {
        Sequence::Single(one) => value(one) == number,
        Sequence::Range(a, b) => {
            let (a, b) = (value(a), value(b));
            (a.min(b)..=a.max(b)).contains(&number)
        }
    })
}

impl Selected {
    /// Whether the client does not know how this message has changed.
    fn is_news(&self, message: &Message) -> bool {
        message.modseq > self.told_of.get(&message.uid).copied().unwrap_or(self.told)
    }

    /// The client has been told of this message as it is now.
    pub(super) fn has_told(&mut self, message: &Message) {
        self.told_of.insert(message.uid, message.modseq);
    }

    /// The messages that a command is about, with their sequence numbers.
    pub(super) fn resolve(&self, set: &SequenceSet, by_uid: bool) -> Vec<(usize, Uid)> {
        let numbered = self.view.iter().enumerate().map(|(place, uid)| (place + 1, *uid));
        let largest = if by_uid { self.view.last().map_or(1, |uid| uid.get()) } else { length(&self.view) };
        numbered
            .filter(|(number, uid)| {
                let key = if by_uid { uid.get() } else { u32::try_from(*number).unwrap_or(u32::MAX) };
                contains(set, key, largest)
            })
            .collect()
    }
}

fn length(view: &[Uid]) -> u32 {
    u32::try_from(view.len()).unwrap_or(u32::MAX)
}

impl Session<'_> {
    /// SELECT and EXAMINE, with CONDSTORE and QRESYNC (RFC 7162, section 3.2.5).
    pub(super) fn select(&mut self, name: &str, parameters: &[SelectParameter], read_only: bool) -> io::Result<Reply> {
        let asks_for_qresync = |parameter: &SelectParameter| matches!(parameter, SelectParameter::QResync { .. });
        if !self.qresync && parameters.iter().any(asks_for_qresync) {
            return Ok(Reply::bad("QRESYNC has to be enabled first"));
        }
        if self.selected.take().is_some() && self.qresync {
            self.out.line("* OK [CLOSED] the mailbox before this one")?;
        }
        self.condstore |= !parameters.is_empty();
        let Some(mailbox) = self.shared.mailboxes().get(name).filter(|mailbox| mailbox.selectable).cloned() else {
            return Ok(Reply::no("[NONEXISTENT] there is no such mailbox"));
        };
        let view: Vec<Uid> = mailbox.messages.keys().copied().collect();
        let mut keywords: Vec<String> = Vec::new();
        for message in mailbox.messages.values() {
            keywords.extend(message.flags.keywords().iter().map(ToString::to_string));
        }
        keywords.sort();
        keywords.dedup();
        let flags = ["\\Answered \\Flagged \\Deleted \\Seen \\Draft", &keywords.join(" ")].join(" ");
        let flags = flags.trim_end();
        self.out.line(&format!("* FLAGS ({flags})"))?;
        let permanent = if read_only { String::new() } else { format!("{flags} \\*") };
        self.out.line(&format!("* OK [PERMANENTFLAGS ({permanent})] flags that stay"))?;
        self.out.line(&format!("* {} EXISTS", view.len()))?;
        self.out.line("* 0 RECENT")?;
        self.out.line(&format!("* OK [UIDVALIDITY {}] UIDs hold", mailbox.uid_validity))?;
        self.out.line(&format!("* OK [UIDNEXT {}] the next one", mailbox.uid_next))?;
        if self.shared.options.extensions.condstore {
            self.out.line(&format!("* OK [HIGHESTMODSEQ {}] changes are counted", mailbox.modseq))?;
        }
        self.resynchronise(&mailbox, parameters)?;
        self.selected =
            Some(Selected { name: name.to_owned(), read_only, view, told: mailbox.modseq, told_of: HashMap::new() });
        Ok(Reply::ok(if read_only { "[READ-ONLY] look only" } else { "[READ-WRITE] selected" }))
    }

    fn resynchronise(&mut self, mailbox: &Mailbox, parameters: &[SelectParameter]) -> io::Result<()> {
        for parameter in parameters {
            let SelectParameter::QResync { uid_validity, mod_sequence_value, known_uids, .. } = parameter else {
                continue;
            };
            if uid_validity.get() != mailbox.uid_validity {
                continue;
            }
            let since = mod_sequence_value.get();
            let known = |uid: Uid| known_uids.as_ref().is_none_or(|set| contains(set, uid.get(), mailbox.uid_next));
            let gone: UidSet =
                mailbox.expunged.iter().filter(|(at, uid)| *at > since && known(*uid)).map(|(_, uid)| *uid).collect();
            if !gone.is_empty() {
                self.out.line(&format!("* VANISHED (EARLIER) {gone}"))?;
            }
            for (place, message) in mailbox.messages.values().enumerate() {
                if message.modseq > since {
                    self.flags_line(place + 1, message, true)?;
                }
            }
        }
        Ok(())
    }

    /// ENABLE (RFC 5161).
    pub(super) fn enable(&mut self, capabilities: &[CapabilityEnable<'_>]) -> io::Result<Reply> {
        let mut enabled = String::from("* ENABLED");
        for capability in capabilities {
            let name = capability.to_string().to_ascii_uppercase();
            match name.as_str() {
                "CONDSTORE" => self.condstore = true,
                "QRESYNC" if self.shared.options.extensions.qresync => {
                    self.condstore = true;
                    self.qresync = true;
                }
                _ => continue,
            }
            enabled.push(' ');
            enabled.push_str(&name);
        }
        self.out.line(&enabled)?;
        Ok(Reply::ok("enabled"))
    }

    /// Tells a message's flags.
    pub(super) fn flags_line(&mut self, number: usize, message: &Message, with_uid: bool) -> io::Result<()> {
        let uid = if with_uid { format!("UID {} ", message.uid) } else { String::new() };
        let modseq = if self.condstore { format!(" MODSEQ ({})", message.modseq) } else { String::new() };
        self.out.line(&format!("* {number} FETCH ({uid}FLAGS ({}){modseq})", message.flags))
    }

    /// Tells what has happened to the selected mailbox since the client was last told. What was expunged is held back where
    /// sequence numbers must not change (RFC 3501, section 7.4.1).
    pub(super) fn news(&mut self, expunges: bool) -> io::Result<()> {
        let Some(mut selected) = self.selected.take() else {
            return Ok(());
        };
        let mailbox = self.shared.mailboxes().get(&selected.name).filter(|now| now.modseq > selected.told).cloned();
        let result = match mailbox {
            Some(mailbox) => self.tell(&mut selected, &mailbox, expunges),
            None => Ok(()),
        };
        self.selected = Some(selected);
        result
    }

    fn tell(&mut self, selected: &mut Selected, mailbox: &Mailbox, expunges: bool) -> io::Result<()> {
        let gone: Vec<(usize, Uid)> = selected
            .view
            .iter()
            .enumerate()
            .filter(|(_, uid)| !mailbox.messages.contains_key(uid))
            .map(|(place, uid)| (place + 1, *uid))
            .collect();
        if expunges && !gone.is_empty() {
            if self.qresync {
                let set: UidSet = gone.iter().map(|(_, uid)| *uid).collect();
                self.out.line(&format!("* VANISHED {set}"))?;
            } else {
                for (number, _) in gone.iter().rev() {
                    self.out.line(&format!("* {number} EXPUNGE"))?;
                }
            }
            selected.view.retain(|uid| mailbox.messages.contains_key(uid));
        }
        let last = selected.view.last().map_or(0, |uid| uid.get());
        let arrived: Vec<Uid> = mailbox.messages.keys().copied().filter(|uid| uid.get() > last).collect();
        for (place, uid) in selected.view.iter().enumerate() {
            if let Some(message) = mailbox.messages.get(uid).filter(|message| selected.is_news(message)) {
                self.flags_line(place + 1, message, self.condstore)?;
            }
        }
        let known = selected.view.iter().filter_map(|uid| mailbox.messages.get(uid));
        selected.told_of = known.map(|message| (message.uid, message.modseq)).collect();
        if !arrived.is_empty() {
            let new = arrived.iter().filter_map(|uid| mailbox.messages.get(uid));
            selected.told_of.extend(new.map(|message| (message.uid, message.modseq)));
            selected.view.extend(arrived);
            self.out.line(&format!("* {} EXISTS", selected.view.len()))?;
            self.out.line("* 0 RECENT")?;
        }
        if expunges || gone.is_empty() {
            selected.told = mailbox.modseq;
            selected.told_of.clear();
        }
        Ok(())
    }
}
