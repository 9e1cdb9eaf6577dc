//! What happens below a Maildir's root, as the system tells it: which of it may be mail.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use notify::event::{CreateKind, ModifyKind, RemoveKind, RenameMode};
use notify::{Error, ErrorKind, Event, EventKind};

/// What an event means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// Mail or a folder has changed.
    Changed,
    /// Something has left its place, and may come to another; this number says which.
    Left(usize),
    /// It is a file that has come to another place.
    Arrived(usize),
    /// From now on the system doesn't tell everything, for this reason.
    Blind(String),
}

impl Happening {
    /// What this event means; nothing, when it is about no mail: that of the program's own state, of another program's index,
    /// or of a message that is not finished.
    pub(super) fn of(event: notify::Result<Event>) -> Option<Self> {
        match event {
            Ok(event) => of(&event),
            Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => Some(Self::Blind(plainly(&error))),
            // An event that was lost is taken for one that matters.
            Err(_) => Some(Self::Changed),
        }
    }
}

fn of(event: &Event) -> Option<Happening> {
    if event.need_rescan() {
        return Some(Happening::Changed);
    }
    let is_mail = event.paths.iter().any(|path| is_mail(path));
    let changed = match event.kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder | RemoveKind::Other) => true,
        _ if is_mail => true,
        EventKind::Modify(ModifyKind::Name(mode)) => {
            let is_folder = event.paths.last().is_some_and(|path| path.is_dir());
            return match (mode, event.tracker()) {
                (RenameMode::From, Some(number)) => Some(Happening::Left(number)),
                (RenameMode::From, None) => Some(Happening::Changed),
                (_, Some(number)) if !is_folder => Some(Happening::Arrived(number)),
                _ => is_folder.then_some(Happening::Changed),
            };
        }
        _ => false,
    };
    changed.then_some(Happening::Changed)
}

/// Whether a message would be there. What is in `tmp` isn't mail yet.
fn is_mail(path: &Path) -> bool {
    let parent = path.parent().and_then(Path::file_name);
    ["cur", "new"].iter().any(|part| parent == Some(OsStr::new(part)))
}

/// Why the system can't tell, in plain words.
pub(super) fn plainly(error: &Error) -> String {
    match error.kind {
        ErrorKind::MaxFilesWatch => {
            "there are more directories than the system watches (fs.inotify.max_user_watches)".into()
        }
        _ => error.to_string(),
    }
}

/// What has happened in a short time.
#[derive(Debug, Default)]
pub(super) struct Swarm {
    changed: bool,
    left: BTreeSet<usize>,
    /// Why the system doesn't tell everything any more.
    pub(super) blind: Option<String>,
}

impl Swarm {
    /// Takes one more in.
    pub(super) fn add(&mut self, happening: Happening) {
        match happening {
            Happening::Changed => self.changed = true,
            Happening::Left(number) => drop(self.left.insert(number)),
            Happening::Arrived(number) => drop(self.left.remove(&number)),
            Happening::Blind(why) => self.blind = Some(why),
        }
    }

    /// Whether there may be something to do. What has left and not come anywhere may have been a folder.
    pub(super) fn matters(&self) -> bool {
        self.changed || !self.left.is_empty() || self.blind.is_some()
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, AccessMode, DataChange, MetadataKind};

    use super::*;

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(path.into())
    }

    #[test]
    fn mail_and_folders_matter_and_nothing_else_does() {
        let (file, data) = (EventKind::Create(CreateKind::File), EventKind::Modify(ModifyKind::Data(DataChange::Any)));
        for (kind, path, matters) in [
            (file, "/m/INBOX/new/1", true),
            (data, "/m/INBOX/cur/1:2,S", true),
            (EventKind::Remove(RemoveKind::File), "/m/INBOX/cur/1:2,S", true),
            (EventKind::Create(CreateKind::Folder), "/m/New", true),
            (EventKind::Remove(RemoveKind::Folder), "/m/New", true),
            (EventKind::Modify(ModifyKind::Name(RenameMode::From)), "/m/INBOX/cur/1:2,S", true),
            (file, "/m/INBOX/tmp/1", false),
            (EventKind::Access(AccessKind::Close(AccessMode::Read)), "/m/INBOX/cur/1", false),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), "/m/INBOX/cur/1", false),
            // A state or an index below the root.
            (file, "/m/.state/Test.lock", false),
            (data, "/m/.notmuch/xapian/postlist.glass", false),
            (EventKind::Remove(RemoveKind::File), "/m/.state/Test.sqlite-wal", false),
        ] {
            let wanted = matters.then_some(Happening::Changed);
            assert_eq!(Happening::of(Ok(event(kind, path))), wanted, "{kind:?} {path}");
        }
        let lost = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        assert_eq!(Happening::of(Ok(lost)), Some(Happening::Changed));
        let full = Happening::of(Err(Error::new(ErrorKind::MaxFilesWatch)));
        assert!(matches!(full, Some(Happening::Blind(why)) if why.contains("max_user_watches")));
    }

    #[test]
    fn a_folder_that_is_moved_matters_and_a_file_that_is_no_mail_does_not() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("list"), "").unwrap();
        std::fs::create_dir(root.path().join("Folder")).unwrap();
        let renamed = |mode, name: &str, number| {
            let kind = EventKind::Modify(ModifyKind::Name(mode));
            Happening::of(Ok(Event::new(kind).set_tracker(number).add_path(root.path().join(name))))
        };
        for (name, matters) in [("list", false), ("Folder", true)] {
            let mut swarm = Swarm::default();
            swarm.add(renamed(RenameMode::From, "before", 7).unwrap());
            assert!(swarm.matters());
            swarm.add(renamed(RenameMode::To, name, 7).unwrap());
            assert_eq!(swarm.matters(), matters, "{name}");
        }
    }
}
