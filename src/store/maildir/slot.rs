//! Where a file of a folder is.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The directory that a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `cur`: a mail reader has seen it.
    Cur,
    /// `new`: none has.
    New,
}

impl Place {
    /// The directory in this folder.
    pub fn of(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Self::Cur => "cur",
            Self::New => "new",
        })
    }
}

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its directory.
    pub place: Place,
    /// Its name.
    pub name: Vec<u8>,
}

impl Slot {
    /// Where it is.
    pub fn path(&self, folder: &Path) -> PathBuf {
        self.place.of(folder).join(OsString::from_vec(self.name.clone()))
    }
}
