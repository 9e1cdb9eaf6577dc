//! How one side is read and written.
//!
//! Two contracts meet here. A [`Repository`] holds folders, and opens each as a [`Mailbox`]; the [`ledger::Ledger`]
//! remembers what both sides had after the last synchronisation. Every implementation passes the shared suites in
//! `tests/contract`. What the configuration says in Python is worked out by [`python`].
//!
//! What a mailbox promises:
//!
//! - **A look tells the truth or says less.** [`Coverage::Whole`] and `Existing` are claimed only when the listing came
//!   to its regular end. Anything less is `Partial`, and from a hole nothing is concluded. What it shows survives a power
//!   cut (unless flushing is switched off), whoever put it there.
//! - **What is delivered is complete or absent.** Nothing of a message can be seen before [`Delivery::commit`], and what
//!   `commit` reports as stored survives a power cut (unless flushing is switched off).
//! - **A write answers with what it knows.** A server that doesn't tell the UID of an appended message yields
//!   `Stored { uid: None }`; nobody guesses.
//! - **A fault reaches as far as the damage.** `Message`: the others of the batch went on. `Folder`: this mailbox can't
//!   go on, others can, over the same connection. `Account`: the connection is lost.
//!
//! [`Coverage::Whole`]: crate::model::message::Coverage::Whole

pub mod bytes;
pub mod child;
mod delivery;
pub mod dry;
mod encoded;
pub mod fingerprint;
pub mod imap;
pub mod keyring;
pub mod label_field;
pub mod labels;
pub mod ledger;
pub mod left_out;
pub mod maildir;
pub mod mapped;
pub mod netrc;
mod numbered;
pub mod oauth;
mod proxy;
pub mod python;
pub mod said;
pub mod teller;
mod with_field;

use std::collections::HashSet;

pub use self::delivery::{Delivered, Delivery, Stored};
pub use self::labels::Labelled;
pub use self::numbered::Numbered;
use crate::model::extent::{Bounds, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::{Flags, Holds};
use crate::model::folder::FolderInfo;
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::{Fingerprint, Look, MessageId};
use crate::model::uidset::UidSet;

/// One side of an account: a tree of folders.
pub trait Repository: Send {
    /// The hierarchy separator of its folder names; `None` when it has no hierarchy.
    fn separator(&mut self) -> Result<Option<char>, Fault>;

    /// All its folders, each with a watermark where one look at the whole tree gives it.
    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault>;

    /// Makes a folder, parents included. One that is there already is no fault.
    fn create(&mut self, name: &str) -> Result<(), Fault>;

    /// Gives a folder another name, part by part; what is called so already, because a folder above it was renamed before, is
    /// left so. Only a store whose names are spelt in more than one way can do that.
    fn rename(&mut self, from: &str, to: &str) -> Result<(), Fault> {
        let doing = format!("renaming the folder {from} to {to}");
        Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, "it keeps its name here"))
    }

    /// Removes a folder with all its messages; folders below it stay. One that is gone already is no fault.
    fn remove(&mut self, name: &str) -> Result<(), Fault>;

    /// Moves messages from one folder to another without transferring them. Where the repository can only copy, they stay
    /// in the folder they came from as well. Says what became of each that was there; a UID is told only when it holds
    /// under the UIDVALIDITY that is expected.
    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault>;

    /// Opens a folder. `writable` asks for more than reading; a mailbox that can't give it says so in
    /// [`Mailbox::read_only`].
    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault>;
}

/// A folder, and what the caller knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Its name.
    pub name: &'a str,
    /// The UIDVALIDITY under which the caller knows its messages; a Maildir has none.
    pub validity: UidValidity,
}

/// A message on its way to another folder of the same repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relocation {
    /// Its UID where it is.
    pub uid: Uid,
    /// The UID of its counterpart where it goes, for a Maildir to write into its name; servers give UIDs themselves.
    pub number: Option<Uid>,
}

/// A change to one message's flags; the two sets don't overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagChange {
    /// The message.
    pub id: MessageId,
    /// Flags it gets.
    pub add: Flags,
    /// Flags it loses.
    pub remove: Flags,
}

/// What the ledger already knows of a mailbox, so that a look can confine itself to changes.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The watermark of the last look whose consequences are all recorded.
    pub mark: &'a Mark,
    /// The UIDs that the ledger has.
    pub uids: &'a UidSet,
}

/// One folder of a repository, open.
pub trait Mailbox: Send {
    /// The flags it can keep for good.
    fn holds(&self) -> Holds;

    /// Whether a mark that an earlier look left means what it would mean today; else both sides are looked at as a whole, since
    /// what this one can hold may be something else now.
    fn understands(&self, _mark: &Mark) -> bool {
        true
    }

    /// Whether it may only be read.
    fn read_only(&self) -> bool;

    /// Whether the numbers of messages can be noted: not where they are in the names of files that may only be read.
    fn may_number(&self) -> bool {
        !self.read_only()
    }

    /// Whether the UIDs of earlier sessions still hold; `None` where the mailbox has no UIDs of its own (a Maildir,
    /// whose messages carry their counterpart's).
    fn uid_validity(&self) -> Option<UidValidity>;

    /// Lists the messages, or what changed of them since `known`.
    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault>;

    /// The messages that lie outside of `bounds`: older or larger. A store that has to look at each message by itself confines
    /// itself to those `among` them; others may name more.
    ///
    /// A server knows days, and those of its own time zone, so it takes a message for older only when it is by a whole day more:
    /// what a Maildir takes for young enough, a server does too.
    fn outside(&mut self, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault>;

    /// Sends the messages `wanted` to `to`, in whatever order suits. Messages that are gone meanwhile are passed over in
    /// silence; the caller sees that they were not delivered. A message that can't be read is returned with its fault.
    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Vec<(MessageId, Fault)>, Fault>;

    /// Begins to receive messages.
    fn deliver<'a>(&'a mut self) -> Result<Box<dyn Delivery + 'a>, Fault>;

    /// Changes flags. Returns the messages that could not be changed; one that is gone meanwhile is no fault.
    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Vec<(MessageId, Fault)>, Fault>;

    /// Deletes messages, and only these. Returns those that could not be deleted; one that is gone already is no fault.
    fn delete(&mut self, ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault>;

    /// Those of the messages that were to be deleted which stay, since they belong here as long as they are anywhere on this
    /// side: the other side is to have them again. Each is named once.
    fn spared(&mut self) -> Vec<MessageId> {
        Vec::new()
    }

    /// Whether what is deleted is gone; else it is only marked, and stays.
    fn removes(&self) -> bool {
        true
    }

    /// Records, in the store itself, that these messages now have these UIDs on the other side (a Maildir writes them into
    /// its file names). Stores that can't do so leave it to the ledger.
    fn number(&mut self, pairs: &[(MessageId, Uid)]) -> Result<Vec<(MessageId, Fault)>, Fault>;

    /// Takes the UIDs out of messages, in the store itself: they turned out to be others than those that carry these UIDs on
    /// the other side. From the next look on they are fresh. Stores whose UIDs are their own have nothing to do.
    fn disown(&mut self, _ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        Ok(Vec::new())
    }

    /// The fields of headers that don't count when messages are compared, where reading them doesn't leave them out already.
    fn left_out(&self) -> left_out::Names {
        left_out::Names::default()
    }

    /// The labels of its messages, where they carry any that are to be kept the same.
    fn labelled(&mut self) -> Option<&mut dyn Labelled> {
        None
    }

    /// The numbers of its messages, where the store keeps them apart from the messages.
    fn numbered(&mut self) -> Option<&mut dyn Numbered> {
        None
    }

    /// Which file the message is in; `None` where there are no files, or when the last look did not show it.
    fn key(&self, _id: MessageId) -> Option<FileKey> {
        None
    }

    /// The messages that came into the store since then (seconds since 1970) and have UIDs, as far as it can tell: those
    /// whose content a power cut may have spoilt where it wasn't flushed. Stores that look after themselves name none.
    fn received_since(&mut self, _seconds: i64) -> Result<Vec<MessageId>, Fault> {
        Ok(Vec::new())
    }

    /// What a person recognises the message by: its subject as it stands in the header, where that is easily had.
    fn subject(&mut self, _id: MessageId) -> Option<String> {
        None
    }

    /// A name for the message that a later session understands although the message has no UID yet: in a Maildir, the
    /// file's name up to its flags. `None` when the last look did not show the message. Mailboxes without files use the
    /// UID as text.
    fn local_name(&self, id: MessageId) -> Option<String> {
        match id {
            MessageId::Uid(uid) => Some(uid.to_string()),
            MessageId::Fresh(_) => None,
        }
    }

    /// The message that [`Mailbox::local_name`] once gave this name; `None` when it is gone.
    fn find_local_name(&mut self, name: &str) -> Result<Option<MessageId>, Fault> {
        Ok(name.parse().ok().and_then(Uid::new).map(MessageId::Uid))
    }

    /// Whether the store calls a message by the same name in whatever folder it is.
    fn identifies(&self) -> bool {
        false
    }

    /// What it calls these messages; those that are gone, or of which it doesn't say, are left out.
    fn identities(&mut self, _uids: &[Uid]) -> Result<Vec<(Uid, u64)>, Fault> {
        Ok(Vec::new())
    }

    /// What the message can be recognised by elsewhere; `None` when it is gone.
    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault>;

    /// What each of these messages can be recognised by, where it has one of these sizes (in bytes, on the wire). Those that
    /// are gone, that can't be read, or that have another size are left out.
    fn fingerprints(
        &mut self,
        ids: &[MessageId],
        sizes: Option<&HashSet<u64>>,
    ) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
        let mut found = Vec::new();
        for id in ids {
            match self.fingerprint(*id) {
                Ok(Some(print)) if sizes.is_none_or(|sizes| sizes.contains(&print.size)) => found.push((*id, print)),
                Err(fault) if fault.reach > Reach::Message => return Err(fault),
                _ => {}
            }
        }
        Ok(found)
    }
}
