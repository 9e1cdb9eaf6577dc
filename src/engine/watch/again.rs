//! Connections to watch over, made again and again.

use std::time::{Duration, Instant};

use super::super::backoff::Backoff;
use super::super::connect::{Means, connect, disconnect};
use super::super::runtime::Report;
use super::super::trust::Trust;
use super::super::worker::Worker;
use super::look_out::{LookOut, rest};
use super::{FIRST_LAMP, Post};
use crate::config::settings::ImapSettings;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::store::imap::ImapRepository;

/// Connections that live shorter don't count as a success.
const SHORT: Duration = Duration::from_secs(10);
/// How often it is looked whether a run has succeeded.
const OFTEN: Duration = Duration::from_secs(5);
/// How long a folder is left alone that can't be opened.
const LONG: Duration = Duration::from_secs(300);
/// Whoever takes room that runs need stays away for so long, and each time twice as long as the time before,
const ASIDE: Duration = Duration::from_secs(60);
/// but no longer than this.
const LONGEST_ASIDE: Duration = Duration::from_secs(24 * 3600);

/// What is done with a connection, until it fails or a stop is asked for.
pub(super) trait Session: Fn(&mut ImapRepository, &mut LookOut) -> Result<(), Fault> {}
impl<T: Fn(&mut ImapRepository, &mut LookOut) -> Result<(), Fault>> Session for T {}

/// How somebody who watches has fared so far.
struct Fate {
    backoff: Backoff,
    /// How often it has made room.
    aside: Backoff,
    /// Of what kind the failure was that was told of last, unless all went well since.
    told: Option<FaultKind>,
    sign: Duration,
}

/// Connects and watches, again and again, with growing pauses in between.
pub(super) fn forever(post: &Post, worker: &Worker, side: Side, session: impl Session) {
    let Some(server) = post.server(side) else { return };
    let sign = LookOut::sign(&server.watch);
    let aside = Backoff::between(ASIDE, LONGEST_ASIDE);
    let mut fate = Fate { backoff: Backoff::default(), aside, told: None, sign };
    loop {
        let begun = Instant::now();
        let (ended, silent) = connected(post, worker, (side, server), fate.sign, &session);
        let Err(fault) = ended else { return };
        if let Some(silent) = silent.filter(|_| fault.kind == FaultKind::Network) {
            fate.sign = LookOut::shorter(fate.sign, silent);
        }
        if begun.elapsed() >= SHORT {
            fate.backoff.succeeded();
            fate.told = None;
        }
        if fault.is_stop() || pause(post, worker, &fault, &mut fate).is_err() {
            return;
        }
    }
}

/// Waits until it makes sense to try again.
fn pause(post: &Post, worker: &Worker, fault: &Fault, fate: &mut Fate) -> Result<(), Fault> {
    let before = post.latest.count();
    let crowded = post.latest.is_crowded_out(worker.lamp());
    // Others may still watch, and the countdown goes on.
    let dispensable = fault.kind == FaultKind::Busy && worker.lamp().number() > FIRST_LAMP;
    let told = fate.told.replace(fault.kind) == Some(fault.kind);
    worker.light(Light::Waiting);
    if crowded || dispensable {
        note(
            worker,
            "the server takes no more connections, so there is one less to wait for changes for a while".into(),
        );
        return worker.rest(fate.aside.pause(0.0));
    }
    if !told {
        note(
            worker,
            match fault.reach {
                Reach::Message | Reach::Folder => format!("not watched: {fault}"),
                _ => format!("the connection that waits for changes is made anew: {}", fault.cause),
            },
        );
    }
    match (fault.reach, fault.kind) {
        // A run may make it, or be told by then that it is there.
        (Reach::Message | Reach::Folder, _) => {
            worker.rest(LONG)?;
            until_a_run_succeeds(post, worker, before)
        }
        // Nobody answers questions here, and a password that is refused again and again gets the user locked out: a run
        // has to succeed first.
        (_, FaultKind::Login | FaultKind::Tls | FaultKind::Config) => until_a_run_succeeds(post, worker, before),
        _ => {
            if rest(worker, fate.backoff.pause(fastrand::f64()))? {
                fate.backoff.succeeded();
            }
            Ok(())
        }
    }
}

/// Waits until a run has connected since it had been so often.
fn until_a_run_succeeds(post: &Post, worker: &Worker, before: u64) -> Result<(), Fault> {
    while post.latest.count() == before {
        worker.rest(OFTEN)?;
    }
    Ok(())
}

/// One connection, as long as it lives; and how long it had been silent in the end, once it stood.
fn connected(
    post: &Post,
    worker: &Worker,
    (side, server): (Side, &ImapSettings),
    sign: Duration,
    session: &impl Session,
) -> (Result<(), Fault>, Option<Duration>) {
    let (mut credentials, trusted) = post.latest.get(side);
    let trust = Trust::settled(trusted);
    let (python, tokens, reports) = (post.python.as_ref(), post.tokens.get(side).as_ref(), &post.reports);
    let means = Means { side, python, tokens, reports, trust: &trust };
    let ended = connect(worker, server, post.settings.socket_timeout, means, &mut credentials).map(|mut connection| {
        worker.light(Light::Account);
        let mut look_out = LookOut::new(&connection, sign);
        let ended = session(&mut connection, &mut look_out);
        disconnect(worker, connection);
        (ended, look_out.silent_for())
    });
    // As long as somebody could cut it, the server would not be told that it is closed.
    let _ = post.reports.send(Report::Disconnected { lamp: worker.lamp() });
    match ended {
        // What fails after a stop was asked for was cut by us.
        Ok((ended, silent)) => (worker.checkpoint().and(ended), Some(silent)),
        Err(fault) => (Err(fault), None),
    }
}

fn note(worker: &Worker, text: String) {
    worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
}
