//! Which folders an account has, on which sides, and which of them have to be looked at.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crossbeam_channel::{Receiver, bounded};

use super::account::Total;
use super::confine;
use super::folder::{Job, Policy};
use super::hands;
use super::ignored::Ignored;
use super::quarantine;
use super::remarks;
use super::respell;
use super::vanish;
use super::worker::Worker;
use crate::config::settings::Listing;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::{FolderInfo, FolderPair};
use crate::model::ids::Side;
use crate::model::mark::Mark;
use crate::model::patterns::Patterns;
use crate::plan::folders::{Paired, Terms, Tree, pair};
use crate::plan::naming::Naming;
use crate::store::Repository;
use crate::store::ledger::{FolderRecord, Ledger};
use crate::store::maildir::Called;

/// Both sides of an account, and what it remembers of them.
pub(super) struct Sides<'a> {
    pub(super) remote: &'a mut dyn Repository,
    pub(super) local: &'a mut dyn Repository,
    pub(super) ledger: &'a mut dyn Ledger,
}

/// A pair of folders with the watermarks of both listings.
pub(super) struct Candidate {
    pub(super) names: FolderPair,
    pub(super) remote_mark: Option<Mark>,
    pub(super) local_mark: Option<Mark>,
    /// One of the two was made in this run.
    pub(super) created: bool,
}

/// What each side calls its folders to the other, and which of them take part.
pub(super) struct Names<'a> {
    /// The only ones that are wanted in this run, by any of their names.
    pub(super) only: Option<&'a Patterns>,
    /// Where the Maildir learns what the server calls its folders.
    pub(super) called: &'a OnceLock<Called>,
    /// Which of the server's folders are looked at.
    pub(super) listing: &'a Listing,
    /// What the local server's list begins with, where it is one.
    pub(super) local_reference: &'a str,
    pub(super) remote: &'a mut dyn Naming,
    pub(super) local: &'a mut dyn Naming,
}

/// Lists both sides, pairs them, and makes what is missing.
pub(super) fn list(
    worker: &Worker,
    policy: Policy,
    (sides, names): (&mut Sides<'_>, Names<'_>),
    known: &mut [FolderRecord],
    total: &mut Total,
) -> Result<Vec<Candidate>, Fault> {
    worker.checkpoint()?;
    let (there, here) = (sides.remote.folders()?, sides.local.folders()?);
    vanish::check(worker, names.listing, known, &there, &here)?;
    remarks::on_list(worker, names.listing, known, &there);
    let (remote_separator, local_separator) = (sides.remote.separator()?, sides.local.separator()?);
    let (create, naming) = (policy.create_remote, names.remote);
    let remote_tree = Tree { folders: &there, separator: remote_separator, create, naming };
    let (create, naming) = (policy.create_local, &mut *names.local);
    let local_tree = Tree { folders: &here, separator: local_separator, create, naming };
    let limits = terms((names.listing, names.local_reference), &[]);
    let (mut pairs, faults) = pair(remote_tree, local_tree, Terms { known: &by_name(known), ..limits })?;
    let _ = names.called.set(called(&mut *names.local, &pairs)?);
    vanish::forget_left_out(sides.ledger, (policy, limits), &pairs, known, (&there, &here))?;
    remarks::on_pairs(worker, names.only, &there, &pairs, !faults.is_empty());
    if let Some(only) = names.only {
        pairs.retain(|pair| remarks::is_named(only, pair));
    }
    for fault in &faults {
        total.failed(worker, fault);
    }
    let listed: HashSet<&str> = there.iter().map(|folder| folder.name.as_str()).collect();
    let (there, here) = (marks(&there), marks(&here));
    let mut candidates = Vec::with_capacity(pairs.len());
    for pair in pairs {
        worker.checkpoint()?;
        let moved = renamed(worker, known, &listed, &pair);
        match moved.map_or_else(|| make(worker, policy, sides, known, &pair), Err) {
            Ok(Made::Unseen) => {}
            Ok(Made::Here(created)) => candidates.push(Candidate {
                remote_mark: there.get(pair.names.remote.as_str()).copied(),
                local_mark: here.get(pair.names.local.as_str()).copied(),
                created,
                names: pair.names,
            }),
            Err(fault) if fault.reach <= Reach::Folder => total.failed(worker, &fault),
            Err(fault) => return Err(fault),
        }
    }
    Ok(candidates)
}

/// The names of the folders that the ledger has.
pub(super) fn by_name(known: &[FolderRecord]) -> Vec<(&str, &str)> {
    known.iter().map(|record| (record.remote.as_str(), record.local.as_str())).collect()
}

/// What decides over pairs, by the configuration and the ledger.
pub(super) fn terms<'a>(
    (listing, local_reference): (&'a Listing, &'a str),
    known: &'a [(&'a str, &'a str)],
) -> Terms<'a> {
    Terms { decode: listing.decode, reference: &listing.reference, local_reference, known }
}

/// What the other side calls the local folders, where that differs.
fn called(naming: &mut dyn Naming, pairs: &[Paired]) -> Result<Called, Fault> {
    let mut called = Called::new();
    if !naming.translates() {
        return Ok(called);
    }
    for name in pairs.iter().map(|pair| &pair.names.local) {
        match naming.visible(name) {
            Ok(visible) if visible != *name => {
                called.insert(name.clone(), visible);
            }
            Err(fault) if fault.reach > Reach::Folder => return Err(fault),
            _ => {}
        }
    }
    Ok(called)
}

fn marks(folders: &[FolderInfo]) -> HashMap<&str, Mark> {
    folders.iter().filter_map(|folder| Some((folder.name.as_str(), folder.mark?))).collect()
}

/// A local folder whose counterpart is called otherwise now, because the configuration has changed: it is not made there under
/// a name that the other one's mail has never had.
fn renamed(worker: &Worker, known: &[FolderRecord], listed: &HashSet<&str>, pair: &Paired) -> Option<Fault> {
    let record = known.iter().find(|record| record.local == pair.names.local && record.uid_validity.is_some())?;
    let other = &record.remote;
    if !pair.create_remote || *other == pair.names.remote || !listed.contains(other.as_str()) {
        return None;
    }
    let doing = format!("making the folder {} of the account {} on the server", pair.names.local, worker.account());
    let cause = format!("its mail is that of {other} there, which has another name here now");
    Some(Fault::new(Reach::Folder, FaultKind::Refused, doing, cause).advise(
        "put the local folder where its mail belongs by its new name, or undo the change of nametrans or namemap",
    ))
}

/// What became of a pair of which one may be missing.
enum Made {
    /// Both are there; whether one of them was made now.
    Here(bool),
    /// There is nothing to be looked at: the other one is gone now too, or would be called otherwise in a real run.
    Unseen,
}

/// Makes the folder where it is missing, or deletes the other one where that is wished.
///
/// One that was there before is refilled from the other side, never emptied there: what the ledger knows of it is forgotten
/// first, so that no message of an empty folder can be taken for deleted, whenever this is cut off.
fn make(
    worker: &Worker,
    policy: Policy,
    sides: &mut Sides<'_>,
    known: &mut [FolderRecord],
    pair: &Paired,
) -> Result<Made, Fault> {
    if let Some(old) = &pair.respelt {
        let job = Job::new(worker, &pair.names, policy);
        if policy.pretend {
            job.note(format!("dry run: the local folder {old} would be renamed to {}", pair.names.local));
            return Ok(Made::Unseen);
        }
        respell::respell(&job, sides, known, old)?;
        return Ok(Made::Here(false));
    }
    let side = match (pair.create_remote, pair.create_local) {
        (true, _) => Side::Remote,
        (_, true) => Side::Local,
        _ => return Ok(Made::Here(false)),
    };
    let (account, folder) = (worker.account(), pair.names.shown.clone());
    if let Some(record) = known.iter().find(|record| record.local == pair.names.local) {
        let job = Job::new(worker, &pair.names, policy);
        let was_there = record.uid_validity.is_some() && record.remote == pair.names.remote;
        if side == Side::Remote && was_there && vanish::still_opens(sides, record)? {
            job.note("the server doesn't list this folder, but opens it, so it isn't gone".to_owned());
            return Ok(Made::Here(false));
        }
        if policy.folder_deletes && was_there && vanish::follow(&job, sides, record, side)? {
            return Ok(Made::Unseen);
        }
        sides.ledger.forget_folder(&pair.names.local)?;
        job.warn(format!("the folder is gone {}; it is made again there and refilled", side_in_words(side)));
    }
    match side {
        Side::Remote => sides.remote.create(&pair.names.remote)?,
        Side::Local => sides.local.create(&pair.names.local)?,
    }
    if policy.pretend {
        let job = Job::new(worker, &pair.names, policy);
        job.note(format!("dry run: the folder would be made {}", side_in_words(side)));
    } else {
        worker.publish(EventKind::FolderCreated { account, folder, side });
    }
    Ok(Made::Here(true))
}

/// A side as a person calls it.
pub(super) fn side_in_words(side: Side) -> &'static str {
    match side {
        Side::Remote => "on the server",
        Side::Local => "here",
    }
}

/// The folders that have to be looked at: all but those that are certainly unchanged on both sides and hold nothing that is to
/// be tried again, and of which no more is to be looked at than before; in a quick run, only those in which messages have come
/// or gone. And how many workers they are enough for.
pub(super) fn queue(
    (policy, ignored): (Policy, &Ignored),
    ledger: &mut dyn Ledger,
    candidates: Vec<Candidate>,
    known: &[FolderRecord],
    total: &mut Total,
) -> Result<(Receiver<FolderPair>, usize), Fault> {
    let mut due = HashSet::new();
    for record in known {
        if quarantine::is_due(&ledger.quarantined(record.id)?) {
            due.insert(record.id);
        }
    }
    let known: HashMap<&str, &FolderRecord> = known.iter().map(|record| (record.local.as_str(), record)).collect();
    for candidate in &candidates {
        let Some(record) = known.get(candidate.names.local.as_str()) else { continue };
        let scope = ledger.scope(record.id)?;
        if confine::is_outdated(&policy, ignored.of(&candidate.names.shown), scope.as_ref()) {
            due.insert(record.id);
        }
    }
    let still = if policy.quick { shows_no_arrivals } else { proves };
    let unchanged = |candidate: &Candidate| {
        known.get(candidate.names.local.as_str()).is_some_and(|record| {
            record.remote == candidate.names.remote
                && !due.contains(&record.id)
                && still(record.remote_mark, candidate.remote_mark)
                && still(record.local_mark, candidate.local_mark)
        })
    };
    total.folders = candidates.len() as u64;
    let changed: Vec<Candidate> = candidates.into_iter().filter(|candidate| !unchanged(candidate)).collect();
    let hands = changed.iter().map(|candidate| enough_for(candidate, &known)).sum();
    let (sender, receiver) = bounded(changed.len());
    for candidate in changed {
        // There is room, and the receiver is in our hands.
        let _ = sender.send(candidate.names);
    }
    Ok((receiver, hands))
}

/// Tells how many folders there are, and how many of them are to be looked at.
pub(super) fn tell(worker: &Worker, total: &Total, queue: &Receiver<FolderPair>) {
    let (account, total) = (worker.account(), total.folders);
    worker.publish(EventKind::FoldersListed { account, total, unchanged: total - queue.len() as u64 });
}

/// How many workers would find something to do in a folder, by the number of messages that are new on the server.
fn enough_for(candidate: &Candidate, known: &HashMap<&str, &FolderRecord>) -> usize {
    let messages = |mark: Option<Mark>| match mark {
        Some(Mark::Server(mark)) => mark.messages,
        _ => 0,
    };
    let before = known.get(candidate.names.local.as_str()).and_then(|record| record.remote_mark);
    let more = messages(candidate.remote_mark).saturating_sub(messages(before));
    (more as usize).div_ceil(hands::PORTION).max(1)
}

/// Whether two watermarks are there, and show that no message has come or gone.
fn shows_no_arrivals(then: Option<Mark>, now: Option<Mark>) -> bool {
    then.zip(now).is_some_and(|(then, now)| then.shows_no_arrivals(&now))
}

/// Whether two watermarks are there, and prove that nothing has changed.
pub(super) fn proves(then: Option<Mark>, now: Option<Mark>) -> bool {
    then.zip(now).is_some_and(|(then, now)| then.proves_unchanged(&now))
}
