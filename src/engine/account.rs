//! One run of one account: lock, connect, list and pair the folders, share them out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crossbeam_channel::Sender;

use super::connect::{Means, connect};
use super::doubt::{self, Flushing};
use super::folder::{Done, Policy};
use super::hooks;
use super::intents;
use super::lock::AccountLock;
use super::mbnames;
use super::moves;
use super::naming;
use super::pairing::{self, Candidate, Names, Sides};
use super::particulars;
use super::python::Python;
use super::recheck::recheck;
use super::rehearsal::rehearse;
use super::runtime::{Options, Report};
use super::takeover;
use super::team::{self, Work};
use super::token::Tokens;
use super::worker::{Publisher, Worker};
use crate::config::settings::{AccountSettings, CommonSettings, Settings};
use crate::model::event::EventKind;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::folder::Counts;
use crate::model::ids::LampId;
use crate::model::light::Light;
use crate::model::question::Question;
use crate::model::topic::Topic;
use crate::plan::messages::Permission;
use crate::store::imap::{Credentials, ImapRepository};
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};
use crate::store::ledger::{FolderRecord, Ledger};
use crate::store::maildir::{Called, Maildir};

/// What one run of an account needs.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) settings: Arc<Settings>,
    /// The account's place in the settings.
    pub(super) place: usize,
    pub(super) options: Options,
    pub(super) first_lamp: LampId,
    pub(super) publisher: Publisher,
    pub(super) questions: Sender<Question>,
    pub(super) reports: Sender<Report>,
    /// What an earlier run logged in with.
    pub(super) credentials: Option<Credentials>,
    /// The way to Python, where the account needs it.
    pub(super) python: Option<Python>,
    /// The way to tokens, where the account uses them.
    pub(super) tokens: Option<Tokens>,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) exit: Exit,
    /// A few words to show beside the countdown, when it failed as a whole.
    pub(super) trouble: Option<String>,
}

/// What was done in all, by all workers.
#[derive(Debug, Default)]
pub(super) struct Total {
    pub(super) counts: Counts,
    pub(super) folders: u64,
    pub(super) failures: u64,
    pub(super) stopped: bool,
    /// Unread messages have come into INBOX.
    rings: bool,
    /// The folders in which something was done.
    pub(super) changed: Vec<(Arc<str>, Counts)>,
    exit: Option<Exit>,
    trouble: Option<String>,
}

impl Total {
    /// Reports a fault and counts it. A stop is none.
    pub(super) fn failed(&mut self, worker: &Worker, fault: &Fault) {
        if fault.is_stop() {
            self.stopped = true;
            return;
        }
        self.failures += 1;
        self.exit = Some(self.exit.unwrap_or(Exit::Success).and(fault.kind.into()));
        if fault.reach >= Reach::Account {
            self.trouble = Some(fault.cause.clone());
        }
        worker.publish(EventKind::Failed { account: Some(worker.account()), folder: None, fault: fault.clone() });
    }

    /// Adds what was done in one folder.
    pub(super) fn add(&mut self, done: &Done) {
        self.counts.add(&done.counts);
        self.failures += done.failures;
        self.stopped |= done.stopped;
        self.rings |= done.rings;
        if !done.counts.is_nothing() {
            self.changed.push((done.folder.clone(), done.counts));
        }
        if done.failures > 0 {
            self.exit = Some(self.exit.unwrap_or(Exit::Success).and(Exit::Partial));
        }
    }
}

/// Runs the account once.
pub(super) fn run(task: &Task) -> Outcome {
    let begun = Instant::now();
    let worker = task.enlist(0);
    worker.light(Light::Account);
    worker.publish(EventKind::SyncStarted { account: worker.account() });
    particulars::repositories(&worker, &task.settings.accounts[task.place]);
    let mut total = Total::default();
    // Hooks are part of it: they aren't run while another run has the account.
    match Some(task).filter(|task| !task.options.pretend).map(AccountLock::take_for).transpose() {
        Ok(_lock) => with_hooks(task, &worker, &mut total),
        Err(fault) => total.failed(&worker, &fault),
    }
    worker.publish(EventKind::SyncDone {
        account: worker.account(),
        counts: total.counts,
        folders: total.folders,
        failures: total.failures,
        took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        stopped: total.stopped,
        pretended: task.options.pretend,
    });
    Outcome { exit: total.exit.unwrap_or(Exit::Success), trouble: total.trouble }
}

/// Synchronises, and runs what the account wants to be run before and after.
fn with_hooks(task: &Task, worker: &Worker, total: &mut Total) {
    let hooks = Some(&task.settings.accounts[task.place].hooks).filter(|_| !task.options.pretend);
    hooks::call(task, worker, total, "presynchook", hooks.and_then(|hooks| hooks.before.as_ref()));
    if let Err(fault) = synchronise(task, worker, total) {
        return total.failed(worker, &fault);
    }
    let news = hooks.filter(|_| total.counts.downloads > 0);
    hooks::call(task, worker, total, "newmailhook", news.and_then(|hooks| hooks.new_mail.as_ref()));
    let bell = hooks.filter(|_| total.rings && !total.stopped).and_then(|hooks| hooks.inbox.as_ref());
    if let Some(Err(fault)) = bell.map(|bell| hooks::ring(worker, bell, task.python.as_ref())) {
        total.failed(worker, &fault);
    }
    hooks::call(task, worker, total, "postsynchook", hooks.and_then(|hooks| hooks.after.as_ref()));
}

/// What folder workers share, without being able to change it.
pub(super) struct Shared<'a> {
    pub(super) task: &'a Task,
    pub(super) account: &'a AccountSettings,
    pub(super) ledger_path: PathBuf,
    /// What the server calls local folders, once that is known.
    pub(super) called: Arc<OnceLock<Called>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(task: &'a Task, ledger_path: PathBuf) -> Self {
        Self { task, account: &task.settings.accounts[task.place], ledger_path, called: Arc::default() }
    }
}

impl Shared<'_> {
    pub(super) fn maildir(&self, worker: &Worker) -> Maildir {
        let maildir = Maildir::from_settings(&self.account.local, self.task.settings.fsync);
        maildir.calling(self.called.clone()).telling(worker.teller(Topic::Maildir))
    }

    /// Whose mail on which server it is, as the ledger is bound to it.
    pub(super) fn origin(&self) -> String {
        format!("{}@{}", self.account.remote.user, self.account.remote.host)
    }

    /// What the folders of the remote and of the local side are called.
    pub(super) fn names(&self) -> Result<(naming::Names<'_>, naming::Names<'_>), Fault> {
        let python = self.task.python.as_ref();
        let remote = &self.account.remote;
        let there = naming::Names::new(&remote.common, remote.listing.decode, python)?;
        Ok((there, naming::Names::new(&self.account.local.common, false, python)?))
    }

    pub(super) fn policy(&self) -> Policy {
        Policy {
            to_remote: permission(&self.account.remote.common),
            to_local: permission(&self.account.local.common),
            create_remote: may_create(&self.account.remote.common),
            create_local: may_create(&self.account.local.common),
            folder_deletes: self.account.sync_folder_deletes,
            allow_deletes: self.task.options.allow_deletes,
            most_deletes: self.account.max_deletes,
            ignore_read_only: self.task.settings.ignore_read_only,
            pretend: self.task.options.pretend,
            explain: self.task.options.debug.contain(Topic::Plan),
            quick: self.task.options.quick,
            pause: intents::PAUSE,
        }
    }

    pub(super) fn connect(
        &self,
        worker: &Worker,
        credentials: &mut Option<Credentials>,
    ) -> Result<ImapRepository, Fault> {
        let timeout = self.task.settings.socket_timeout;
        let Task { python, tokens, reports, .. } = self.task;
        let means = Means { python: python.as_ref(), tokens: tokens.as_ref(), reports };
        connect(worker, &self.account.remote, timeout, means, credentials)
    }
}

fn may_create(common: &CommonSettings) -> bool {
    common.create_folders && !common.read_only
}

fn permission(common: &CommonSettings) -> Permission {
    Permission { write: !common.read_only, delete: !common.read_only && common.sync_deletes }
}

fn synchronise(task: &Task, worker: &Worker, total: &mut Total) -> Result<(), Fault> {
    if task.options.pretend {
        return rehearse(task, worker, total);
    }
    let ledger_path = ledger_path(&task.settings.metadata, task.account().as_str());
    let shared = Shared::new(task, ledger_path);
    let mut ledger = SqliteLedger::open(&shared.ledger_path)?;
    let mut flushing = Flushing::begin(&mut ledger, task.settings.fsync, doubt::boot())?;
    let mut known = ledger.folders()?;
    let mut local = shared.maildir(worker);
    if !check_root(&shared.account.local.root, &known)? {
        local.create_root()?;
    }
    let mut credentials = task.credentials.clone();
    let mut remote = shared.connect(worker, &mut credentials)?;
    // Only now: a name that was misspelt the first time has never been anybody's.
    ledger.bind(&shared.origin())?;
    if let Some(credentials) = credentials.clone() {
        let _ = task.reports.send(Report::LoggedIn { account: task.account().clone(), credentials });
    }
    worker.light(Light::Account);
    flushing.announce(&mut ledger)?;
    let mut sides = Sides { remote: &mut remote, local: &mut local, ledger: &mut ledger };
    let folders = list(&shared, worker, &mut sides, &mut known, total)?;
    mbnames::remember(&shared, worker, &folders, total);
    takeover::take_over(worker, &shared, &mut sides, &folders, &known)?;
    let foreseen = moves::carry_over(worker, shared.policy(), &mut sides, &folders, &known)?;
    let (queue, hands) = pairing::queue(worker, shared.policy(), sides.ledger, folders, &known, total)?;
    let quiet = queue.is_empty();
    let work = Work { queue: &queue, hands, foreseen: &foreseen };
    team::share_out(&shared, worker, remote, credentials.as_ref(), work, total);
    flushing.end(&mut ledger, &local, quiet)?;
    if total.failures == 0 { worker.checkpoint() } else { Ok(()) }
}

/// Lists and pairs the folders, in the order that the configuration wants, and looks here at those of which only that is in
/// question.
pub(super) fn list(
    shared: &Shared<'_>,
    worker: &Worker,
    sides: &mut Sides<'_>,
    known: &mut [FolderRecord],
    total: &mut Total,
) -> Result<Vec<Candidate>, Fault> {
    let (mut there, mut here) = shared.names()?;
    let (only, called) = (shared.task.settings.only.as_ref(), &*shared.called);
    let listing = &shared.account.remote.listing;
    let names = Names { only, called, listing, remote: &mut there, local: &mut here };
    let mut folders = pairing::list(worker, shared.policy(), (sides, names), known, total)?;
    there.sort(&mut folders)?;
    recheck(worker, shared.policy(), sides, &mut folders, known)?;
    Ok(folders)
}

/// Whether the Maildir's root is there. One that is missing, or has nothing in it, although the ledger knows folders was not
/// emptied: it isn't mounted.
pub(super) fn check_root(root: &Path, known: &[FolderRecord]) -> Result<bool, Fault> {
    let there = root.is_dir();
    if known.iter().all(|folder| folder.uid_validity.is_none()) {
        return Ok(there);
    }
    let empty = there && fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none());
    let cause = match (there, empty) {
        (true, false) => return Ok(true),
        (true, true) => "there is nothing in it, though it was synchronised before",
        (false, _) => "it is missing, though it was synchronised before",
    };
    let doing = format!("opening the Maildir {}", root.display());
    Err(Fault::new(Reach::Account, FaultKind::Refused, doing, cause)
        .advise("mount it or put it back; to begin anew, delete the account's ledger as well"))
}
