//! The mailboxes, without any protocol: messages with UIDs, flags and modification sequences, and what was expunged when.

use std::collections::BTreeMap;
use std::io::{PipeWriter, Write};
use std::sync::Arc;

use super::gmail::{Labels, Names};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::InternalDate;

/// One message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its UID.
    pub uid: Uid,
    /// The modification sequence of its last change.
    pub modseq: u64,
    /// Its flags.
    pub flags: Flags,
    /// When it arrived.
    pub date: InternalDate,
    /// What Gmail calls it by, in whatever folder it is (X-GM-MSGID); 0 elsewhere.
    pub identity: u64,
    /// Its bytes, with CRLF line ends.
    pub body: Arc<[u8]>,
}

/// One mailbox.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Changes when UIDs lose their meaning.
    pub uid_validity: u32,
    /// The next message's UID.
    pub uid_next: u32,
    /// The highest modification sequence.
    pub modseq: u64,
    /// The messages by UID.
    pub messages: BTreeMap<Uid, Message>,
    /// What is gone: UIDs with the modification sequence at which they went.
    pub expunged: Vec<(u64, Uid)>,
    /// Whether it is subscribed to.
    pub subscribed: bool,
    /// Its special use, such as `\Sent` (RFC 6154).
    pub special_use: Option<&'static str>,
    /// Whether it holds messages; else it is only a name that others are below.
    pub selectable: bool,
}

impl Mailbox {
    fn new(uid_validity: u32) -> Self {
        Self {
            uid_validity,
            uid_next: 1,
            modseq: 1,
            messages: BTreeMap::new(),
            expunged: Vec::new(),
            subscribed: false,
            special_use: None,
            selectable: true,
        }
    }

    fn change(&mut self) -> u64 {
        self.modseq += 1;
        self.modseq
    }

    /// Adds a message under the next UID.
    pub fn append(&mut self, flags: Flags, date: InternalDate, body: Arc<[u8]>) -> Option<Uid> {
        let uid = Uid::new(self.uid_next)?;
        self.uid_next += 1;
        let modseq = self.change();
        self.messages.insert(uid, Message { uid, modseq, flags, date, identity: 0, body });
        Some(uid)
    }

    /// Gives a message other flags. One that has them already, or is gone, is left as it is.
    pub fn set_flags(&mut self, uid: Uid, flags: Flags) {
        if self.messages.get(&uid).is_some_and(|message| message.flags != flags) {
            let modseq = self.change();
            if let Some(message) = self.messages.get_mut(&uid) {
                message.flags = flags;
                message.modseq = modseq;
            }
        }
    }

    /// Something about a message has changed that isn't kept here.
    pub(super) fn touch(&mut self, uid: Uid) {
        let modseq = self.change();
        if let Some(message) = self.messages.get_mut(&uid) {
            message.modseq = modseq;
        }
    }

    /// The message with these bytes, once it has an identity.
    pub(super) fn same_as(&self, body: &[u8]) -> Option<&Message> {
        self.messages.values().find(|message| message.identity != 0 && *message.body == *body)
    }

    /// Removes a message for good.
    pub fn expunge(&mut self, uid: Uid) -> Option<Message> {
        let message = self.messages.remove(&uid)?;
        let modseq = self.change();
        self.expunged.push((modseq, uid));
        Some(message)
    }
}

/// All the mailboxes of the one user, and who wants to be woken when they change.
#[derive(Debug, Default)]
pub struct Mailboxes {
    boxes: BTreeMap<String, Mailbox>,
    next_validity: u32,
    watchers: Vec<PipeWriter>,
    labels: Option<Labels>,
}

impl Mailboxes {
    /// Gmail's, with its special folders.
    pub(super) fn of_gmail(names: Names) -> Self {
        let mut mailboxes = Self { labels: Some(Labels::new(names)), ..Self::default() };
        if let Some(root) = mailboxes.create(names.root) {
            root.selectable = false;
        }
        for (name, special_use, _) in names.uses() {
            if let Some(mailbox) = mailboxes.create(name) {
                mailbox.special_use = Some(special_use);
            }
        }
        mailboxes
    }

    /// What makes them Gmail's, if they are.
    pub(super) fn gmail(&self) -> Option<&Labels> {
        self.labels.as_ref()
    }

    /// The mailboxes by name. INBOX is spelt so.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Mailbox)> {
        self.boxes.iter()
    }

    /// The mailbox called so.
    pub fn get(&self, name: &str) -> Option<&Mailbox> {
        self.boxes.get(&*canonical(name))
    }

    /// The mailbox called so, to be changed. Call [`Self::wake`] afterwards.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Mailbox> {
        self.boxes.get_mut(&*canonical(name))
    }

    /// Makes a mailbox; `None` when there is one already.
    pub fn create(&mut self, name: &str) -> Option<&mut Mailbox> {
        let name = canonical(name);
        if self.boxes.contains_key(&*name) {
            return None;
        }
        self.next_validity += 1;
        let fresh = Mailbox::new(1_600_000_000 + self.next_validity);
        Some(self.boxes.entry(name.into_owned()).or_insert(fresh))
    }

    /// Removes a mailbox; whether there was one.
    pub fn delete(&mut self, name: &str) -> bool {
        self.boxes.remove(&*canonical(name)).is_some()
    }

    /// Renames a mailbox and those beneath it. INBOX is never renamed. Whether it could be done.
    pub fn rename(&mut self, from: &str, to: &str, separator: char) -> bool {
        let beneath = format!("{from}{separator}");
        if canonical(from) == "INBOX" || self.get(to).is_some() {
            return false;
        }
        let names: Vec<String> =
            self.boxes.keys().filter(|name| *name == from || name.starts_with(&beneath)).cloned().collect();
        for name in &names {
            if let Some(mailbox) = self.boxes.remove(name) {
                self.boxes.insert(format!("{to}{}", &name[from.len()..]), mailbox);
            }
        }
        !names.is_empty()
    }

    /// Wakes whoever waits for changes, once they mean all that they mean.
    pub fn wake(&mut self) {
        if let Some(labels) = &mut self.labels {
            labels.settle(&mut self.boxes);
        }
        self.watchers.retain_mut(|watcher| watcher.write_all(b"!").is_ok());
    }

    /// Writes a byte here after each change, until the other end is closed.
    pub fn watch(&mut self, watcher: PipeWriter) {
        self.watchers.push(watcher);
    }
}

fn canonical(name: &str) -> std::borrow::Cow<'_, str> {
    if name.eq_ignore_ascii_case("INBOX") { "INBOX".into() } else { name.into() }
}
