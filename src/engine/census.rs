//! How many messages a folder has.

use std::collections::HashSet;

use super::folder::Job;
use super::survey::Survey;
use crate::model::event::EventKind;
use crate::model::folder::Counts;
use crate::model::ids::{Side, Uid};
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Look};
use crate::store::ledger::{Quarantined, State};

/// How many messages both sides of a folder had when they were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Census {
    here: u64,
    there: u64,
}

impl Census {
    /// Counts; `None` where a side was not seen whole.
    pub(super) fn of(survey: &Survey, aside: &[Quarantined]) -> Option<Self> {
        let there = counted(&survey.there)?;
        let here = counted(&survey.here).or_else(|| remembered(survey, aside, there))?;
        Some(Self { here, there })
    }

    /// Tells how many there are now that so much was done; a dry run has done nothing.
    pub(super) fn tell(self, job: &Job<'_>, done: &Counts) {
        let Self { mut here, mut there } = self;
        if !job.policy.pretend {
            here = (here + done.downloads).saturating_sub(done.local_deletes);
            there = (there + done.uploads).saturating_sub(done.remote_deletes);
        }
        let (account, folder) = (job.worker.account(), job.names.shown.clone());
        job.worker.publish(EventKind::Counted { account, folder, here, there });
    }
}

/// How many messages a look shows, or says there are.
fn counted(look: &Look) -> Option<u64> {
    match (&look.coverage, look.mark) {
        (Coverage::Whole, _) => Some(look.messages.len() as u64),
        (Coverage::Existing { uids }, _) => Some(uids.len()),
        (Coverage::Changes { .. }, Some(Mark::Server(mark))) => Some(mark.messages.into()),
        _ => None,
    }
}

/// How many messages are here that were not listed, because they are as the ledger has them.
fn remembered(survey: &Survey, aside: &[Quarantined], there: u64) -> Option<u64> {
    if !matches!(survey.here.coverage, Coverage::Changes { .. }) {
        return None;
    }
    let kept = survey.rows.iter().filter(|row| row.state == State::Kept).count() as u64;
    let both = survey.rows.len() as u64 - kept;
    let never_sent = aside.iter().filter(|one| one.side == Side::Local).count() as u64;
    // The ledger doesn't say on which side a message is kept.
    let kept_here = if kept == 0 { 0 } else { kept.saturating_sub(kept_there(survey, there)) };
    Some(both + never_sent + kept_here)
}

/// How many of the messages that are kept on one side are kept on the server, which has so many in all.
fn kept_there(survey: &Survey, all: u64) -> u64 {
    let (mut kept, mut both) = (HashSet::new(), HashSet::new());
    for row in &survey.rows {
        if row.state == State::Kept {
            kept.insert(row.remote)
        } else {
            both.insert(row.remote)
        };
    }
    let listed: HashSet<Uid> = survey.there.uids().collect();
    match &survey.there.coverage {
        Coverage::Existing { uids } => kept.iter().filter(|uid| uids.contains(**uid)).count() as u64,
        Coverage::Changes { vanished } => {
            let gone = both.iter().filter(|uid| vanished.contains(**uid)).count() as u64;
            let new = listed.iter().filter(|uid| !both.contains(uid) && !kept.contains(uid)).count() as u64;
            (all + gone).saturating_sub(both.len() as u64 + new)
        }
        _ => kept.intersection(&listed).count() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::extent::Outside;
    use crate::model::flags::Flags;
    use crate::model::ids::UidValidity;
    use crate::model::mark::ServerMark;
    use crate::model::message::{Listed, MessageId};
    use crate::model::uidset::UidSet;
    use crate::store::ledger::{FolderId, FolderRecord, Row};

    fn uid(number: u32) -> Uid {
        Uid::new(number).unwrap()
    }

    fn set(uids: &[u32]) -> UidSet {
        uids.iter().copied().map(uid).collect()
    }

    fn look(coverage: Coverage, listed: &[u32], messages: u32) -> Look {
        let name = |number: &u32| Listed { id: MessageId::Uid(uid(*number)), flags: Flags::default() };
        let server = ServerMark { uid_validity: UidValidity(1), uid_next: 99, messages, highest_modseq: None };
        Look { messages: listed.iter().map(name).collect(), coverage, mark: Some(Mark::Server(server)) }
    }

    fn aside(side: Side) -> Quarantined {
        let (name, subject, reason) = (String::new(), String::new(), String::new());
        Quarantined { side, name, subject, reason, tried: 0, ignored: false }
    }

    /// What both sides had: 1 to 4; 8 is kept on the server, 9 and 10 here.
    fn census(there: Look, here: Coverage, left_out: &[Quarantined]) -> Option<Census> {
        let row = |number: u32| {
            let state = if number < 8 { State::Synced } else { State::Kept };
            Row { remote: uid(number), local: uid(number), flags: Flags::default(), state, key: None }
        };
        let record = FolderRecord {
            id: FolderId(1),
            remote: String::new(),
            local: String::new(),
            uid_validity: None,
            remote_mark: None,
            local_mark: None,
            doubt: None,
        };
        let here = Look { messages: Vec::new(), coverage: here, mark: None };
        let rows = [1, 2, 3, 4, 8, 9, 10].map(row).to_vec();
        let outside = Outside::default();
        Census::of(&Survey { record, rows, there, here, outside, left_alone: 0 }, left_out)
    }

    #[test]
    fn what_is_not_listed_here_is_as_the_ledger_has_it_on_whichever_side_it_is_kept() {
        let unchanged = || Coverage::Changes { vanished: UidSet::default() };
        // 2 is gone on the server, and 11 is new there; so it has 1, 3, 4, 8 and 11.
        for there in [
            look(Coverage::Whole, &[1, 3, 4, 8, 11], 0),
            look(Coverage::Existing { uids: set(&[1, 3, 4, 8, 11]) }, &[11, 3], 0),
            look(Coverage::Changes { vanished: set(&[2, 7]) }, &[11, 3], 5),
        ] {
            let found = census(there.clone(), unchanged(), &[aside(Side::Local), aside(Side::Remote)]);
            assert_eq!(found, Some(Census { here: 7, there: 5 }), "{there:?}");
            assert_eq!(census(there, Coverage::Whole, &[]), Some(Census { here: 0, there: 5 }));
        }
    }

    #[test]
    fn what_was_not_seen_whole_is_not_counted() {
        let unchanged = Coverage::Changes { vanished: UidSet::default() };
        assert_eq!(census(look(Coverage::Partial, &[1], 5), unchanged, &[]), None);
        assert_eq!(census(look(Coverage::Whole, &[1], 5), Coverage::Partial, &[]), None);
    }
}
