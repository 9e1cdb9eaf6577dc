//! Telling by their inodes alone whether files were written to, for where their contents matter: labels are kept in them.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::fault::{Fault, Reach};

use super::fault::disk;
use super::scan;

/// A file that was written to less than this before it was read may be written to again without its inode telling.
const TICK: Duration = Duration::from_secs(2);

/// What the files of a folder come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct All {
    /// Another number when any of them was written to, replaced, added or removed; 0 where there are none.
    pub sum: u64,
    /// The latest change of an inode: nanoseconds since 1970.
    pub latest: i64,
}

/// Looks at the inodes of all files of a folder.
pub fn of_all(folder: &Path, keep_atime: bool) -> Result<All, Fault> {
    let (mut all, mut failed) = (All::default(), None);
    scan::visit(folder, keep_atime, |slot| {
        let path = slot.path(folder);
        match fs::symlink_metadata(&path) {
            Ok(about) => {
                let changed = nanoseconds(about.ctime(), about.ctime_nsec());
                all.latest = all.latest.max(changed);
                all.sum = all.sum.wrapping_add(mix(&[about.ino(), changed.cast_unsigned(), about.len()]));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => failed = failed.take().or(Some(disk(Reach::Folder, "looking at", &path, &error))),
        }
    })?;
    failed.map_or(Ok(all), Err)
}

/// What a file is recognised by as long as nobody writes to it; 0 for one that was written to only just now. That it is renamed
/// makes no difference.
pub fn of(about: &Metadata, now: SystemTime) -> u64 {
    let written = nanoseconds(about.mtime(), about.mtime_nsec());
    let limit = now.checked_sub(TICK).and_then(|limit| limit.duration_since(UNIX_EPOCH).ok());
    let limit = limit.map_or(0, |limit| i64::try_from(limit.as_nanos()).unwrap_or(i64::MAX));
    if written > limit { 0 } else { mix(&[about.ino(), written.cast_unsigned(), about.len()]).max(1) }
}

fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

/// Numbers as one that is another when any of them is (the finalizer of `SplitMix64`, once for each).
fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x9e37_79b9_7f4a_7c15, |so_far, number| {
        let mut mixed = so_far ^ number;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn only_what_is_written_to_gets_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        let path = |name: &str| folder.path().join("cur").join(name);
        let later = SystemTime::now() + TICK * 2;
        let stamp = |name: &str| of(&fs::metadata(path(name)).unwrap(), later);
        let sum = || of_all(folder.path(), false).unwrap().sum;
        assert_eq!(sum(), 0);
        fs::write(path("a"), "one").unwrap();
        fs::write(path("b"), "one").unwrap();
        assert_eq!(of(&fs::metadata(path("a")).unwrap(), SystemTime::now()), 0, "it was written to only just now");
        let (first, all) = (stamp("a"), sum());
        assert!(first != 0 && first != stamp("b"));
        fs::rename(path("a"), path("a:2,S")).unwrap();
        assert_eq!(stamp("a:2,S"), first);
        // In place, in the same length, with its time put back: its inode's own time tells of all, and that it was read of none.
        let before = sum();
        let written = fs::metadata(path("a:2,S")).unwrap().modified().unwrap();
        fs::write(path("a:2,S"), "two").unwrap();
        assert_ne!(stamp("a:2,S"), first);
        File::options().write(true).open(path("a:2,S")).unwrap().set_modified(written).unwrap();
        assert_ne!(sum(), before);
        assert_ne!(before, all, "a rename changes an inode");
        assert_eq!(fs::read(path("b")).unwrap(), b"one");
        assert_ne!(sum(), 0);
    }
}
