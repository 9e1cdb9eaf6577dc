//! The ledger: what both sides had after the last synchronisation, and what was about to be done to them.
//!
//! It is never more durable than the mail it speaks of: callers make mail durable first and record it afterwards. What
//! can't be repeated harmlessly (an upload) is announced before, as intended.

mod entries;
mod file;
pub mod import;
mod labels;
pub mod numbers;
mod rows;
mod schema;
mod scope;
pub mod sqlite;
mod unflushed;

use std::collections::HashMap;

use crate::model::fault::Fault;
use crate::model::flags::Flags;
use crate::model::ids::{FileKey, Side, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::Fingerprint;
use crate::model::uidset::UidSet;
use crate::store::labels::{Labelling, Recorded};

/// A folder's number in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FolderId(pub i64);

/// What the ledger knows of a folder as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRecord {
    /// Its number.
    pub id: FolderId,
    /// Its name on the remote side.
    pub remote: String,
    /// Its name on the local side.
    pub local: String,
    /// The UIDVALIDITY under which the remote UIDs were recorded; `None` before the first synchronisation.
    pub uid_validity: Option<UidValidity>,
    /// The remote side's watermark.
    pub remote_mark: Option<Mark>,
    /// The local side's watermark.
    pub local_mark: Option<Mark>,
    /// Since when (seconds since 1970) mail was written into the local side that a power cut may have taken away again;
    /// `None` when what is missing there was deleted.
    pub doubt: Option<i64>,
}

/// A time in which mail is written without a flush.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unflushed {
    /// The boot of the machine: as long as it lasts, nothing that was written can be lost. Empty when it has no name.
    pub boot: String,
    /// When it began: seconds since 1970.
    pub since: i64,
}

/// What the ledger says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Both sides had it.
    Synced,
    /// It is gone on one side, and stays on the other on purpose (`sync_deletes = no`, `readonly`).
    Kept,
    /// Both sides had it, and since then it isn't looked at: it has become too old, or is too large.
    Outside,
}

/// One message that the ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its UID on the remote side.
    pub remote: Uid,
    /// Its UID on the local side; the same number in a Maildir, where the name carries the remote's.
    pub local: Uid,
    /// The flags that both sides agreed on.
    pub flags: Flags,
    /// Where it stands.
    pub state: State,
    /// Which local file it is; `None` where that is not known, or where there are no files.
    pub key: Option<FileKey>,
}

/// A message that can't be copied, and is left where it is until that is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The side that it is on.
    pub side: Side,
    /// Its name there: the UID on the remote side, on the local side the file's name up to its flags.
    pub name: String,
    /// What a person recognises it by; empty when that is not known.
    pub subject: String,
    /// Why, in the words of whoever refused it.
    pub reason: String,
    /// When it was last tried: seconds since 1970.
    pub tried: i64,
    /// A person said that it is to be left alone.
    pub ignored: bool,
}

/// What was looked at of a folder, and what wasn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// What was left alone, in words. Other words mean that the user wants something else now.
    pub terms: String,
    /// The first second (since 1970) that was looked at; `None` where age was of no interest.
    pub since: Option<i64>,
    /// The UID that the next message would have got when it was first left to the date of messages whether they are looked at; 0
    /// before that.
    pub first: u32,
    /// Messages on the server that are never copied.
    pub ignored: UidSet,
    /// Messages on the server that weren't looked at.
    pub outside: UidSet,
    /// How many messages weren't looked at, on either side.
    pub count: u64,
}

/// An upload that was about to happen when the ledger was last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What names the message on the local side for as long as it has no UID: in a Maildir, the file's name up to
    /// its flags.
    pub local_name: String,
    /// What the message can be recognised by on the server.
    pub fingerprint: Fingerprint,
    /// The flags that it is sent with, of those that both sides can hold.
    pub flags: Flags,
    /// The server's UIDNEXT before the upload: whatever it became has this UID or a higher one.
    pub uid_next: u32,
}

/// A change to the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Both sides have this message now (or its flags, or its state, are these).
    Put(Row),
    /// Both sides have forgotten the message with this remote UID.
    Forget(Uid),
    /// The server calls the message so, in whatever folder it is.
    Identify {
        /// Its UID on the remote side.
        uid: Uid,
        /// What it is called: Gmail's X-GM-MSGID.
        identity: u64,
    },
    /// Both sides have these labels on a message now.
    Label {
        /// Its UID on the remote side.
        uid: Uid,
        /// Its labels, and what its file is recognised by.
        recorded: Recorded,
    },
    /// An upload is about to happen.
    Intend(Intent),
    /// The upload of this local name came to an end, whichever.
    Settle {
        /// The intent's [`Intent::local_name`].
        local_name: String,
    },
    /// The watermarks don't hold any more: the next look is at everything. To stand beside a `Forget` of what a side still has,
    /// which a look at changes alone would never show again.
    LookAgain,
    /// So much of the folder is looked at from now on; `None`: all of it.
    Confine(Option<Scope>),
    /// Nothing about the local side is in doubt any more.
    Trust,
    /// A message can't be copied; an older entry of the same side and name is replaced. One that was ignored stays so: whoever
    /// tried it may not have known.
    Quarantine(Quarantined),
    /// A message that can't be copied is to be left alone; nothing comes of it where there is no such message.
    Ignore {
        /// Its side.
        side: Side,
        /// Its [`Quarantined::name`].
        name: String,
    },
    /// A message that can't be copied is to be tried again as if that had never been done; nothing comes of it where there is no
    /// such message.
    Retry {
        /// Its side.
        side: Side,
        /// Its [`Quarantined::name`].
        name: String,
    },
    /// A message was copied after all, or is gone.
    Release {
        /// Its side.
        side: Side,
        /// Its [`Quarantined::name`].
        name: String,
    },
}

/// The memory of one account. Implementations pass `tests/contract/ledger.rs`.
pub trait Ledger: Send {
    /// All folders that are known.
    fn folders(&mut self) -> Result<Vec<FolderRecord>, Fault>;

    /// The folder with this local name, entered if it is new. What is known of it with another remote name is forgotten: UIDs
    /// are that folder's alone, even where a server gives several the same UIDVALIDITY.
    fn folder(&mut self, remote: &str, local: &str) -> Result<FolderRecord, Fault>;

    /// All messages of a folder, ordered by remote UID.
    fn rows(&mut self, folder: FolderId) -> Result<Vec<Row>, Fault>;

    /// What the server calls the messages of a folder in whatever folder they are, by remote UID, as far as that was recorded.
    /// What was recorded of a message is forgotten with it.
    fn identities(&mut self, folder: FolderId) -> Result<HashMap<Uid, u64>, Fault>;

    /// The labels of the messages of a folder, by remote UID, as far as they were recorded. What was recorded of a message is
    /// forgotten with it.
    fn labels(&mut self, folder: FolderId) -> Result<Labelling, Fault>;

    /// How many messages both sides have, of each folder that has any.
    fn counts(&mut self) -> Result<HashMap<FolderId, u64>, Fault>;

    /// All uploads of a folder that were announced and not settled.
    fn intents(&mut self, folder: FolderId) -> Result<Vec<Intent>, Fault>;

    /// Records `entries` in order, all or none. When it returns, they survive a power cut.
    fn record(&mut self, folder: FolderId, entries: &[Entry]) -> Result<(), Fault>;

    /// Begins a folder anew under this UIDVALIDITY with these rows, all in one: what was known of it before, watermarks and
    /// announced uploads and doubts included, is gone, and so is what was put aside on the remote side, and what was looked at.
    fn restart(&mut self, folder: FolderId, validity: UidValidity, rows: &[Row]) -> Result<(), Fault>;

    /// The messages of a folder that can't be copied, those of the remote side first, by name.
    fn quarantined(&mut self, folder: FolderId) -> Result<Vec<Quarantined>, Fault>;

    /// What was looked at of a folder; `None` where that was all of it.
    fn scope(&mut self, folder: FolderId) -> Result<Option<Scope>, Fault>;

    /// The folder with the local name `old` is called `new` now, and what is known of it stays, apart from its watermarks. What
    /// is known of a folder that was called `new` is forgotten.
    fn rename_folder(&mut self, old: &str, new: &str) -> Result<(), Fault>;

    /// Forgets everything about the folder with this local name: it is gone on one side, and begins anew.
    fn forget_folder(&mut self, local: &str) -> Result<(), Fault>;

    /// The time without a flush that has not ended, if there is one.
    fn unflushed(&mut self) -> Result<Option<Unflushed>, Fault>;

    /// Notes that a time without a flush begins, or, with `None`, that everything is flushed now.
    fn set_unflushed(&mut self, note: Option<&Unflushed>) -> Result<(), Fault>;

    /// Ends a time without a flush that nobody ended: casts doubt on all folders and forgets their watermarks, all in one.
    fn doubt(&mut self) -> Result<(), Fault>;

    /// Forgets the watermarks of all folders, all in one: the next look at each is at everything.
    fn look_again(&mut self) -> Result<(), Fault>;

    /// Stores the watermarks of a look whose consequences are all recorded.
    fn set_marks(&mut self, folder: FolderId, remote: Option<Mark>, local: Option<Mark>) -> Result<(), Fault>;
}
