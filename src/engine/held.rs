//! A connection that is kept from one run to the next, where `holdconnectionopen` says so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::account::Task;
use super::runtime::Report;
use super::worker::Worker;
use crate::model::topic::Topic;
use crate::store::imap::ImapRepository;

/// How often a kept connection is used when nothing else is said, so that neither the server nor a router forgets it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(240);

/// The connection's place between two runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Arc<Place>);

/// Empty while a run has the connection, or when there is none.
type Place = Mutex<Option<ImapRepository>>;

impl Held {
    /// A place in which the connection gives a sign of life so often, as long as anybody else has the place.
    pub(super) fn lively(every: Option<Duration>) -> Self {
        let held = Self::default();
        let place = Arc::downgrade(&held.0);
        let every = every.unwrap_or(SIGN_OF_LIFE).min(SIGN_OF_LIFE);
        // Without a thread, the connection is only found dead when it is needed.
        let _ = thread::Builder::new().name("keeps a connection".into()).spawn(move || keep_alive(&place, every));
        held
    }

    /// Puts a connection there, unless it is broken.
    pub(super) fn put(&self, connection: ImapRepository) {
        if !connection.is_broken() {
            *open(&self.0) = Some(connection);
        }
    }

    /// The connection that was kept, if it still stands, for this worker.
    pub(super) fn take(&self, task: &Task, worker: &Worker) -> Option<ImapRepository> {
        let mut connection = open(&self.0).take()?;
        connection.tell(worker.teller(Topic::Imap));
        if let Some(cutter) = connection.cutter() {
            let _ = task.reports.send(Report::Connected { lamp: worker.lamp(), cutter });
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

fn keep_alive(place: &Weak<Place>, every: Duration) {
    loop {
        thread::sleep(every);
        let Some(place) = place.upgrade() else { return };
        let mut held = open(&place);
        if held.as_mut().is_some_and(|connection| connection.noop().is_err()) {
            *held = None;
        }
    }
}
