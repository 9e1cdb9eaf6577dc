//! Which local message is which on the server, where numbers alone can't tell.
//!
//! Local files carry the UIDs of their counterparts in their names. These hold only under the UIDVALIDITY under which they
//! were given, and only as long as nobody copies files or puts back older ones. So UIDs that nothing vouches for are proven
//! by content: size and header. What can't be proven counts as new: it is copied, never deleted.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::folder::{Job, Open};
use super::survey::{self, Survey, look_again};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{Uid, UidValidity};
use crate::model::message::{Coverage, Fingerprint, MessageId};
use crate::plan::guard;
use crate::plan::pairs::pair;
use crate::store::ledger::{Entry, FolderId, Row, State};

/// How many of a folder's numbers are compared when all of them have to be trusted.
const SAMPLE: usize = 20;
/// So many numbers that nothing vouches for are all proven; of more, a sample.
const PROVEN: usize = 1000;

/// Begins a folder of which the ledger knows nothing under this UIDVALIDITY, or nothing that still holds. `false` in a dry run
/// that can't do so.
pub(super) fn establish(
    job: &Job<'_>,
    open: &mut Open<'_>,
    survey: &mut Survey,
    (mut validity, renumbered_here): (UidValidity, bool),
) -> Result<bool, Fault> {
    if !matches!(survey.there.coverage, Coverage::Whole | Coverage::Partial) {
        survey.there = open.remote.look(None)?;
        validity = survey::validity(job, open.remote)?;
    }
    if survey.there.coverage != Coverage::Whole {
        let cause = "its list of messages broke off, so that they can't be recognised";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, job.doing(), cause).advise("the next run tries again"));
    }
    if survey.here.coverage != Coverage::Whole {
        survey.here = open.local.look(None)?;
    }
    let renumbered = survey.record.uid_validity.is_some() || renumbered_here;
    if !renumbered && numbers_hold(job, open, survey)? {
        disown_strangers(job, open, survey)?;
        verify(job, open, survey)?;
        number_rest(job, open, survey)?;
        // Only now: cut off before this, the next run begins anew.
        open.ledger.restart(survey.record.id, validity, &[])?;
        refresh(open, survey)?;
        return Ok(true);
    }
    if survey.record.uid_validity.is_none_or(|before| before == validity) && renumbered_here {
        let text = "the local server has numbered its messages anew (UIDVALIDITY changed); recognising them by content";
        job.note(text.to_owned());
    } else if let Some(before) = survey.record.uid_validity {
        job.renumbered(before, validity);
        job.note("the server has numbered its messages anew (UIDVALIDITY changed); recognising them by content".into());
    } else {
        job.note("the numbers in the names of local files aren't the server's; recognising messages by content".into());
    }
    if job.policy.pretend {
        job.note("a dry run can't tell more of this folder".into());
        return Ok(false);
    }
    recognise(job, open, survey, validity)?;
    Ok(true)
}

/// Numbers that are kept apart from the messages are unique, and the server may give one of those again that it doesn't have:
/// they are taken away. In a Maildir the name of a file does no harm.
fn disown_strangers(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey) -> Result<(), Fault> {
    if job.policy.pretend || open.local.numbered().is_none() {
        return Ok(());
    }
    let there: HashSet<Uid> = survey.there.uids().collect();
    let strangers: Vec<MessageId> = survey.here.uids().filter(|uid| !there.contains(uid)).map(MessageId::Uid).collect();
    if !strangers.is_empty() {
        all_done(open.local.disown(&strangers)?)?;
        survey.here = open.local.look(None)?;
    }
    Ok(())
}

/// Gives files without a number those of messages on the server that no file has, where they are the same: another program
/// may have fetched them, or the folder had another name.
fn number_rest(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey) -> Result<(), Fault> {
    if !open.local.may_number() {
        return Ok(());
    }
    let taken: HashSet<Uid> = survey.here.uids().collect();
    let fresh: Vec<MessageId> =
        survey.here.messages.iter().map(|message| message.id).filter(|id| id.uid().is_none()).collect();
    let free: Vec<MessageId> = survey.there.uids().filter(|uid| !taken.contains(uid)).map(MessageId::Uid).collect();
    if fresh.is_empty() || free.is_empty() {
        return Ok(());
    }
    let pairs = same(job, open, &fresh, &free)?;
    if pairs.is_empty() {
        return Ok(());
    }
    if job.policy.pretend {
        let pairs: HashMap<MessageId, Uid> = pairs.iter().copied().collect();
        for message in &mut survey.here.messages {
            message.id = pairs.get(&message.id).map_or(message.id, |uid| MessageId::Uid(*uid));
        }
    } else {
        all_done(open.local.number(&pairs)?)?;
        survey.here = open.local.look(None)?;
    }
    job.note(format!("recognised {} of {} files without a number by content", pairs.len(), fresh.len()));
    Ok(())
}

/// Which of these local messages are which of these on the server, by content.
fn same(
    job: &Job<'_>,
    open: &mut Open<'_>,
    local: &[MessageId],
    remote: &[MessageId],
) -> Result<Vec<(MessageId, Uid)>, Fault> {
    job.worker.checkpoint()?;
    let here = open.local.fingerprints(local, None)?;
    let sizes: HashSet<u64> = here.iter().map(|(_, print)| print.size).collect();
    job.worker.checkpoint()?;
    let there = open.remote.fingerprints(remote, Some(&sizes))?;
    let pairs = pair(&here, &there, |local, remote| local == remote);
    Ok(pairs.into_iter().filter_map(|(local, remote)| Some((local, remote.uid()?))).collect())
}

/// Whether the numbers in local names are the server's: some of the messages that both sides name by the same UID are
/// compared. One that differs may have been changed on its way by another program; most of them must agree.
fn numbers_hold(job: &Job<'_>, open: &mut Open<'_>, survey: &Survey) -> Result<bool, Fault> {
    let numbered: HashSet<Uid> = survey.there.uids().collect();
    let shared: Vec<Uid> = survey.here.uids().filter(|uid| numbered.contains(uid)).collect();
    let step = shared.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<MessageId> = shared.into_iter().step_by(step).map(MessageId::Uid).collect();
    job.worker.checkpoint()?;
    let here: HashMap<MessageId, Fingerprint> = open.local.fingerprints(&sample, None)?.into_iter().collect();
    let there = open.remote.fingerprints(&sample, None)?;
    let compared: Vec<bool> =
        there.iter().filter_map(|(id, print)| here.get(id).map(|local| local.header == print.header)).collect();
    Ok(compared.iter().filter(|same| !**same).count() * 2 <= compared.len())
}

/// Pairs all messages by content, numbers the local ones anew, and begins the ledger with these pairs.
///
/// May be cut off anywhere: until the ledger is begun, the next run pairs everything again, whatever numbers it finds.
fn recognise(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey, validity: UidValidity) -> Result<(), Fault> {
    if !open.local.may_number() {
        let cause =
            "its messages have other numbers now, and the local side is read-only, so they can't be written down";
        return Err(Fault::new(Reach::Folder, FaultKind::Refused, job.doing(), cause)
            .advise("nothing was changed; allow writing there once"));
    }
    let local: Vec<MessageId> = survey.here.messages.iter().map(|message| message.id).collect();
    let remote: Vec<MessageId> = survey.there.uids().map(MessageId::Uid).collect();
    let pairs = same(job, open, &local, &remote)?;
    let known: HashSet<MessageId> = pairs.iter().map(|(id, _)| *id).collect();
    let strangers: Vec<MessageId> =
        local.iter().copied().filter(|id| id.uid().is_some() && !known.contains(id)).collect();
    let again = if strangers.is_empty() { lost_again(survey, &pairs, local.len()) } else { strangers.len() };
    doubt(job, again, local.len())?;
    job.worker.checkpoint()?;
    number_all(open, (survey.record.id, validity), &strangers, &pairs)?;
    survey.here = open.local.look(None)?;
    let rows = rows(open, survey, &pairs);
    open.ledger.restart(survey.record.id, validity, &rows)?;
    job.note(format!("recognised {} of {} messages by content", pairs.len(), local.len().max(remote.len())));
    refresh(open, survey)
}

/// Gives these messages, and no others, their numbers.
fn number_all(
    open: &mut Open<'_>,
    (folder, validity): (FolderId, UidValidity),
    strangers: &[MessageId],
    pairs: &[(MessageId, Uid)],
) -> Result<(), Fault> {
    if let Some(numbered) = open.local.numbered()
        && numbered.is_renumbered()?
    {
        // Cut off between the numbers and the ledger, what isn't paired would count as deleted here.
        open.ledger.restart(folder, validity, &[])?;
        return numbered.begin_anew(pairs);
    }
    all_done(open.local.disown(strangers)?)?;
    all_done(open.local.number(pairs)?)
}

/// How many messages that have lost their numbers were synchronised once, at most, and aren't on the server.
fn lost_again(survey: &Survey, pairs: &[(MessageId, Uid)], all: usize) -> usize {
    let fresh_before = survey.here.uids().next().is_none();
    let known = survey.rows.iter().filter(|row| pairs.iter().all(|(_, uid)| *uid != row.remote)).count();
    if fresh_before { known.min(all - pairs.len()) } else { 0 }
}

/// Messages that were synchronised once and are nowhere to be found on the server would all be sent there again: of many,
/// that is more likely a mistake than a wish.
fn doubt(job: &Job<'_>, strangers: usize, all: usize) -> Result<(), Fault> {
    let (strangers, all) = (strangers as u64, all as u64);
    if job.policy.allow_deletes || strangers <= guard::limit(all, job.policy.most_deletes) {
        return Ok(());
    }
    let cause = format!("{strangers} of its {all} local messages aren't on the server, and would be sent there again");
    Err(Fault::new(Reach::Folder, FaultKind::Refused, job.doing(), cause)
        .advise("nothing was changed; if it is meant, run again with --allow-deletes"))
}

/// The pairs with the flags that both sides had last, as far as the ledger knew the file.
fn rows(open: &Open<'_>, survey: &Survey, pairs: &[(MessageId, Uid)]) -> Vec<Row> {
    let before: BTreeMap<Uid, &Row> = survey.rows.iter().map(|row| (row.local, row)).collect();
    let still = survey.record.uid_validity == open.remote.uid_validity();
    let row = |(id, uid): &(MessageId, Uid)| {
        let key = open.local.key(MessageId::Uid(*uid));
        // It was only here that it lost its number.
        if let Some(row) = before.get(uid).filter(|row| still && id.uid().is_none() && row.state == State::Synced) {
            return Some(Row { key, ..(*row).clone() });
        }
        let known = id.uid().and_then(|old| before.get(&old)).filter(|row| row.state == State::Synced)?;
        let same = known.key.is_none() || known.key == key;
        same.then(|| Row { remote: *uid, local: *uid, flags: known.flags.clone(), state: State::Synced, key })
    };
    pairs.iter().filter_map(row).collect()
}

/// Proves numbers that nothing vouches for: those of files that aren't the ones that were recorded, and those that aren't
/// recorded at all. A file that turns out to be another message loses its number and counts as new.
pub(super) fn verify(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey) -> Result<(), Fault> {
    if !open.local.may_number() || job.policy.pretend {
        return Ok(());
    }
    // A number that one file loses may be carried by another.
    while prove(job, open, survey)? {}
    Ok(())
}

/// Proves the numbers of the files that are shown. Says whether some lost theirs.
fn prove(job: &Job<'_>, open: &mut Open<'_>, survey: &mut Survey) -> Result<bool, Fault> {
    let suspects = suspects(open, survey);
    if suspects.is_empty() {
        return Ok(false);
    }
    job.worker.checkpoint()?;
    let step = suspects.len().div_ceil(PROVEN).max(1);
    let ids: Vec<MessageId> = suspects.keys().step_by(step).map(|uid| MessageId::Uid(*uid)).collect();
    let here: HashMap<MessageId, Fingerprint> = open.local.fingerprints(&ids, None)?.into_iter().collect();
    let there: HashMap<MessageId, Fingerprint> = open.remote.fingerprints(&ids, None)?.into_iter().collect();
    let (mut entries, mut wrong) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(uid) = id.uid() else { continue };
        let recorded = suspects.get(&uid).copied().flatten();
        match (here.get(&id), there.get(&id)) {
            // The header decides: servers count the bytes of a message in their own ways.
            (Some(local), Some(remote)) if local.header == remote.header => {
                entries.extend(recorded.map(|row| Entry::Put(Row { key: open.local.key(id), ..row.clone() })));
            }
            (Some(_), Some(_)) => {
                // Forgotten first: cut off after this, the file is proven again; the other way round, the message on the
                // server would be taken for one that was deleted here.
                entries.extend(recorded.into_iter().flat_map(|row| [Entry::LookAgain, Entry::Forget(row.remote)]));
                wrong.push(id);
            }
            // The recorded file is gone, as the message on the server is; this one is another.
            (Some(_), None) if recorded.is_some() && survey.there.shows(uid, true) == Some(false) => wrong.push(id),
            _ => {}
        }
    }
    open.ledger.record(survey.record.id, &entries)?;
    if !wrong.is_empty() {
        all_done(open.local.disown(&wrong)?)?;
        job.warn(format!("{} local files carried the numbers of other messages; they are new now", wrong.len()));
        survey.here = open.local.look(None)?;
        survey.there = look_again(job, open.remote)?;
    }
    if !entries.is_empty() {
        refresh(open, survey)?;
    }
    Ok(!wrong.is_empty())
}

/// Messages that both sides show under one UID without a record of it, and those whose file isn't the recorded one or was never
/// recorded, with their records.
fn suspects<'a>(open: &Open<'_>, survey: &'a Survey) -> BTreeMap<Uid, Option<&'a Row>> {
    let rows: HashMap<Uid, &Row> = survey.rows.iter().map(|row| (row.local, row)).collect();
    let there: HashSet<Uid> = survey.there.uids().collect();
    let suspect = |uid: Uid| match rows.get(&uid) {
        None => there.contains(&uid).then_some((uid, None)),
        Some(row) => {
            let other = open.local.key(MessageId::Uid(uid)).is_some_and(|key| Some(key) != row.key);
            other.then_some((uid, Some(*row)))
        }
    };
    survey.here.uids().filter_map(suspect).collect()
}

/// Reads again what the ledger has.
fn refresh(open: &mut Open<'_>, survey: &mut Survey) -> Result<(), Fault> {
    survey.rows = open.ledger.rows(survey.record.id)?;
    Ok(())
}

/// Where one message's fault leaves all in doubt.
fn all_done(faults: Vec<(MessageId, Fault)>) -> Result<(), Fault> {
    match faults.into_iter().next() {
        Some((_, fault)) => Err(fault.reaching(Reach::Folder)),
        None => Ok(()),
    }
}
