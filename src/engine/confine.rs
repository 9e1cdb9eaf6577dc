//! What of a folder isn't looked at, because it is too old or too large, or because somebody said so.
//!
//! A message that is on the server is judged by the server: by the day on which it came, and by its size there. Only a file
//! whose message isn't there is judged by its own date and size. What was on both sides, and isn't looked at any more, keeps its
//! record for the day on which it is again.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::folder::{Job, Open, Policy};
use super::survey::{Survey, uid_next};
use crate::model::extent::{Bounds, Extent, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::{Coverage, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::plan::extent::{Fate, Sight, fate};
use crate::store::Mailbox;
use crate::store::ledger::{Entry, Row, Scope, State};

/// Whether something else is to be looked at than was the last time, beyond what the passing of time alone leaves out.
pub(super) fn is_outdated(policy: &Policy, ignored: Option<&UidSet>, before: Option<&Scope>) -> bool {
    let (terms, none) = (policy.extent.to_string(), UidSet::default());
    let ignored = ignored.unwrap_or(&none);
    match before {
        None => !terms.is_empty() || !ignored.is_empty(),
        Some(scope) => {
            let put_back = policy.extent.at(policy.now).since < scope.since;
            scope.terms != terms || scope.ignored != *ignored || put_back
        }
    }
}

/// The messages that the server had when it was last looked at, as far as the ledger knows.
pub(super) fn known(rows: &[Row], scope: Option<&Scope>) -> UidSet {
    let looked_at = rows.iter().filter(|row| row.state != State::Outside).map(|row| row.remote);
    let outside = scope.map(|scope| scope.outside.clone()).unwrap_or_default();
    looked_at.chain(outside.iter()).collect()
}

/// In a dry run, says how much is left alone.
pub(super) fn tell(job: &Job<'_>, survey: &Survey) {
    if job.policy.pretend && survey.left_alone > 0 {
        let messages =
            if survey.left_alone == 1 { "1 message is" } else { &format!("{} messages are", survey.left_alone) };
        let reason =
            if job.policy.extent == Extent::ALL { "never copied".to_owned() } else { job.policy.extent.to_string() };
        job.note(format!("dry run: {messages} left alone: {reason}"));
    }
}

/// How both sides show the messages of the ledger, and what lies outside.
struct Sorting<'a> {
    there: HashMap<Uid, &'a Flags>,
    here: HashMap<Uid, &'a Flags>,
    /// Messages that the server takes for too old or too large, whether the ledger has them or not.
    beyond: UidSet,
    /// Messages on the server that were too old when everything began.
    early: UidSet,
    /// Local messages that aren't on the server, and are too old or too large.
    alone: Outside,
    /// Everything is judged anew.
    anew: bool,
    /// A message that is gone from the server, with a lower UID than this, may have been too old.
    doubtful: u32,
}

/// Finds what isn't looked at, and brings the records into line with that. `anew`: something else is to be looked at than
/// before; then both sides have to be seen as a whole.
pub(super) fn confine(
    job: &Job<'_>,
    open: &mut Open<'_>,
    survey: &mut Survey,
    before: Option<&Scope>,
    anew: bool,
) -> Result<(), Fault> {
    let Policy { extent, now, .. } = job.policy;
    let ignored = job.ignored.cloned().unwrap_or_default();
    if extent == Extent::ALL && ignored.is_empty() && before.is_none() {
        return Ok(());
    }
    if anew && (survey.there.coverage != Coverage::Whole || survey.here.coverage != Coverage::Whole) {
        let cause = "other messages are to be looked at than before, and a list of messages broke off";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, job.doing(), cause).advise("the next run tries again"));
    }
    job.worker.checkpoint()?;
    let since = extent.at(now).since;
    let first = match (before, extent.there_from) {
        (_, None) => 0,
        (Some(scope), _) if scope.first > 0 => scope.first,
        _ => uid_next(&survey.there),
    };
    let narrowed = anew && since.is_some() && before.is_none_or(|scope| since > scope.since);
    let sorting = sort(job, open, survey, (anew, narrowed, first))?;
    let (mut entries, rows) = sorting.judge(open.local, survey);
    let outside = sorting.outside(&rows, &ignored);
    let hidden: UidSet = sorting.beyond.iter().chain(sorting.early.iter()).collect();
    let count = hidden.len() + only_here(survey, &outside, &hidden, before);
    let terms = extent.to_string();
    let all = terms.is_empty() && ignored.is_empty();
    let scope = (!all).then_some(Scope { terms, since, first, ignored, outside: hidden, count });
    if scope.as_ref() != before {
        entries.push(Entry::Confine(scope));
    }
    drop(sorting);
    (survey.rows, survey.outside, survey.left_alone) = (rows, outside, count);
    if job.policy.pretend { Ok(()) } else { open.ledger.record(survey.record.id, &entries) }
}

/// How many messages that aren't looked at are here and not on the server. Those that a look at changes doesn't show are as many
/// as before.
fn only_here(survey: &Survey, outside: &Outside, hidden: &UidSet, before: Option<&Scope>) -> u64 {
    if let (Coverage::Changes { .. }, Some(before)) = (&survey.here.coverage, before) {
        return before.count.saturating_sub(before.outside.len());
    }
    let named = outside.uids.iter().filter(|uid| !hidden.contains(*uid)).count();
    (named + outside.fresh.len()) as u64
}

/// Asks both sides.
fn sort<'a>(
    job: &Job<'_>,
    open: &mut Open<'_>,
    survey: &'a Survey,
    (anew, narrowed, first): (bool, bool, u32),
) -> Result<Sorting<'a>, Fault> {
    let Policy { extent, now, .. } = job.policy;
    let bounds = extent.at(now);
    let known: HashSet<Uid> = survey.rows.iter().map(|row| row.remote).collect();
    let ask = |remote: &mut dyn Mailbox, bounds: &Bounds| {
        if bounds.is_everything() { Ok(Outside::default()) } else { remote.outside(bounds, &[]) }
    };
    let beyond = ask(open.remote, &bounds)?.uids;
    let early = ask(open.remote, &Bounds { since: extent.there_from, largest: None })?.uids;
    let early = early.iter().filter(|uid| uid.get() < first && !known.contains(uid)).collect();
    let (there, here) = (listed(&survey.there), listed(&survey.here));
    // Servers number messages in the order in which they come.
    let oldest = there.keys().filter(|uid| !beyond.contains(**uid)).map(|uid| uid.get()).min();
    let doubtful = if narrowed { oldest.unwrap_or(u32::MAX) } else { 0 };
    let mut sorting = Sorting { there, here, beyond, early, alone: Outside::default(), anew, doubtful };
    let (recorded, new) = sorting.alone(survey, &known);
    let from = Bounds { since: bounds.since.max(extent.here_from), ..bounds };
    for (bounds, among) in [(bounds, recorded), (from, new)] {
        if !bounds.is_everything() && !among.is_empty() {
            let found = open.local.outside(&bounds, &among)?;
            sorting.alone.extend(among.into_iter().filter(|id| found.contains(*id)));
        }
    }
    Ok(sorting)
}

fn listed(look: &Look) -> HashMap<Uid, &Flags> {
    look.messages.iter().filter_map(|message| Some((message.id.uid()?, &message.flags))).collect()
}

/// Whether the message of a record is in a look; what was left alone may have gone in silence.
fn is_in(look: &Look, listed: &HashMap<Uid, &Flags>, uid: Uid, left: bool) -> Option<bool> {
    if listed.contains_key(&uid) {
        return Some(true);
    }
    match &look.coverage {
        Coverage::Partial => None,
        Coverage::Whole => Some(false),
        Coverage::Existing { uids } => Some(uids.contains(uid)),
        Coverage::Changes { vanished } if vanished.contains(uid) => Some(false),
        Coverage::Changes { .. } => (!left).then_some(true),
    }
}

impl Sorting<'_> {
    /// The local messages that the server doesn't show: those that both sides had, and those that are new.
    fn alone(&self, survey: &Survey, known: &HashSet<Uid>) -> (Vec<MessageId>, Vec<MessageId>) {
        let gone = |row: &&Row| {
            let left = row.state == State::Outside;
            is_in(&survey.there, &self.there, row.remote, left) == Some(false)
                && is_in(&survey.here, &self.here, row.local, left) == Some(true)
        };
        let recorded = survey.rows.iter().filter(gone).map(|row| MessageId::Uid(row.local)).collect();
        let is_new = |id: &MessageId| {
            id.uid()
                .is_none_or(|uid| !known.contains(&uid) && !self.there.contains_key(&uid) && !self.beyond.contains(uid))
        };
        (recorded, survey.here.messages.iter().map(|message| message.id).filter(is_new).collect())
    }

    /// What changes in the ledger, and the records after that.
    fn judge(&self, local: &dyn Mailbox, survey: &Survey) -> (Vec<Entry>, Vec<Row>) {
        let mut rows: BTreeMap<Uid, Row> = survey.rows.iter().map(|row| (row.remote, row.clone())).collect();
        let mut entries = Vec::new();
        for row in survey.rows.iter().filter(|row| row.state != State::Kept) {
            let left = row.state == State::Outside;
            let remote = Sight {
                there: is_in(&survey.there, &self.there, row.remote, left),
                outside: self.beyond.contains(row.remote),
            };
            let doubtful = !left && row.remote.get() < self.doubtful;
            let here = Sight {
                there: is_in(&survey.here, &self.here, row.local, left),
                outside: doubtful || self.alone.has(row.local),
            };
            let state = match fate(left, remote, here, self.anew) {
                Fate::Stay => continue,
                Fate::Forget => {
                    rows.remove(&row.remote);
                    entries.push(Entry::Forget(row.remote));
                    continue;
                }
                Fate::Leave => State::Outside,
                Fate::Return => State::Synced,
            };
            let row = Row { state, ..row.clone() };
            entries.push(Entry::Put(row.clone()));
            rows.insert(row.remote, row);
        }
        // What both sides have and was never recorded is recorded as well, so that it isn't compared again at each look.
        for (uid, flags) in self.there.iter().filter(|(uid, _)| self.beyond.contains(**uid)) {
            let Some(mine) = self.here.get(uid).filter(|_| !rows.contains_key(uid)) else { continue };
            let (flags, key) = (flags.minus(&flags.minus(mine)), local.key(MessageId::Uid(*uid)));
            let row = Row { remote: *uid, local: *uid, flags, state: State::Outside, key };
            entries.push(Entry::Put(row.clone()));
            rows.insert(*uid, row);
        }
        (entries, rows.into_values().collect())
    }

    /// All that the plan must not touch.
    fn outside(&self, rows: &[Row], ignored: &UidSet) -> Outside {
        let known: HashMap<Uid, State> = rows.iter().map(|row| (row.remote, row.state)).collect();
        let mut uids: Vec<Uid> = self.beyond.iter().chain(self.early.iter()).collect();
        uids.extend(known.iter().filter(|(_, state)| **state == State::Outside).map(|(uid, _)| *uid));
        uids.extend(self.alone.uids.iter().chain(ignored.iter()).filter(|uid| !known.contains_key(uid)));
        Outside { uids: uids.into_iter().collect(), fresh: self.alone.fresh.clone() }
    }
}

#[cfg(test)]
mod tests;
