//! Watching the server: of all folders with NOTIFY, of some with IDLE, else by asking once a minute.

use std::cell::Cell;
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use super::super::worker::Worker;
use super::again::forever;
use super::look_out::LookOut;
use super::{HERE, MOST_FOLDERS, MOST_HERE, Post};
use crate::model::event::EventKind;
use crate::model::fault::Fault;
use crate::model::ids::Side;
use crate::model::light::Light;
use crate::model::utf7;
use crate::model::watch::Watch;
use crate::store::Repository;
use crate::store::imap::ImapRepository;

/// How often a server is asked that tells nothing by itself.
const POLL: Duration = Duration::from_secs(60);

/// Who watches, and the side that is watched.
struct Lookout<'a> {
    post: &'a Post,
    side: Side,
}

impl Lookout<'_> {
    /// Says that something has changed there.
    fn stir(&self) {
        self.post.stir(self.side);
    }
}

/// Watches the server on this side until the program ends.
pub(super) fn watch(post: &Post, side: Side) {
    let Some(settings) = post.server(side) else { return };
    let (number, most) = match side {
        Side::Remote => (0, MOST_FOLDERS),
        Side::Local => (HERE, MOST_HERE),
    };
    let worker = post.enlist(number);
    let (post, names) = (&Lookout { post, side }, settings.watch.folders.iter().take(most));
    let folders: Vec<String> = names.map(|name| utf7::written(name)).collect();
    let others_watch = Cell::new(false);
    // The first folder is watched over the connection that has found out how; each other one over one of its own.
    thread::scope(|scope| {
        forever(post.post, &worker, side, |connection, look_out| {
            if connection.can_notify() && connection.notify()? {
                announce(&worker, Watch::Notify, None);
                return by_notify(post, &worker, connection, look_out);
            }
            let Some((first, others)) = folders.split_first().filter(|_| connection.can_idle()) else {
                announce(&worker, Watch::Polling, None);
                return by_polling(post, &worker, connection, look_out);
            };
            announce(&worker, Watch::Idle, Some(folders.len() as u64));
            if !others_watch.replace(true) {
                (number + 1..).zip(others).for_each(|(number, folder)| watch_another(scope, post, number, folder));
            }
            by_idle(post, &worker, (connection, first), look_out)
        });
    });
}

/// Watches one more folder, in a thread of its own.
fn watch_another<'a>(scope: &'a Scope<'a, '_>, post: &'a Lookout<'_>, number: u32, folder: &'a str) {
    let watch = move || {
        let worker = post.post.enlist(number);
        forever(post.post, &worker, post.side, |connection, look_out| {
            by_idle(post, &worker, (connection, folder), look_out)
        });
    };
    // Without a thread, the folder is looked at when its account is.
    let _ = thread::Builder::new().name(format!("watches {folder}")).spawn_scoped(scope, watch);
}

fn announce(worker: &Worker, watch: Watch, folders: Option<u64>) {
    worker.publish(EventKind::Watched { account: worker.account(), watch, folders });
}

fn by_notify(
    post: &Lookout<'_>,
    worker: &Worker,
    connection: &mut ImapRepository,
    look_out: &mut LookOut,
) -> Result<(), Fault> {
    // What has changed before the server began to tell.
    post.stir();
    loop {
        worker.checkpoint()?;
        if !connection.hear(look_out.wait())?.is_nothing() {
            post.stir();
        }
        if look_out.look()? {
            connection.noop()?;
        }
    }
}

fn by_idle(
    post: &Lookout<'_>,
    worker: &Worker,
    (connection, folder): (&mut ImapRepository, &str),
    look_out: &mut LookOut,
) -> Result<(), Fault> {
    connection.examine(folder)?;
    post.stir();
    loop {
        let mut idling = connection.idle(folder)?;
        loop {
            worker.checkpoint()?;
            if !idling.hear(look_out.wait())?.is_nothing() {
                post.stir();
            }
            if look_out.look()? {
                break;
            }
        }
        if !idling.end()?.is_nothing() {
            post.stir();
        }
    }
}

fn by_polling(
    post: &Lookout<'_>,
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
            post.stir();
            before = now;
        }
        let asked = Instant::now();
        while asked.elapsed() < POLL {
            worker.rest(look_out.wait().min(POLL.saturating_sub(asked.elapsed())))?;
            look_out.look()?;
        }
    }
}
