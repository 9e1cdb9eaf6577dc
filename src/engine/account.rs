//! One run of one account: lock, connect, list and pair the folders, share them out.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use chrono::Utc;
use crossbeam_channel::Sender;

use super::asides::Wish;
use super::both::Both;
use super::course::synchronise;
use super::folder::{Done, Policy};
use super::glance::Glance;
use super::held::Held;
use super::hooks;
use super::intents;
use super::lock::AccountLock;
use super::naming;
use super::particulars;
use super::python::Python;
use super::runtime::{Options, Report};
use super::supervisor::{Hope, Trouble};
use super::token::Tokens;
use super::trust::Trust;
use super::worker::{Publisher, Worker};
use crate::config::settings::{AccountSettings, CommonSettings, ImapSettings, MaildirSettings, Settings};
use crate::model::event::EventKind;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::fingerprint::Fingerprint;
use crate::model::folder::Counts;
use crate::model::ids::LampId;
use crate::model::light::Light;
use crate::model::question::Question;
use crate::model::topic::Topic;
use crate::plan::messages::Permission;
use crate::store::imap::Credentials;
use crate::store::maildir::{Called, Maildir};

/// What one run of an account needs.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) settings: Arc<Settings>,
    /// The account's place in the settings.
    pub(super) place: usize,
    pub(super) options: Options,
    /// Nothing is taken for unchanged.
    pub(super) thorough: bool,
    /// It only looks at what those who watch have seen change.
    pub(super) glance: Option<Glance>,
    /// Where the connections are kept between runs, as far as they are.
    pub(super) held: Both<Option<Held>>,
    /// What a person wants of messages that could not be copied.
    pub(super) wishes: Vec<Wish>,
    pub(super) first_lamp: LampId,
    pub(super) publisher: Publisher,
    pub(super) questions: Sender<Question>,
    pub(super) reports: Sender<Report>,
    /// What an earlier run logged in with.
    pub(super) keys: Both<Option<Credentials>>,
    /// Certificates that a person has agreed to trust.
    pub(super) trusted: Both<Vec<Fingerprint>>,
    /// The way to Python, where the account needs it.
    pub(super) python: Option<Python>,
    /// The ways to tokens, where the account uses them.
    pub(super) tokens: Both<Option<Tokens>>,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) exit: Exit,
    /// Why it failed as a whole, if it did.
    pub(super) trouble: Option<Trouble>,
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
    trouble: Option<Trouble>,
    /// Whether the interfaces know that it has begun.
    pub(super) announced: bool,
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
            self.trouble = Some(Trouble::of(fault));
        }
        worker.publish(EventKind::Failed { account: Some(worker.account()), folder: None, fault: fault.clone() });
    }

    /// Whether it came to a stop because the server is busy.
    pub(super) fn is_crowded(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.hope == Hope::Room)
    }

    /// Says that the run has begun.
    pub(super) fn announce(&mut self, task: &Task, worker: &Worker) {
        if !std::mem::replace(&mut self.announced, true) {
            worker.publish(EventKind::SyncStarted { account: worker.account() });
            particulars::repositories(worker, &task.settings.accounts[task.place]);
        }
    }

    fn outcome(self) -> Outcome {
        Outcome { exit: self.exit.unwrap_or(Exit::Success), trouble: self.trouble }
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
    let mut total = Total::default();
    if task.glance.is_none() {
        total.announce(task, &worker);
    }
    // Hooks are part of it: they aren't run while another run has the account.
    match Some(task).filter(|task| !task.options.pretend).map(AccountLock::take_for).transpose() {
        Ok(_lock) => with_hooks(task, &worker, &mut total),
        // Whoever only glances comes back when the other is done.
        Err(fault) if task.glance.is_some() && fault.kind == FaultKind::Locked => {
            total.trouble = Some(Trouble::of(&fault));
        }
        Err(fault) => total.failed(&worker, &fault),
    }
    if !total.announced {
        return total.outcome();
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
    total.outcome()
}

/// Synchronises, and runs what the account wants to be run before and after.
fn with_hooks(task: &Task, worker: &Worker, total: &mut Total) {
    let hooks = Some(&task.settings.accounts[task.place].hooks).filter(|_| !task.options.pretend);
    if task.glance.is_none() {
        before(task, worker, total);
    }
    if let Err(fault) = synchronise(task, worker, total) {
        return total.failed(worker, &fault);
    }
    // Whoever has glanced and found nothing has done nothing.
    if !total.announced {
        return;
    }
    let news = hooks.filter(|_| total.counts.downloads > 0);
    hooks::call(task, worker, total, "newmailhook", news.and_then(|hooks| hooks.new_mail.as_ref()));
    let bell = hooks.filter(|_| total.rings && !total.stopped).and_then(|hooks| hooks.inbox.as_ref());
    if let Some(Err(fault)) = bell.map(|bell| hooks::ring(worker, bell, task.python.as_ref())) {
        total.failed(worker, &fault);
    }
    hooks::call(task, worker, total, "postsynchook", hooks.and_then(|hooks| hooks.after.as_ref()));
}

/// Runs what is to be run before.
pub(super) fn before(task: &Task, worker: &Worker, total: &mut Total) {
    let hooks = Some(&task.settings.accounts[task.place].hooks).filter(|_| !task.options.pretend);
    hooks::call(task, worker, total, "presynchook", hooks.and_then(|hooks| hooks.before.as_ref()));
}

/// What folder workers share, without being able to change it.
pub(super) struct Shared<'a> {
    pub(super) task: &'a Task,
    pub(super) account: &'a AccountSettings,
    pub(super) ledger_path: PathBuf,
    /// What the server calls local folders, once that is known.
    pub(super) called: Arc<OnceLock<Called>>,
    /// Which certificates a person trusts.
    pub(super) trust: Both<Trust>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(task: &'a Task, ledger_path: PathBuf) -> Self {
        let (account, trust) = (&task.settings.accounts[task.place], Both::of(|side| Trust::of(task, side)));
        Self { task, account, ledger_path, called: Arc::default(), trust }
    }
}

impl Shared<'_> {
    /// The local side as the tree of Maildirs that these settings describe.
    pub(super) fn maildir(&self, worker: &Worker, settings: &MaildirSettings) -> Maildir {
        let maildir = Maildir::from_settings(settings, self.task.settings.fsync);
        maildir.calling(self.called.clone()).telling(worker.teller(Topic::Maildir))
    }

    /// Whose mail on which servers it is, as the ledger is bound to it.
    pub(super) fn origin(&self) -> String {
        let whose = |server: &ImapSettings| format!("{}@{}", server.user, server.host);
        let local = self.account.local.imap().map(|local| format!(" and {}", whose(local)));
        whose(&self.account.remote) + &local.unwrap_or_default()
    }

    /// What the folders of the remote and of the local side are called.
    pub(super) fn names(&self) -> Result<(naming::Names<'_>, naming::Names<'_>), Fault> {
        let python = self.task.python.as_ref();
        let remote = &self.account.remote;
        let there = naming::Names::new(&remote.common, remote.listing.decode, python)?;
        Ok((there, naming::Names::new(self.account.local.common(), false, python)?))
    }

    pub(super) fn policy(&self) -> Policy {
        Policy {
            to_remote: permission(&self.account.remote.common, self.account.local.common()),
            to_local: permission(self.account.local.common(), &self.account.remote.common),
            create_remote: may_create(&self.account.remote.common),
            create_local: may_create(self.account.local.common()),
            folder_deletes: self.account.sync_folder_deletes,
            allow_deletes: self.task.options.allow_deletes,
            most_deletes: self.account.max_deletes,
            ignore_read_only: self.task.settings.ignore_read_only,
            pretend: self.task.options.pretend,
            explain: self.task.options.debug.contain(Topic::Plan),
            extent: self.account.extent,
            now: Utc::now().timestamp(),
            quick: self.task.options.quick,
            pause: intents::PAUSE,
        }
    }
}

fn may_create(common: &CommonSettings) -> bool {
    common.create_folders && !common.read_only
}

/// What may be done to a side. What is deleted on the other one is deleted there if that one says so.
fn permission(common: &CommonSettings, other: &CommonSettings) -> Permission {
    let write = !common.read_only;
    Permission { write, delete: write && other.sync_deletes, number: write }
}
