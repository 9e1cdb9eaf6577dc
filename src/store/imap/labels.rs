//! Gmail's labels: X-GM-LABELS, read and changed.

use std::collections::{BTreeMap, HashMap};

use super::gmail::Gmail;
use super::mailbox::{ImapMailbox, SET_LENGTH};
use super::quote::quote;
use super::recognise;
use crate::config::settings::LabelSettings;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::labels::Labels;
use crate::model::message::MessageId;
use crate::model::uidset::UidSet;
use crate::model::utf7;
use crate::store::Labelled;
use crate::store::label_field::LabelField;
use crate::store::labels::{Carried, Labelling, Relabel, Told};

/// Letters of a label that are shown.
const SHOWN: usize = 50;

/// Labels as they stand on the wire, as people read them: they are in modified UTF-7.
pub(super) fn read(wire: &[String]) -> Labels {
    wire.iter().map(|label| utf7::read(label).unwrap_or_else(|| label.clone())).collect()
}

/// A label as it is sent: Gmail's own as they stand, others quoted. `None` for what can't be sent.
fn written(label: &str) -> Option<String> {
    let is_own = label
        .strip_prefix('\\')
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if is_own { Some(label.to_owned()) } else { quote(&utf7::encode(label)) }
}

/// What is done to a message with a label, of which the beginning says enough.
fn doing(adds: bool, label: &str) -> String {
    let short: String = label.chars().take(SHOWN).collect();
    let more = if short.len() < label.len() { "…" } else { "" };
    let what = if adds { "adding" } else { "removing" };
    format!("{what} the label \"{short}{more}\"")
}

impl ImapMailbox<'_> {
    fn label_settings(&self) -> Option<&LabelSettings> {
        self.gmail.as_deref().and_then(Gmail::labels)
    }

    /// Whether labels are to be kept the same, and the server has any.
    pub(super) fn keeps_labels(&self) -> bool {
        self.label_settings().is_some() && self.connection.capabilities.has("X-GM-EXT-1")
    }

    /// Labels that are left as they are.
    pub(super) fn ignored_labels(&self) -> Labels {
        self.label_settings().map(|settings| settings.ignored.clone()).unwrap_or_default()
    }
}

impl Labelled for ImapMailbox<'_> {
    fn manner(&mut self) -> u64 {
        0
    }

    /// A server can't tell what is as it was recorded: whoever looked at the mailbox knows which messages have changed.
    fn labels(&mut self, wanted: &UidSet, _recorded: &Labelling) -> Result<Vec<Told<Carried>>, Fault> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        self.ensure_selected()?;
        let ignored = self.ignored_labels();
        let told = recognise::labels(self.connection, wanted)?;
        let carried = |wire: Vec<String>| Carried { labels: Some(read(&wire).minus(&ignored)), stamp: 0 };
        Ok(told.into_iter().map(|(uid, wire)| (uid, Ok(carried(wire)))).collect())
    }

    fn senders(&mut self, wanted: &UidSet) -> Result<HashMap<Uid, Labels>, Fault> {
        let Some(settings) = self.label_settings().filter(|_| !wanted.is_empty()) else { return Ok(HashMap::new()) };
        let field = LabelField::new(&settings.field);
        self.ensure_selected()?;
        let mut said = HashMap::new();
        recognise::headers(self.connection, wanted, &mut |uid, header| {
            said.extend(field.read(header).map(|labels| (uid, labels)));
        })?;
        Ok(said)
    }

    /// Each label has a command of its own, so that one that the server refuses holds no other back. What is taken away goes
    /// first: to Gmail `work` and `Work` are the same, and who writes one for the other wants to keep it.
    fn relabel(&mut self, changes: &[Relabel]) -> Result<Vec<Told<u64>>, Fault> {
        self.ensure_writable("changing labels in")?;
        let mut groups: BTreeMap<(bool, &str), UidSet> = BTreeMap::new();
        for Relabel { uid, add, remove } in changes {
            for (adds, labels) in [(false, remove), (true, add)] {
                for label in labels.iter() {
                    groups.entry((adds, label)).or_default().insert(*uid);
                }
            }
        }
        let (mut commands, mut does, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for ((adds, label), uids) in groups {
            let sign = if adds { '+' } else { '-' };
            let Some(text) = written(label) else {
                faults.extend(uids.iter().map(|uid| (MessageId::Uid(uid), self.unsendable(label))));
                continue;
            };
            for piece in uids.pieces(SET_LENGTH) {
                commands.push((format!("UID STORE {piece} {sign}X-GM-LABELS ({text})"), piece));
                does.push((adds, label));
            }
        }
        let does = |place: usize| does.get(place).map(|(adds, label)| doing(*adds, label)).unwrap_or_default();
        let refused = self.run_each_on_sets(&commands, "changing labels", does)?;
        let advice = "its other labels are changed all the same; the next run tries again";
        faults.extend(refused.into_iter().map(|(id, fault)| (id, fault.advise(advice))));
        let failed: BTreeMap<MessageId, Fault> = faults.into_iter().collect();
        let result = |uid: Uid| failed.get(&MessageId::Uid(uid)).map_or(Ok(0), |fault| Err(fault.clone()));
        Ok(changes.iter().map(|change| (change.uid, result(change.uid))).collect())
    }
}

impl ImapMailbox<'_> {
    fn unsendable(&self, label: &str) -> Fault {
        let doing = format!("changing labels in {} on {}", self.name, self.connection.peer);
        Fault::new(Reach::Message, FaultKind::Refused, doing, format!("{label} can't be sent as a label"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sent_as_gmail_takes_them() {
        assert_eq!(
            read(&["Caf&AOk-".to_owned(), "R&D".to_owned(), "\\Inbox".to_owned()]),
            Labels::from_iter(["Café", "R&D", "\\Inbox"])
        );
        for (label, sent) in [
            ("\\Inbox", "\\Inbox"),
            ("Café", "\"Caf&AOk-\""),
            ("a \"b\"", "\"a \\\"b\\\"\""),
            ("\\odd one", "\"\\\\odd one\""),
            ("\\", "\"\\\\\""),
        ] {
            assert_eq!(written(label).as_deref(), Some(sent));
        }
    }
}
