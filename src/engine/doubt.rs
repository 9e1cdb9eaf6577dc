//! What is missing after a power cut where mail isn't flushed (`fsync = no`): lost, rather than deleted.
//!
//! The ledger outlives a power cut, mail that nobody flushed need not. So a run that writes without flushing says so in the
//! ledger beforehand, and takes it back when it has flushed everything at once in the end. A note that is still there under
//! another boot of the machine casts doubt on every folder, until that folder has been looked at as a whole: what the ledger
//! knows and the Maildir lacks is fetched again, and what was received last is compared with the server.

use std::collections::{HashMap, HashSet};
use std::fs;

use chrono::Utc;

use super::contents;
use super::folder::{Job, Open};
use super::survey::Survey;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Flags;
use crate::model::ids::{FileKey, Uid};
use crate::model::message::{Coverage, Fingerprint, MessageId};
use crate::store::ledger::{Entry, Ledger, Row, State, Unflushed};

/// How far the clock may have been put back since.
const SLACK: i64 = 3600;

/// Names this boot of the machine; `None` where the system has no name for it.
pub(super) fn boot() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Whether an account's run writes without flushing.
#[derive(Debug)]
pub(super) struct Flushing {
    fsync: bool,
    boot: Option<String>,
    /// The note that something is to be flushed stands in the ledger.
    noted: bool,
    /// It was an earlier run that wrote it.
    earlier: bool,
}

impl Flushing {
    /// Looks at how earlier runs ended, before anything else is done with the ledger.
    pub(super) fn begin(ledger: &mut dyn Ledger, fsync: bool, boot: Option<String>) -> Result<Self, Fault> {
        let note = ledger.unflushed()?;
        let lasting = note.as_ref().is_some_and(|note| boot.as_ref() == Some(&note.boot));
        if note.is_some() && !lasting {
            ledger.doubt()?;
        }
        Ok(Self { fsync, boot, noted: lasting, earlier: lasting })
    }

    /// Says that mail is going to be written without a flush; to be called before the first of it.
    pub(super) fn announce(&mut self, ledger: &mut dyn Ledger) -> Result<(), Fault> {
        if self.fsync || self.noted {
            return Ok(());
        }
        let boot = self.boot.clone().unwrap_or_default();
        ledger.set_unflushed(Some(&Unflushed { boot, since: Utc::now().timestamp() }))?;
        self.noted = true;
        Ok(())
    }

    /// Flushes what was written, by way of `flush`. `quiet`: this run wrote nothing.
    pub(super) fn end(
        self,
        ledger: &mut dyn Ledger,
        flush: impl FnOnce() -> Result<(), Fault>,
        quiet: bool,
    ) -> Result<(), Fault> {
        if !self.noted {
            return Ok(());
        }
        if self.earlier || !quiet {
            flush()?;
        }
        ledger.set_unflushed(None)
    }
}

/// Resolves the doubt about a folder, if there is one. To be called before anything is concluded from what is missing.
pub(super) fn resolve(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey) -> Result<(), Fault> {
    let Some(since) = survey.record.doubt else { return Ok(()) };
    if survey.there.coverage != Coverage::Whole || survey.here.coverage != Coverage::Whole {
        let cause = "after a power cut both sides have to be seen as a whole, and a list of messages broke off";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, job.doing(), cause).advise("the next run tries again"));
    }
    if !open.local.read_only() {
        number_again(open, survey)?;
        drop_spoilt(job, open, survey, since - SLACK)?;
    }
    let here: HashMap<Uid, &Flags> =
        survey.here.messages.iter().filter_map(|message| Some((message.id.uid()?, &message.flags))).collect();
    let holds = open.local.holds();
    let (mut entries, mut missing) = (Vec::new(), 0);
    for row in survey.rows.iter().filter(|row| row.state == State::Synced) {
        let Some(flags) = here.get(&row.local) else {
            missing += 1;
            entries.push(Entry::Forget(row.remote));
            continue;
        };
        // What was lost of the name's flags was not taken off: it counts as though it had never been agreed on.
        let lost = row.flags.within(&holds).minus(flags);
        if !lost.is_empty() {
            entries.push(Entry::Put(Row { flags: row.flags.minus(&lost), ..row.clone() }));
        }
    }
    entries.push(Entry::Trust);
    open.ledger.record(survey.record.id, &entries)?;
    survey.rows = open.ledger.rows(survey.record.id)?;
    if missing > 0 {
        let count = if missing == 1 { "1 message".to_owned() } else { format!("{missing} messages") };
        job.note(format!(
            "fetching again {count} that went missing here when the machine stopped before mail was flushed (fsync = no)"
        ));
    }
    Ok(())
}

/// Uploaded files whose new names were lost get their numbers again.
fn number_again(open: &mut Open<'_>, survey: &mut Survey) -> Result<(), Fault> {
    let here: HashSet<Uid> = survey.here.uids().collect();
    let missing = survey.rows.iter().filter(|row| !here.contains(&row.local));
    let mut missing: HashMap<FileKey, Uid> = missing.filter_map(|row| Some((row.key?, row.local))).collect();
    let fresh = survey.here.messages.iter().map(|message| message.id).filter(|id| id.uid().is_none());
    let pairs: Vec<(MessageId, Uid)> =
        fresh.filter_map(|id| open.local.key(id).and_then(|key| missing.remove(&key)).map(|uid| (id, uid))).collect();
    if pairs.is_empty() {
        return Ok(());
    }
    all_done(open.local.number(&pairs)?)?;
    survey.here = open.local.look(None)?;
    Ok(())
}

/// Removes files whose content was lost, wholly or in part, and that the server still has.
fn drop_spoilt(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey, since: i64) -> Result<(), Fault> {
    let there: HashSet<Uid> = survey.there.uids().collect();
    let mut suspects = open.local.received_since(since)?;
    suspects.retain(|id| id.uid().is_some_and(|uid| there.contains(&uid)));
    if suspects.is_empty() {
        return Ok(());
    }
    job.worker.checkpoint()?;
    let (whole, faults) = contents::read(open.local, &suspects)?;
    // What can't be read now says nothing; bytes that no mail holds do.
    let unread: HashSet<MessageId> =
        faults.iter().filter(|(_, fault)| fault.kind != FaultKind::Refused).map(|(id, _)| *id).collect();
    suspects.retain(|id| !unread.contains(id));
    job.worker.checkpoint()?;
    let prints = open.remote.fingerprints(&suspects, None)?;
    let spoilt =
        |(id, print): (MessageId, Fingerprint)| (whole.get(&id).map(|one| &one.print) != Some(&print)).then_some(id);
    let spoilt: Vec<MessageId> = prints.into_iter().filter_map(spoilt).collect();
    if spoilt.is_empty() {
        return Ok(());
    }
    all_done(open.local.delete(&spoilt)?)?;
    survey.here = open.local.look(None)?;
    Ok(())
}

/// Where one message's fault leaves the doubt.
fn all_done(faults: Vec<(MessageId, Fault)>) -> Result<(), Fault> {
    faults.into_iter().next().map_or(Ok(()), |(_, fault)| Err(fault.reaching(Reach::Folder)))
}

#[cfg(test)]
mod tests;
