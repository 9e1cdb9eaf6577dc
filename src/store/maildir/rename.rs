//! Folders that get another name, because the same name is spelt in another way now.

use std::fs;
use std::io;
use std::path::Path;

use crate::model::fault::{Fault, Reach};

use super::disk::Disk;
use super::fault;
use super::folders::{is_folder, locate};

/// Renames a folder part by part, from above. A part that is called so already was renamed with a folder above it, or before
/// this was cut off; so it may be cut off anywhere and begun again.
pub fn rename(
    disk: &dyn Disk,
    root: &Path,
    (from, to): (&str, &str),
    separator: char,
    fsync: bool,
) -> Result<(), Fault> {
    locate(root, from, separator)?;
    let target = locate(root, to, separator)?;
    let fault = |error: &io::Error| {
        let doing = format!("renaming the folder {from} to {to} below");
        fault::disk(Reach::Folder, &doing, root, error)
    };
    let taken = || {
        let error = io::Error::other("there is something else in its way");
        fault(&error).advise("rename it by hand")
    };
    let mut directory = root.to_path_buf();
    // Only `/` separates directories; any other separator is a letter of one name.
    for (old, new) in from.split('/').zip(to.split('/')) {
        let (before, after) = (directory.join(old), directory.join(new));
        if !is_directory(&after) && is_directory(&before) {
            disk.rename_new(&before, &after).map_err(|error| fault(&error))?;
            if fsync {
                disk.flush_directory(&directory).map_err(|error| fault(&error))?;
            }
        }
        if !is_directory(&after) {
            return Err(taken());
        }
        directory = after;
    }
    if directory == target && is_folder(&target) { Ok(()) } else { Err(taken()) }
}

/// A link could lead out of the tree, and is none.
fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_dir())
}

#[cfg(test)]
mod tests {
    use super::super::disk::RealDisk;
    use super::*;

    fn make(root: &Path, name: &str) {
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(root.join(name).join(part)).unwrap();
        }
    }

    #[test]
    fn folders_below_one_another_are_renamed_in_any_order() {
        let all = [("a/b", "x/y"), ("a", "x"), ("a/b/c", "x/y/z")];
        for order in [[0, 1, 2], [1, 2, 0], [2, 1, 0], [1, 0, 2]] {
            let root = tempfile::tempdir().unwrap();
            let names = all.map(|(from, _)| from);
            for name in names {
                make(root.path(), name);
            }
            fs::write(root.path().join("a/b/c/cur/one"), "one").unwrap();
            for place in order {
                rename(&RealDisk, root.path(), all[place], '/', true).unwrap();
            }
            assert!(all.iter().all(|(_, to)| is_folder(&root.path().join(to))), "{order:?}");
            assert_eq!(fs::read(root.path().join("x/y/z/cur/one")).unwrap(), b"one");
            assert!(!root.path().join("a").exists());
        }
    }

    #[test]
    fn nothing_is_renamed_over_something_else_nor_by_way_of_a_link() {
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        make(root.path(), "a");
        make(elsewhere.path(), "b");
        fs::create_dir(root.path().join("x")).unwrap();
        let fault = rename(&RealDisk, root.path(), ("a", "x"), '.', true).unwrap_err();
        assert_eq!(fault.reach, Reach::Folder);
        assert!(is_folder(&root.path().join("a")));
        std::os::unix::fs::symlink(elsewhere.path(), root.path().join("link")).unwrap();
        assert!(rename(&RealDisk, root.path(), ("link/b", "link/c"), '/', true).is_err());
        assert!(is_folder(&elsewhere.path().join("b")));
        assert!(rename(&RealDisk, root.path(), ("a", "../b"), '/', true).is_err());
    }
}
