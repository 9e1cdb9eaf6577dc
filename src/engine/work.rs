//! The work on one folder while it goes on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::folder::Job;
use super::tally::Tally;
use crate::model::event::EventKind;
use crate::model::fault::Fault;
use crate::model::flags::{Flags, Holds};
use crate::model::folder::Counts;
use crate::model::ids::Uid;
use crate::model::message::MessageId;
use crate::store::Mailbox;
use crate::store::ledger::{Entry, FolderRecord, Quarantined, Row, State};

/// The time between two tellings of a folder's progress.
const TELLING: Duration = Duration::from_millis(50);

/// The work on one folder, as far as it has come.
pub(super) struct Work<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) record: FolderRecord,
    /// What the ledger had when the work began.
    pub(super) rows: BTreeMap<Uid, Row>,
    /// Whatever is uploaded from now on gets this UID or a higher one.
    pub(super) uid_next: u32,
    /// The flags that both sides can hold.
    pub(super) common: Holds,
    pub(super) local_holds: Holds,
    pub(super) tally: Tally,
    pub(super) counts: Counts,
    pub(super) failures: u64,
    /// Messages that could not be copied before.
    pub(super) aside: Vec<Quarantined>,
    /// Messages that were put aside now, because they can't be copied.
    pub(super) put_aside: u64,
    /// The server said nothing of a message that was asked for: it is gone by now, or it has to be asked for again.
    pub(super) passed_over: bool,
    /// A helper's connection was lost before it had fetched what it had taken.
    pub(super) cut_off: bool,
    /// Something was fetched that nobody has read yet.
    pub(super) unread: bool,
    /// When the progress was last told.
    pub(super) told: Option<Instant>,
}

impl<'a> Work<'a> {
    /// Work that has not begun. `holds`: the flags that both sides can hold, and those that the local side can.
    pub(super) fn new(job: &'a Job<'a>, record: FolderRecord, holds: (Holds, Holds), tally: Tally) -> Self {
        Self {
            job,
            record,
            rows: BTreeMap::new(),
            uid_next: 1,
            common: holds.0,
            local_holds: holds.1,
            tally,
            counts: Counts::default(),
            failures: 0,
            aside: Vec::new(),
            put_aside: 0,
            passed_over: false,
            cut_off: false,
            unread: false,
            told: None,
        }
    }
}

impl Work<'_> {
    /// The entry that says: both sides have it so.
    pub(super) fn put(&self, here: &dyn Mailbox, remote: Uid, flags: Flags, state: State) -> Entry {
        let known = self.rows.get(&remote);
        let local = known.map_or(remote, |row| row.local);
        let key = here.key(MessageId::Uid(local)).or_else(|| known.and_then(|row| row.key));
        Entry::Put(Row { remote, local, flags, state, key })
    }

    /// Reports what went wrong with a message. The rest goes on.
    pub(super) fn failed(&mut self, fault: &Fault) {
        self.failures += 1;
        self.job.failed(fault);
    }

    /// Tells how far the copying has come, unless that was told only just now: nobody can look that fast, and every
    /// telling wakes somebody.
    pub(super) fn publish_progress(&mut self) {
        let progress = self.tally.progress();
        let complete = progress.done == progress.total;
        if self.told.is_some_and(|told| told.elapsed() < TELLING) && !complete {
            return;
        }
        self.told = Some(Instant::now());
        let (account, folder) = (self.job.worker.account(), self.job.names.shown.clone());
        self.job.worker.publish(EventKind::Progress { account, folder, progress });
    }
}
