//! Looks at servers, folders and rules, for a person to read. Nothing is changed on either side, nor in the ledger, and no
//! mailbox is opened on a server: its lists say enough.

mod folders;
mod names;
mod next;
mod trip;

use std::path::PathBuf;

use super::account::{Shared, Task};
use super::errand::Errand;
pub use super::naming::{Rule, Verdict};
use super::root::check_root;
use super::runtime::Report;
use super::vanish;
use super::worker::Worker;
use crate::model::fault::{Exit, Fault};
use crate::model::folder::FolderInfo;
use crate::model::ids::AccountName;
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
    /// The folders in the Maildir; `None` when it isn't there.
    pub maildir: Option<Result<usize, Fault>>,
    /// Where the ledger is.
    pub ledger: PathBuf,
    /// How many folders it knows, or why it can't be read.
    pub known: Result<usize, Fault>,
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
        let own = own.chain(self.maildir.iter().filter_map(|folders| folders.as_ref().err()));
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
    let root = &shared.account.local.root;
    let here = root.is_dir().then(|| shared.maildir(worker).folders());
    faults.extend(check_root(root, &records).err());
    let introduction = introduce(&shared, worker);
    worker.checkpoint()?;
    let met = introduction.is_ok().then(|| meet(&shared, worker));
    worker.checkpoint()?;
    let (access, there) = match met {
        Some(Ok((access, there))) => (Some(Ok(access)), Some(there)),
        Some(Err(fault)) => (Some(Err(fault)), None),
        None => (None, None),
    };
    let maildir = here.as_ref().map(|here| here.as_ref().map(Vec::len).map_err(Clone::clone));
    let here = here.and_then(Result::ok).unwrap_or_default();
    if let Some(there) = &there {
        let listing = &shared.account.remote.listing;
        faults.extend(vanish::check(worker, listing, &records, there, &here).err().filter(|_| root.is_dir()));
    }
    let separator = access.as_ref().and_then(|access| access.as_ref().ok()?.separator);
    let sides = names::Sides { there: there.as_deref(), here: &here, separator, records: &records };
    let seen = folders::all(&shared, worker, &sides, ledger.as_mut().ok(), &mut faults);
    worker.checkpoint()?;
    let (place, path, known) = (task.place, shared.ledger_path.clone(), known.map(|known| known.len()));
    Ok(Inspection { place, introduction, access, maildir, ledger: path, known, folders: seen, faults })
}

/// Meets the server over a connection of its own, so that it can be shown whatever becomes of the log-in.
fn introduce(shared: &Shared<'_>, worker: &Worker) -> Result<Introduction, Fault> {
    let timeout = shared.task.settings.socket_timeout;
    let mut tell = |cutter| {
        let _ = shared.task.reports.send(Report::Connected { lamp: worker.lamp(), cutter });
    };
    Greeted::connect(&shared.account.remote, &worker.account(), timeout, &mut tell)?.introduce()
}

/// Logs in, and asks what there is.
fn meet(shared: &Shared<'_>, worker: &Worker) -> Result<(Access, Vec<FolderInfo>), Fault> {
    let mut remote: ImapRepository = shared.connect(worker, &mut None)?;
    let acquaintance = remote.acquaintance()?;
    let there = remote.folders()?;
    let access = Access { acquaintance, separator: remote.separator()?, folders: there.len() };
    remote.log_out();
    Ok((access, there))
}
