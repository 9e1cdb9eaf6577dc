//! Gmail's way with mail: one message, and labels on it that are shown as folders.
//!
//! A message is the same in all folders that show it: its flags are, and its X-GM-MSGID. `All Mail` shows all but what is in
//! the trash or is spam; what is put there loses its labels. A folder's own label is not told of a message in it
//! (<https://developers.google.com/workspace/gmail/imap/imap-extensions>).

mod commands;
mod names;
pub(super) mod words;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use commands::stays;
pub use names::Names;

use super::mailbox::{Mailbox, Message};
use crate::model::flags::{Flags, System};
use crate::model::ids::Uid;

/// What Gmail tells those that come when so many are there already.
pub(super) const CROWDED: &str = "[ALERT] Too many simultaneous connections. (Failure)";

/// How many may be there (<https://support.google.com/a/answer/9003945>).
pub(super) const MOST_CONNECTIONS: usize = 15;

/// The first X-GM-MSGID; they are large, and some need all of 64 bits.
const FIRST_IDENTITY: u64 = 0xF000_0000_0000_0001;

/// What a message was when this was last looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    /// Its flags, apart from `\Deleted`, which each folder has for itself.
    flags: Flags,
    folders: BTreeSet<String>,
}

/// The messages, and what the special folders are called.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) names: Names,
    next: u64,
    known: BTreeMap<u64, Known>,
}

/// Where copies of a message are.
type Copies = Vec<(String, Uid)>;

impl Labels {
    pub(super) fn new(names: Names) -> Self {
        Self { names, next: FIRST_IDENTITY, known: BTreeMap::new() }
    }

    /// Makes of what somebody did in one folder what it means in the others.
    pub(super) fn settle(&mut self, boxes: &mut BTreeMap<String, Mailbox>) {
        let mut all = self.adopt(boxes);
        for (identity, copies) in &mut all {
            let before = self.known.get(identity).cloned().unwrap_or_default();
            self.settle_place(&before, copies, boxes);
            let flags = self.settle_flags(&before, copies, boxes);
            let folders: BTreeSet<String> = copies.iter().map(|(name, _)| name.clone()).collect();
            if !before.folders.is_empty() && before.folders != folders {
                // Labels are a part of the message, and their changes are counted (RFC 7162).
                for (name, uid) in copies.iter() {
                    touch(boxes, name, *uid);
                }
            }
            self.known.insert(*identity, Known { flags, folders });
        }
        self.known.retain(|identity, _| all.get(identity).is_some_and(|copies| !copies.is_empty()));
    }

    /// Gives messages that came their identities: what is the same to the last byte is the same message, and is in a folder
    /// once.
    fn adopt(&mut self, boxes: &mut BTreeMap<String, Mailbox>) -> BTreeMap<u64, Copies> {
        let mut all: BTreeMap<u64, Copies> = BTreeMap::new();
        let mut new = Vec::new();
        for (name, mailbox) in boxes.iter() {
            for message in mailbox.messages.values() {
                match message.identity {
                    0 => new.push((name.clone(), message.uid)),
                    identity => all.entry(identity).or_default().push((name.clone(), message.uid)),
                }
            }
        }
        for (name, uid) in new {
            let Some(body) = find(boxes, &name, uid).map(|message| message.body.clone()) else { continue };
            let identity = boxes.values().find_map(|mailbox| mailbox.same_as(&body)).map(|message| message.identity);
            let identity = identity.unwrap_or_else(|| {
                self.next += 1;
                self.next
            });
            let copies = all.entry(identity).or_default();
            let Some(mailbox) = boxes.get_mut(&name) else { continue };
            if copies.iter().any(|(other, _)| *other == name) {
                mailbox.expunge(uid);
                continue;
            }
            copies.push((name, uid));
            if let Some(message) = mailbox.messages.get_mut(&uid) {
                message.identity = identity;
            }
        }
        all
    }

    /// What came into the trash, or to the spam, is nowhere else; what was taken out of there is among all mail.
    fn settle_place(&self, before: &Known, copies: &mut Copies, boxes: &mut BTreeMap<String, Mailbox>) {
        let aside = [self.names.trash, self.names.spam];
        let came = |name: &str| copies.iter().any(|(other, _)| other == name) && !before.folders.contains(name);
        let arrived = aside.into_iter().find(|name| came(name));
        let elsewhere = copies.iter().any(|(name, _)| !aside.contains(&name.as_str()));
        let message = copies.first().and_then(|(name, uid)| find(boxes, name, *uid)).cloned();
        let leave = |(name, uid): &(String, Uid)| {
            let stays = match arrived {
                Some(place) => name == place,
                None => !(elsewhere && aside.contains(&name.as_str())),
            };
            if !stays && let Some(mailbox) = boxes.get_mut(name) {
                mailbox.expunge(*uid);
            }
            stays
        };
        copies.retain(leave);
        if arrived.is_none() && elsewhere {
            show(boxes, copies, self.names.all, message.as_ref());
        }
    }

    /// The flag that changed in one folder changes in all, and what is flagged is shown among the starred.
    fn settle_flags(&self, before: &Known, copies: &mut Copies, boxes: &mut BTreeMap<String, Mailbox>) -> Flags {
        let deleted = Flags::of(System::DELETED);
        let starred = self.names.starred;
        let flags = |name: &str, uid: Uid, boxes: &BTreeMap<String, Mailbox>| {
            find(boxes, name, uid).map(|message| message.flags.minus(&deleted))
        };
        let mut agreed = copies
            .iter()
            // A copy that has just been made says nothing beside those that were there.
            .filter(|(name, _)| before.folders.is_empty() || before.folders.contains(name))
            .find_map(|(name, uid)| flags(name, *uid, boxes).filter(|flags| *flags != before.flags))
            .unwrap_or_else(|| before.flags.clone());
        let is_shown = copies.iter().any(|(name, _)| name == starred);
        let was_shown = before.folders.contains(starred);
        if is_shown != was_shown {
            let star = Flags::of(System::FLAGGED);
            agreed = if is_shown { agreed.union(&star) } else { agreed.minus(&star) };
        }
        for (name, uid) in copies.iter() {
            let Some(mailbox) = boxes.get_mut(name) else { continue };
            let own = mailbox.messages.get(uid).filter(|message| message.flags.system.contains(System::DELETED));
            let all = if own.is_some() { agreed.union(&deleted) } else { agreed.clone() };
            mailbox.set_flags(*uid, all);
        }
        self.show_star(&agreed, copies, boxes);
        agreed
    }

    fn show_star(&self, flags: &Flags, copies: &mut Copies, boxes: &mut BTreeMap<String, Mailbox>) {
        let starred = self.names.starred;
        let aside = |name: &str| name == self.names.trash || name == self.names.spam;
        if flags.system.contains(System::FLAGGED) && !copies.iter().any(|(name, _)| aside(name)) {
            let message = copies.first().and_then(|(name, uid)| find(boxes, name, *uid)).cloned();
            show(boxes, copies, starred, message.as_ref());
        } else if let Some(place) = copies.iter().position(|(name, _)| name == starred) {
            let (name, uid) = copies.remove(place);
            boxes.get_mut(&name).and_then(|mailbox| mailbox.expunge(uid));
        }
    }
}

fn find<'a>(boxes: &'a BTreeMap<String, Mailbox>, name: &str, uid: Uid) -> Option<&'a Message> {
    boxes.get(name)?.messages.get(&uid)
}

fn touch(boxes: &mut BTreeMap<String, Mailbox>, name: &str, uid: Uid) {
    if let Some(mailbox) = boxes.get_mut(name) {
        mailbox.touch(uid);
    }
}

/// Shows a message in one more folder.
fn show(boxes: &mut BTreeMap<String, Mailbox>, copies: &mut Copies, name: &str, message: Option<&Message>) {
    let Some(message) = message.filter(|_| !copies.iter().any(|(other, _)| other == name)) else { return };
    let Some(mailbox) = boxes.get_mut(name) else { return };
    let flags = message.flags.minus(&Flags::of(System::DELETED));
    let Some(uid) = mailbox.append(flags, message.date, message.body.clone()) else { return };
    if let Some(copy) = mailbox.messages.get_mut(&uid) {
        copy.identity = message.identity;
    }
    copies.push((name.to_owned(), uid));
}
