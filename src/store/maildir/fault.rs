//! What the disk said, as a person wants to hear it.

use std::io;
use std::path::Path;

use rustix::io::Errno;

use crate::model::fault::{Fault, FaultKind, Reach};

/// A fault of at least this reach; a full, failing or write-protected disk stops the whole account.
pub fn disk(reach: Reach, doing: &str, path: &Path, error: &io::Error) -> Fault {
    let fault = Fault::new(reach, FaultKind::Disk, format!("{doing} {}", path.display()), error);
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC) => fault.reaching(Reach::Account).advise("free some space there and run again"),
        Some(Errno::DQUOT) => {
            fault.reaching(Reach::Account).advise("your quota is used up: free some space there and run again")
        }
        Some(Errno::IO) => fault.reaching(reach_of_failing_disk(reach)).advise("the disk may be failing: check it"),
        Some(Errno::ROFS) => fault.reaching(Reach::Account).advise("mount the file system for writing and run again"),
        Some(Errno::MFILE | Errno::NFILE) => {
            fault.reaching(Reach::Account).advise("raise the limit of open files (ulimit -n) and run again")
        }
        Some(Errno::ACCESS | Errno::PERM) => fault.advise("check the owner and the permissions"),
        Some(Errno::NAMETOOLONG) => fault.advise("the file system allows no name that long"),
        Some(Errno::NOENT) => fault.advise("check that it is there and that its disk is mounted"),
        _ => fault,
    }
}

/// The same fault with the advice that helps where the name was what the file system didn't like.
pub fn colon(fault: Fault, path: &Path, error: &io::Error) -> Fault {
    let about_names = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput);
    let has_colon = path.file_name().is_some_and(|name| name.as_encoded_bytes().contains(&b':'));
    if about_names && has_colon && path.parent().is_some_and(Path::is_dir) {
        fault.advise(
            "the file system seems to allow no colon in a name: set maildir-windows-compatible = yes in the account",
        )
    } else {
        fault
    }
}

/// A bad block under one message is that message's affair; anywhere else a failing disk stops the account.
fn reach_of_failing_disk(reach: Reach) -> Reach {
    if reach == Reach::Message { Reach::Message } else { Reach::Account }
}

/// A refusal to do what would be wrong.
pub fn refused(reach: Reach, doing: String, cause: &str) -> Fault {
    Fault::new(reach, FaultKind::Refused, doing, cause)
}
