//! Messages that were sent to a local server, and of which it isn't known whether they came: an earlier run was cut off, or the
//! server doesn't say what they became. They are recognised by what they look like, so that nothing is fetched twice.

use super::folder::{Job, Open};
use super::intents::until_quiet;
use super::quarantine::put_aside;
use super::work::Work;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{Side, UidValidity};
use crate::model::light::Light;
use crate::model::message::{Look, MessageId};
use crate::store::ledger::{Entry, FolderRecord};

/// Settles what an earlier run left in doubt. To be called before anything is concluded from what has no number here.
pub(super) fn settle(
    job: &Job<'_>,
    open: &mut Open<'_>,
    (record, validity): (&FolderRecord, UidValidity),
    there: &Look,
) -> Result<(), Fault> {
    let Some(numbered) = open.local.numbered() else { return Ok(()) };
    let doubtful = numbered.in_doubt()?;
    if doubtful.is_empty() {
        return Ok(());
    }
    if record.uid_validity != Some(validity) {
        // Their UIDs mean nothing any more, and all messages are going to be recognised by content.
        return numbered.settle(&doubtful, &[]).map(drop);
    }
    let text =
        "an earlier run was cut off while messages were sent here; waiting until the local server has finished with it";
    job.note(text.to_owned());
    let first = open.local.look(None)?;
    until_quiet(job, first, || open.local.look(None))?;
    let came = recognise(open, &doubtful, |id| id.uid().is_none_or(|uid| there.shows(uid, false) == Some(false)))?;
    if !came.is_empty() {
        job.note(format!("{} of the messages that were on their way had come", came.len()));
    }
    Ok(())
}

/// Which of these messages came. One that can't be looked at, though it isn't `gone`, leaves all of them in doubt.
fn recognise(
    open: &mut Open<'_>,
    doubtful: &[MessageId],
    gone: impl Fn(MessageId) -> bool,
) -> Result<Vec<MessageId>, Fault> {
    let sources = open.remote.fingerprints(doubtful, None)?;
    if doubtful.iter().any(|id| !gone(*id) && sources.iter().all(|(other, _)| other != id)) {
        let doing = "recognising messages that were on their way to the local server";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, doing, "the remote server doesn't show all of them")
            .advise("nothing is lost; the next run looks again"));
    }
    match open.local.numbered() {
        Some(numbered) => numbered.settle(doubtful, &sources),
        None => Ok(Vec::new()),
    }
}

/// Finds what was sent just now to a local server that doesn't say what it became. One that can't be found was altered there:
/// it is put aside, since it would be sent again at each run.
pub(super) fn find(work: &mut Work<'_>, open: &mut Open<'_>, doubtful: &[MessageId]) -> Result<(), Fault> {
    work.job.worker.light(Light::Listing);
    let came = recognise(open, doubtful, |_| false)?;
    work.counts.downloads += came.len() as u64;
    // The next look adopts them, with the flags that they have by then.
    work.passed_over = true;
    let mut entries: Vec<Entry> = Vec::new();
    for id in doubtful.iter().filter(|id| !came.contains(id)) {
        let cause = "the local server took a message, altered it, and doesn't tell what it became";
        let fault = Fault::new(Reach::Message, FaultKind::Refused, work.job.doing(), cause)
            .advise("it is there under another form");
        let name = id.uid().map(|uid| uid.to_string()).unwrap_or_default();
        entries.extend(put_aside(work, Side::Remote, &name, None, &fault));
    }
    open.ledger.record(work.record.id, &entries)
}
