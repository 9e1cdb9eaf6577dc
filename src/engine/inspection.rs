//! Looks at servers, folders and rules, for a person to read. Nothing is changed on either side, nor in the ledger, and no
//! mailbox is opened on a server: its lists say enough.

mod folders;
mod names;
mod next;
mod trip;

use std::path::{Path, PathBuf};

use super::account::{Shared, Task};
use super::both::Both;
use super::errand::Errand;
use super::line::Keys;
pub use super::naming::{Rule, Verdict};
use super::root::check_root;
use super::runtime::Report;
use super::takeover;
use super::vanish;
use super::worker::Worker;
use crate::model::fault::{Exit, Fault};
use crate::model::folder::FolderInfo;
use crate::model::ids::{AccountName, Side};
use crate::store::Repository;
use crate::store::imap::{Acquaintance, Greeted, ImapRepository, Introduction};
use crate::store::ledger::Ledger;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};

pub use folders::{Here, Kept, Seen, There};
pub use next::{Next, Reason};
pub use trip::Trip;

/// All that there is to know of an account.
#[derive(Debug)]
pub struct Inspection {
    /// The account's place in the settings.
    pub place: usize,
    /// What the server says to anybody, or why it says nothing.
    pub introduction: Result<Introduction, Fault>,
    /// What it says to the user, or why it says nothing; `None` when it was not reached at all.
    pub access: Option<Result<Access, Fault>>,
    /// The folders in the Maildir or on the local server; `None` when there is no Maildir.
    pub local: Option<Result<usize, Fault>>,
    /// Where the ledger is.
    pub ledger: PathBuf,
    /// How many folders it knows, or why it can't be read.
    pub known: Result<usize, Fault>,
    /// Whether OfflineIMAP has left a state that the next synchronisation would look for folders in.
    pub taken_over: bool,
    /// The folders of both sides and of the ledger.
    pub folders: Vec<Seen>,
    /// What else is wrong.
    pub faults: Vec<Fault>,
}

/// What a server lets a user see.
#[derive(Debug, Clone)]
pub struct Access {
    /// What it says of itself.
    pub acquaintance: Acquaintance,
    /// What separates the parts of folders' names; `None`: there is no hierarchy.
    pub separator: Option<char>,
    /// How many folders there are.
    pub folders: usize,
}

impl Inspection {
    /// The faults, and so how it ends.
    fn exit(&self) -> Exit {
        let own = self.introduction.as_ref().err().into_iter();
        let own = own.chain(self.access.iter().filter_map(|access| access.as_ref().err()));
        let own = own.chain(self.local.iter().filter_map(|folders| folders.as_ref().err()));
        let own = own.chain(self.known.as_ref().err()).chain(&self.faults);
        let own = own.chain(self.folders.iter().flat_map(Seen::faults));
        own.fold(Exit::Success, |exit, fault| exit.and(fault.kind.into()))
    }
}

impl Errand {
    /// Looks at each account. `tell` learns what there is to know of one as soon as that is known.
    pub fn inspect(self, tell: &mut dyn FnMut(&AccountName, Result<Inspection, Fault>)) -> Result<Exit, Fault> {
        self.for_each_account(|task, worker| {
            let inspection = inspect(task, worker);
            let exit = inspection.as_ref().map_or_else(|fault| fault.kind.into(), Inspection::exit);
            tell(&worker.account(), inspection);
            exit
        })
    }
}

/// Looks at one account. Only a stop keeps it from showing what it can.
fn inspect(task: &Task, worker: &Worker) -> Result<Inspection, Fault> {
    let shared = Shared::new(task, ledger_path(&task.settings.metadata, task.account().as_str()));
    let mut faults = Vec::new();
    let mut ledger = SqliteLedger::open_read_only(&shared.ledger_path);
    let known = ledger.as_mut().map_err(|fault| fault.clone()).and_then(Ledger::folders);
    let records = known.clone().unwrap_or_default();
    let (here, local_separator) = local(&shared, worker);
    faults.extend(root(&shared).and_then(|root| check_root(root, &records).err()));
    let introduction = introduce(&shared, worker);
    worker.checkpoint()?;
    let met = introduction.is_ok().then(|| meet(&shared, worker));
    worker.checkpoint()?;
    let (access, there) = match met {
        Some(Ok((access, there))) => (Some(Ok(access)), Some(there)),
        Some(Err(fault)) => (Some(Err(fault)), None),
        None => (None, None),
    };
    let listed = here.as_ref().map(|here| here.as_ref().map(Vec::len).map_err(Clone::clone));
    let can_tell = here.as_ref().is_some_and(Result::is_ok);
    let here = here.and_then(Result::ok).unwrap_or_default();
    if let Some(there) = &there {
        let listing = &shared.account.remote.listing;
        faults.extend(vanish::check(worker, listing, &records, there, &here).err().filter(|_| can_tell));
    }
    let separator = access.as_ref().and_then(|access| access.as_ref().ok()?.separator);
    let separators = Both { remote: separator, local: local_separator };
    let sides = names::Sides { there: there.as_deref(), here: &here, separators, records: &records };
    let seen = folders::all(&shared, worker, &sides, ledger.as_mut().ok(), &mut faults);
    worker.checkpoint()?;
    let (place, path, known) = (task.place, shared.ledger_path.clone(), known.map(|known| known.len()));
    let taken_over = takeover::caches(&shared).exist();
    Ok(Inspection {
        place,
        introduction,
        access,
        local: listed,
        ledger: path,
        known,
        taken_over,
        folders: seen,
        faults,
    })
}

/// The Maildir's place, where the local side is one.
fn root<'a>(shared: &Shared<'a>) -> Option<&'a Path> {
    shared.account.local.maildir().map(|maildir| maildir.root.as_path())
}

/// The folders of the local side, or why they can't be listed, and its separator; no folders where there is no Maildir.
fn local(shared: &Shared<'_>, worker: &Worker) -> (Option<Result<Vec<FolderInfo>, Fault>>, Option<char>) {
    if let Some(settings) = shared.account.local.maildir() {
        let folders = settings.root.is_dir().then(|| shared.maildir(worker, settings).folders());
        return (folders, Some(settings.separator));
    }
    let listed = shared.connect(worker, Side::Local, &mut Keys::default()).and_then(|mut server| {
        let (folders, separator) = (server.folders()?, server.separator()?);
        server.log_out();
        Ok((folders, separator))
    });
    match listed {
        Ok((folders, separator)) => (Some(Ok(folders)), separator),
        Err(fault) => (Some(Err(fault)), None),
    }
}

/// Meets the server over a connection of its own, so that it can be shown whatever becomes of the log-in.
fn introduce(shared: &Shared<'_>, worker: &Worker) -> Result<Introduction, Fault> {
    let timeout = shared.task.settings.socket_timeout;
    let mut tell = |cutter| {
        let _ = shared.task.reports.send(Report::Connected { lamp: worker.lamp(), side: Side::Remote, cutter });
    };
    Greeted::connect(&shared.account.remote, &worker.account(), timeout, &mut tell)?.introduce()
}

/// Logs in, and asks what there is.
fn meet(shared: &Shared<'_>, worker: &Worker) -> Result<(Access, Vec<FolderInfo>), Fault> {
    let mut remote: ImapRepository = shared.connect(worker, Side::Remote, &mut Keys::default())?;
    let acquaintance = remote.acquaintance()?;
    let there = remote.folders()?;
    let access = Access { acquaintance, separator: remote.separator()?, folders: there.len() };
    remote.log_out();
    Ok((access, there))
}
