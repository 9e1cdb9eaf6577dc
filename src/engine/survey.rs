//! Looking at both sides of a folder, until it is certain which local message is which on the server.

use super::folder::{Job, Open};
use super::{arrivals, doubt, identity, intents, quarantine};
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{Side, UidValidity};
use crate::model::light::Light;
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Look};
use crate::model::uidset::UidSet;
use crate::store::ledger::{FolderRecord, Row};
use crate::store::{Known, Mailbox, Numbered};

/// What both sides of a folder show, and what the ledger has of it.
pub(super) struct Survey {
    pub(super) record: FolderRecord,
    pub(super) rows: Vec<Row>,
    /// The remote side.
    pub(super) there: Look,
    /// The local side, its messages named by the UIDs of their counterparts.
    pub(super) here: Look,
}

/// Looks at both sides. Uploads that were cut off are settled, and UIDs in local names that don't hold are put right; `None`
/// in a dry run that would have to do so first, and can say no more.
pub(super) fn survey(job: &Job<'_>, open: &mut Open<'_>) -> Result<Option<Survey>, Fault> {
    let record = open.ledger.folder(&job.names.remote, &job.names.local)?;
    let rows = open.ledger.rows(record.id)?;
    listing(job, Side::Remote);
    // What is tried again may not have changed, and would not be among the changes.
    let all = quarantine::is_due(&open.ledger.quarantined(record.id)?);
    let there = look(open.remote, record.remote_mark.as_ref().filter(|_| !all), &rows)?;
    job.listed(Side::Remote, &there);
    let validity = validity(job, open.remote)?;
    let there = intents::let_settle(job, &record, open, there, &rows)?;
    job.worker.checkpoint()?;
    if !job.policy.pretend {
        arrivals::settle(job, open, (&record, validity), &there)?;
    }
    listing(job, Side::Local);
    let here = look(open.local, record.local_mark.as_ref().filter(|_| !all), &rows)?;
    job.listed(Side::Local, &here);
    job.worker.light(Light::Directing);
    let mut survey = Survey { record, rows, there, here };
    let renumbered_here = open.local.numbered().map_or(Ok(false), Numbered::is_renumbered)?;
    if survey.record.uid_validity == Some(validity) && !renumbered_here {
        if !job.policy.pretend {
            doubt::resolve(job, open, &mut survey)?;
        }
        identity::verify(job, open, &mut survey)?;
    } else if !identity::establish(job, open, &mut survey, (validity, renumbered_here))? {
        return Ok(None);
    }
    if job.policy.pretend {
        return Ok(Some(survey));
    }
    if intents::recover(job, &survey.record, open, &survey.there, &mut survey.here)? {
        survey.rows = open.ledger.rows(survey.record.id)?;
    }
    Ok(Some(survey))
}

/// Looks at a mailbox, at what changed since the last watermark if there is one.
pub(super) fn look(mailbox: &mut dyn Mailbox, mark: Option<&Mark>, rows: &[Row]) -> Result<Look, Fault> {
    let uids: UidSet = rows.iter().map(|row| row.remote).collect();
    mailbox.look(mark.map(|mark| Known { mark, uids: &uids }))
}

fn listing(job: &Job<'_>, side: Side) {
    job.worker.light(Light::Listing);
    let (account, folder) = (job.worker.account(), job.names.shown.clone());
    job.worker.publish(EventKind::Listing { account, folder, side, messages: None });
}

/// UIDs mean nothing under another UIDVALIDITY (RFC 3501, section 2.3.1.1). Gives the one that holds now.
fn validity(job: &Job<'_>, remote: &dyn Mailbox) -> Result<UidValidity, Fault> {
    remote
        .uid_validity()
        .ok_or_else(|| Fault::new(Reach::Folder, FaultKind::Server, job.doing(), "the server gives it no UIDVALIDITY"))
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
