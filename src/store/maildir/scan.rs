//! Reading the directories of a folder, and telling by their times alone whether that is needed.
//!
//! No change escapes where the file system keeps ctime itself. Two things are beyond this: a file system that lets others set
//! ctime, or has none (some that are mounted over a network), tells nothing of a tree that is put back with its times; and
//! where a file server's clock is more than two seconds behind ours, a change in the very hundredth of a second of the one
//! before it is seen only with the next.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::FileType;

use crate::model::fault::{Fault, Reach};
use crate::model::mark::{DirStamp, MaildirMark};

use super::atime;
use super::fault::disk;
use super::listing::{Listing, Place, Slot};
use super::manner::Manner;
use super::stamps;

/// A directory that changed less than this before a look may change again without its times telling. File systems that
/// keep fractions of a second tick within hundredths of one; the rest allows for a file server's clock that is a little
/// behind ours.
const TICK: Duration = Duration::from_secs(2);

/// The same where times are whole seconds (ext3, HFS+) or every other one (FAT): there a file server whose clock is behind
/// ours, by an hour in the wrong time zone even, must not make a change of just now look like an old one.
const COARSE_TICK: Duration = Duration::from_secs(24 * 3600);

/// How often a scan is begun anew when the folder changes under it.
const ATTEMPTS: usize = 4;

/// What a scan found.
pub struct Scan {
    /// The files.
    pub listing: Listing,
    /// What the directories said before it; `None` when they kept changing all the while, so that files that were
    /// renamed meanwhile may be missing.
    pub mark: Option<MaildirMark>,
}

/// Reads both directories.
///
/// A file that a mail reader renames meanwhile can escape `readdir`. So `new` is read before `cur`, as files move in that
/// direction only, and the scan counts only when neither directory's times changed during it.
pub fn scan(folder: &Path, digest: &str, manner: &Manner) -> Result<Scan, Fault> {
    let mut before = mark(folder, manner)?;
    for _ in 0..ATTEMPTS {
        let listing = read(folder, digest, manner)?;
        let after = mark(folder, manner)?;
        if (before.cur, before.new) == (after.cur, after.new) {
            return Ok(Scan { listing, mark: Some(before) });
        }
        before = after;
    }
    Ok(Scan { listing: read(folder, digest, manner)?, mark: None })
}

/// What the folder's directories say now, and its files where labels are kept in them.
pub fn mark(folder: &Path, manner: &Manner) -> Result<MaildirMark, Fault> {
    let now = nanoseconds(SystemTime::now());
    let (cur, new) = (stamp(&Place::Cur.of(folder))?, stamp(&Place::New.of(folder))?);
    let mut all = stamps::All::default();
    if let Some(keeping) = &manner.labels {
        all = stamps::of_all(folder, manner.keep_atime)?;
        all.sum = all.sum.wrapping_add(keeping.manner);
    }
    let racy = is_racy(cur, now) || is_racy(new, now) || is_recent(all.latest, now);
    Ok(MaildirMark { cur, new, racy, manner: 0, files: all.sum })
}

/// Calls `each` for every file of the folder; `keep_atime`: the directories keep the times at which they were last read;
/// directories and names that begin with a dot are none.
pub fn visit(folder: &Path, keep_atime: bool, mut each: impl FnMut(Slot)) -> Result<(), Fault> {
    for place in [Place::New, Place::Cur] {
        let directory = place.of(folder);
        visit_directory(&directory, place, keep_atime, &mut each)
            .map_err(|error| disk(Reach::Folder, "reading the directory", &directory, &error))?;
    }
    Ok(())
}

fn visit_directory(directory: &Path, place: Place, keep_atime: bool, each: &mut impl FnMut(Slot)) -> io::Result<()> {
    let mut entries = rustix::fs::Dir::new(atime::open_directory(directory, keep_atime)?)?;
    while let Some(entry) = entries.read() {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name.starts_with(b".") {
            continue;
        }
        let is_directory = match entry.file_type() {
            FileType::Unknown => match fs::symlink_metadata(directory.join(OsStr::from_bytes(name))) {
                Ok(about) => about.is_dir(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            },
            kind => kind == FileType::Directory,
        };
        if !is_directory {
            each(Slot { place, name: name.to_vec() });
        }
    }
    Ok(())
}

fn read(folder: &Path, digest: &str, manner: &Manner) -> Result<Listing, Fault> {
    let mut listing = Listing::new(digest, manner.form);
    visit(folder, manner.keep_atime, |slot| listing.add(&slot))?;
    listing.settle();
    Ok(listing)
}

fn stamp(directory: &Path) -> Result<DirStamp, Fault> {
    let about = fs::metadata(directory)
        .and_then(|about| if about.is_dir() { Ok(about) } else { Err(io::Error::from(io::ErrorKind::NotADirectory)) });
    about
        .map(|about| stamp_of(&about))
        .map_err(|error| disk(Reach::Folder, "looking at the directory", directory, &error))
}

fn stamp_of(about: &Metadata) -> DirStamp {
    let nanos = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    DirStamp {
        mtime: nanos(about.mtime(), about.mtime_nsec()),
        ctime: nanos(about.ctime(), about.ctime_nsec()),
        device: about.dev(),
        inode: about.ino(),
    }
}

/// A time in the future says nothing either. Whether times are coarse only ctime tells: mtime may come from an archive that
/// has whole seconds.
fn is_racy(stamp: DirStamp, now: i64) -> bool {
    stamp.mtime.max(stamp.ctime) > now.saturating_sub(tick(stamp.ctime))
}

/// Whether the latest change of a file is as recent.
fn is_recent(ctime: i64, now: i64) -> bool {
    ctime > now.saturating_sub(tick(ctime))
}

fn tick(ctime: i64) -> i64 {
    let tick = if ctime % 1_000_000_000 == 0 { COARSE_TICK } else { TICK };
    i64::try_from(tick.as_nanos()).unwrap_or(i64::MAX)
}

fn nanoseconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        folder
    }

    #[test]
    fn only_files_of_cur_and_new_are_messages() {
        let folder = folder();
        for file in ["cur/a:2,S", "new/b", "tmp/c", "cur/.hidden", "cur/.nfs0001", "dovecot.index"] {
            fs::write(folder.path().join(file), "x").unwrap();
        }
        fs::create_dir(folder.path().join("cur/directory")).unwrap();
        let scan = scan(folder.path(), "digest", &Manner::default()).unwrap();
        assert_eq!(scan.listing.iter().count(), 2);
        assert!(scan.mark.unwrap().racy, "it changed only just now");
    }

    #[test]
    fn a_missing_directory_is_a_fault_and_no_empty_folder() {
        for part in ["cur", "new"] {
            let folder = folder();
            fs::remove_dir(folder.path().join(part)).unwrap();
            assert_eq!(scan(folder.path(), "digest", &Manner::default()).err().unwrap().reach, Reach::Folder);
            fs::write(folder.path().join(part), "a file in its place").unwrap();
            assert_eq!(scan(folder.path(), "digest", &Manner::default()).err().unwrap().reach, Reach::Folder);
        }
    }

    #[test]
    fn a_change_within_a_tick_of_the_look_or_after_it_is_racy() {
        let tenth = 100_000_000;
        let at = |mtime, ctime| DirStamp { mtime, ctime, device: 1, inode: 1 };
        for (stamp, racy) in [
            (at(1, 1), false),
            (at(79 * tenth, 79 * tenth), false),
            (at(81 * tenth, 1), true),
            (at(1, 81 * tenth), true),
            (at(101 * tenth, 101 * tenth), true),
            (at(i64::MAX, 1), true),
            (at(1, i64::MAX), true),
        ] {
            assert_eq!(is_racy(stamp, 100 * tenth), racy, "{stamp:?}");
        }
    }

    #[test]
    fn whole_seconds_are_trusted_only_after_a_day() {
        let (second, hour) = (1_000_000_000, 3600 * 1_000_000_000);
        let now = 100 * hour;
        let ago = |time, mtime_too| {
            let ctime = now - time;
            DirStamp { mtime: if mtime_too { ctime } else { 1 }, ctime, device: 1, inode: 1 }
        };
        for (stamp, racy) in [
            (ago(second, true), true),
            (ago(hour, true), true),
            (ago(23 * hour, false), true),
            (ago(25 * hour, true), false),
            // An archive put back whole seconds long ago, on a file system that keeps fractions.
            (DirStamp { mtime: now - hour, ..ago(hour + 1, false) }, false),
        ] {
            assert_eq!(is_racy(stamp, now), racy, "{stamp:?}");
        }
    }
}
