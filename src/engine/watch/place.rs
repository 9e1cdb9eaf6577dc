//! The place that a Maildir is in: which one it is, and whether the system tells of all that happens there.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The file systems of which other machines' changes are not told: NFS, SMB (three kinds), CIFS, AFS, 9P, Ceph, FUSE.
const REMOTE: [u64; 9] =
    [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0xff53_4d43, 0x5346_414f, 0x0102_1997, 0x00c3_6400, 0x6573_5546];

/// Which directory it is: another one may come to stand where it was, or something may be mounted over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u64, u64);

impl Place {
    /// The directory that is there now, if one is.
    pub(super) fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().filter(fs::Metadata::is_dir).map(|about| Self(about.dev(), about.ino()))
    }
}

/// Whether other machines may change what is there.
pub(super) fn is_remote(path: &Path) -> bool {
    #[expect(clippy::cast_sign_loss, reason = "the type differs from system to system")]
    let kind = |found: rustix::fs::StatFs| found.f_type as u64 & 0xffff_ffff;
    rustix::fs::statfs(path).is_ok_and(|found| REMOTE.contains(&kind(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_takes_the_place_of_another_is_not_the_same() {
        let root = tempfile::tempdir().unwrap();
        let (path, other) = (root.path().join("a"), root.path().join("b"));
        assert_eq!(Place::of(&path), None);
        fs::create_dir(&path).unwrap();
        fs::create_dir(&other).unwrap();
        let before = Place::of(&path);
        assert!(before.is_some() && before == Place::of(&path) && !is_remote(&path));
        fs::rename(&path, root.path().join("c")).unwrap();
        fs::rename(&other, &path).unwrap();
        assert_ne!(Place::of(&path), before);
    }
}
