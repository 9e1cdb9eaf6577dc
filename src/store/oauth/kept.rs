//! Where a refresh token is kept: a file that only its owner can read.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::question::Secret;

/// Bytes of the file that are read.
const LONGEST: u64 = 64 * 1024;

/// The place of one account's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    path: PathBuf,
}

impl Kept {
    /// The place of this account's token in this metadata directory.
    pub fn of(metadata: &Path, account: &str) -> Self {
        Self { path: metadata.join("oauth2").join(format!("{account}.token")) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The token, if there is one. A file that others can read is refused.
    pub fn read(&self) -> Result<Option<Secret>, Fault> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.fault("reading", FaultKind::Disk, &error)),
        };
        let disk = |error: io::Error| self.fault("reading", FaultKind::Disk, &error);
        if file.metadata().map_err(disk)?.permissions().mode() & 0o077 != 0 {
            let command = format!("run: chmod 600 '{}'", self.path.display());
            return Err(self.fault("reading", FaultKind::Login, &"others can read it").advise(command));
        }
        let mut text = Vec::with_capacity(8 * 1024);
        file.take(LONGEST).read_to_end(&mut text).map_err(disk)?;
        let text = String::from_utf8(text).map(Secret::new);
        let token = text.as_ref().map_or("", |text| text.reveal().trim());
        Ok(Some(token).filter(|token| !token.is_empty()).map(|token| Secret::new(token.to_owned())))
    }

    /// Keeps this token in place of any other. After a crash there is the one or the other.
    pub fn write(&self, token: &Secret) -> Result<(), Fault> {
        self.put(token).map_err(|error| self.fault("writing", FaultKind::Disk, &error))
    }

    fn put(&self, token: &Secret) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        if !directory.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        // Made for its owner alone.
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(token.reveal().as_bytes())?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        fs::File::open(directory)?.sync_all()
    }

    /// Keeps `new` where `old` is kept; another one that came there meanwhile stays.
    pub fn replace(&self, old: &Secret, new: &Secret) -> Result<(), Fault> {
        if self.read()?.is_some_and(|kept| kept != *old) { Ok(()) } else { self.write(new) }
    }

    fn fault(&self, doing: &str, kind: FaultKind, cause: &dyn std::fmt::Display) -> Fault {
        let doing = format!("{doing} the token file {}", self.path.display());
        Fault::new(Reach::Account, kind, doing, cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_token_is_kept_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::of(&dir.path().join("metadata"), "home");
        assert_eq!(kept.read(), Ok(None));
        kept.write(&secret("one")).unwrap();
        kept.write(&secret("two")).unwrap();
        assert_eq!(kept.read(), Ok(Some(secret("two"))));
        assert_eq!((mode(kept.path()), mode(kept.path().parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_dir(kept.path().parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::of(dir.path(), "home");
        kept.write(&secret("hunter2")).unwrap();
        fs::set_permissions(kept.path(), fs::Permissions::from_mode(0o640)).unwrap();
        let fault = kept.read().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Login);
        assert!(fault.to_string().contains("chmod 600 '") && !fault.to_string().contains("hunter2"), "{fault}");
    }

    #[test]
    fn a_token_that_came_meanwhile_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::of(dir.path(), "home");
        kept.write(&secret("newer")).unwrap();
        kept.replace(&secret("old"), &secret("next")).unwrap();
        assert_eq!(kept.read(), Ok(Some(secret("newer"))));
        kept.replace(&secret("newer"), &secret("next")).unwrap();
        assert_eq!(kept.read(), Ok(Some(secret("next"))));
    }

    #[test]
    fn what_is_no_token_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::of(dir.path(), "home");
        for text in [&b"\n"[..], b"", b"\xff\xfe"] {
            kept.write(&secret("x")).unwrap();
            fs::write(kept.path(), text).unwrap();
            assert_eq!(kept.read(), Ok(None), "{text:?}");
        }
    }
}
