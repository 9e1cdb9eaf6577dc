//! Mailboxes whose messages carry labels: Gmail's, and Maildirs that keep them in a field of each message's header.

use std::collections::HashMap;

use super::bytes::md5_hex;
use crate::config::settings::LabelSettings;
use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::labels::Labels;
use crate::model::uidset::UidSet;

/// What was recorded of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The labels that both sides agreed on.
    pub labels: Labels,
    /// What its file was recognised by when they were read; 0 when they have to be read again.
    pub stamp: u64,
    /// In which manner labels were kept then; under another one it means nothing.
    pub manner: u64,
}

/// A number that is another when labels are kept in another field, or others of them are ignored.
pub fn manner(settings: &LabelSettings) -> u64 {
    let text = md5_hex(format!("{} {}", settings.field.to_ascii_lowercase(), settings.ignored.text()).as_bytes());
    u64::from_str_radix(&text[..15], 16).unwrap_or(1)
}

/// What is recorded of the messages of a folder, by their UIDs.
pub type Labelling = HashMap<Uid, Recorded>;

/// What a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Its labels; `None` where there is no field for them, so that it may never have had any.
    pub labels: Option<Labels>,
    /// What its file can be recognised by as long as it isn't changed; 0 where that can't be told.
    pub stamp: u64,
}

/// What a mailbox says of a message, or the fault that concerns it.
pub type Told<T> = (Uid, Result<T, Fault>);

/// A change to one message's labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relabel {
    /// The message.
    pub uid: Uid,
    /// Labels that it gets.
    pub add: Labels,
    /// Labels that it loses.
    pub remove: Labels,
}

/// What a mailbox can do whose messages carry labels. Those that the user wants to be ignored are never told, and stay as they
/// are.
pub trait Labelled {
    /// In which manner labels are kept here; 0 where there is but one.
    fn manner(&mut self) -> u64;

    /// The labels of these messages, or why they can't be read. Those that are gone are left out, and so are those of which the
    /// mailbox can tell, by what is recorded, that they have not changed since.
    fn labels(&mut self, wanted: &UidSet, recorded: &Labelling) -> Result<Vec<Told<Carried>>, Fault>;

    /// What these messages say themselves in the field that holds labels: whoever sent them has written that, and it is no label.
    /// Only a server tells, since a file has its labels there.
    fn senders(&mut self, _wanted: &UidSet) -> Result<HashMap<Uid, Labels>, Fault> {
        Ok(HashMap::new())
    }

    /// Changes labels. Says of each message what its file can be recognised by now (0 where there is none), or why it could not
    /// be changed; one that is gone meanwhile is left out.
    fn relabel(&mut self, changes: &[Relabel]) -> Result<Vec<Told<u64>>, Fault>;
}
