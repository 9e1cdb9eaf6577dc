//! The steps that change something on the disk or make it durable, each one system call and what stands in for it where
//! a file system lacks it. Behind a trait, so that tests can try a disk that forgets or fails.

use std::fmt::Debug;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::{CWD, RenameFlags, renameat_with, syncfs};
use rustix::io::Errno;

use super::alike;

/// All that a Maildir ever does to the disk.
pub trait Disk: Send + Sync + Debug {
    /// Makes a file that isn't there yet, and that only its owner may read.
    fn create(&self, path: &Path) -> io::Result<File>;

    /// Writes all of `data` at the file's end.
    fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()>;

    /// Sets the file's modification time.
    fn date(&self, file: &File, time: SystemTime) -> io::Result<()>;

    /// Renames without ever replacing a file.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Lets two files that are there change places in one step. Where a file system lacks that, the second one is replaced by the
    /// first, and gone.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a directory that only its owner may enter.
    fn make_directory(&self, path: &Path) -> io::Result<()>;

    /// Removes a directory that is empty.
    fn remove_directory(&self, path: &Path) -> io::Result<()>;

    /// Removes a directory with everything in it.
    fn remove_tree(&self, path: &Path) -> io::Result<()>;

    /// Flushes what a file holds.
    fn flush_file(&self, file: &File) -> io::Result<()>;

    /// Flushes what was renamed, created or removed in a directory.
    fn flush_directory(&self, directory: &Path) -> io::Result<()>;

    /// Flushes everything on the file system that `inside` is on, and returns what failed since `inside` was opened.
    fn flush_file_system(&self, inside: &File) -> io::Result<()>;
}

/// The disk as it is.
#[derive(Debug, Clone, Copy)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()> {
        file.write_all(data)
    }

    fn date(&self, file: &File, time: SystemTime) -> io::Result<()> {
        file.set_modified(time)
    }

    /// File systems that can't promise this in one step are asked beforehand; names are unique, so nothing but a second
    /// change to the same message could come between. Where `f` and `F` are one, a file may get the other.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let there = match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::symlink_metadata(to).is_ok(),
            Err(Errno::EXIST) => true,
            other => return Ok(other?),
        };
        if there && !alike::other_spelling(from, to)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(from, to)?;
        // Some file systems do nothing then, and call it done.
        if there && alike::other_spelling(from, to)? { Err(io::ErrorKind::AlreadyExists.into()) } else { Ok(()) }
    }

    /// File systems that lack it are asked beforehand whether the second one is still there.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                fs::symlink_metadata(other)?;
                fs::rename(one, other)
            }
            other => Ok(other?),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn flush_file(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    /// Some network file systems do so unasked and know no such call.
    fn flush_directory(&self, directory: &Path) -> io::Result<()> {
        match File::open(directory)?.sync_all() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            other => other,
        }
    }

    fn flush_file_system(&self, inside: &File) -> io::Result<()> {
        Ok(syncfs(inside)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_never_replaces() {
        let directory = tempfile::tempdir().unwrap();
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        fs::write(&a, "a").unwrap();
        fs::write(&b, "b").unwrap();
        assert_eq!(RealDisk.rename_new(&a, &b).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&b).unwrap(), b"b");
        fs::remove_file(&b).unwrap();
        RealDisk.rename_new(&a, &b).unwrap();
        assert_eq!(fs::read(&b).unwrap(), b"a");
    }

    #[test]
    fn an_exchange_needs_both() {
        let directory = tempfile::tempdir().unwrap();
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        fs::write(&a, "a").unwrap();
        assert_eq!(RealDisk.exchange(&a, &b).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::read(&a).unwrap(), b"a");
        fs::write(&b, "b").unwrap();
        RealDisk.exchange(&a, &b).unwrap();
        assert_eq!(fs::read(&b).unwrap(), b"a");
    }
}
