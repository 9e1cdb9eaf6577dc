//! Mail on an IMAP server.
//!
//! The imap crate's Session carries the conversation; beneath it, on the same transport, our own engine lists, fetches
//! and appends: responses are taken apart while they arrive, bodies go straight to their destination, and commands are
//! pipelined.

mod about;
mod append;
mod certificate;
mod connect;
mod connection;
mod delete;
mod dial;
mod fetch;
mod gmail;
mod handle;
mod introduce;
mod labels;
mod list;
mod login;
mod look;
mod mailbox;
mod outside;
mod peer;
mod quote;
mod reader;
mod recognise;
mod refusal;
mod relocate;
mod response;
mod sasl;
mod select;
mod session;
mod status;
mod tls;
mod token;
mod watch;
mod wire;

use std::sync::Arc;
use std::time::Duration;

pub use about::{Namespace, Namespaces, Quota};
pub use certificate::{Certificate, Words};
pub use connect::Unmet;
pub use handle::{Cutter, Traffic};
pub use introduce::{Acquaintance, Introduction};
pub use login::{Credentials, Refusal};
pub use tls::Stranger;
pub use watch::{Idling, News};

use crate::config::settings::{ImapSettings, Listing};
use crate::model::fault::Fault;
use crate::model::folder::FolderInfo;
use crate::model::ids::AccountName;
use crate::model::mechanism::Mechanism;
use crate::model::utf7;
use crate::store::teller::Teller;
use crate::store::{Delivered, Mailbox, Place, Relocation, Repository};

use connection::Connection;
use gmail::Gmail;
use peer::Peer;

/// A connection that stands but has not logged in.
pub struct Greeted {
    inner: connect::Greeted,
    wish: login::Wish,
    expunge: bool,
    gmail: Option<Gmail>,
    listing: Listing,
    includes: Vec<String>,
}

impl Greeted {
    /// Connects to the server (or starts the tunnel to it), verifies it, and waits for its greeting; no step takes longer than
    /// `timeout`. `tell` learns how to cut it from another thread, as soon as there is something to cut.
    pub fn connect(
        settings: &ImapSettings,
        account: &AccountName,
        timeout: Duration,
        tell: &mut dyn FnMut(Cutter),
    ) -> Result<Self, Fault> {
        let nobody = [Teller::silent(), Teller::silent()];
        Self::connect_telling(settings, account, timeout, tell, nobody).map_err(|unmet| unmet.fault)
    }

    /// The same; the first of those who listen is told what is said, line by line, without secrets and mail, and the other one
    /// what the tunnel complains of.
    pub fn connect_telling(
        settings: &ImapSettings,
        account: &AccountName,
        timeout: Duration,
        tell: &mut dyn FnMut(Cutter),
        [teller, tunnel]: [Teller; 2],
    ) -> Result<Self, Unmet> {
        let repository = settings.repository().map(str::to_owned);
        let peer = Peer { account: account.clone(), host: settings.host.clone(), repository, teller, tunnel };
        Ok(Self {
            inner: connect::connect(settings, &peer, timeout, tell)?,
            wish: login::Wish {
                user: settings.user.clone(),
                identity: settings.identity.clone(),
                port: settings.port,
                mechanisms: settings.mechanisms.clone(),
                private: settings.is_private(),
            },
            expunge: settings.expunge,
            gmail: settings.gmail.clone().map(Gmail::new),
            listing: settings.listing.clone(),
            includes: settings.common.includes.iter().map(|name| utf7::written(name)).collect(),
        })
    }

    /// Logs in, unless the server has taken us for somebody already. When the server refuses, the connection is given up; a
    /// next attempt makes its own.
    pub fn log_in(mut self, credentials: &Credentials) -> Result<ImapRepository, Refusal> {
        let way = if self.inner.preauth {
            login::settle(&mut self.inner.connection, Vec::new())?;
            None
        } else {
            if self.inner.connection.capabilities.is_empty() {
                connect::ask_capabilities(&mut self.inner.connection)?;
            }
            Some(login::log_in(&mut self.inner.connection, &self.wish, credentials)?)
        };
        Ok(ImapRepository {
            connection: self.inner.connection,
            separator: list::Separator::Unknown,
            expunge: self.expunge,
            gmail: self.gmail,
            listing: self.listing,
            includes: self.includes,
            way,
        })
    }
}

impl std::fmt::Debug for Greeted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Greeted").field("user", &self.wish.user).finish_non_exhaustive()
    }
}

/// A user's mailboxes on a server, over one connection.
#[derive(Debug)]
pub struct ImapRepository {
    connection: Connection,
    separator: list::Separator,
    expunge: bool,
    /// What is known of Gmail's folders, where it is Gmail.
    gmail: Option<Gmail>,
    listing: Listing,
    /// Folders that are looked at wherever they are, as IMAP spells them.
    includes: Vec<String>,
    way: Option<Mechanism>,
}

impl ImapRepository {
    /// The way in which the user was logged in; `None` when the server knew already who it is.
    pub fn way(&self) -> Option<Mechanism> {
        self.way
    }

    /// What went over the connection so far.
    pub fn traffic(&self) -> Arc<Traffic> {
        self.connection.wire().traffic()
    }

    /// Whether the connection has failed, so that nothing more can be done over it.
    pub fn is_broken(&self) -> bool {
        self.connection.is_broken()
    }

    /// Whether it says which UID a message gets that is stored (RFC 4315).
    pub fn tells_uids(&self) -> bool {
        self.connection.capabilities.has("UIDPLUS")
    }

    /// Whether it has labels, as Gmail does (X-GM-EXT-1).
    pub fn has_labels(&self) -> bool {
        self.connection.capabilities.has("X-GM-EXT-1")
    }

    /// From now on this one is told what is said over the connection.
    pub fn tell(&self, teller: Teller) {
        self.connection.wire().tell(teller);
    }

    /// Ends the connection politely.
    pub fn log_out(mut self) {
        self.connection.logout();
    }
}

impl Repository for ImapRepository {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        list::separator(self)
    }

    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        list::folders(self)
    }

    fn create(&mut self, name: &str) -> Result<(), Fault> {
        list::create(self, name)
    }

    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        list::remove(self, name)
    }

    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        let uids = messages.iter().map(|message| message.uid).collect();
        relocate::relocate(&mut self.connection, from, to, &uids)
    }

    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        let mailbox = mailbox::ImapMailbox::new(&mut self.connection, name, writable)?;
        Ok(Box::new(mailbox.expunging(self.expunge).at_gmail(self.gmail.as_mut())))
    }
}
