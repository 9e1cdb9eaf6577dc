//! File systems that take different names for the same, or keep them in another form: those that don't tell `a` from `A`, or
//! `ü` in one piece from `u` with two points. What the server calls differently must not end up in one directory.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::model::fault::{Fault, Reach};

use super::disk::Disk;
use super::fault::{self, refused};
use super::folders;

/// Makes the directory of a folder, or of one above it, under exactly this name.
pub fn make(disk: &dyn Disk, directory: &Path, parent: &Path, fsync: bool) -> Result<(), Fault> {
    let made = disk.make_directory(directory);
    let name = directory.file_name().unwrap_or_default();
    let in_doubt = match &made {
        Ok(()) => !name.as_encoded_bytes().is_ascii(),
        Err(error) => error.kind() == io::ErrorKind::AlreadyExists,
    };
    if in_doubt {
        let listed = entry(parent, |entry| entry.file_name() == name);
        let listed = listed.map_err(|error| fault::disk(Reach::Folder, "reading the directory", parent, &error))?;
        if listed.is_none() {
            let fault = taken(directory, parent, name);
            if made.is_ok() {
                // Nothing is in it yet.
                let _ = disk.remove_directory(directory);
            }
            return Err(fault);
        }
    }
    folders::settle(disk, made, (directory, parent), fsync)
}

/// Whether a file is in its directory under the first of these names and not under the second, though the file system takes one
/// for the other.
pub fn other_spelling(from: &Path, to: &Path) -> io::Result<bool> {
    let (Some(directory), Some(before), Some(after)) = (from.parent(), from.file_name(), to.file_name()) else {
        return Ok(false);
    };
    if to.parent() != Some(directory) || !differ_by_case(before, after) {
        return Ok(false);
    }
    let listed = |name: &OsStr| entry(directory, |entry| entry.file_name() == name).map(|found| found.is_some());
    Ok(listed(before)? && !listed(after)?)
}

fn differ_by_case(one: &OsStr, other: &OsStr) -> bool {
    let lower = |name: &OsStr| name.to_string_lossy().to_lowercase();
    one != other && lower(one) == lower(other)
}

fn taken(directory: &Path, parent: &Path, name: &OsStr) -> Fault {
    let inode = fs::symlink_metadata(directory).map(|about| (about.dev(), about.ino())).ok();
    let is_it = |entry: &DirEntry| entry.metadata().is_ok_and(|about| Some((about.dev(), about.ino())) == inode);
    // Some file systems number each spelling by itself.
    let is_like_it = |entry: &DirEntry| differ_by_case(&entry.file_name(), name);
    let other = entry(parent, is_it).ok().flatten().or_else(|| entry(parent, is_like_it).ok().flatten());
    let other = other.map(|entry| entry.file_name());
    let cause = match other {
        Some(other) => format!("the file system takes its name for that of {}, which is another", other.display()),
        None => "the file system doesn't keep its name as it is, or takes it for another one".to_owned(),
    };
    let doing = format!("making the directory {} in {}", name.display(), parent.display());
    refused(Reach::Folder, doing, &cause).advise("give it another name here with nametrans or namemap")
}

fn entry(directory: &Path, is_it: impl Fn(&DirEntry) -> bool) -> io::Result<Option<DirEntry>> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if is_it(&entry) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::PathBuf;
    use std::time::SystemTime;

    use super::super::disk::RealDisk;
    use super::*;

    /// A file system that writes every name in one way.
    #[derive(Debug)]
    struct Folding(fn(&str) -> String);

    impl Folding {
        fn path(&self, path: &Path) -> PathBuf {
            path.with_file_name((self.0)(path.file_name().unwrap().to_str().unwrap()))
        }
    }

    impl Disk for Folding {
        fn create(&self, path: &Path) -> io::Result<File> {
            RealDisk.create(path)
        }
        fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()> {
            RealDisk.write(file, data)
        }
        fn date(&self, file: &File, time: SystemTime) -> io::Result<()> {
            RealDisk.date(file, time)
        }
        fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
            RealDisk.rename_new(from, to)
        }
        fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
            RealDisk.exchange(one, other)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove(path)
        }
        fn make_directory(&self, path: &Path) -> io::Result<()> {
            let (inside, name) = (path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap());
            let fold = |name: &str| (self.0)(name).to_lowercase();
            let alike = entry(inside, |one| fold(one.file_name().to_str().unwrap()) == fold(name))?;
            if alike.is_some() {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                RealDisk.make_directory(&self.path(path))
            }
        }
        fn remove_directory(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove_directory(&self.path(path))
        }
        fn remove_tree(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove_tree(&self.path(path))
        }
        fn flush_file(&self, file: &File) -> io::Result<()> {
            RealDisk.flush_file(file)
        }
        fn flush_directory(&self, directory: &Path) -> io::Result<()> {
            RealDisk.flush_directory(directory)
        }
        fn flush_file_system(&self, inside: &File) -> io::Result<()> {
            RealDisk.flush_file_system(inside)
        }
    }

    #[test]
    fn two_names_that_are_one_to_the_file_system_are_not_mixed() {
        let root = tempfile::tempdir().unwrap();
        let disk = Folding(str::to_owned);
        let make = |name: &str, separator| folders::create(&disk, root.path(), name, separator, false);
        make("Lists", '/').unwrap();
        for name in ["lists", "lists/a"] {
            let fault = make(name, '/').unwrap_err();
            assert_eq!(fault.reach, Reach::Folder);
            assert!(fault.to_string().contains("lists"), "{fault}");
        }
        assert_eq!(fs::read_dir(root.path().join("Lists")).unwrap().count(), 3);
        // The very same once more, and below it, is what it is.
        make("Lists", '/').unwrap();
        make("Lists/a", '/').unwrap();
        make("other", '.').unwrap();
    }

    #[test]
    fn a_name_that_is_kept_in_another_form_is_not_used() {
        let root = tempfile::tempdir().unwrap();
        let disk = Folding(|name| name.replace('ü', "u\u{308}"));
        let make = |name: &str| folders::create(&disk, root.path(), name, '.', false);
        assert_eq!(make("Entwürfe").unwrap_err().reach, Reach::Folder);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        make("Entwu\u{308}rfe").unwrap();
        assert!(make("Entwürfe").is_err());
        make("Plain").unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }
}
