//! What Gmail understands beyond IMAP.

use std::io;

use imap_codec::imap_types::sequence::SequenceSet;

use super::words::{Gmail, Item};
use crate::demo::input::Extras;
use crate::demo::mailbox::{Mailboxes, Message};
use crate::demo::session::{Reply, Session};
use crate::model::ids::Uid;

/// Labels that are longer than this are refused.
const LONGEST: usize = 225;

impl Mailboxes {
    /// The labels of a message, without that of the folder it is looked at in.
    pub fn labels(&self, folder: &str, identity: u64) -> Vec<String> {
        let Some(labels) = self.gmail() else { return Vec::new() };
        let has = |messages: &crate::demo::Mailbox| messages.messages.values().any(|one| one.identity == identity);
        let others = self.iter().filter(|(name, mailbox)| *name != folder && has(mailbox));
        others.filter_map(|(name, _)| labels.names.label(name)).collect()
    }

    fn put_label(&mut self, message: &Message, label: &str, on: bool) {
        let Some(folder) = self.gmail().map(|labels| labels.names.folder(label)) else { return };
        // Capital letters make no other label.
        let same = self.iter().find(|(name, _)| name.eq_ignore_ascii_case(&folder)).map(|(name, _)| name.to_owned());
        let folder = same.unwrap_or(folder);
        if on {
            self.create(&folder);
        }
        let Some(mailbox) = self.get_mut(&folder) else { return };
        match mailbox.same_as(&message.body).map(|there| there.uid) {
            None if on => {
                mailbox.append(message.flags.clone(), message.date, message.body.clone());
            }
            Some(uid) if !on => {
                mailbox.expunge(uid);
            }
            _ => {}
        }
    }
}

impl Session<'_> {
    /// STORE of X-GM-LABELS.
    pub(in crate::demo) fn store_labels(
        &mut self,
        set: &SequenceSet,
        by_uid: bool,
        extras: &Extras,
    ) -> io::Result<Reply> {
        self.news(false)?;
        let Some(Gmail::Store(how, labels)) = &extras.gmail else { return Ok(Reply::bad("labels are not fetched so")) };
        let Some(selected) = &self.selected else { return Ok(Reply::bad("select a mailbox first")) };
        if selected.read_only {
            return Ok(Reply::no("look only"));
        }
        if labels.iter().any(|label| label.len() > LONGEST) {
            return Ok(Reply::no("[CANNOT] Invalid label (Failure)"));
        }
        let (folder, chosen) = (selected.name.clone(), selected.resolve(set, by_uid));
        let mut mailboxes = self.shared.mailboxes();
        let uids: Vec<Uid> = chosen.into_iter().map(|(_, uid)| uid).collect();
        for uid in uids {
            let Some(message) = mailboxes.get(&folder).and_then(|there| there.messages.get(&uid)).cloned() else {
                continue;
            };
            if how.is_none() {
                for label in mailboxes.labels(&folder, message.identity) {
                    mailboxes.put_label(&message, &label, labels.contains(&label));
                }
            }
            for label in labels {
                mailboxes.put_label(&message, label, *how != Some(false));
            }
        }
        mailboxes.wake();
        Ok(Reply::ok("Success"))
    }

    /// One of Gmail's attributes as FETCH tells it.
    pub(in crate::demo) fn gmail_item(&mut self, folder: &str, message: &Message, item: Item) -> io::Result<()> {
        let value = match item {
            Item::Identity | Item::Thread => message.identity.to_string(),
            Item::Labels => {
                let labels = self.shared.mailboxes().labels(folder, message.identity);
                format!("({})", labels.iter().map(|label| written(label)).collect::<Vec<_>>().join(" "))
            }
        };
        self.out.put(format!("{} {value} ", item.name()).as_bytes())
    }
}

/// A label as it is sent: bare where that can be read, else quoted.
fn written(label: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/.&".contains(&byte);
    if !label.is_empty() && label.bytes().all(bare) {
        return label.to_owned();
    }
    format!("\"{}\"", label.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether nothing can be removed from a folder: that a message is among all mail is no label that could be taken away.
pub(in crate::demo) fn stays(mailboxes: &Mailboxes, folder: &str) -> bool {
    mailboxes.gmail().is_some_and(|labels| labels.names.all == folder)
}
