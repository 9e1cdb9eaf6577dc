//! A connection that is kept from one run to the next, where `holdconnectionopen` says so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::account::Task;
use super::runtime::Report;
use super::worker::Worker;
use crate::model::ids::Side;
use crate::model::topic::Topic;
use crate::store::imap::ImapRepository;

/// How often a kept connection is used when nothing else is said, so that neither the server nor a router forgets it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(240);

/// The connection's place between two runs.
#[derive(Debug, Clone)]
pub(super) struct Held {
    place: Arc<Place>,
    /// As long as anybody has this, the connection is kept alive.
    _wanted: Sender<()>,
}

/// Empty while somebody uses the connection, or when there is none.
type Place = Mutex<Option<ImapRepository>>;

impl Held {
    /// A place in which the connection gives a sign of life so often, as long as anybody has the place.
    pub(super) fn lively(every: Option<Duration>) -> Self {
        let (wanted, until) = bounded(0);
        let held = Self { place: Arc::default(), _wanted: wanted };
        let place = held.place.clone();
        let every = every.unwrap_or(SIGN_OF_LIFE).min(SIGN_OF_LIFE);
        // Without a thread, the connection is only found dead when it is needed.
        let keep = move || keep_alive(&place, every, &until);
        let _ = thread::Builder::new().name("keeps a connection".into()).spawn(keep);
        held
    }

    /// Puts a connection there, unless it is broken.
    pub(super) fn put(&self, connection: ImapRepository) {
        put(&self.place, connection);
    }

    /// The connection that was kept, if it still stands, for this worker.
    pub(super) fn take(&self, task: &Task, worker: &Worker, side: Side) -> Option<ImapRepository> {
        let mut connection = open(&self.place).take()?;
        connection.tell(worker.teller(Topic::Imap));
        if let Some(cutter) = connection.cutter() {
            let _ = task.reports.send(Report::Connected { lamp: worker.lamp(), side, cutter });
        }
        let stands = connection.noop().is_ok();
        worker.detail(Topic::Thread, || {
            (if stands { "goes on with its connection" } else { "finds its connection lost" }).to_owned()
        });
        stands.then_some(connection)
    }
}

fn open(place: &Place) -> MutexGuard<'_, Option<ImapRepository>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

fn put(place: &Place, connection: ImapRepository) {
    if !connection.is_broken() {
        *open(place) = Some(connection);
    }
}

/// Gives a sign of life now and then. A run that begins meanwhile finds no connection, and doesn't wait for this one.
fn keep_alive(place: &Place, every: Duration, until: &Receiver<()>) {
    while until.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
        let taken = open(place).take();
        if let Some(mut connection) = taken
            && connection.noop().is_ok()
        {
            put(place, connection);
        }
    }
}
