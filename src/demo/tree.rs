//! The tree of mailboxes: LIST with its STATUS, and making, deleting and renaming.

use std::io;

use imap_codec::imap_types::mailbox::{ListMailbox, Mailbox as Name};
use imap_codec::imap_types::status::StatusDataItemName;

use super::input::Extras;
use super::mailbox::{Mailbox, Mailboxes};
use super::session::{Reply, Session, name};
use crate::model::flags::System;
use crate::model::utf7;

impl Session<'_> {
    /// LIST, with STATUS and SUBSCRIBED in its RETURN (RFC 5819, RFC 5258).
    pub(super) fn list(
        &mut self,
        reference: &Name<'_>,
        pattern: &ListMailbox<'_>,
        extras: &Extras,
    ) -> io::Result<Reply> {
        let separator = self.shared.options.separator;
        let mut pattern = text(pattern);
        if pattern.is_empty() {
            self.out.line(&format!("* LIST (\\Noselect) \"{}\" \"\"", escaped(&separator.to_string())))?;
            return Ok(Reply::ok("listed"));
        }
        let prefix = name(reference);
        if !prefix.is_empty() {
            pattern = format!("{prefix}{pattern}");
        }
        let returns = extras.returns.as_deref().unwrap_or_default();
        let asks = |what: &str| returns.iter().any(|name| name == what);
        let all = copy(&self.shared.mailboxes());
        for (name, mailbox) in all.iter().filter(|(name, _)| fits(&pattern, name, separator)) {
            let beneath = format!("{name}{separator}");
            let parent = all.iter().any(|(other, _)| other.starts_with(&beneath));
            let mut attributes = vec![if parent { "\\HasChildren" } else { "\\HasNoChildren" }];
            attributes.extend(mailbox.special_use);
            attributes.extend((!mailbox.selectable).then_some("\\Noselect"));
            if asks("SUBSCRIBED") && mailbox.subscribed {
                attributes.push("\\Subscribed");
            }
            self.list_line("LIST", &attributes.join(" "), name)?;
            if asks("STATUS") && mailbox.selectable {
                let items = returns.iter().skip_while(|name| *name != "STATUS").skip(1);
                let items: Vec<&str> =
                    items.map(String::as_str).filter(|name| value(mailbox, name).is_some()).collect();
                self.status_line(name, mailbox, &items)?;
            }
        }
        Ok(Reply::ok("listed"))
    }

    /// LSUB.
    pub(super) fn lsub(&mut self, pattern: &ListMailbox<'_>) -> io::Result<Reply> {
        let (pattern, separator) = (text(pattern), self.shared.options.separator);
        for (name, mailbox) in copy(&self.shared.mailboxes()) {
            if mailbox.subscribed && fits(&pattern, &name, separator) {
                self.list_line("LSUB", "", &name)?;
            }
        }
        Ok(Reply::ok("listed"))
    }

    /// STATUS.
    pub(super) fn status(&mut self, name: &str, items: &[StatusDataItemName]) -> io::Result<Reply> {
        let Some(mailbox) = self.shared.mailboxes().get(name).filter(|mailbox| mailbox.selectable).cloned() else {
            return Ok(Reply::no("[NONEXISTENT] there is no such mailbox"));
        };
        let words: Vec<&str> = items
            .iter()
            .filter_map(|item| match item {
                StatusDataItemName::Messages => Some("MESSAGES"),
                StatusDataItemName::Recent => Some("RECENT"),
                StatusDataItemName::UidNext => Some("UIDNEXT"),
                StatusDataItemName::UidValidity => Some("UIDVALIDITY"),
                StatusDataItemName::Unseen => Some("UNSEEN"),
                StatusDataItemName::HighestModSeq if self.shared.options.extensions.condstore => Some("HIGHESTMODSEQ"),
                _ => None,
            })
            .collect();
        if words.len() < items.len() {
            return Ok(Reply::bad("some of that is not counted here"));
        }
        self.condstore |= words.contains(&"HIGHESTMODSEQ");
        self.status_line(name, &mailbox, &words)?;
        Ok(Reply::ok("counted"))
    }

    fn list_line(&mut self, verb: &str, attributes: &str, name: &str) -> io::Result<()> {
        let separator = escaped(&self.shared.options.separator.to_string());
        self.out.line(&format!("* {verb} ({attributes}) \"{separator}\" \"{}\"", escaped(name)))
    }

    fn status_line(&mut self, name: &str, mailbox: &Mailbox, items: &[&str]) -> io::Result<()> {
        let values: Vec<String> =
            items.iter().filter_map(|item| Some(format!("{item} {}", value(mailbox, item)?))).collect();
        self.out.line(&format!("* STATUS \"{}\" ({})", escaped(name), values.join(" ")))
    }

    /// CREATE.
    pub(super) fn create(&mut self, name: &str) -> Reply {
        let separator = self.shared.options.separator;
        let name = name.strip_suffix(separator).unwrap_or(name);
        if name.is_empty() || name.split(separator).any(str::is_empty) {
            return Reply::no("[CANNOT] that is no name");
        }
        if utf7::encode(&utf7::decode(name)) != name {
            return Reply::no("[CANNOT] that is no modified UTF-7");
        }
        let mut mailboxes = self.shared.mailboxes();
        // The mailboxes above it are made with it (RFC 3501, section 6.3.3).
        for (end, _) in name.match_indices(separator) {
            mailboxes.create(&name[..end]);
        }
        match mailboxes.create(name) {
            Some(_) => Reply::ok("made"),
            None => Reply::no("[ALREADYEXISTS] there is one already"),
        }
    }

    /// DELETE.
    pub(super) fn delete(&mut self, name: &str) -> Reply {
        if name.eq_ignore_ascii_case("INBOX") {
            return Reply::no("[CANNOT] INBOX stays");
        }
        if self.shared.mailboxes().delete(name) {
            Reply::ok("deleted")
        } else {
            Reply::no("[NONEXISTENT] there is none")
        }
    }

    /// RENAME.
    pub(super) fn rename(&mut self, from: &str, to: &str) -> Reply {
        let separator = self.shared.options.separator;
        if self.shared.mailboxes().rename(from, to, separator) {
            Reply::ok("renamed")
        } else {
            Reply::no("[CANNOT] no")
        }
    }

    /// SUBSCRIBE and UNSUBSCRIBE.
    pub(super) fn subscribe(&mut self, name: &str, on: bool) -> Reply {
        match self.shared.mailboxes().get_mut(name) {
            Some(mailbox) => {
                mailbox.subscribed = on;
                Reply::ok("noted")
            }
            None => Reply::no("[NONEXISTENT] there is no such mailbox"),
        }
    }
}

fn copy(mailboxes: &Mailboxes) -> Vec<(String, Mailbox)> {
    mailboxes.iter().map(|(name, mailbox)| (name.clone(), mailbox.clone())).collect()
}

fn value(mailbox: &Mailbox, item: &str) -> Option<u64> {
    let unseen = || mailbox.messages.values().filter(|message| !message.flags.system.contains(System::SEEN)).count();
    match item {
        "MESSAGES" => Some(mailbox.messages.len() as u64),
        "RECENT" => Some(0),
        "UIDNEXT" => Some(u64::from(mailbox.uid_next)),
        "UIDVALIDITY" => Some(u64::from(mailbox.uid_validity)),
        "UNSEEN" => Some(unseen() as u64),
        "HIGHESTMODSEQ" => Some(mailbox.modseq),
        _ => None,
    }
}

fn text(pattern: &ListMailbox<'_>) -> String {
    let bytes: &[u8] = match pattern {
        ListMailbox::Token(token) => token.as_ref(),
        ListMailbox::String(text) => text.as_ref(),
    };
    String::from_utf8_lossy(bytes).into_owned()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Whether a mailbox is meant by a pattern; INBOX is, in whatever case (RFC 3501, section 5.1).
fn fits(pattern: &str, name: &str, separator: char) -> bool {
    matches(pattern, name, separator) || (name == "INBOX" && matches(&pattern.to_ascii_uppercase(), name, separator))
}

/// Whether a name matches a pattern: `*` stands for anything, `%` for anything within one level.
fn matches(pattern: &str, name: &str, separator: char) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut places = name.char_indices().map(|(place, letter)| (place, Some(letter))).chain([(name.len(), None)]);
    match first {
        '*' => places.any(|(place, _)| matches(rest, &name[place..], separator)),
        '%' => {
            for (place, letter) in places {
                if matches(rest, &name[place..], separator) {
                    return true;
                }
                if letter == Some(separator) {
                    return false;
                }
            }
            false
        }
        _ => name.strip_prefix(first).is_some_and(|name| matches(rest, name, separator)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stay_within_a_level_or_do_not() {
        for (pattern, name, fits) in [
            ("*", "a/b/c", true),
            ("%", "a", true),
            ("%", "a/b", false),
            ("a/%", "a/b", true),
            ("a/%", "a/b/c", false),
            ("a*c", "a/b/c", true),
            ("a", "ab", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name, '/'), fits, "{pattern} {name}");
        }
    }
}
