//! Names whose folder digest is that of a name the folder went by before: `OfflineIMAP` up to 6.3.4 made it from the name on
//! the disk, and all since then make it from what `nametrans` makes of that.

use std::collections::{HashMap, HashSet};

use crate::model::fault::{Fault, Reach};
use crate::model::ids::Uid;
use crate::store::bytes::md5_hex;

use super::fault::disk;
use super::folder::Folder;
use super::listing::Slot;
use super::{name, scan};

/// What became of the files of a folder that carry the digest of its former name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Redigested {
    /// Files that carry the new digest now; in a pretended run, that would.
    pub renamed: u64,
    /// Files that stay as they are because another file of the folder has their UID already.
    pub taken: u64,
    /// Files that stay as they are because others renamed or removed them meanwhile.
    pub missed: u64,
}

/// Gives each file that carries the digest of `former` that of the folder's name now. Nothing else in its name changes, and no
/// file is ever replaced. Of files that claim one UID only a single one may have it, so that none is hidden by another.
pub fn redigest(folder: &mut Folder<'_>, former: &str, pretend: bool) -> Result<Redigested, Fault> {
    let former = md5_hex(former.as_bytes());
    let mut done = Redigested::default();
    if former == folder.digest {
        return Ok(done);
    }
    let (mut old, mut taken) = (Vec::new(), HashSet::new());
    let path = folder.path.clone();
    scan::visit(&path, folder.manner.keep_atime, |slot| match name::uid(&slot.name, &folder.digest) {
        Some(uid) => {
            taken.insert(uid);
        }
        None => old.extend(name::uid(&slot.name, &former).map(|uid| (uid, slot))),
    })?;
    let claims = old.iter().fold(HashMap::<Uid, u64>::new(), |mut claims, (uid, _)| {
        *claims.entry(*uid).or_default() += 1;
        claims
    });
    for (uid, slot) in old {
        if taken.contains(&uid) || claims.get(&uid).is_some_and(|claims| *claims > 1) {
            done.taken += 1;
        } else if pretend || rename(folder, &slot, &former)? {
            done.renamed += 1;
        } else {
            done.missed += 1;
        }
    }
    folder.flush_touched()?;
    Ok(done)
}

/// Renames one file; `false` when it isn't there any more, or when something has its new name.
fn rename(folder: &mut Folder<'_>, slot: &Slot, former: &str) -> Result<bool, Fault> {
    let target = Slot { place: slot.place, name: name::with_digest(&slot.name, former, &folder.digest) };
    let (from, to) = (slot.path(&folder.path), target.path(&folder.path));
    match folder.disk.rename_new(&from, &to) {
        Ok(()) => {
            folder.touch(slot.place);
            Ok(true)
        }
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::AlreadyExists) => {
            Ok(false)
        }
        Err(error) => Err(disk(Reach::Folder, "renaming", &from, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::maildir::Maildir;

    /// A tree with one folder in it, which holds these files.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(root.path().join("Box").join(part)).unwrap();
        }
        for file in files {
            fs::write(root.path().join("Box").join(file), file).unwrap();
        }
        root
    }

    fn names(root: &tempfile::TempDir) -> Vec<String> {
        let parts = ["cur", "new"].map(|part| fs::read_dir(root.path().join("Box").join(part)).unwrap());
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = parts.into_iter().flatten().map(name).collect();
        names.sort();
        names
    }

    fn redigest(root: &tempfile::TempDir, pretend: bool) -> Redigested {
        let called = std::sync::Arc::new(std::sync::OnceLock::new());
        called.set([("Box".to_owned(), "Kiste".to_owned())].into()).unwrap();
        Maildir::open(root.path(), '.', true).calling(called).redigest("Box", pretend).unwrap()
    }

    #[test]
    fn only_the_digest_of_the_former_name_changes() {
        let (old, new, other) = (md5_hex(b"Box"), md5_hex(b"Kiste"), md5_hex(b"Elsewhere"));
        let files = [
            format!("cur/1.x,U=1,FMD5={old},S=12:2,FSa"),
            format!("new/2.x,U=2,FMD5={old}"),
            format!("cur/3.x,U=3,FMD5={new}:2,S"),
            format!("cur/4.x,U=4,FMD5={other}:2,S"),
            "cur/5.x:2,S".to_owned(),
        ];
        let root = tree(&files.each_ref().map(String::as_str));
        let before = names(&root);
        assert_eq!(redigest(&root, true), Redigested { renamed: 2, ..Redigested::default() });
        assert_eq!(names(&root), before);
        assert_eq!(redigest(&root, false), Redigested { renamed: 2, ..Redigested::default() });
        let after: Vec<String> = before
            .iter()
            .map(|name| if name.starts_with(['1', '2']) { name.replace(&old, &new) } else { name.clone() })
            .collect();
        assert_eq!(names(&root), after);
        assert_eq!(redigest(&root, false), Redigested::default(), "twice is once");
    }

    #[test]
    fn a_uid_that_another_file_has_is_left_alone() {
        let (old, new) = (md5_hex(b"Box"), md5_hex(b"Kiste"));
        let files = [
            format!("cur/1.x,U=1,FMD5={old}:2,"),
            format!("cur/2.x,U=1,FMD5={new}:2,"),
            format!("cur/3.x,U=3,FMD5={old}:2,"),
            format!("cur/4.x,U=3,FMD5={old}:2,"),
        ];
        let root = tree(&files.each_ref().map(String::as_str));
        let before = names(&root);
        assert_eq!(redigest(&root, false), Redigested { taken: 3, ..Redigested::default() });
        assert_eq!(names(&root), before);
    }
}
