//! From two looks and the ledger to a plan, within what is allowed.

use std::collections::BTreeMap;

use super::folder::{Job, Open};
use super::pairing::side_in_words;
use super::survey::Survey;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::Counts;
use crate::model::ids::Uid;
use crate::plan::action::{Action, Plan};
use crate::plan::guard::check as suspect;
use crate::plan::messages::{Entry as Remembered, Permission, Situation, messages};
use crate::store::Mailbox;
use crate::store::ledger::{Row, State};

/// The plan, and whether more would have to be done if it were allowed.
pub(super) fn decide(job: &Job<'_>, open: &Open<'_>, survey: &Survey) -> (Plan, bool) {
    let Survey { rows, there, here, outside, .. } = survey;
    let (remote, local) = (&open.remote, &open.local);
    if remote.read_only() && job.policy.to_remote.write && !job.policy.ignore_read_only {
        job.warn("the server lets us only read this folder; nothing is written there".to_owned());
    }
    let entry = |row: &Row| (row.remote, Remembered { flags: row.flags.clone(), kept: row.state == State::Kept });
    let looked_at = rows.iter().filter(|row| row.state != State::Outside);
    let ledger: BTreeMap<Uid, Remembered> = looked_at.map(entry).collect();
    let remote_holds = remote.holds();
    let common = remote_holds.and(&local.holds());
    let plan = |to_remote, to_local| {
        let (ledger, common, remote_holds) = (&ledger, &common, &remote_holds);
        messages(&Situation { remote: there, local: here, ledger, outside, common, remote_holds, to_remote, to_local })
    };
    let permission = |side: &dyn Mailbox, allowed| if side.read_only() { Permission::NONE } else { allowed };
    let to_remote = permission(&**remote, job.policy.to_remote);
    let to_local = Permission { number: local.may_number(), ..permission(&**local, job.policy.to_local) };
    let allowed = plan(to_remote, to_local);
    let restricted = (to_remote, to_local) != (Permission::ALL, Permission::ALL);
    if !restricted {
        return (allowed, false);
    }
    let all = plan(Permission::ALL, Permission::ALL);
    let unsent = all.counts().uploads.saturating_sub(allowed.counts().uploads);
    if unsent > 0 && to_remote.write {
        let text = format!(
            "{unsent} local messages stay here: the local side is read-only, so their files could not be marked as sent"
        );
        job.warn(text);
    }
    let withheld = all != allowed;
    (allowed, withheld)
}

/// Stops a plan that deletes more than is plausible, unless that is allowed or a person agrees.
pub(super) fn guard(job: &Job<'_>, counts: &Counts, rows: &[Row]) -> Result<(), Fault> {
    if job.policy.allow_deletes {
        return Ok(());
    }
    // What is kept on one side only can't be deleted, and is no part of what both sides have.
    let known = rows.iter().filter(|row| row.state == State::Synced).count() as u64;
    let Some(suspicion) = suspect(counts, known, job.policy.most_deletes) else {
        return Ok(());
    };
    let cause = format!(
        "{} of its {} messages would be deleted {}, because they are gone {}",
        suspicion.deletes,
        suspicion.known,
        side_in_words(suspicion.side),
        side_in_words(suspicion.side.other())
    );
    if job.agreed(format!("{cause}."))? {
        return Ok(());
    }
    Err(Fault::new(Reach::Folder, FaultKind::Refused, job.doing(), cause)
        .advise("nothing was changed; if it is meant, run again with --allow-deletes"))
}

/// Says of each message what is done with it, and why.
pub(super) fn explain(job: &Job<'_>, plan: &Plan, local: &dyn Mailbox) {
    for action in &plan.actions {
        let name = match action {
            Action::Upload { id, .. } => local.local_name(*id),
            _ => None,
        };
        job.note(name.map_or_else(|| action.to_string(), |name| format!("{action} ({name})")));
    }
}
