//! Watching the Maildir, so that what a mail reader does is on the server at once. Where the system can't tell of changes (on a
//! network file system, or beyond its limit of watched directories), it is looked at once a minute.

use std::path::Path;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::super::worker::Worker;
use super::happening::{Happening, Swarm, plainly};
use super::place::{Place, is_remote};
use super::{HERE, Post};
use crate::model::event::EventKind;
use crate::model::fault::Fault;
use crate::model::ids::Side;
use crate::model::light::Light;

/// Mail readers do many things at once; this long after one, the next is still taken along.
const SWARM: Duration = Duration::from_millis(150);
/// A swarm is no longer than this.
const LONGEST_SWARM: Duration = Duration::from_millis(700);
/// How often a Maildir is looked at of which the system tells nothing; and how often it is looked whether it is still the same.
const POLL: Duration = Duration::from_secs(60);
/// How often it is looked whether a Maildir that is gone has come back.
const BACK: Duration = Duration::from_secs(2);
/// Changes that wait to be looked at; of more, one is as good as many.
const WAITING: usize = 64;

/// Watches until the program ends, which is the only fault there is.
pub(super) fn watch(post: &Post) {
    let worker = post.enlist(HERE);
    worker.light(Light::Account);
    let ended = on_and_on(post, &worker);
    drop(ended);
}

fn on_and_on(post: &Post, worker: &Worker) -> Result<(), Fault> {
    let Some(root) = post.account().local.maildir().map(|maildir| maildir.root.as_path()) else { return Ok(()) };
    loop {
        let place = back(worker, root)?;
        let why = if is_remote(root) {
            "it is on a network file system".to_owned()
        } else {
            let (told, happenings) = unbounded();
            match begin(root, told) {
                // It watches as long as it lives.
                Ok(_watching) => match by_events(post, worker, &happenings, (root, place))? {
                    Some(why) => why,
                    None => continue,
                },
                Err(_) if Place::of(root).is_none() => continue,
                Err(error) => plainly(&error),
            }
        };
        let text = format!("changes in {} are noticed once a minute: {why}", root.display());
        worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
        return by_polling(post, worker);
    }
}

/// Waits until there is a Maildir.
fn back(worker: &Worker, root: &Path) -> Result<Place, Fault> {
    loop {
        match Place::of(root) {
            Some(place) => return Ok(place),
            None => worker.rest(BACK)?,
        }
    }
}

fn begin(root: &Path, told: Sender<Happening>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event| {
        let happening = Happening::of(event).filter(|what| *what != Happening::Changed || told.len() < WAITING);
        if let Some(happening) = happening {
            // When nobody listens any more, nobody wants to know.
            let _ = told.send(happening);
        }
    })?;
    watcher.watch(root, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Watches as long as the Maildir is the same, or until the system doesn't tell everything any more, and why.
fn by_events(
    post: &Post,
    worker: &Worker,
    happenings: &Receiver<Happening>,
    (root, place): (&Path, Place),
) -> Result<Option<String>, Fault> {
    // What has changed before the system began to tell.
    post.stir(Side::Local);
    while Place::of(root) == Some(place) {
        let Some(first) = worker.wait_for(happenings, POLL)? else { continue };
        let (mut swarm, end) = (Swarm::default(), Instant::now() + LONGEST_SWARM);
        swarm.add(first);
        while let Ok(next) = happenings.recv_timeout(SWARM) {
            swarm.add(next);
            if Instant::now() >= end {
                break;
            }
        }
        happenings.try_iter().take(WAITING).for_each(|next| swarm.add(next));
        if swarm.matters() {
            post.stir(Side::Local);
        }
        if swarm.blind.is_some() {
            return Ok(swarm.blind);
        }
    }
    post.stir(Side::Local);
    Ok(None)
}

fn by_polling(post: &Post, worker: &Worker) -> Result<(), Fault> {
    loop {
        worker.rest(POLL)?;
        post.stir(Side::Local);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maildir_is_watched_with_what_is_made_in_it_later() {
        let root = tempfile::tempdir().unwrap();
        let (told, happenings) = unbounded();
        let _watching = begin(root.path(), told).unwrap();
        let patience = Duration::from_secs(20);
        std::fs::create_dir_all(root.path().join("INBOX/new")).unwrap();
        happenings.recv_timeout(patience).unwrap();
        // The new directory may be watched a moment later than it is told of.
        while happenings.recv_timeout(Duration::from_millis(300)).is_ok() {}
        std::fs::write(root.path().join("INBOX/new/1"), "mail").unwrap();
        happenings.recv_timeout(patience).unwrap();
    }
}
