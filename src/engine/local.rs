//! The local side of an account, whichever kind it is of.

use crate::model::fault::Fault;
use crate::model::folder::FolderInfo;
use crate::store::imap::ImapRepository;
use crate::store::maildir::Maildir;
use crate::store::mapped::MappedRepository;
use crate::store::{Delivered, Mailbox, Place, Relocation, Repository};

/// A tree of Maildirs, or a server's mailboxes.
pub(super) enum Local {
    Maildir(Box<Maildir>),
    Server(Box<MappedRepository<ImapRepository>>),
}

impl Local {
    fn repository(&mut self) -> &mut dyn Repository {
        match self {
            Self::Maildir(maildir) => &mut **maildir,
            Self::Server(server) => &mut **server,
        }
    }

    /// The connection to the server, where it is one.
    pub(super) fn server(&self) -> Option<&ImapRepository> {
        match self {
            Self::Maildir(_) => None,
            Self::Server(server) => Some(server.inner()),
        }
    }

    /// The same, to be let go or kept.
    pub(super) fn into_server(self) -> Option<ImapRepository> {
        match self {
            Self::Maildir(_) => None,
            Self::Server(server) => Some(server.into_inner()),
        }
    }

    /// Whether its connection has failed.
    pub(super) fn is_broken(&self) -> bool {
        self.server().is_some_and(ImapRepository::is_broken)
    }
}

impl Repository for Local {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        self.repository().separator()
    }
    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        self.repository().folders()
    }
    fn create(&mut self, name: &str) -> Result<(), Fault> {
        self.repository().create(name)
    }
    fn rename(&mut self, from: &str, to: &str) -> Result<(), Fault> {
        self.repository().rename(from, to)
    }
    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        self.repository().remove(name)
    }
    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        self.repository().relocate(from, to, messages)
    }
    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        self.repository().open(name, writable)
    }
}
