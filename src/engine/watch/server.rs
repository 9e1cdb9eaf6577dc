//! Watching the server: of all folders with NOTIFY, of some with IDLE, else by asking once a minute.

use std::thread;
use std::time::{Duration, Instant};

use super::super::backoff::Backoff;
use super::super::connect::{Means, connect, disconnect};
use super::super::trust::Trust;
use super::super::worker::Worker;
use super::look_out::LookOut;
use super::{MOST_FOLDERS, Post};
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind};
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::model::utf7;
use crate::model::watch::Watch;
use crate::store::Repository;
use crate::store::imap::ImapRepository;

/// Connections that live shorter don't count as a success.
const SHORT: Duration = Duration::from_secs(10);
/// How often a server is asked that tells nothing by itself.
const POLL: Duration = Duration::from_secs(60);

/// Watches until the program ends.
pub(super) fn watch(post: &Post) {
    let worker = post.enlist(0);
    forever(post, &worker, |connection, look_out| {
        if connection.can_notify() && connection.notify()? {
            announce(&worker, Watch::Notify, None);
            return by_notify(post, &worker, connection, look_out);
        }
        let folders = post.account().remote.watch.folders.len().min(MOST_FOLDERS);
        if folders == 0 || !connection.can_idle() {
            announce(&worker, Watch::Polling, None);
            return by_polling(post, &worker, connection, look_out);
        }
        announce(&worker, Watch::Idle, Some(folders as u64));
        by_idle(post, &worker, connection, look_out)
    });
}

/// Connects and watches, again and again, with growing pauses in between.
fn forever(post: &Post, worker: &Worker, session: impl Fn(&mut ImapRepository, &mut LookOut) -> Result<(), Fault>) {
    let (mut backoff, mut told) = (Backoff::default(), false);
    let mut sign = LookOut::sign(&post.account().remote.watch);
    loop {
        let begun = Instant::now();
        let (ended, quiet) = connected(post, worker, sign, &session);
        let Err(fault) = ended else { return };
        if fault.is_stop() {
            return;
        }
        if let Some(quiet) = quiet.filter(|_| fault.kind == FaultKind::Network) {
            sign = LookOut::shorter(sign, quiet);
        }
        if begun.elapsed() >= SHORT {
            backoff.succeeded();
            told = false;
        }
        if !std::mem::replace(&mut told, true) {
            note(worker, format!("the connection that waits for changes is made anew: {}", fault.cause));
        }
        worker.light(Light::Waiting);
        let rest = match fault.kind {
            // Nobody answers questions here, and a password that is refused again and again gets the user locked out: a run
            // has to succeed first.
            FaultKind::Login | FaultKind::Tls | FaultKind::Config => until_a_run_succeeds(post, worker),
            _ => worker.rest(backoff.pause(fastrand::f64())),
        };
        if rest.is_err() {
            return;
        }
    }
}

/// One connection, as long as it lives; and how long it had been silent in the end, once it stood.
fn connected(
    post: &Post,
    worker: &Worker,
    sign: Duration,
    session: &impl Fn(&mut ImapRepository, &mut LookOut) -> Result<(), Fault>,
) -> (Result<(), Fault>, Option<Duration>) {
    let (mut credentials, trusted) = post.latest.get();
    let trust = Trust::settled(trusted);
    let (python, tokens, reports) = (post.python.as_ref(), post.tokens.as_ref(), &post.reports);
    let means = Means { python, tokens, reports, trust: &trust };
    let remote = &post.account().remote;
    let mut connection = match connect(worker, remote, post.settings.socket_timeout, means, &mut credentials) {
        Ok(connection) => connection,
        Err(fault) => return (Err(fault), None),
    };
    worker.light(Light::Account);
    let mut look_out = LookOut::new(&connection, sign);
    let ended = session(&mut connection, &mut look_out);
    disconnect(worker, connection);
    // What fails after a stop was asked for was cut by us.
    (worker.checkpoint().and(ended), Some(look_out.silent_for()))
}

/// Waits until a run has logged in with something else.
fn until_a_run_succeeds(post: &Post, worker: &Worker) -> Result<(), Fault> {
    let before = post.latest.get();
    while post.latest.get() == before {
        worker.rest(POLL)?;
    }
    Ok(())
}

fn announce(worker: &Worker, watch: Watch, folders: Option<u64>) {
    worker.publish(EventKind::Watched { account: worker.account(), watch, folders });
}

fn note(worker: &Worker, text: String) {
    worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
}

fn by_notify(
    post: &Post,
    worker: &Worker,
    connection: &mut ImapRepository,
    look_out: &mut LookOut,
) -> Result<(), Fault> {
    // What has changed before the server began to tell.
    post.stir(Side::Remote);
    loop {
        worker.checkpoint()?;
        if !connection.hear(look_out.wait())?.is_nothing() {
            post.stir(Side::Remote);
        }
        if look_out.look()? {
            connection.noop()?;
        }
    }
}

/// Watches the first folder over this connection, and each other one over one of its own.
fn by_idle(post: &Post, worker: &Worker, connection: &mut ImapRepository, look_out: &mut LookOut) -> Result<(), Fault> {
    let names = post.account().remote.watch.folders.iter().take(MOST_FOLDERS);
    let folders: Vec<String> = names.map(|name| utf7::written(name)).collect();
    let Some((first, others)) = folders.split_first() else { return Ok(()) };
    thread::scope(|scope| {
        for (number, folder) in (1..).zip(others) {
            let watch = move || {
                let worker = post.enlist(number);
                forever(post, &worker, |connection, look_out| {
                    one_by_idle(post, &worker, (connection, folder), look_out)
                });
            };
            // Without a thread, the folder is looked at when its account is.
            let _ = thread::Builder::new().name(format!("watches {folder}")).spawn_scoped(scope, watch);
        }
        one_by_idle(post, worker, (connection, first), look_out)
    })
}

fn one_by_idle(
    post: &Post,
    worker: &Worker,
    (connection, folder): (&mut ImapRepository, &str),
    look_out: &mut LookOut,
) -> Result<(), Fault> {
    connection.examine(folder)?;
    post.stir(Side::Remote);
    loop {
        let mut idling = connection.idle(folder)?;
        loop {
            worker.checkpoint()?;
            if !idling.hear(look_out.wait())?.is_nothing() {
                post.stir(Side::Remote);
            }
            if look_out.look()? {
                break;
            }
        }
        if !idling.end()?.is_nothing() {
            post.stir(Side::Remote);
        }
    }
}

fn by_polling(
    post: &Post,
    worker: &Worker,
    connection: &mut ImapRepository,
    look_out: &mut LookOut,
) -> Result<(), Fault> {
    let mut before = None;
    loop {
        worker.light(Light::Listing);
        let now = Some(connection.folders()?);
        worker.light(Light::Account);
        if before != now {
            post.stir(Side::Remote);
            before = now;
        }
        let asked = Instant::now();
        while asked.elapsed() < POLL {
            worker.rest(look_out.wait().min(POLL.saturating_sub(asked.elapsed())))?;
            look_out.look()?;
        }
    }
}
