//! The folder workers of an account, one connection each. Who finds no folder left helps those that have a huge one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::account::{Shared, Total};
use super::again;
use super::folder::{Done, Job};
use super::hands::{self, Errand, Hands};
use super::ignored::Ignored;
use super::line::{Keys, Line};
use super::moves::Foreseen;
use super::worker::Worker;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::FolderPair;
use crate::model::light::Light;
use crate::model::topic::Topic;
use crate::store::ledger::sqlite::SqliteLedger;

/// What there is to do.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    /// The folders to look at.
    pub(super) queue: &'a Receiver<FolderPair>,
    /// How many workers would find something to do.
    pub(super) hands: usize,
    /// What their plans must leave alone.
    pub(super) foreseen: &'a Foreseen,
    /// Messages on the server that are never copied.
    pub(super) ignored: &'a Ignored,
}

/// Lets folder workers take folders from the queue until it is empty. The first one goes on with the connection that there
/// is already.
pub(super) fn share_out(shared: &Shared<'_>, worker: &Worker, first: Line, todo: Work<'_>, total: &mut Total) {
    let most = if shared.task.options.single { 1 } else { shared.most_connections() };
    let alone = is_alone(shared, &first);
    let wanted = if alone { todo.queue.len() } else { todo.hands };
    let count = wanted.clamp(1, most);
    let (results, finished) = bounded(most);
    let (hands, errands) = Hands::new(count - 1);
    let keys = first.keys.clone();
    let mut first = Some(first);
    thread::scope(|scope| {
        for number in 1..=count {
            let (line, keys, results) = (first.take(), keys.clone(), results.clone());
            let share = Share { todo, alone, hands: hands.clone(), errands: errands.clone(), results: results.clone() };
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let thread = thread::Builder::new().name(format!("folders {number} of {}", worker.account()));
            let spawned = thread.spawn_scoped(scope, move || {
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    work(shared, number, line, keys, share);
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
        drop((results, hands, errands));
        collect(worker, &finished, total);
    });
    let left = todo.queue.len();
    if left > 0 && !total.stopped {
        let doing = format!("synchronising the account {}", worker.account());
        let cause = format!("{left} folders were not looked at, because no connection was left");
        let kind = if total.is_crowded() { FaultKind::Busy } else { FaultKind::Network };
        total.failed(worker, &Fault::new(Reach::Account, kind, doing, cause));
    }
}

/// Whether no two workers may be at one folder: because somebody wants it so, or because a local server doesn't say what becomes
/// of a message, so that it takes one who looks.
fn is_alone(shared: &Shared<'_>, line: &Line) -> bool {
    let server = line.local.server();
    let wished = shared.account.local.imap().is_some_and(|local| local.fetching.alone);
    shared.account.remote.fetching.alone || wished || server.is_some_and(|server| !server.tells_uids())
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

fn note_of(worker: &Worker, fault: &Fault) {
    if !fault.is_stop() {
        note(worker, format!("one connection less: {fault}"));
    }
}

fn note(worker: &Worker, text: String) {
    worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
}

/// What one folder worker has of the common work.
struct Share<'a> {
    todo: Work<'a>,
    /// Each folder is one worker's alone.
    alone: bool,
    hands: Hands,
    errands: Receiver<Errand>,
    results: Sender<Result<Done, Fault>>,
}

/// One folder worker: connects, unless it was given connections, and works.
fn work(shared: &Shared<'_>, number: u32, line: Option<Line>, keys: Keys, share: Share<'_>) {
    let worker = shared.task.enlist(number);
    let mut line = match line.map_or_else(|| Line::open(shared, &worker, keys), Ok) {
        Ok(line) => line,
        // The others go on with the connections that there are; what they can't reach is reported in the end.
        Err(fault) => return note_of(&worker, &fault),
    };
    line.tell(shared, &worker);
    let results = share.results.clone();
    if let Err(fault) = work_off(shared, &worker, line, share) {
        worker.detail(Topic::Thread, || "gives its connection up".to_owned());
        // What fails after a stop was asked for was cut by us.
        let fault = worker.checkpoint().err().unwrap_or(fault);
        let _ = results.send(Err(fault));
    }
}

/// Works until the queue is empty; then helps the others until they need no help any more.
fn work_off(shared: &Shared<'_>, worker: &Worker, mut line: Line, share: Share<'_>) -> Result<(), Fault> {
    let Share { todo, alone, hands, errands, results } = share;
    let mut ledger = SqliteLedger::open(&shared.ledger_path)?;
    let (policy, fetching) = (shared.policy(), shared.account.remote.fetching);
    for names in todo.queue.try_iter() {
        worker.checkpoint()?;
        line.mend(shared, worker)?;
        worker.detail(Topic::Thread, || format!("takes the folder {}", names.shown));
        let (foreseen, hands) = (Some(todo.foreseen), Some(&hands).filter(|_| !alone));
        let ignored = todo.ignored.of(&names.shown);
        let job = Job { foreseen, ignored, hands, ..Job::new(worker, &names, policy) };
        let done = again::synchronise(shared, &job, &mut line, &mut ledger);
        let fatal = done.fatal.clone();
        let _ = results.send(Ok(done));
        if let Some(fault) = fatal {
            return Err(fault);
        }
    }
    worker.light(Light::Folder);
    worker.detail(Topic::Thread, || "finds no other folder to take".to_owned());
    // Who can give no more errands may wait for them; when nobody can, they come to an end.
    drop(hands);
    for errand in errands {
        worker.checkpoint()?;
        line.mend(shared, worker)?;
        worker.detail(Topic::Thread, || format!("helps with the folder {}", errand.folder()));
        match hands::help(worker, policy, &errand, &mut line.remote, &mut line.local, &mut ledger) {
            // What it could not fetch is tried again by the one whose folder it is.
            Err(fault) if fetching.retries > 0 && again::is_lost(worker, &fault) => {
                again::reconnect(shared, worker, &fault, &mut line, |text| note(worker, text))?;
            }
            ended => ended?,
        }
        worker.light(Light::Folder);
    }
    line.part(shared, worker);
    Ok(())
}
