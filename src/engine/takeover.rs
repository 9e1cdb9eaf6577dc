//! Folders that OfflineIMAP synchronised before are begun with what it remembered of them, so that nothing is transferred, and
//! what was deleted or flagged since is known.

use std::collections::HashSet;

use super::account::Shared;
use super::folder::Job;
use super::pairing::{Candidate, Sides};
use super::worker::Worker;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, Reach};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::labels::Labels;
use crate::model::mark::Mark;
use crate::model::message::MessageId;
use crate::store::labels::{Recorded, manner};
use crate::store::ledger::import::{Cache, Caches, Mapping};
use crate::store::ledger::{Entry, FolderRecord, Row, State};

/// Why a cache is of no use.
const NOT_HERE: &str = "OfflineIMAP's cache is passed over: most of what it had in this folder isn't here";

/// What OfflineIMAP has left of this account.
pub(super) fn caches(shared: &Shared<'_>) -> Caches {
    let repository = &shared.account.remote.common.name;
    Caches::new(&shared.task.settings.metadata, shared.account.name.as_str(), repository)
}

/// Takes over every folder of which the ledger knows nothing and OfflineIMAP's caches do, if their UIDs still hold. A cache
/// that can't be read is a warning: its folder is begun from the names of its files.
pub(super) fn take_over(
    worker: &Worker,
    shared: &Shared<'_>,
    sides: &mut Sides<'_>,
    candidates: &[Candidate],
    known: &[FolderRecord],
) -> Result<(), Fault> {
    let caches = caches(shared);
    if !caches.exist() {
        return Ok(());
    }
    let separator = sides.local.separator()?;
    let (mut folders, mut plain) = (0, false);
    for candidate in candidates.iter().filter(|candidate| is_new(candidate, known)) {
        worker.checkpoint()?;
        let names = &candidate.names;
        let visible = separator.map_or_else(|| names.local.clone(), |separator| names.local.replace(separator, "."));
        match caches.read(&names.remote, &visible) {
            Ok(Some(cache)) if holds(&cache, candidate) => {
                let taken = adopt(worker, shared, sides, candidate)?;
                if matches!(taken, Taken::Nothing) {
                    continue;
                }
                let Some(rows) = rows(&cache, candidate, sides, &taken)? else {
                    let job = Job::new(worker, names, shared.policy());
                    job.note(NOT_HERE.to_owned());
                    continue;
                };
                let record = sides.ledger.folder(&names.remote, &names.local)?;
                sides.ledger.restart(record.id, cache.validity, &rows)?;
                sides.ledger.record(record.id, &labels(shared, cache.labels))?;
                folders += 1;
                plain |= cache.plain;
            }
            Ok(_) => {}
            Err(why) => {
                let job = Job::new(worker, names, shared.policy());
                job.warn(format!("OfflineIMAP's cache is passed over: {why}"));
            }
        }
    }
    if folders > 0 {
        let left = if plain { "; its plain text caches were converted" } else { "" };
        let text = format!("took over {folders} folders from OfflineIMAP{left}, and left its files as they are");
        worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
    }
    Ok(())
}

/// The labels that both sides had, where they are kept the same.
fn labels(shared: &Shared<'_>, cached: Vec<(Uid, Labels)>) -> Vec<Entry> {
    let settings = shared.account.remote.gmail.as_ref().and_then(|gmail| gmail.labels.as_ref());
    let Some(settings) = settings else { return Vec::new() };
    let manner = manner(settings);
    let recorded = |labels: &Labels| Recorded { labels: labels.minus(&settings.ignored), stamp: 0, manner };
    cached.into_iter().map(|(uid, labels)| Entry::Label { uid, recorded: recorded(&labels) }).collect()
}

/// Whether the folder was there, on both sides, and never synchronised by us.
fn is_new(candidate: &Candidate, known: &[FolderRecord]) -> bool {
    let record = known.iter().find(|record| record.local == candidate.names.local);
    !candidate.created && record.is_none_or(|record| record.uid_validity.is_none())
}

fn holds(cache: &Cache, candidate: &Candidate) -> bool {
    matches!(candidate.remote_mark, Some(Mark::Server(mark)) if mark.uid_validity == cache.validity)
}

/// How it is known which message is which.
enum Taken {
    /// A Maildir's files carry the UIDs of their counterparts.
    InNames,
    /// OfflineIMAP's list had these messages of the remote side.
    Listed(HashSet<Uid>),
    /// There is no such list, or it doesn't hold any more.
    Nothing,
}

impl Taken {
    /// Whether a message of the remote side has a counterpart, or had one.
    fn has(&self, remote: Uid) -> bool {
        match self {
            Self::InNames => true,
            Self::Listed(known) => known.contains(&remote),
            Self::Nothing => false,
        }
    }
}

/// Takes over which message is which.
fn adopt(worker: &Worker, shared: &Shared<'_>, sides: &mut Sides<'_>, candidate: &Candidate) -> Result<Taken, Fault> {
    let Some(local) = shared.account.local.imap() else { return Ok(Taken::InNames) };
    let job = Job::new(worker, &candidate.names, shared.policy());
    let mapping = match Mapping::read(&shared.task.settings.metadata, &local.common.name, &candidate.names.local) {
        Ok(Some(mapping)) => mapping,
        Ok(None) => return Ok(Taken::Nothing),
        Err(why) => {
            job.warn(format!("OfflineIMAP's list of UIDs is passed over: {why}"));
            return Ok(Taken::Nothing);
        }
    };
    if !matches!(candidate.local_mark, Some(Mark::Server(mark)) if mark.uid_validity == mapping.validity) {
        return Ok(Taken::Nothing);
    }
    let begun = sides.local.open(&candidate.names.local, false).and_then(|mut mailbox| {
        let here = |(remote, local): &(Uid, Uid)| (MessageId::Fresh(local.get()), *remote);
        let pairs: Vec<(MessageId, Uid)> = mapping.pairs.iter().map(here).collect();
        mailbox.numbered().map_or(Ok(()), |numbered| numbered.begin_anew(&pairs))
    });
    match begun {
        Ok(()) => Ok(Taken::Listed(mapping.pairs.into_iter().map(|(remote, _)| remote).collect())),
        // Its own work will report it.
        Err(fault) if fault.reach <= Reach::Folder => Ok(Taken::Nothing),
        Err(fault) => Err(fault),
    }
}

/// What the cache says, with the files that it is about. `None` when most of what OfflineIMAP had here is not here: this is
/// another Maildir then, or one that is being filled anew, and what is missing was never deleted.
fn rows(cache: &Cache, candidate: &Candidate, sides: &mut Sides<'_>, taken: &Taken) -> Result<Option<Vec<Row>>, Fault> {
    let opened = sides.local.open(&candidate.names.local, false);
    let looked = opened.and_then(|mut mailbox| mailbox.look(None).map(|look| (mailbox, look)));
    let (mailbox, look) = match looked {
        Ok(both) => both,
        // Its own work will report it.
        Err(fault) if fault.reach <= Reach::Folder => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let here: HashSet<Uid> = look.uids().collect();
    let contested: HashSet<Uid> =
        look.messages.iter().filter_map(|message| claim(&mailbox.local_name(message.id)?, message.id)).collect();
    let still = cache.messages.iter().filter(|(uid, _)| here.contains(uid)).count();
    let row = |(uid, flags): &(Uid, Flags)| Row {
        remote: *uid,
        local: *uid,
        flags: flags.clone(),
        state: State::Synced,
        // What two files claim to be is not believed but proven.
        key: mailbox.key(MessageId::Uid(*uid)).filter(|_| !contested.contains(uid)),
    };
    // What the list of a local server doesn't have was not deleted there: nobody knows.
    let known = cache.messages.iter().filter(|(uid, _)| taken.has(*uid));
    Ok((still * 2 >= cache.messages.len()).then(|| known.map(row).collect()))
}

/// The UID that the name of a file without one carries all the same.
fn claim(name: &str, id: MessageId) -> Option<Uid> {
    let digits = name.split(',').find_map(|field| field.strip_prefix("U="))?;
    if id.uid().is_some() { None } else { digits.parse().ok().and_then(Uid::new) }
}
