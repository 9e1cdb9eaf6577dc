//! Watching the Maildir, so that what a mail reader does is on the server at once. Where the system can't tell of changes (on a
//! network file system, or beyond its limit of watched directories), it is looked at once a minute.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use notify::{Event, RecursiveMode, Watcher};

use super::super::worker::Worker;
use super::Post;
use crate::model::event::EventKind;
use crate::model::fault::Fault;
use crate::model::ids::Side;
use crate::model::light::Light;

/// The lamp of whoever watches here, after those who watch on the server.
const NUMBER: u32 = 90;
/// Mail readers do many things at once; this long after one, the next is still taken along.
const SWARM: Duration = Duration::from_millis(150);
/// A swarm is no longer than this.
const LONGEST_SWARM: Duration = Duration::from_millis(700);
/// How often a Maildir is looked at of which the system tells nothing.
const POLL: Duration = Duration::from_secs(60);
/// How long to wait for changes before looking whether this is still wanted; a stop is heard at once.
const WAIT: Duration = Duration::from_secs(3600);

/// The file systems of which other machines' changes are not told: NFS, SMB (three kinds), CIFS, AFS, 9P, Ceph, FUSE.
const REMOTE: [u64; 9] =
    [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0xff53_4d43, 0x5346_414f, 0x0102_1997, 0x00c3_6400, 0x6573_5546];

/// Watches until the program ends.
pub(super) fn watch(post: &Post) {
    let worker = post.enlist(NUMBER);
    worker.light(Light::Account);
    let root = &post.account().local.root;
    let (told, events) = unbounded();
    // It watches as long as it lives.
    let watcher = if is_remote(root) {
        Err("it is on a network file system".to_owned())
    } else {
        begin(root, told).map_err(|error| plainly(&error))
    };
    let ended = match &watcher {
        Ok(_watching) => by_events(post, &worker, &events),
        Err(why) => {
            let text = format!("changes in {} are noticed once a minute: {why}", root.display());
            worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
            by_polling(post, &worker)
        }
    };
    // The only way to end is to be asked to.
    drop(ended);
}

fn begin(root: &Path, told: crossbeam_channel::Sender<()>) -> notify::Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // An event that was lost is taken for one that matters.
        if event.as_ref().map_or(true, matters) {
            let _ = told.send(());
        }
    })?;
    watcher.watch(root, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Whether something that is mail, or a folder, has changed. What is in `tmp` isn't mail yet.
fn matters(event: &Event) -> bool {
    let unfinished = |path: &std::path::PathBuf| path.parent().and_then(Path::file_name) == Some(OsStr::new("tmp"));
    !event.kind.is_access() && (event.need_rescan() || event.paths.is_empty() || !event.paths.iter().all(unfinished))
}

fn is_remote(root: &Path) -> bool {
    #[expect(clippy::cast_sign_loss, reason = "the type differs from system to system")]
    let kind = |found: rustix::fs::StatFs| found.f_type as u64 & 0xffff_ffff;
    rustix::fs::statfs(root).is_ok_and(|found| REMOTE.contains(&kind(found)))
}

fn plainly(error: &notify::Error) -> String {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "there are more directories than the system watches (fs.inotify.max_user_watches)".into()
        }
        _ => error.to_string(),
    }
}

fn by_events(post: &Post, worker: &Worker, events: &Receiver<()>) -> Result<(), Fault> {
    loop {
        if worker.wait_for(events, WAIT)?.is_none() {
            continue;
        }
        let end = Instant::now() + LONGEST_SWARM;
        while Instant::now() < end && events.recv_timeout(SWARM).is_ok() {}
        while events.try_recv().is_ok() {}
        post.stir(Side::Local);
    }
}

fn by_polling(post: &Post, worker: &Worker) -> Result<(), Fault> {
    loop {
        worker.rest(POLL)?;
        post.stir(Side::Local);
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, RemoveKind};

    use super::*;

    #[test]
    fn mail_and_folders_matter_and_reading_them_does_not() {
        let event = |kind, path: &str| Event::new(kind).add_path(path.into());
        for (event, is) in [
            (event(EventKind::Create(CreateKind::File), "/m/INBOX/new/1"), true),
            (event(EventKind::Remove(RemoveKind::File), "/m/INBOX/cur/1:2,S"), true),
            (event(EventKind::Create(CreateKind::Folder), "/m/New"), true),
            (event(EventKind::Create(CreateKind::File), "/m/INBOX/tmp/1"), false),
            (event(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/m/INBOX/cur/1"), false),
            (Event::new(EventKind::Other), true),
        ] {
            assert_eq!(matters(&event), is, "{event:?}");
        }
    }

    #[test]
    fn a_maildir_is_watched_with_what_is_made_in_it_later() {
        let root = tempfile::tempdir().unwrap();
        let (told, events) = unbounded();
        let _watching = begin(root.path(), told).unwrap();
        let patience = Duration::from_secs(20);
        std::fs::create_dir_all(root.path().join("INBOX/new")).unwrap();
        events.recv_timeout(patience).unwrap();
        // The new directory may be watched a moment later than it is told of.
        while events.recv_timeout(Duration::from_millis(300)).is_ok() {}
        std::fs::write(root.path().join("INBOX/new/1"), "mail").unwrap();
        events.recv_timeout(patience).unwrap();
        assert!(!is_remote(root.path()));
    }
}
