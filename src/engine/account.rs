//! One run of one account: lock, connect, list and pair the folders, share them out.

use std::collections::HashMap;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::connect::connect;
use super::folder::{self, Done, Job, Policy};
use super::lock::AccountLock;
use super::runtime::{Options, Report};
use super::worker::{Publisher, Worker};
use crate::config::settings::{AccountSettings, Settings};
use crate::model::event::EventKind;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::folder::{Counts, FolderInfo, FolderPair};
use crate::model::ids::{LampId, Side};
use crate::model::light::Light;
use crate::model::mark::Mark;
use crate::model::question::{Question, Secret};
use crate::plan::folders::{Paired, Tree, pair};
use crate::store::Repository;
use crate::store::imap::ImapRepository;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};
use crate::store::ledger::{FolderRecord, Ledger};
use crate::store::maildir::Maildir;

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
    /// The password, when an earlier run learned it.
    pub(super) password: Option<Secret>,
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
struct Total {
    counts: Counts,
    folders: u64,
    failures: u64,
    exit: Option<Exit>,
    trouble: Option<String>,
    stopped: bool,
}

impl Total {
    fn failed(&mut self, worker: &Worker, fault: &Fault) {
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

    fn add(&mut self, done: &Done) {
        self.counts.add(&done.counts);
        self.failures += done.failures;
        self.stopped |= done.stopped;
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
    let mut total = Total::default();
    if let Err(fault) = synchronise(task, &worker, &mut total) {
        total.failed(&worker, &fault);
    }
    worker.publish(EventKind::SyncDone {
        account: worker.account(),
        counts: total.counts,
        folders: total.folders,
        failures: total.failures,
        took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        stopped: total.stopped,
    });
    Outcome { exit: total.exit.unwrap_or(Exit::Success), trouble: total.trouble }
}

/// What folder workers share, without being able to change it.
pub(super) struct Shared<'a> {
    pub(super) task: &'a Task,
    pub(super) account: &'a AccountSettings,
    pub(super) ledger_path: PathBuf,
}

impl Shared<'_> {
    fn maildir(&self) -> Maildir {
        Maildir::from_settings(&self.account.local, self.task.settings.fsync)
    }

    fn policy(&self) -> Policy {
        Policy {
            remote_read_only: self.account.remote.common.read_only,
            local_read_only: self.account.local.common.read_only,
            allow_deletes: self.task.options.allow_deletes,
        }
    }

    fn connect(&self, worker: &Worker, password: &mut Option<Secret>) -> Result<ImapRepository, Fault> {
        let timeout = self.task.settings.socket_timeout;
        connect(worker, &self.account.remote, timeout, &self.task.reports, password)
    }
}

fn synchronise(task: &Task, worker: &Worker, total: &mut Total) -> Result<(), Fault> {
    let metadata = &task.settings.metadata;
    DirBuilder::new().recursive(true).mode(0o700).create(metadata).map_err(|error| {
        let doing = format!("making the metadata directory {}", metadata.display());
        Fault::new(Reach::Account, FaultKind::Disk, doing, error).advise("check metadata in the [general] section")
    })?;
    let _lock = AccountLock::take(metadata, task.account())?;
    let ledger_path = ledger_path(metadata, task.account().as_str());
    let shared = Shared { task, account: &task.settings.accounts[task.place], ledger_path };
    let mut ledger = SqliteLedger::open(&shared.ledger_path)?;
    let known = ledger.folders()?;
    let mut local = shared.maildir();
    prepare_root(&shared.account.local.root, &local, &known)?;
    let mut password = task.password.clone();
    let mut remote = shared.connect(worker, &mut password)?;
    if let Some(secret) = password.clone() {
        let _ = task.reports.send(Report::Password { account: task.account().clone(), secret });
    }
    worker.light(Light::Account);
    let folders = list(worker, &shared, &mut remote, &mut local, total)?;
    let queue = queue(worker, folders, &known, total);
    share_out(&shared, worker, remote, password.as_ref(), &queue, total);
    if total.failures == 0 { worker.checkpoint() } else { Ok(()) }
}

/// A Maildir root that is missing although the ledger knows folders was not deleted: it isn't mounted.
fn prepare_root(root: &Path, local: &Maildir, known: &[FolderRecord]) -> Result<(), Fault> {
    if root.is_dir() {
        return Ok(());
    }
    if known.iter().any(|folder| folder.uid_validity.is_some()) {
        let doing = format!("opening the Maildir {}", root.display());
        return Err(Fault::new(
            Reach::Account,
            FaultKind::Refused,
            doing,
            "it is missing, though it was synchronised before",
        )
        .advise("mount it or put it back; to begin anew, delete the account's ledger as well"));
    }
    local.create_root()
}

/// A pair of folders with the watermarks of both listings.
struct Candidate {
    names: FolderPair,
    remote_mark: Option<Mark>,
    local_mark: Option<Mark>,
}

/// Lists both sides, pairs them, and makes what is missing.
fn list(
    worker: &Worker,
    shared: &Shared<'_>,
    remote: &mut ImapRepository,
    local: &mut Maildir,
    total: &mut Total,
) -> Result<Vec<Candidate>, Fault> {
    worker.checkpoint()?;
    let (there, here) = (remote.folders()?, local.folders()?);
    let may_create = |common: &crate::config::settings::CommonSettings| common.create_folders && !common.read_only;
    let remote_tree =
        Tree { folders: &there, separator: remote.separator()?, create: may_create(&shared.account.remote.common) };
    let local_tree =
        Tree { folders: &here, separator: local.separator()?, create: may_create(&shared.account.local.common) };
    let (pairs, faults) = pair(remote_tree, local_tree);
    for fault in &faults {
        total.failed(worker, fault);
    }
    let (there, here) = (marks(&there), marks(&here));
    let mut candidates = Vec::with_capacity(pairs.len());
    for pair in pairs {
        worker.checkpoint()?;
        match create(worker, remote, local, &pair) {
            Ok(()) => candidates.push(Candidate {
                remote_mark: there.get(pair.names.remote.as_str()).copied(),
                local_mark: here.get(pair.names.local.as_str()).copied(),
                names: pair.names,
            }),
            Err(fault) if fault.reach <= Reach::Folder => total.failed(worker, &fault),
            Err(fault) => return Err(fault),
        }
    }
    Ok(candidates)
}

fn marks(folders: &[FolderInfo]) -> HashMap<&str, Mark> {
    folders.iter().filter_map(|folder| Some((folder.name.as_str(), folder.mark?))).collect()
}

fn create(worker: &Worker, remote: &mut ImapRepository, local: &mut Maildir, pair: &Paired) -> Result<(), Fault> {
    let side = match (pair.create_remote, pair.create_local) {
        (true, _) => {
            remote.create(&pair.names.remote)?;
            Side::Remote
        }
        (_, true) => {
            local.create(&pair.names.local)?;
            Side::Local
        }
        _ => return Ok(()),
    };
    let (account, folder) = (worker.account(), pair.names.shown.clone());
    worker.publish(EventKind::FolderCreated { account, folder, side });
    Ok(())
}

/// The folders that have to be looked at: all but those that are certainly unchanged on both sides.
fn queue(
    worker: &Worker,
    candidates: Vec<Candidate>,
    known: &[FolderRecord],
    total: &mut Total,
) -> Receiver<FolderPair> {
    let known: HashMap<&str, &FolderRecord> = known.iter().map(|record| (record.local.as_str(), record)).collect();
    let unchanged = |candidate: &Candidate| {
        known.get(candidate.names.local.as_str()).is_some_and(|record| {
            record.remote == candidate.names.remote
                && proves(record.remote_mark, candidate.remote_mark)
                && proves(record.local_mark, candidate.local_mark)
        })
    };
    total.folders = candidates.len() as u64;
    let (sender, receiver) = unbounded();
    for candidate in candidates.into_iter().filter(|candidate| !unchanged(candidate)) {
        // The receiver is in our hands.
        let _ = sender.send(candidate.names);
    }
    let to_look = receiver.len() as u64;
    let (account, total) = (worker.account(), total.folders);
    worker.publish(EventKind::FoldersListed { account, total, unchanged: total - to_look });
    receiver
}

fn proves(then: Option<Mark>, now: Option<Mark>) -> bool {
    then.zip(now).is_some_and(|(then, now)| then.proves_unchanged(&now))
}

/// Lets folder workers take folders from the queue until it is empty. The first one goes on with the connection that there
/// is already.
fn share_out(
    shared: &Shared<'_>,
    worker: &Worker,
    first: ImapRepository,
    password: Option<&Secret>,
    queue: &Receiver<FolderPair>,
    total: &mut Total,
) {
    let most = if shared.task.options.single { 1 } else { shared.account.remote.max_connections };
    let count = queue.len().clamp(1, most);
    let (results, finished) = unbounded();
    let mut first = Some(first);
    thread::scope(|scope| {
        for number in 1..=count {
            let (connection, results) = (first.take(), results.clone());
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let thread = thread::Builder::new().name(format!("folders {number} of {}", worker.account()));
            let spawned = thread.spawn_scoped(scope, move || {
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    work(shared, number, connection, password.cloned(), queue, &results);
                }));
                if ended.is_err() {
                    let _ = results.send(Err(panicked(shared)));
                }
            });
            if let Err(error) = spawned {
                let doing = format!("starting a thread for the account {}", worker.account());
                total.failed(worker, &Fault::new(Reach::Account, FaultKind::Internal, doing, error));
            }
        }
        drop(results);
        collect(worker, &finished, total);
    });
    let left = queue.len();
    if left > 0 && !total.stopped {
        let doing = format!("synchronising the account {}", worker.account());
        let cause = format!("{left} folders were not looked at, because no connection was left");
        total.failed(worker, &Fault::new(Reach::Account, FaultKind::Network, doing, cause));
    }
}

fn panicked(shared: &Shared<'_>) -> Fault {
    let doing = format!("synchronising the account {}", shared.task.account());
    Fault::new(Reach::Account, FaultKind::Internal, doing, "a mistake in this program")
        .advise("nothing is lost; please report it")
}

fn collect(worker: &Worker, finished: &Receiver<Result<Done, Fault>>, total: &mut Total) {
    for result in finished {
        match result {
            Ok(done) => total.add(&done),
            Err(fault) => total.failed(worker, &fault),
        }
    }
}

fn warn(worker: &Worker, fault: &Fault) {
    if !fault.is_stop() {
        let text = format!("one connection less: {fault}");
        worker.publish(EventKind::Warned { account: Some(worker.account()), folder: None, text });
    }
}

/// One folder worker: connects, unless it was given a connection, and works until the queue is empty.
fn work(
    shared: &Shared<'_>,
    number: u32,
    connection: Option<ImapRepository>,
    mut password: Option<Secret>,
    queue: &Receiver<FolderPair>,
    results: &Sender<Result<Done, Fault>>,
) {
    let worker = shared.task.enlist(number);
    let mut remote = match connection.map_or_else(|| shared.connect(&worker, &mut password), Ok) {
        Ok(remote) => remote,
        // The others go on with the connections that there are; what they can't reach is reported in the end.
        Err(fault) => return warn(&worker, &fault),
    };
    let attempt = || -> Result<(), Fault> {
        let mut local = shared.maildir();
        let mut ledger = SqliteLedger::open(&shared.ledger_path)?;
        let policy = shared.policy();
        for names in queue.try_iter() {
            worker.checkpoint()?;
            let job = Job { worker: &worker, names: &names, policy };
            let done = folder::synchronise(&job, &mut remote, &mut local, &mut ledger);
            let fatal = done.fatal.clone();
            let _ = results.send(Ok(done));
            if let Some(fault) = fatal {
                return Err(fault);
            }
        }
        worker.light(Light::Folder);
        remote.log_out();
        Ok(())
    };
    if let Err(fault) = attempt() {
        let _ = results.send(Err(fault));
    }
}
