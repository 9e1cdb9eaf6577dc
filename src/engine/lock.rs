//! One run at a time for each account, OfflineIMAP's runs included.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};

use super::account::Task;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::AccountName;

/// Holds an account's lock for as long as it lives: a POSIX record lock on `<metadata>/<account>.lock`, as OfflineIMAP
/// takes it. It goes with the process, however that ends, so a stale one is never in the way.
#[derive(Debug)]
pub(super) struct AccountLock {
    _file: File,
}

impl AccountLock {
    /// Whether anybody has ever taken the lock.
    fn is_known(metadata: &Path, account: &AccountName) -> bool {
        path(metadata, account).exists()
    }

    /// Takes the lock of this task's account. One that only pretends makes no file for it: where there is none, nobody has
    /// ever run.
    pub(super) fn take_for(task: &Task) -> Result<Option<Self>, Fault> {
        let (metadata, account) = (&task.settings.metadata, task.account());
        if task.options.pretend {
            return Self::is_known(metadata, account).then(|| Self::take(metadata, account)).transpose();
        }
        make_metadata(metadata)?;
        Self::take(metadata, account).map(Some)
    }

    /// Takes the lock, or says who has it.
    fn take(metadata: &Path, account: &AccountName) -> Result<Self, Fault> {
        let path = path(metadata, account);
        let doing = || format!("locking the account {account}");
        let file = OpenOptions::new().create(true).truncate(false).write(true).read(true).mode(0o600).open(&path);
        let file = file.map_err(|error| {
            Fault::new(Reach::Account, FaultKind::Disk, doing(), format!("{}: {error}", path.display()))
        })?;
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(error)
                if matches!(
                    io::Error::from(error).kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::PermissionDenied
                ) =>
            {
                Err(Fault::new(Reach::Account, FaultKind::Locked, doing(), holder(&file))
                    .advise("wait until it is done, or end it"))
            }
            Err(error) => Err(Fault::new(Reach::Account, FaultKind::Disk, doing(), io::Error::from(error))),
        }
    }
}

/// Makes the directory of ledgers and locks, which nobody else may look into.
fn make_metadata(metadata: &Path) -> Result<(), Fault> {
    DirBuilder::new().recursive(true).mode(0o700).create(metadata).map_err(|error| {
        let doing = format!("making the metadata directory {}", metadata.display());
        Fault::new(Reach::Account, FaultKind::Disk, doing, error).advise("check metadata in the [general] section")
    })
}

fn path(metadata: &Path, account: &AccountName) -> PathBuf {
    metadata.join(format!("{account}.lock"))
}

fn holder(file: &File) -> String {
    let whole = Flock { start: 0, length: 0, pid: None, typ: FlockType::WriteLock, offset_type: FlockOffsetType::Set };
    match fcntl_getlk(file, &whole) {
        Ok(Some(Flock { pid: Some(pid), .. })) => {
            format!("another run is synchronising it (process {})", pid.as_raw_nonzero())
        }
        _ => "another run is synchronising it".to_owned(),
    }
}
