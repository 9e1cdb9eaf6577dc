//! One run at a time for each account, OfflineIMAP's runs included.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};

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
    pub(super) fn is_known(metadata: &Path, account: &AccountName) -> bool {
        path(metadata, account).exists()
    }

    /// Takes the lock, or says who has it.
    pub(super) fn take(metadata: &Path, account: &AccountName) -> Result<Self, Fault> {
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
