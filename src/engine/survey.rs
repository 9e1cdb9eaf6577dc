//! Looking at both sides of a folder, until it is certain which local message is which on the server.

use super::folder::{Job, Open};
use super::{arrivals, confine, doubt, identity, intents, quarantine};
use crate::model::event::EventKind;
use crate::model::extent::Outside;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Flags;
use crate::model::ids::{Side, UidValidity};
use crate::model::light::Light;
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::store::ledger::{Entry, FolderRecord, Row};
use crate::store::{Known, Mailbox, Numbered};

/// What both sides of a folder show, and what the ledger has of it.
pub(super) struct Survey {
    pub(super) record: FolderRecord,
    pub(super) rows: Vec<Row>,
    /// The remote side.
    pub(super) there: Look,
    /// The local side, its messages named by the UIDs of their counterparts.
    pub(super) here: Look,
    /// What of both isn't looked at.
    pub(super) outside: Outside,
    /// How many messages that are.
    pub(super) left_alone: u64,
}

/// Looks at both sides. Uploads that were cut off are settled, and UIDs in local names that don't hold are put right; `None`
/// in a dry run that would have to do so first, and can say no more.
pub(super) fn survey(job: &Job<'_>, open: &mut Open<'_>) -> Result<Option<Survey>, Fault> {
    let mut record = open.ledger.folder(&job.names.remote, &job.names.local)?;
    let mut rows = open.ledger.rows(record.id)?;
    let strange = record.local_mark.is_some_and(|mark| !open.local.understands(&mark));
    if strange {
        forget_keywords(job, open, &record, &mut rows)?;
    }
    let scope = open.ledger.scope(record.id)?;
    let anew = confine::is_outdated(&job.policy, job.ignored, scope.as_ref());
    if anew {
        // Until all that follows from it is done, the changes alone tell too little.
        (record.remote_mark, record.local_mark) = (None, None);
        if !job.policy.pretend {
            open.ledger.record(record.id, &[Entry::LookAgain])?;
        }
    }
    let known = confine::known(&rows, scope.as_ref());
    listing(job, Side::Remote);
    // What is tried again may not have changed, and would not be among the changes.
    let all = strange || quarantine::is_due(&open.ledger.quarantined(record.id)?);
    let there = look(open.remote, record.remote_mark.as_ref().filter(|_| !all), &known)?;
    job.listed(Side::Remote, &there);
    let there = intents::let_settle(job, &record, open, there, &known)?;
    // Of the last look: while the server was waited for, it may have numbered its messages anew.
    let validity = validity(job, open.remote)?;
    job.worker.checkpoint()?;
    if !job.policy.pretend {
        arrivals::settle(job, open, (&record, validity), &there)?;
    }
    listing(job, Side::Local);
    let here = look(open.local, record.local_mark.as_ref().filter(|_| !all), &known)?;
    job.listed(Side::Local, &here);
    job.worker.light(Light::Directing);
    let mut survey = Survey { record, rows, there, here, outside: Outside::default(), left_alone: 0 };
    let renumbered_here = open.local.numbered().map_or(Ok(false), Numbered::is_renumbered)?;
    let same = survey.record.uid_validity == Some(validity) && !renumbered_here;
    if same {
        if !job.policy.pretend {
            doubt::resolve(job, open, &mut survey)?;
        }
        identity::verify(job, open, &mut survey)?;
    } else if !identity::establish(job, open, &mut survey, (validity, renumbered_here))? {
        return Ok(None);
    }
    if !job.policy.pretend && intents::recover(job, &survey.record, open, &survey.there, &mut survey.here)? {
        survey.rows = open.ledger.rows(survey.record.id)?;
    }
    let scope = scope.filter(|_| same);
    let anew = confine::is_outdated(&job.policy, job.ignored, scope.as_ref());
    confine::confine(job, open, &mut survey, scope.as_ref(), anew)?;
    Ok(Some(survey))
}

/// Letters in local names may stand for other keywords now. A keyword that has none is not one that somebody took away, so
/// what both sides had of them is forgotten; each gets what the other has.
fn forget_keywords(job: &Job<'_>, open: &mut Open<'_>, record: &FolderRecord, rows: &mut [Row]) -> Result<(), Fault> {
    let mut entries = Vec::new();
    for row in rows.iter_mut().filter(|row| !row.flags.keywords().is_empty()) {
        row.flags = Flags::of(row.flags.system);
        entries.push(Entry::Put(row.clone()));
    }
    if job.policy.pretend || entries.is_empty() { Ok(()) } else { open.ledger.record(record.id, &entries) }
}

/// Looks at a mailbox, at what changed since the last watermark if there is one.
pub(super) fn look(mailbox: &mut dyn Mailbox, mark: Option<&Mark>, uids: &UidSet) -> Result<Look, Fault> {
    mailbox.look(mark.map(|mark| Known { mark, uids }))
}

fn listing(job: &Job<'_>, side: Side) {
    job.worker.light(Light::Listing);
    let (account, folder) = (job.worker.account(), job.names.shown.clone());
    job.worker.publish(EventKind::Listing { account, folder, side, messages: None });
}

/// UIDs mean nothing under another UIDVALIDITY (RFC 3501, section 2.3.1.1). Gives the one that holds now.
pub(super) fn validity(job: &Job<'_>, remote: &dyn Mailbox) -> Result<UidValidity, Fault> {
    remote
        .uid_validity()
        .ok_or_else(|| Fault::new(Reach::Folder, FaultKind::Server, job.doing(), "the server gives it no UIDVALIDITY"))
}

/// Looks at all of the remote side again, and refuses to go on if its UIDs mean something else by now.
pub(super) fn look_again(job: &Job<'_>, remote: &mut dyn Mailbox) -> Result<Look, Fault> {
    let before = remote.uid_validity();
    let look = remote.look(None)?;
    if remote.uid_validity() == before {
        return Ok(look);
    }
    let cause = "the server has numbered its messages anew meanwhile (UIDVALIDITY changed)";
    Err(Fault::new(Reach::Folder, FaultKind::Server, job.doing(), cause).advise("the next run recognises them"))
}

/// Reports a list that a server broke off. What it does show is synchronised; of the rest nothing is concluded.
pub(super) fn report_broken_off(job: &Job<'_>, survey: &Survey) -> bool {
    // A dry run can't settle what keeps a local server's list from being believed.
    let sides = [("the server", &survey.there, false), ("the local server", &survey.here, job.policy.pretend)];
    let broken_off = sides.into_iter().filter(|(_, look, excused)| look.coverage == Coverage::Partial && !excused);
    let mut any = false;
    for (who, look, _) in broken_off {
        let cause = format!("{who} lists only {} of its messages", look.messages.len());
        let fault = Fault::new(Reach::Folder, FaultKind::Server, job.doing(), cause);
        job.failed(&fault.advise("none of the others is touched; the next run looks again"));
        any = true;
    }
    any
}

/// The UID that the next message gets at least: the server's word, or one more than the highest there is.
pub(super) fn uid_next(look: &Look) -> u32 {
    let said = match look.mark {
        Some(Mark::Server(mark)) => mark.uid_next,
        _ => 0,
    };
    if said > 0 || look.coverage != Coverage::Whole {
        return said.max(1);
    }
    let uids = look.messages.iter().filter_map(|message| match message.id {
        MessageId::Uid(uid) => Some(uid.get()),
        MessageId::Fresh(_) => None,
    });
    uids.max().map_or(1, |highest| highest.saturating_add(1))
}
