//! Deleting at Gmail, where a folder is a label and to be expunged only means to lose it.
//!
//! What was put into the trash is in no other folder any more. So only a message that has no other label goes there; one that
//! has loses the label of the folder in which it was deleted, and stays in the others. All Mail is no label: what is deleted
//! there goes to the trash if it has none at all, and stays otherwise. In the trash and among the spam, deleted is deleted.

use std::collections::{HashMap, HashSet};

use super::mailbox::{ImapMailbox, SET_LENGTH};
use super::quote::quote;
use super::refusal::refused;
use super::response::{ListItem, Special, Untagged};
use super::status::Word;
use crate::config::settings::{GmailSettings, LabelSettings};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::message::MessageId;
use crate::model::uidset::UidSet;

/// What Gmail calls its trash in English.
const TRASH: &str = "[Gmail]/Trash";
/// What Gmail calls its spam in English.
const SPAM: &str = "[Gmail]/Spam";

/// Labels that say something of a message, not where it is.
const REMARKS: [&str; 3] = ["\\Important", "\\Starred", "\\Muted"];

/// Searches that are under way at once.
const WINDOW: usize = 50;

type Faults = Vec<(MessageId, Fault)>;

/// What is known of Gmail's folders.
#[derive(Debug)]
pub(super) struct Gmail {
    settings: GmailSettings,
    /// Once the server has been asked.
    places: Option<Places>,
}

/// The folders that are no labels, as they stand on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Places {
    trash: String,
    spam: String,
    /// `None` where the user's settings at Gmail hide it.
    all: Option<String>,
}

impl Gmail {
    pub(super) fn new(settings: GmailSettings) -> Self {
        Self { settings, places: None }
    }

    /// How labels are kept the same, if they are.
    pub(super) fn labels(&self) -> Option<&LabelSettings> {
        self.settings.labels.as_ref()
    }
}

impl Places {
    /// Finds them in a listing: as they are named in the configuration, else by what they are for (RFC 6154), which is the
    /// same in any language, else by their English names. Without a trash that is there, its name is given back.
    fn find(settings: &GmailSettings, listed: &[ListItem]) -> Result<Self, String> {
        let used = |special| listed.iter().find(|item| item.special == Some(special)).map(|item| item.name.clone());
        let named = |given: &Option<String>, special, usual: &str| {
            given.clone().or_else(|| used(special)).unwrap_or_else(|| usual.to_owned())
        };
        let trash = named(&settings.trash, Special::Trash, TRASH);
        if !listed.iter().any(|item| item.name == trash && item.selectable) {
            return Err(trash);
        }
        Ok(Self { trash, spam: named(&settings.spam, Special::Junk, SPAM), all: used(Special::All) })
    }
}

/// What the server says of a message.
struct Labelled {
    uid: Uid,
    identity: u64,
    /// Whether it is in another folder.
    filed: bool,
}

impl ImapMailbox<'_> {
    /// Deletes messages as somebody who deletes them in this folder means it.
    pub(super) fn delete_at_gmail(&mut self, set: &UidSet) -> Result<Faults, Fault> {
        self.ensure_writable("deleting from")?;
        let places = self.places()?;
        if !self.expunge || [&places.trash, &places.spam].contains(&&self.name) {
            return self.delete_all(set);
        }
        let (labelled, mut faults) = self.labelled(set)?;
        let unfiled: UidSet = labelled.iter().filter(|one| !one.filed).map(|one| one.uid).collect();
        faults.extend(self.throw_away(&unfiled, &places.trash)?);
        let filed: Vec<Labelled> = labelled.into_iter().filter(|one| one.filed).collect();
        if places.all.as_ref() == Some(&self.name) {
            self.spared.extend(filed.iter().map(|one| MessageId::Uid(one.uid)));
            return Ok(faults);
        }
        faults.extend(self.delete_all(&filed.iter().map(|one| one.uid).collect())?);
        if let Some(all) = places.all.as_ref().filter(|_| !filed.is_empty()) {
            faults.extend(self.throw_away_unlabelled(&filed, all, &places.trash)?);
        }
        Ok(faults)
    }

    /// Where the trash, the spam and all mail are. The server is asked once.
    fn places(&mut self) -> Result<Places, Fault> {
        let known = self.gmail.as_ref().and_then(|gmail| gmail.places.clone());
        if let Some(places) = known {
            return Ok(places);
        }
        let mut listed = Vec::new();
        let statuses = self.connection.run(&["LIST \"\" \"*\"".to_owned()], &mut |untagged| {
            if let Untagged::List(item) = untagged {
                listed.push(item);
            }
            Ok(())
        });
        let statuses = statuses.map_err(|trouble| self.connection.lost("looking for the trash", &trouble))?;
        let doing = format!("deleting messages from {} on {}", self.name, self.connection.peer);
        if let Some(status) = statuses.iter().find(|status| status.word != Word::Ok) {
            return Err(refused(status, Reach::Folder, doing));
        }
        let settings = self.gmail.as_ref().map(|gmail| gmail.settings.clone()).unwrap_or_default();
        let places = Places::find(&settings, &listed).map_err(|trash| {
            Fault::new(Reach::Folder, FaultKind::Refused, doing, format!("there is no trash folder {trash}"))
                .advise("nothing was deleted; name it with trashfolder, and let Gmail's settings show it in IMAP")
        })?;
        if let Some(gmail) = &mut self.gmail {
            gmail.places = Some(places.clone());
        }
        Ok(places)
    }

    /// Which of the messages have labels beside this folder's. Those that are gone are left out; of those of which the server
    /// doesn't tell, why.
    fn labelled(&mut self, set: &UidSet) -> Result<(Vec<Labelled>, Faults), Fault> {
        let pieces = set.pieces(SET_LENGTH);
        if !self.connection.capabilities.has("X-GM-EXT-1") {
            // Whatever it is, it has no labels.
            let plain = |uid| Labelled { uid, identity: 0, filed: false };
            return Ok((set.iter().map(plain).collect(), Vec::new()));
        }
        let commands: Vec<String> =
            pieces.iter().map(|piece| format!("UID FETCH {piece} (UID X-GM-MSGID X-GM-LABELS)")).collect();
        let (mut told, mut dumb) = (HashMap::new(), Vec::new());
        let statuses = self.connection.run(&commands, &mut |untagged| {
            if let Untagged::Fetch(fetched) = untagged
                && let Some(uid) = fetched.uid.filter(|uid| set.contains(*uid))
            {
                match fetched.identity.zip(fetched.labels) {
                    Some((identity, labels)) => {
                        told.insert(uid, Labelled { uid, identity, filed: labels.iter().any(|label| is_place(label)) });
                    }
                    None => dumb.push(uid),
                }
            }
            Ok(())
        });
        let statuses = statuses.map_err(|trouble| self.connection.lost("asking for labels", &trouble))?;
        let doing = format!("deleting messages in {} on {}", self.name, self.connection.peer);
        let mut faults = Vec::new();
        for (status, piece) in statuses.iter().zip(&pieces).filter(|(status, _)| status.word != Word::Ok) {
            let fault = refused(status, Reach::Message, doing.clone());
            let untold = piece.iter().filter(|uid| !told.contains_key(uid));
            faults.extend(untold.map(|uid| (MessageId::Uid(uid), fault.clone())));
        }
        let cause = "the server doesn't tell in which other folders it is";
        let silent = Fault::new(Reach::Message, FaultKind::Server, doing, cause);
        let untold = dumb.into_iter().filter(|uid| !told.contains_key(uid));
        faults.extend(untold.map(|uid| (MessageId::Uid(uid), silent.clone())));
        Ok((told.into_values().collect(), faults))
    }

    /// Moves messages to the trash; where the server can't move, they are copied there and deleted here.
    fn throw_away(&mut self, set: &UidSet, trash: &str) -> Result<Faults, Fault> {
        let Some(trash) = quote(trash).filter(|_| !set.is_empty()) else { return Ok(Vec::new()) };
        let moves = self.connection.capabilities.has("MOVE");
        let verb = if moves { "MOVE" } else { "COPY" };
        let pieces = set.pieces(SET_LENGTH);
        let commands: Vec<_> = pieces.into_iter().map(|piece| (format!("UID {verb} {piece} {trash}"), piece)).collect();
        let mut faults = self.run_on_sets(&commands, "moving messages to the trash")?;
        if !moves {
            let failed: HashSet<MessageId> = faults.iter().map(|(id, _)| *id).collect();
            let copied = set.iter().filter(|uid| !failed.contains(&MessageId::Uid(*uid))).collect();
            faults.extend(self.delete_all(&copied)?);
        }
        Ok(faults)
    }

    /// Moves to the trash those messages that were deleted in their last folder, several of which may have been emptied at once:
    /// by now they have no label, and are only among all mail.
    fn throw_away_unlabelled(&mut self, gone: &[Labelled], all: &str, trash: &str) -> Result<Faults, Fault> {
        let ours: HashMap<u64, Uid> = gone.iter().map(|one| (one.identity, one.uid)).collect();
        let mut there = ImapMailbox::new(&mut *self.connection, all, true)?;
        there.ensure_writable("deleting from")?;
        let found = there.find(ours.keys())?;
        let (labelled, _) = there.labelled(&found)?;
        let unfiled = labelled.iter().filter(|one| !one.filed && ours.contains_key(&one.identity));
        let unfiled: HashMap<Uid, u64> = unfiled.map(|one| (one.uid, one.identity)).collect();
        let faults = there.throw_away(&unfiled.keys().copied().collect(), trash)?;
        self.selected = None;
        self.ensure_selected()?;
        let name = |id: MessageId| Some(MessageId::Uid(*ours.get(unfiled.get(&id.uid()?)?)?));
        Ok(faults.into_iter().filter_map(|(id, fault)| Some((name(id)?, fault))).collect())
    }

    /// The messages that Gmail calls so.
    fn find<'b>(&mut self, identities: impl Iterator<Item = &'b u64>) -> Result<UidSet, Fault> {
        let commands: Vec<String> = identities.map(|identity| format!("UID SEARCH X-GM-MSGID {identity}")).collect();
        let mut found = UidSet::default();
        for window in commands.chunks(WINDOW) {
            let searched = self.connection.run(window, &mut |untagged| {
                if let Untagged::Found(uids) = untagged {
                    found.insert_all(&uids);
                }
                Ok(())
            });
            searched.map_err(|trouble| self.connection.lost("looking for messages", &trouble))?;
        }
        Ok(found)
    }
}

/// Whether a label stands for a folder that somebody has put the message into.
fn is_place(label: &str) -> bool {
    !REMARKS.iter().any(|remark| remark.eq_ignore_ascii_case(label))
}

#[cfg(test)]
mod tests;
