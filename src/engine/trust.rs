//! Certificates that nobody vouches for: a person may trust them, each for itself, for as long as the program runs.
//!
//! What a person has agreed to is held to as `cert_fingerprint` is. A server that shows another certificate afterwards is met
//! as if nobody had ever agreed to anything.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::account::Task;
use super::connect::Means;
use super::runtime::Report;
use super::worker::Worker;
use crate::config::settings::ImapSettings;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind};
use crate::model::fingerprint::Fingerprint;
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::model::question::{Answer, Ask};
use crate::store::imap::{Greeted, Stranger, Unmet};

/// Which certificates of the server on one side a person trusts, for all connections of a run.
#[derive(Debug)]
pub(super) struct Trust {
    /// Those of earlier runs.
    earlier: Vec<Fingerprint>,
    /// The one of this run.
    agreed: OnceLock<Fingerprint>,
    /// Nobody has been asked yet, and somebody may be.
    may_ask: AtomicBool,
}

impl Trust {
    /// What is known when a run begins. In a dry run nobody is asked.
    pub(super) fn of(task: &Task, side: Side) -> Self {
        let may_ask = AtomicBool::new(!task.options.pretend);
        Self { earlier: task.trusted.get(side).clone(), agreed: OnceLock::new(), may_ask }
    }

    /// The same for whoever asks nobody.
    pub(super) fn settled(earlier: Vec<Fingerprint>) -> Self {
        Self { earlier, agreed: OnceLock::new(), may_ask: AtomicBool::new(false) }
    }

    /// The settings by which only what a person trusts is good enough; `None` where there is no such thing.
    fn pinned(&self, settings: &ImapSettings) -> Option<ImapSettings> {
        let fingerprints: Vec<Fingerprint> = self.agreed.get().into_iter().chain(&self.earlier).cloned().collect();
        if fingerprints.is_empty() {
            return None;
        }
        let mut pinned = settings.clone();
        pinned.tls.fingerprints = fingerprints;
        Some(pinned)
    }
}

/// Meets the server by these settings, or by what a person says of its certificate, who is asked once in a run.
pub(super) fn meet(
    worker: &Worker,
    settings: &ImapSettings,
    means: Means<'_>,
    mut connect: impl FnMut(&ImapSettings) -> Result<Greeted, Unmet>,
) -> Result<Greeted, Fault> {
    loop {
        if let Some(pinned) = means.trust.pinned(settings) {
            match connect(&pinned) {
                // It may show another certificate now, which somebody vouches for.
                Err(unmet) if unmet.fault.kind == FaultKind::Tls => worker.checkpoint()?,
                met => return met.map_err(|unmet| unmet.fault),
            }
        }
        let Unmet { fault, stranger } = match connect(settings) {
            Ok(greeted) => return Ok(greeted),
            Err(unmet) => unmet,
        };
        let Some(stranger) = stranger.filter(|_| means.trust.may_ask.swap(false, Ordering::Relaxed)) else {
            return Err(fault);
        };
        if !is_trusted(worker, settings, &stranger) {
            return Err(fault);
        }
        agree(worker, settings, means, *stranger);
    }
}

/// Asks a person. Where nobody can answer, it is not.
fn is_trusted(worker: &Worker, settings: &ImapSettings, stranger: &Stranger) -> bool {
    worker.light(Light::Waiting);
    let answer = worker.ask(Ask::Certificate {
        account: worker.account(),
        host: settings.called(),
        reason: stranger.reason.clone(),
        lines: stranger.lines.clone(),
        pin: stranger.pin(),
    });
    worker.light(Light::Connecting);
    answer == Ok(Some(Answer::Agreed))
}

/// Remembers what a person has agreed to, for the other connections and for later runs.
fn agree(worker: &Worker, settings: &ImapSettings, means: Means<'_>, stranger: Stranger) {
    let text = format!(
        "the certificate of {} is trusted until the program ends; to trust it for good, write into [Repository {}]: {}",
        settings.host,
        settings.common.name,
        stranger.pin()
    );
    worker.publish(EventKind::Warned { account: Some(worker.account()), folder: None, text });
    let fingerprint = stranger.fingerprint;
    let (account, side) = (worker.account(), means.side);
    let _ = means.reports.send(Report::Trusted { account, side, fingerprint: fingerprint.clone() });
    let _ = means.trust.agreed.set(fingerprint);
}
