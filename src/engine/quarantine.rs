//! Messages that can't be copied: reported once, put aside, and tried again after a day, unless a person wants them ignored.

use chrono::Utc;

use super::folder::{Job, Open};
use super::survey::Survey;
use super::work::Work;
use crate::model::fault::{Fault, FaultKind};
use crate::model::ids::{Side, Uid};
use crate::model::message::{Coverage, MessageId};
use crate::plan::action::{Action, Plan};
use crate::store::Mailbox;
use crate::store::ledger::{Entry, Quarantined};

/// Seconds after which a message that could not be copied is tried again.
const PATIENCE: i64 = 24 * 3600;

/// Whether one of these messages is to be tried again.
pub(super) fn is_due(aside: &[Quarantined]) -> bool {
    let now = Utc::now().timestamp();
    aside.iter().any(|one| due(one, now))
}

fn due(one: &Quarantined, now: i64) -> bool {
    // A clock that was set back must not make it wait for years.
    !one.ignored && (now - one.tried).abs() >= PATIENCE
}

/// Takes out of the plan what could not be copied before, unless it is time to try again. Gives back what is put aside;
/// messages that are gone or were copied by now are forgotten.
pub(super) fn hold_back(
    job: &Job<'_>,
    survey: &Survey,
    open: &mut Open<'_>,
    plan: &mut Plan,
) -> Result<Vec<Quarantined>, Fault> {
    let mut aside = open.ledger.quarantined(survey.record.id)?;
    let mut entries = Vec::new();
    for one in &aside {
        if is_over(one, survey, open.local)? {
            entries.push(Entry::Release { side: one.side, name: one.name.clone() });
        }
    }
    aside.retain(|one| !entries.contains(&Entry::Release { side: one.side, name: one.name.clone() }));
    open.ledger.record(survey.record.id, &entries)?;
    let now = Utc::now().timestamp();
    let held: Vec<&Quarantined> = aside.iter().filter(|one| !due(one, now)).collect();
    if held.is_empty() {
        return Ok(aside);
    }
    let is_held = |side, name: &str| held.iter().any(|one| one.side == side && one.name == name);
    plan.actions.retain(|action| match action {
        Action::Upload { id, .. } => !open.local.local_name(*id).is_some_and(|name| is_held(Side::Local, &name)),
        Action::Download { uid } => !is_held(Side::Remote, &uid.to_string()),
        _ => true,
    });
    let messages = match held.iter().filter(|one| !one.ignored).count() {
        0 => return Ok(aside),
        1 => "1 message is".to_owned(),
        several => format!("{several} messages are"),
    };
    job.warn(format!("{messages} left out, since copying failed before; --info says which and why"));
    Ok(aside)
}

/// Whether a message that was put aside is gone, or on both sides by now.
fn is_over(one: &Quarantined, survey: &Survey, local: &mut dyn Mailbox) -> Result<bool, Fault> {
    match one.side {
        Side::Local if survey.here.coverage == Coverage::Whole => {
            Ok(!matches!(local.find_local_name(&one.name)?, Some(MessageId::Fresh(_))))
        }
        Side::Local => Ok(false),
        Side::Remote => Ok(one.name.parse().ok().and_then(Uid::new).is_none_or(|uid| {
            survey.there.shows(uid, true) == Some(false) || survey.rows.iter().any(|row| row.remote == uid)
        })),
    }
}

/// Reports a message that could not be copied, and gives what the ledger has to remember of it. What may pass by itself is
/// only reported.
pub(super) fn put_aside(
    work: &mut Work<'_>,
    side: Side,
    name: &str,
    subject: Option<String>,
    fault: &Fault,
) -> Option<Entry> {
    let subject = subject.unwrap_or_default();
    let mut told = fault.clone();
    if !subject.is_empty() {
        told.doing = format!("{} (\"{subject}\")", told.doing);
    }
    work.failed(&told);
    if !matches!(fault.kind, FaultKind::Server | FaultKind::Refused) {
        return None;
    }
    work.put_aside += 1;
    let (name, reason, tried) = (name.to_owned(), fault.cause.clone(), Utc::now().timestamp());
    Some(Entry::Quarantine(Quarantined { side, name, subject, reason, tried, ignored: false }))
}

/// What makes the ledger forget that a message could not be copied, now that it was.
pub(super) fn release(work: &Work<'_>, side: Side, name: &str) -> Option<Entry> {
    let aside = work.aside.iter().any(|one| one.side == side && one.name == name);
    aside.then(|| Entry::Release { side, name: name.to_owned() })
}
