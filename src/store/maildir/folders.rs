//! The folders of a tree: finding and making them.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::iter;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::model::fault::{Fault, Reach};
use crate::model::folder::FolderInfo;
use crate::model::mark::Mark;

use super::alike;
use super::disk::Disk;
use super::fault::{self, refused};
use super::manner::Manner;
use super::scan;

/// What a folder consists of. `cur` comes last when it is made, so that a folder that was begun is no folder.
const PARTS: [&str; 3] = ["tmp", "new", "cur"];

/// Bytes that the name of a directory may have on the usual file systems.
const LONGEST: usize = 255;

/// All folders below `root`, and the one called "" when the root is a folder itself.
///
/// With the separator `/` directories are nested; with any other a folder is a direct subdirectory, whatever dots are in
/// its name. Symbolic links are not followed. A name that isn't UTF-8 is listed as well as it can be, so that it is refused with
/// a word rather than passed over.
pub fn list(root: &Path, separator: char, manner: &Manner) -> Result<Vec<FolderInfo>, Fault> {
    if !root.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        return Err(fault::disk(Reach::Account, "opening the Maildir directory", root, &error)
            .advise("check that it is there and that its disk is mounted"));
    }
    let mut names = Vec::new();
    if is_folder(root) {
        names.push(String::new());
    }
    collect(root, "", separator == '/', &mut names)
        .map_err(|error| fault::disk(Reach::Account, "reading the Maildir directory", root, &error))?;
    names.sort_unstable();
    // A folder that can't be looked at now shows its fault when it is opened.
    let info = |name: String| {
        let mark = scan::mark(&root.join(&name), manner).ok().map(|mark| Mark::Maildir(manner.mark(mark)));
        FolderInfo { name, selectable: true, subscribed: true, mark }
    };
    Ok(names.into_iter().map(info).collect())
}

fn collect(root: &Path, prefix: &str, nested: bool, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(prefix))? {
        let entry = entry?;
        let file_name = entry.file_name();
        let part = file_name.to_string_lossy();
        if PARTS.contains(&&*part) || !entry.file_type()?.is_dir() {
            continue;
        }
        let name = if prefix.is_empty() { part.into_owned() } else { format!("{prefix}/{part}") };
        if nested && file_name.to_str().is_some() {
            collect(root, &name, nested, names)?;
        }
        if is_folder(&entry.path()) {
            names.push(name);
        }
    }
    Ok(())
}

/// Where the folder is, or would be; a name that would lead elsewhere, or that no directory can have, is refused.
pub fn locate(root: &Path, name: &str, separator: char) -> Result<PathBuf, Fault> {
    let bad = |part: &str| part.is_empty() || part == "." || part == ".." || PARTS.contains(&part);
    let cause = if name.contains('\0') {
        "its name holds a NUL"
    } else if name.contains(char::is_control) {
        "its name holds control characters"
    } else if separator != '/' && name.contains('/') {
        "its name holds a slash, which only the separator / allows"
    } else if !name.is_empty() && name.split('/').any(bad) {
        "a part of its name is empty, `.`, `..`, `cur`, `new` or `tmp`"
    } else if name.split('/').any(|part| part.len() > LONGEST) {
        "its name is longer than the 255 bytes that a directory's may have"
    } else {
        return Ok(root.join(name));
    };
    Err(refused(Reach::Folder, format!("opening the folder {name:?}"), cause)
        .advise("translate the name with nametrans"))
}

/// Makes a folder, and directories above it; what is there already is left alone.
pub fn create(disk: &dyn Disk, root: &Path, name: &str, separator: char, fsync: bool) -> Result<(), Fault> {
    let path = locate(root, name, separator)?;
    if !root.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        return Err(fault::disk(Reach::Account, "making folders in", root, &error));
    }
    let mut directory = root.to_path_buf();
    for part in name.split('/').filter(|part| !part.is_empty()) {
        let parent = directory.clone();
        directory.push(part);
        let made = alike::make(disk, &directory, &parent, fsync);
        made.map_err(|fault| Fault { doing: format!("{} for the folder {name}", fault.doing), ..fault })?;
    }
    PARTS.iter().try_for_each(|part| make(disk, &path.join(part), &path, fsync))
}

/// Removes a folder with its messages. Folders below it, and files that are no messages, stay, and its directory with them.
pub fn remove(disk: &dyn Disk, root: &Path, name: &str, separator: char, fsync: bool) -> Result<(), Fault> {
    let path = locate(root, name, separator)?;
    let fault = |error: &io::Error| fault::disk(Reach::Folder, "removing the folder", &path, error);
    for part in PARTS.iter().rev() {
        match disk.remove_tree(&path.join(part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(&error)),
            _ => {}
        }
    }
    if name.is_empty() {
        return Ok(());
    }
    match disk.remove_directory(&path) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) => {
            Err(fault(&error))
        }
        _ if fsync => disk.flush_directory(path.parent().unwrap_or(root)).map_err(|error| fault(&error)),
        _ => Ok(()),
    }
}

/// Whether a directory can be used as a folder.
pub fn is_folder(path: &Path) -> bool {
    PARTS.iter().all(|part| path.join(part).is_dir())
}

/// Flushes every file system that the tree is on, each once.
pub fn flush(disk: &dyn Disk, root: &Path, separator: char) -> Result<(), Fault> {
    let mut flushed = HashSet::new();
    let folders = list(root, separator, &Manner::default())?.into_iter().map(|folder| root.join(folder.name));
    let parts = folders.flat_map(|folder| PARTS.map(|part| folder.join(part)));
    for directory in iter::once(root.to_path_buf()).chain(parts) {
        let fault = |error: &io::Error| fault::disk(Reach::Account, "flushing the file system of", &directory, error);
        match fs::metadata(&directory) {
            Ok(about) if flushed.insert(about.dev()) => {
                let flushed = File::open(&directory).and_then(|inside| disk.flush_file_system(&inside));
                flushed.map_err(|error| fault(&error))?;
            }
            // What somebody removed meanwhile has nothing that could be lost.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(&error)),
            _ => {}
        }
    }
    Ok(())
}

/// Makes one directory that only its owner may enter, and flushes the one above it.
pub fn make(disk: &dyn Disk, directory: &Path, parent: &Path, fsync: bool) -> Result<(), Fault> {
    settle(disk, disk.make_directory(directory), (directory, parent), fsync)
}

/// What comes of an attempt to make a directory: one that is new is flushed, one that was there has to be one.
pub fn settle(
    disk: &dyn Disk,
    made: io::Result<()>,
    (directory, parent): (&Path, &Path),
    fsync: bool,
) -> Result<(), Fault> {
    let fault = |error: &io::Error| fault::disk(Reach::Folder, "making the directory", directory, error);
    match made {
        Ok(()) if fsync => disk.flush_directory(parent).map_err(|error| fault(&error)),
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // A link could lead out of the tree, and a file is no directory.
            let is_directory = fs::symlink_metadata(directory).is_ok_and(|about| about.is_dir());
            if is_directory {
                Ok(())
            } else {
                Err(fault(&error).advise("something that is no directory is in its place"))
            }
        }
        Err(error) => Err(fault(&error)),
    }
}
