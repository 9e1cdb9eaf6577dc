//! Gmail's labels, after everything else in a folder: what either side has of them comes to the other.
//!
//! Nothing is read that can't have changed. Files tell by their inodes whether anybody has written to them, and the server by its
//! modification sequence, which labels count for. Effect first, ledger after: what was cut off in between is merged again from the
//! same base, and comes to the same.

use std::collections::HashMap;

use super::folder::{Job, Open};
use super::work::Work;
use super::worker::Worker;
use crate::config::settings::AccountSettings;
use crate::model::event::EventKind;
use crate::model::fault::Fault;
use crate::model::ids::{Side, Uid};
use crate::model::labels::Labels;
use crate::model::light::Light;
use crate::model::message::Look;
use crate::model::uidset::UidSet;
use crate::plan::labels::{Change, Merged, Writable, is_meant, merge};
use crate::store::Mailbox;
use crate::store::labels::{Carried, Labelling, Recorded, Relabel, Told};
use crate::store::ledger::{Entry, FolderId, Row, State};

/// Messages whose labels are changed and recorded together.
const CHANGES: usize = 1000;

/// What is to be done about labels.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    steps: Vec<Step>,
    faults: Vec<Fault>,
    /// The server said nothing of a message that it was asked about, or a message's sides have to stay different for now: it has
    /// to be seen again one day.
    unfinished: bool,
}

/// What is to be done about those of one message.
#[derive(Debug)]
struct Step {
    uid: Uid,
    remote: Change,
    local: Change,
    /// Its sides stay different all the same.
    apart: bool,
    recorded: Recorded,
}

impl Step {
    /// What is to be recorded of a file that is recognised by this. It is read again as long as the sides are different.
    fn recorded(&self, stamp: u64) -> Recorded {
        Recorded { stamp: if self.apart { 0 } else { stamp }, ..self.recorded.clone() }
    }

    fn on(&self, side: Side) -> &Change {
        match side {
            Side::Remote => &self.remote,
            Side::Local => &self.local,
        }
    }
}

impl Weighed {
    /// How many messages get other labels on a side.
    pub(super) fn count(&self, side: Side) -> u64 {
        self.steps.iter().filter(|step| !step.on(side).is_nothing()).count() as u64
    }
}

/// Says so when labels are to be kept the same, and the server has none.
pub(super) fn warn_if_there_are_none(worker: &Worker, account: &AccountSettings, labelled: bool) {
    let wanted = account.remote.gmail.as_ref().is_some_and(|gmail| gmail.labels.is_some());
    if wanted && !labelled {
        let text = "the server has no labels (it doesn't offer X-GM-EXT-1), so synclabels has no effect".to_owned();
        worker.publish(EventKind::Warned { account: Some(worker.account()), folder: None, text });
    }
}

/// The messages that both sides had, and that a look shows as changed; none where there are no labels to be kept the same.
pub(super) fn changed(open: &mut Open<'_>, there: &Look, rows: &[Row]) -> UidSet {
    if open.remote.labelled().is_none() || open.local.labelled().is_none() {
        return UidSet::default();
    }
    let known: UidSet = rows.iter().map(|row| row.remote).collect();
    there.uids().filter(|uid| known.contains(*uid)).collect()
}

/// Whether all labels here are as they were recorded.
pub(super) fn are_as_recorded(
    local: &mut dyn Mailbox,
    rows: &[Row],
    recorded: impl FnOnce() -> Result<Labelling, Fault>,
) -> Result<bool, Fault> {
    let Some(labelled) = local.labelled() else { return Ok(true) };
    let (recorded, uids) = (comparable(recorded()?, labelled.manner()), synced(rows));
    let told = labelled.labels(&uids, &recorded)?;
    let same = |(uid, carried): &Told<Carried>| {
        let known = recorded.get(uid).map(|known| &known.labels);
        known.is_some() && carried.as_ref().is_ok_and(|carried| carried.labels.as_ref() == known)
    };
    Ok(uids.iter().all(|uid| recorded.contains_key(&uid)) && told.iter().all(same))
}

/// Makes the labels of a folder's messages the same on both sides. `changed`: those that the server says have changed.
pub(super) fn synchronise(work: &mut Work<'_>, open: &mut Open<'_>, changed: &UidSet) -> Result<(), Fault> {
    let weighed = weigh(work.job, work.record.id, open, changed)?;
    for fault in &weighed.faults {
        work.failed(fault);
    }
    work.passed_over |= weighed.unfinished;
    tell(work.job, &weighed);
    for group in weighed.steps.chunks(CHANGES) {
        work.job.worker.checkpoint()?;
        let there = apply(work, Side::Remote, group, open)?;
        let here = apply(work, Side::Local, group, open)?;
        let mut entries = Vec::with_capacity(group.len());
        for step in group {
            let (Some(_), Some(stamp)) = (there.of(step), here.of(step)) else { continue };
            let recorded = step.recorded(stamp);
            work.counts.remote_flags += u64::from(!step.remote.is_nothing());
            work.counts.local_flags += u64::from(!step.local.is_nothing());
            entries.push(Entry::Label { uid: step.uid, recorded });
        }
        open.ledger.record(work.record.id, &entries)?;
    }
    Ok(())
}

/// Says how many messages get other labels.
pub(super) fn tell(job: &Job<'_>, weighed: &Weighed) {
    for (side, place) in [(Side::Remote, "on the server"), (Side::Local, "here")] {
        let would = if job.policy.pretend { "would " } else { "" };
        match weighed.count(side) {
            0 => {}
            1 => job.note(format!("the labels of 1 message {would}change {place}")),
            count => job.note(format!("the labels of {count} messages {would}change {place}")),
        }
    }
}

/// Finds out what is to be done, and does nothing.
pub(super) fn weigh(job: &Job<'_>, folder: FolderId, open: &mut Open<'_>, changed: &UidSet) -> Result<Weighed, Fault> {
    let mut weighed = Weighed::default();
    if open.remote.labelled().is_none() {
        return Ok(weighed);
    }
    let Some(local) = open.local.labelled() else { return Ok(weighed) };
    let manner = local.manner();
    let (uids, recorded) = (synced(&open.ledger.rows(folder)?), comparable(open.ledger.labels(folder)?, manner));
    let here = sorted(local.labels(&uids, &recorded)?, &mut weighed.faults);
    let differs = |uid| here.get(&uid).is_some_and(|carried| carried.labels.as_ref() != labels_of(&recorded, uid));
    let is_open = |uid: &Uid| changed.contains(*uid) || !recorded.contains_key(uid) || differs(*uid);
    let asked: UidSet = uids.iter().filter(is_open).collect();
    let has_some =
        |uid: Uid| here.get(&uid).and_then(|carried| carried.labels.as_ref()).is_some_and(|one| !one.is_empty());
    let strange: UidSet = asked.iter().filter(|uid| !recorded.contains_key(uid) && has_some(*uid)).collect();
    let (there, senders) = match open.remote.labelled() {
        Some(remote) => {
            let there = sorted(remote.labels(&asked, &recorded)?, &mut weighed.faults);
            (there, remote.senders(&strange)?)
        }
        None => Default::default(),
    };
    let bare_ones_meant = are_bare_ones_meant(job, &here, &recorded, uids.len());
    let writable = Writable { remote: !open.remote.read_only(), local: !open.local.read_only() };
    let scene = Scene { recorded, manner, here, asked, there, senders, bare_ones_meant, writable };
    weighed.unfinished = scene.asked.iter().any(|uid| !scene.there.contains_key(&uid));
    for step in uids.iter().filter_map(|uid| scene.step(uid)) {
        weighed.unfinished |= step.apart;
        if !scene.is_done(&step) {
            weighed.steps.push(step);
        }
    }
    Ok(weighed)
}

/// What is known of a folder's labels.
struct Scene {
    /// What both sides had.
    recorded: Labelling,
    manner: u64,
    /// Files that may have been written to.
    here: HashMap<Uid, Carried>,
    /// The messages about which the server was asked, and what it said; it has nothing new about the others.
    asked: UidSet,
    there: HashMap<Uid, Carried>,
    /// What messages of which nothing is recorded say themselves in the field for labels.
    senders: HashMap<Uid, Labels>,
    bare_ones_meant: bool,
    writable: Writable,
}

impl Scene {
    /// What is to be done about a message; `None` where too little is known.
    fn step(&self, uid: Uid) -> Option<Step> {
        let (known, found) = (self.recorded.get(&uid), self.here.get(&uid));
        let none = Labels::default();
        let local = match found {
            Some(found) => found.labels.as_ref().unwrap_or(&none),
            None => &known?.labels,
        };
        let asked = self.asked.contains(uid);
        let remote = if asked { self.there.get(&uid)?.labels.as_ref()? } else { &known?.labels };
        let is_bare = found.is_some_and(|found| found.labels.is_none());
        let base = known.map(|known| &known.labels).filter(|_| self.bare_ones_meant || !is_bare);
        // What only the message itself says goes away here, and comes to no server.
        let senders = self.senders.get(&uid).map(|said| said.minus(&said.minus(local)).minus(remote));
        let merged = merge(base.or(senders.as_ref()), remote, local, self.writable);
        let stamp = found.map_or_else(|| known.map_or(0, |known| known.stamp), |found| found.stamp);
        let Merged { labels, remote, local, apart } = merged;
        let stamp = if apart { 0 } else { stamp };
        Some(Step { uid, remote, local, apart, recorded: Recorded { labels, stamp, manner: self.manner } })
    }

    /// Whether nothing is to be done, nor to be recorded.
    fn is_done(&self, step: &Step) -> bool {
        self.recorded.get(&step.uid) == Some(&step.recorded) && step.remote.is_nothing() && step.local.is_nothing()
    }
}

/// What was recorded in this manner. Labels that were in another field, or ignored, tell of nothing that was taken away.
fn comparable(mut recorded: Labelling, manner: u64) -> Labelling {
    recorded.retain(|_, known| known.manner == manner);
    recorded
}

fn labels_of(recorded: &Labelling, uid: Uid) -> Option<&Labels> {
    recorded.get(&uid).map(|known| &known.labels)
}

/// The messages that both sides have.
fn synced(rows: &[Row]) -> UidSet {
    rows.iter().filter(|row| row.state == State::Synced).map(|row| row.remote).collect()
}

/// By UID what was told, and faults apart.
fn sorted(told: Vec<Told<Carried>>, faults: &mut Vec<Fault>) -> HashMap<Uid, Carried> {
    let mut carried = HashMap::with_capacity(told.len());
    for (uid, result) in told {
        match result {
            Ok(one) => drop(carried.insert(uid, one)),
            Err(fault) => faults.push(fault),
        }
    }
    carried
}

/// Whether files without a field for labels, which had one, are taken for messages whose labels somebody took away.
fn are_bare_ones_meant(job: &Job<'_>, here: &HashMap<Uid, Carried>, recorded: &Labelling, all: u64) -> bool {
    let had = |uid: &Uid| recorded.get(uid).is_some_and(|known| !known.labels.is_empty());
    let bare = here.iter().filter(|(uid, carried)| carried.labels.is_none() && had(uid)).count() as u64;
    let meant = is_meant(bare, all);
    if !meant {
        job.warn(format!(
            "{bare} of its {all} messages have lost the header field with their labels here; that is taken for an accident, so \
             the server keeps them, and the field is written again"
        ));
    }
    meant
}

/// What came of changes on one side: what each file is recognised by now.
struct Applied(HashMap<Uid, Option<u64>>);

impl Applied {
    /// The stamp to be recorded; `None` where the change failed, or the message is gone.
    fn of(&self, step: &Step) -> Option<u64> {
        self.0.get(&step.uid).copied().flatten()
    }
}

/// Changes labels on one side.
fn apply(work: &mut Work<'_>, side: Side, steps: &[Step], open: &mut Open<'_>) -> Result<Applied, Fault> {
    let nothing = steps.iter().filter(|step| step.on(side).is_nothing());
    let mut applied: HashMap<Uid, Option<u64>> = nothing.map(|step| (step.uid, Some(step.recorded.stamp))).collect();
    let changes = steps.iter().filter(|step| !step.on(side).is_nothing());
    let relabel = |step: &Step| {
        let Change { add, remove } = step.on(side).clone();
        Relabel { uid: step.uid, add, remove }
    };
    let changes: Vec<Relabel> = changes.map(relabel).collect();
    if let Some(labelled) = open.side(side).labelled().filter(|_| !changes.is_empty()) {
        let adding = changes.iter().any(|change| !change.add.is_empty());
        work.job.worker.light(if adding { Light::AddingFlags } else { Light::RemovingFlags });
        for (uid, result) in labelled.relabel(&changes)? {
            if let Err(fault) = &result {
                work.failed(fault);
            }
            applied.insert(uid, result.ok());
        }
    }
    Ok(Applied(applied))
}
