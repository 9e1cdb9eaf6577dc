//! One mailbox on a server: looking at it, and changing flags.

use std::collections::{BTreeMap, HashSet};

use super::append::Append;
use super::connection::Connection;
use super::fetch;
use super::gmail::Gmail;
use super::outside;
use super::quote::quote;
use super::reader::Ignore;
use super::recognise;
use super::refusal::refused;
use super::select::Seen;
use super::status::{Status, Word};
use crate::model::extent::{Bounds, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Holds;
use crate::model::ids::{Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::{Fingerprint, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::store::left_out::Names;
use crate::store::{Delivery, FlagChange, Known, Labelled, Mailbox};

/// Characters of a UID set in one command; servers limit a line's length.
pub(super) const SET_LENGTH: usize = 8000;

/// A mailbox. It is selected by the first look.
pub(super) struct ImapMailbox<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) name: String,
    pub(super) quoted: String,
    pub(super) writable: bool,
    pub(super) selected: Option<Seen>,
    pub(super) expunge: bool,
    pub(super) gmail: Option<&'a mut Gmail>,
    /// What was not deleted, since it belongs here as long as it is anywhere.
    pub(super) spared: Vec<MessageId>,
}

impl<'a> ImapMailbox<'a> {
    pub(super) fn new(connection: &'a mut Connection, name: &str, writable: bool) -> Result<Self, Fault> {
        let quoted = quote(name).ok_or_else(|| {
            let doing = format!("opening the folder {name:?} on {}", connection.peer);
            Fault::new(Reach::Folder, FaultKind::Refused, doing, "its name holds a line end")
        })?;
        Ok(Self {
            connection,
            name: name.to_owned(),
            quoted,
            writable,
            selected: None,
            expunge: true,
            gmail: None,
            spared: Vec::new(),
        })
    }

    /// The same; whether it removes what is deleted, or only marks it.
    pub(super) fn expunging(self, expunge: bool) -> Self {
        Self { expunge, ..self }
    }

    /// The same; at Gmail, where that is so, what is deleted goes to the trash.
    pub(super) fn at_gmail(self, gmail: Option<&'a mut Gmail>) -> Self {
        Self { gmail, ..self }
    }

    fn doing(&self, what: &str) -> String {
        format!("{what} the folder {} on {}", self.name, self.connection.peer)
    }

    fn refused(&self, what: &str, status: &Status) -> Fault {
        refused(status, Reach::Folder, self.doing(what))
    }

    /// Runs commands of which the first selects the mailbox, and gives back what they brought and how they ended.
    fn run_selecting(&mut self, commands: &[String]) -> Result<(Seen, Vec<Status>), Fault> {
        let mut seen = Seen::default();
        let statuses = self.connection.run(commands, &mut seen);
        let statuses = statuses.map_err(|trouble| self.connection.lost("listing messages", &trouble))?;
        if let Some(first) = statuses.first().filter(|first| first.word == Word::Ok) {
            seen.code(first.code.clone());
        }
        Ok((seen, statuses))
    }

    /// The same, where each has to end well.
    pub(super) fn select(&mut self, commands: &[String]) -> Result<Seen, Fault> {
        let (seen, statuses) = self.run_selecting(commands)?;
        match statuses.iter().position(|status| status.word != Word::Ok) {
            Some(0) => Err(self.refused("opening", &statuses[0])),
            // Some servers refuse to list an empty mailbox.
            Some(place) if seen.exists() != Some(0) => Err(self.refused("listing", &statuses[place])),
            _ => Ok(seen),
        }
    }

    /// The same; `None` where one of them is refused. There are servers that offer what they don't understand.
    pub(super) fn select_if_able(&mut self, commands: &[String]) -> Result<Option<Seen>, Fault> {
        let (seen, statuses) = self.run_selecting(commands)?;
        Ok(statuses.iter().all(|status| status.word == Word::Ok).then_some(seen))
    }

    pub(super) fn ensure_selected(&mut self) -> Result<(), Fault> {
        if self.selected.is_none() {
            let seen = self.select(&[self.select_command("")])?;
            self.selected = Some(seen);
        }
        Ok(())
    }

    /// Selects the mailbox unless it is, and refuses to go on when it may only be read.
    pub(super) fn ensure_writable(&mut self, what: &str) -> Result<(), Fault> {
        self.ensure_selected()?;
        if self.read_only() {
            let cause = "it may only be read";
            return Err(Fault::new(Reach::Folder, FaultKind::Refused, self.doing(what), cause));
        }
        Ok(())
    }

    /// Runs commands about messages; for each that is refused, the messages of its set with the fault.
    pub(super) fn run_on_sets(
        &mut self,
        commands: &[(String, UidSet)],
        what: &str,
    ) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.run_each_on_sets(commands, what, |_| what.to_owned())
    }

    /// The same; `each` says what the command in this place was to do.
    pub(super) fn run_each_on_sets(
        &mut self,
        commands: &[(String, UidSet)],
        what: &str,
        each: impl Fn(usize) -> String,
    ) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.ensure_selected()?;
        let texts: Vec<String> = commands.iter().map(|(text, _)| text.clone()).collect();
        let statuses = self.connection.run(&texts, &mut Ignore);
        let statuses = statuses.map_err(|trouble| self.connection.lost(what, &trouble))?;
        let mut faults = Vec::new();
        let all = statuses.iter().zip(commands).enumerate();
        for (place, (status, (_, set))) in all.filter(|(_, (status, _))| status.word != Word::Ok) {
            let doing = format!("{} in {} on {}", each(place), self.name, self.connection.peer);
            let fault = refused(status, Reach::Message, doing);
            faults.extend(set.iter().map(|uid| (MessageId::Uid(uid), fault.clone())));
        }
        Ok(faults)
    }
}

impl Mailbox for ImapMailbox<'_> {
    fn holds(&self) -> Holds {
        let Some(seen) = &self.selected else { return Holds::ALL };
        if self.read_only() { seen.shows() } else { seen.holds() }
    }

    fn read_only(&self) -> bool {
        !self.writable || self.selected.as_ref().is_some_and(|seen| seen.read_only)
    }

    fn uid_validity(&self) -> Option<UidValidity> {
        self.selected.as_ref().and_then(|seen| seen.uid_validity)
    }

    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        let since = known.and_then(|known| match known.mark {
            Mark::Server(mark) => mark.highest_modseq.map(|modseq| (mark, modseq.0, known.uids)),
            Mark::Maildir(_) => None,
        });
        let changes = match since {
            Some((mark, modseq, uids)) if self.connection.qresync => self.look_by_qresync(mark, modseq, uids)?,
            Some((mark, modseq, uids)) if self.connection.capabilities.condstore() => {
                self.look_by_condstore(mark, modseq, uids)?
            }
            _ => None,
        };
        match changes {
            Some(look) => Ok(look),
            None => self.look_at_all(),
        }
    }

    fn outside(&mut self, bounds: &Bounds, _among: &[MessageId]) -> Result<Outside, Fault> {
        self.ensure_selected()?;
        // Some servers refuse to search an empty mailbox.
        if self.selected.as_ref().is_some_and(|seen| seen.exists() == Some(0)) {
            return Ok(Outside::default());
        }
        outside::outside(self.connection, &self.name, bounds)
    }

    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.ensure_selected()?;
        let ignored = self.keeps_labels().then(|| self.ignored_labels());
        fetch::fetch(self.connection, &self.name, (&uids(wanted), ignored.as_ref()), to)
    }

    fn deliver<'b>(&'b mut self) -> Result<Box<dyn Delivery + 'b>, Fault> {
        self.ensure_writable("uploading to")?;
        let validity = self.uid_validity();
        Ok(Box::new(Append::new(self.connection, &self.name, &self.quoted, validity)))
    }

    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.ensure_writable("changing flags in")?;
        let mut groups: BTreeMap<String, UidSet> = BTreeMap::new();
        for change in changes {
            let MessageId::Uid(uid) = change.id else { continue };
            for (sign, flags) in [('+', &change.add), ('-', &change.remove)] {
                if !flags.is_empty() {
                    groups.entry(format!("{sign}FLAGS.SILENT ({flags})")).or_default().insert(uid);
                }
            }
        }
        let commands: Vec<(String, UidSet)> = groups
            .iter()
            .flat_map(|(action, set)| set.pieces(SET_LENGTH).into_iter().map(move |piece| (action, piece)))
            .map(|(action, piece)| (format!("UID STORE {piece} {action}"), piece))
            .collect();
        self.run_on_sets(&commands, "changing flags")
    }

    fn delete(&mut self, ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        if self.gmail.is_some() { self.delete_at_gmail(&uids(ids)) } else { self.delete_all(&uids(ids)) }
    }

    fn spared(&mut self) -> Vec<MessageId> {
        std::mem::take(&mut self.spared)
    }

    fn removes(&self) -> bool {
        self.expunge
    }

    fn identifies(&self) -> bool {
        self.connection.capabilities.has("X-GM-EXT-1")
    }

    fn identities(&mut self, uids: &[Uid]) -> Result<Vec<(Uid, u64)>, Fault> {
        self.ensure_selected()?;
        recognise::identities(self.connection, &uids.iter().copied().collect())
    }

    fn left_out(&self) -> Names {
        self.connection.left_out.clone()
    }

    fn labelled(&mut self) -> Option<&mut dyn Labelled> {
        if self.keeps_labels() { Some(self) } else { None }
    }

    fn number(&mut self, _pairs: &[(MessageId, Uid)]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        Ok(Vec::new())
    }

    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        self.ensure_selected()?;
        match id {
            MessageId::Uid(uid) => {
                let found = recognise::fingerprints(self.connection, &UidSet::from_iter([uid]), None)?;
                Ok(found.into_iter().next().map(|(_, print)| print))
            }
            MessageId::Fresh(_) => Ok(None),
        }
    }

    fn fingerprints(
        &mut self,
        ids: &[MessageId],
        sizes: Option<&HashSet<u64>>,
    ) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
        self.ensure_selected()?;
        recognise::fingerprints(self.connection, &uids(ids), sizes)
    }
}

pub(super) fn uids(ids: &[MessageId]) -> UidSet {
    ids.iter()
        .filter_map(|id| match id {
            MessageId::Uid(uid) => Some(*uid),
            MessageId::Fresh(_) => None,
        })
        .collect()
}
