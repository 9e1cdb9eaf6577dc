//! What a worker synchronises over: both sides of the account, with a connection to each that is a server.

use super::account::Shared;
use super::both::{Both, server};
use super::connect::{Means, connect, disconnect};
use super::local::Local;
use super::worker::Worker;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Side;
use crate::model::topic::Topic;
use crate::store::imap::{Credentials, ImapRepository};
use crate::store::ledger::sqlite::SqliteLedger;
use crate::store::mapped::MappedRepository;

/// What connections log in with, on each side.
pub(super) type Keys = Both<Option<Credentials>>;

/// Both sides of an account, open, and what they were opened with.
pub(super) struct Line {
    pub(super) remote: ImapRepository,
    pub(super) local: Local,
    pub(super) keys: Keys,
}

impl Line {
    /// Both sides over new connections.
    pub(super) fn open(shared: &Shared<'_>, worker: &Worker, mut keys: Keys) -> Result<Self, Fault> {
        let remote = shared.connect(worker, Side::Remote, &mut keys)?;
        let local = shared.local(worker, &mut keys)?;
        Ok(Self { remote, local, keys })
    }

    /// From now on this worker is told what is said and done.
    pub(super) fn tell(&mut self, shared: &Shared<'_>, worker: &Worker) {
        self.remote.tell(worker.teller(Topic::Imap));
        if let Some(server) = self.local.server() {
            server.tell(worker.teller(Topic::Imap));
        } else if let Some(maildir) = shared.account.local.maildir() {
            self.local = Local::Maildir(Box::new(shared.maildir(worker, maildir)));
        }
    }

    /// Connects again where a connection has failed.
    pub(super) fn mend(&mut self, shared: &Shared<'_>, worker: &Worker) -> Result<(), Fault> {
        if self.remote.is_broken() {
            self.remote = shared.connect(worker, Side::Remote, &mut self.keys)?;
        }
        if self.local.is_broken() {
            self.local = shared.local(worker, &mut self.keys)?;
        }
        Ok(())
    }

    /// Lets the connections go, or keeps the first ones for the next run.
    pub(super) fn part(self, shared: &Shared<'_>, worker: &Worker) {
        shared.part(worker, Side::Remote, self.remote);
        if let Some(server) = self.local.into_server() {
            shared.part(worker, Side::Local, server);
        }
    }
}

impl Shared<'_> {
    /// The local side; where it is a server, over a new connection.
    pub(super) fn local(&self, worker: &Worker, keys: &mut Keys) -> Result<Local, Fault> {
        if let Some(maildir) = self.account.local.maildir() {
            return Ok(Local::Maildir(Box::new(self.maildir(worker, maildir))));
        }
        let connection = self.connect(worker, Side::Local, keys)?;
        self.mapped(connection)
    }

    /// A connection to the local server as the local side.
    fn mapped(&self, connection: ImapRepository) -> Result<Local, Fault> {
        let ledger = SqliteLedger::open(&self.ledger_path)?;
        Ok(Local::Server(Box::new(MappedRepository::new(connection, ledger))))
    }

    /// The local side for the beginning of a run, over the connection that was kept, where one is.
    pub(super) fn begin_local(&self, worker: &Worker, keys: &mut Keys) -> Result<Local, Fault> {
        match self.kept(worker, Side::Local) {
            Some(connection) => self.mapped(connection),
            None => self.local(worker, keys),
        }
    }

    /// The run's first connection to the remote side: the one that was kept, or a new one.
    pub(super) fn begin(&self, worker: &Worker, keys: &mut Keys) -> Result<ImapRepository, Fault> {
        self.kept(worker, Side::Remote).map_or_else(|| self.connect(worker, Side::Remote, keys), Ok)
    }

    fn kept(&self, worker: &Worker, side: Side) -> Option<ImapRepository> {
        self.task.held.get(side).as_ref().and_then(|held| held.take(self.task, worker, side))
    }

    /// Lets a connection go, or keeps the first one for the next run.
    pub(super) fn part(&self, worker: &Worker, side: Side, connection: ImapRepository) {
        match self.task.held.get(side) {
            Some(held) if worker.lamp().number() <= 1 => held.put(connection),
            _ => disconnect(worker, connection),
        }
    }

    /// A new connection to the server on this side.
    pub(super) fn connect(&self, worker: &Worker, side: Side, keys: &mut Keys) -> Result<ImapRepository, Fault> {
        let Some(settings) = server(self.account, side) else {
            let doing = format!("connecting to the {side} side of the account {}", worker.account());
            return Err(Fault::new(Reach::Account, FaultKind::Internal, doing, "it is no server"));
        };
        let (python, reports) = (self.task.python.as_ref(), &self.task.reports);
        let tokens = self.task.tokens.get(side).as_ref();
        let means = Means { side, python, tokens, reports, trust: self.trust.get(side) };
        connect(worker, settings, self.task.settings.socket_timeout, means, keys.get_mut(side))
    }

    /// How many connections each side allows at once.
    pub(super) fn most_connections(&self) -> usize {
        let remote = self.account.remote.max_connections;
        self.account.local.imap().map_or(remote, |local| remote.min(local.max_connections))
    }
}
