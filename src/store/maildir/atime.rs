//! Opening without a trace: `restoreatime`. To put the time of the last access back afterwards would change the inode, and what
//! tells unchanged directories by their inodes would look into them each time; so it isn't changed in the first place.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// What leaves no trace.
#[cfg(target_os = "linux")]
const SILENT: OFlags = OFlags::NOATIME;
/// Elsewhere there is no such thing.
#[cfg(not(target_os = "linux"))]
const SILENT: OFlags = OFlags::empty();

/// Opens a file without ever waiting for one that is none; with `keep_atime` reading it leaves no trace, where it is ours.
pub fn open_file(path: &Path, keep_atime: bool) -> io::Result<File> {
    open(path, OFlags::NONBLOCK, keep_atime).map(File::from)
}

/// Opens a directory in the same manner.
pub fn open_directory(path: &Path, keep_atime: bool) -> io::Result<OwnedFd> {
    open(path, OFlags::DIRECTORY, keep_atime)
}

fn open(path: &Path, flags: OFlags, keep_atime: bool) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC;
    if keep_atime {
        match rustix::fs::open(path, flags | SILENT, Mode::empty()) {
            // It belongs to somebody else.
            Err(rustix::io::Errno::PERM) => {}
            other => return Ok(other?),
        }
    }
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}
