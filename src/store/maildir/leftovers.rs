//! What interrupted runs left in `tmp`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::disk::Disk;
use super::unique::Unique;

/// What is older than this in `tmp` was left behind, by the Maildir convention.
const LEFTOVER: Duration = Duration::from_secs(36 * 3600);

/// Removes what an interrupted run left in `tmp`. Only what a program on this host named, and only by the time of the
/// inode's last change: the modification time is the message's own date. What can't be removed does no harm.
pub fn remove(disk: &dyn Disk, tmp: &Path, unique: &Unique, now: SystemTime) {
    let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let is_old = |changed: i64| u64::try_from(changed).is_ok_and(|at| at + LEFTOVER.as_secs() < now);
    for entry in fs::read_dir(tmp).into_iter().flatten().flatten() {
        let named_here = entry.file_name().to_str().is_some_and(|name| unique.is_from_this_host(name));
        if named_here && entry.metadata().is_ok_and(|about| about.is_file() && is_old(about.ctime())) {
            let _ = disk.remove(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::RealDisk;
    use super::*;

    #[test]
    fn leftovers_are_removed_when_they_are_ours_and_old() {
        let tmp = tempfile::tempdir().unwrap();
        let mut unique = Unique::new();
        let (ours, foreign) = (tmp.path().join(unique.next()), tmp.path().join("1_2.3.another"));
        fs::write(&ours, "half a mess").unwrap();
        fs::write(&foreign, "not ours").unwrap();
        remove(&RealDisk, tmp.path(), &unique, SystemTime::now() + LEFTOVER / 2);
        assert!(ours.exists() && foreign.exists());
        remove(&RealDisk, tmp.path(), &unique, SystemTime::now() + LEFTOVER * 2);
        assert!(!ours.exists() && foreign.exists());
    }
}
