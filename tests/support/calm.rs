//! Directories that have rested for so long that their times tell whether they have changed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::after;

/// Clocks of file systems tick every two seconds at worst; the program believes no younger time.
const TICK: Duration = Duration::from_secs(2);

/// The directories that messages are in, of all folders below the root.
pub fn directories(root: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.flat_map(|folder| ["cur", "new"].map(|part| folder.join(part))).filter(|path| path.is_dir()).collect()
}

/// Waits until the clock has gone a tick beyond the last change of all these folders.
pub fn wait(root: &Path) {
    let changed = |path: &PathBuf| {
        let about = fs::metadata(path).unwrap();
        let (mtime, ctime) = ((about.mtime(), about.mtime_nsec()), (about.ctime(), about.ctime_nsec()));
        let (seconds, nanos) = mtime.max(ctime);
        UNIX_EPOCH + Duration::new(seconds.try_into().unwrap(), nanos.try_into().unwrap())
    };
    let last = directories(root).iter().map(changed).max().unwrap_or(UNIX_EPOCH);
    while let Ok(left) = (last + TICK).duration_since(SystemTime::now()) {
        let _ = after(left + Duration::from_millis(1)).recv();
    }
}
