//! A file that others read meanwhile: it has its old or its new contents, never a part of them.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::Builder;

/// What may be done at most with the list: others may read it, as they may other files, but not write what mail readers take for
/// their owner's words.
pub(super) const LIST: u32 = 0o644;
/// What may be done with all that is the program's own.
pub(super) const OWN: u32 = 0o600;
/// How many symbolic links may lead to each other.
const LINKS: usize = 40;

/// Gives a file these contents, unless it has them; whether anything was written. Where a symbolic link stands, what it leads to is
/// replaced. The file keeps its permissions; a new one has those of `mode` that the umask leaves.
pub(super) fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<bool> {
    let path = followed(path)?;
    let about = match fs::metadata(&path) {
        Ok(about) if about.is_file() => Some(about),
        Ok(_) => return Err(io::Error::other("something that is no file is in its place")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if about.is_some() && fs::read(&path)? == contents {
        return Ok(false);
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new =
        Builder::new().prefix(".blinkensync-").permissions(Permissions::from_mode(mode)).tempfile_in(directory)?;
    if let Some(about) = about {
        new.as_file().set_permissions(about.permissions())?;
    }
    new.write_all(contents)?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    Ok(true)
}

/// Where symbolic links lead to, whether anything is there or not.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn what_is_the_same_is_not_touched_and_permissions_stay() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("list");
        assert!(replace(&path, b"one", LIST).unwrap());
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let before = fs::metadata(&path).unwrap().ino();
        assert!(!replace(&path, b"one", LIST).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().ino(), before);
        assert!(replace(&path, b"two", LIST).unwrap());
        let after = fs::metadata(&path).unwrap();
        assert_eq!((fs::read(&path).unwrap(), after.mode() & 0o777), (b"two".to_vec(), 0o640));
        assert_ne!(after.ino(), before);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }

    #[test]
    fn links_are_followed_even_to_what_is_not_there_yet() {
        let place = tempfile::tempdir().unwrap();
        let (real, link, far) = (place.path().join("real"), place.path().join("link"), place.path().join("far"));
        symlink("real", &link).unwrap();
        symlink(&link, &far).unwrap();
        for text in ["one", "two"] {
            assert!(replace(&far, text.as_bytes(), LIST).unwrap());
            assert_eq!(fs::read_to_string(&real).unwrap(), text);
            assert!(
                fs::symlink_metadata(&link).unwrap().is_symlink() && !fs::symlink_metadata(&real).unwrap().is_symlink()
            );
        }
    }

    #[test]
    fn what_cannot_be_replaced_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let circle = place.path().join("circle");
        symlink(&circle, &circle).unwrap();
        for (path, words) in [
            (place.path().to_path_buf(), "no file"),
            (circle, "circle"),
            (place.path().join("missing/list"), "No such file"),
        ] {
            let said = replace(&path, b"one", LIST).unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        }
    }
}
