//! Messages that went from one folder to another are moved on the other side too, rather than copied there and deleted.
//!
//! A message that is gone from one folder and one that is new in another are the same when they have the same size and
//! header; they are paired one to one, over all folders, before any folder is worked on. Only that a message came somewhere
//! is recorded here. That it left is for the work on the folder it left: it is gone on both sides then, or, where a server
//! could only copy it, is deleted there like any other.

mod both;
mod doubled;
mod here;
mod renamed;
mod there;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::confine;
use super::folder::{Job, Policy};
use super::pairing::{Candidate, Sides};
use super::worker::Worker;
use crate::model::fault::{Fault, Reach};
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::light::Light;
use crate::model::mark::Mark;
use crate::plan::action::{Action, Plan};
use crate::plan::moves::{Traffic, traffic};
use crate::store::labels::{Labelling, Recorded};
use crate::store::ledger::{Entry, FolderRecord, Row, State};
use crate::store::{Mailbox, Place, Repository};

/// A pair of folders, and what may have left it and come into it on either side.
struct Folder<'a> {
    pair: &'a Candidate,
    record: FolderRecord,
    /// The UIDVALIDITY that the server says now; `None` when its listing didn't tell.
    validity: Option<UidValidity>,
    there: Traffic,
    here: Traffic,
    /// What of it wasn't looked at is looked at again now, perhaps in another folder.
    anew: bool,
}

impl Folder<'_> {
    /// Whether the ledger's UIDs hold.
    fn is_known(&self) -> bool {
        self.validity.is_some() && self.record.uid_validity == self.validity
    }

    fn remote(&self) -> Place<'_> {
        Place { name: &self.pair.names.remote, validity: self.validity.unwrap_or(UidValidity(0)) }
    }

    fn local(&self) -> Place<'_> {
        Place { name: &self.pair.names.local, validity: UidValidity(0) }
    }
}

/// All that the search for moves needs.
struct Search<'a, 'b> {
    worker: &'a Worker,
    policy: Policy,
    sides: &'a mut Sides<'b>,
    folders: Vec<Folder<'a>>,
    foreseen: Foreseen,
}

/// A message that is gone from a folder on one side, as the ledger knew it.
struct Gone {
    /// The folder's place in [`Search::folders`].
    from: usize,
    row: Row,
}

/// What the plans for the folders must leave alone: in a dry run, the moves that would have been made; else messages that the
/// server would not move.
#[derive(Debug, Default)]
pub(super) struct Foreseen {
    /// Messages that would leave a folder, by its local name.
    left: HashSet<(String, Uid)>,
    /// Messages that would come into a folder as a file that is there already, by local names.
    files: HashSet<(String, String)>,
    /// Messages on the server whose file would come from another folder.
    came: HashSet<(String, Uid)>,
}

impl Foreseen {
    /// Takes out of the plan for a folder what would be done already, or must not be done. Says whether anything was.
    pub(super) fn spare(&self, folder: &str, plan: &mut Plan, local: &dyn Mailbox) -> bool {
        let before = plan.actions.len();
        let has = |all: &HashSet<(String, Uid)>, uid: &Uid| all.contains(&(folder.to_owned(), *uid));
        plan.actions.retain(|action| match action {
            Action::Delete { uid, .. } => !has(&self.left, uid),
            Action::Download { uid } => !has(&self.came, uid),
            Action::Upload { id, .. } => {
                !local.local_name(*id).is_some_and(|name| self.files.contains(&(folder.to_owned(), name)))
            }
            _ => true,
        });
        plan.actions.len() < before
    }
}

/// Finds what was moved on either side since the last run, and moves it on the other; a dry run only tells.
pub(super) fn carry_over(
    worker: &Worker,
    policy: Policy,
    sides: &mut Sides<'_>,
    candidates: &[Candidate],
    known: &[FolderRecord],
) -> Result<Foreseen, Fault> {
    let known: HashMap<&str, &FolderRecord> = known.iter().map(|record| (record.local.as_str(), record)).collect();
    let mut folders = Vec::new();
    for pair in candidates {
        let record = known.get(pair.names.local.as_str()).filter(|record| record.remote == pair.names.remote);
        let record = match record {
            Some(record) if !pair.created => (*record).clone(),
            _ => sides.ledger.folder(&pair.names.remote, &pair.names.local)?,
        };
        // What a power cut took away was not moved.
        if record.doubt.is_none() {
            let scope = sides.ledger.scope(record.id)?;
            let ignored = scope.as_ref().map(|scope| &scope.ignored);
            let anew = scope.is_some() && confine::is_outdated(&policy, ignored, scope.as_ref());
            folders.push(folder(pair, record, anew));
        }
    }
    let may_write = policy.to_remote.write && policy.to_local.write;
    let mut search = Search { worker, policy, sides, folders, foreseen: Foreseen::default() };
    if may_write && policy.to_remote.delete && plausible(&search.folders, |folder| folder.here) {
        here::follow(&mut search)?;
    }
    if may_write && policy.to_local.delete && plausible(&search.folders, |folder| folder.there) {
        there::follow(&mut search)?;
    }
    worker.light(Light::Account);
    Ok(search.foreseen)
}

fn folder(pair: &Candidate, record: FolderRecord, anew: bool) -> Folder<'_> {
    let validity = match pair.remote_mark {
        Some(Mark::Server(mark)) => Some(mark.uid_validity),
        _ => None,
    };
    let known = validity.is_some() && record.uid_validity == validity;
    let side = |then, now| {
        let traffic = if anew { Traffic::ANY } else { traffic(then, now) };
        // What was never synchronised has lost nothing, and a folder that was just made is as good as known.
        Traffic { left: known && traffic.left, came: (known || pair.created) && traffic.came }
    };
    let there = side(record.remote_mark, pair.remote_mark);
    let here = side(record.local_mark, pair.local_mark);
    Folder { pair, record, validity, there, here, anew }
}

fn plausible(folders: &[Folder<'_>], side: impl Fn(&Folder<'_>) -> Traffic) -> bool {
    folders.iter().any(|folder| side(folder).left) && folders.iter().any(|folder| side(folder).came)
}

impl Search<'_, '_> {
    fn job(&self, folder: usize) -> Job<'_> {
        Job::new(self.worker, &self.folders[folder].pair.names, self.policy)
    }

    /// A folder's name as the plans of a dry run know it.
    fn name(&self, folder: usize) -> String {
        self.folders[folder].pair.names.local.clone()
    }

    /// Says what was moved, or would be.
    fn tell(&self, to: usize, from: usize, count: usize, how: &str) {
        let (origin, would) =
            (&self.folders[from].pair.names.shown, if self.policy.pretend { "dry run: " } else { "" });
        self.job(to).note(format!("{would}moved {} from {origin} {how}", messages(count)));
    }

    /// The folder's messages that both sides had.
    fn rows(&mut self, folder: usize) -> Result<Vec<Row>, Fault> {
        let Folder { record, anew, .. } = &self.folders[folder];
        let mut rows = self.sides.ledger.rows(record.id)?;
        rows.retain(|row| row.state == State::Synced || (*anew && row.state == State::Outside));
        Ok(rows)
    }

    /// The labels of the folder's messages that both sides had.
    fn labels(&mut self, folder: usize) -> Result<Labelling, Fault> {
        self.sides.ledger.labels(self.folders[folder].record.id)
    }

    /// Makes sure that the ledger can take messages of a folder; gives the UID that the next one there gets at least, or
    /// `None` where this has to wait.
    fn receive(&mut self, to: usize) -> Result<Option<u32>, Fault> {
        let Folder { pair, record, validity, .. } = &self.folders[to];
        if let (true, Some(Mark::Server(mark))) = (self.folders[to].is_known(), pair.remote_mark) {
            // An upload that was cut off is settled first.
            let settled = self.sides.ledger.intents(record.id)?.is_empty();
            return Ok(settled.then_some(mark.uid_next.max(1)));
        }
        if !pair.created {
            return Ok(None);
        }
        let (name, id, validity) = (pair.names.remote.clone(), record.id, *validity);
        let begun = self.folders[to].is_known();
        let mut mailbox = self.sides.remote.open(&name, false)?;
        let look = mailbox.look(None)?;
        let now = mailbox.uid_validity().filter(|now| validity.is_none_or(|told| told == *now));
        drop(mailbox);
        let Some(now) = now else { return Ok(None) };
        // Once: messages of another folder may have come by now.
        if !begun {
            self.sides.ledger.restart(id, now, &[])?;
        }
        self.folders[to].validity = Some(now);
        self.folders[to].record.uid_validity = Some(now);
        Ok(Some(super::survey::uid_next(&look)))
    }
}

/// What one folder's fault is worth here: its own work will report it.
pub(super) fn tolerated<T>(result: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(fault) if fault.reach <= Reach::Folder && !fault.is_stop() => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Opens a folder for a look; `None` when that fails, which its own work will report.
fn open<'a>(repository: &'a mut dyn Repository, name: &str) -> Result<Option<Box<dyn Mailbox + 'a>>, Fault> {
    tolerated(repository.open(name, false))
}

/// Groups by the folders that messages leave and come to.
fn by_way<T>(moves: Vec<(usize, usize, T)>) -> BTreeMap<(usize, usize), Vec<T>> {
    let mut ways: BTreeMap<(usize, usize), Vec<T>> = BTreeMap::new();
    for (from, to, one) in moves {
        ways.entry((from, to)).or_default().push(one);
    }
    ways
}

pub(super) fn messages(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

/// The record of a message that came with the flags and the labels that both sides had where it was. What its file is recognised
/// by is seen when labels are looked at.
fn arrived(
    row: &Row,
    remote: Uid,
    key: Option<FileKey>,
    labels: Option<&Recorded>,
) -> impl Iterator<Item = Entry> + use<> {
    let put = Entry::Put(Row { remote, local: remote, flags: row.flags.clone(), state: State::Synced, key });
    let recorded = labels.map(|known| Recorded { stamp: 0, ..known.clone() });
    std::iter::once(put).chain(recorded.map(|recorded| Entry::Label { uid: remote, recorded }))
}

#[cfg(test)]
mod attack_tests;
#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod respell_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world_of_tests;
