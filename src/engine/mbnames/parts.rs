//! What each account has in the list, in a file of its own.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::file;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::listed::Listed;

/// The files of all accounts. As long as it lives, no other run changes them, or writes the list.
pub(super) struct Parts {
    directory: PathBuf,
    _lock: Option<File>,
}

impl Parts {
    /// Whether any account may have such a file below this directory of metadata.
    pub(super) fn are_there(metadata: &Path) -> bool {
        place(metadata).is_dir()
    }

    /// The files below this directory of metadata; makes the place where they are.
    pub(super) fn open(metadata: &Path) -> Result<Self, Fault> {
        let directory = place(metadata);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&directory);
        made.map_err(|error| fault("making the directory", &directory, error))?;
        // Where a file system knows no locks, two runs at the same moment may cost an entry until the next one.
        let lock = File::open(&directory).ok().filter(|directory| directory.lock().is_ok());
        Ok(Self { directory, _lock: lock })
    }

    fn path(&self, account: &str) -> PathBuf {
        self.directory.join(format!("{account}.json"))
    }

    /// The accounts that have ever listed their folders, in the order of their names.
    pub(super) fn accounts(&self) -> Result<Vec<String>, Fault> {
        let doing = |error| fault("reading the directory", &self.directory, error);
        let mut accounts = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(doing)? {
            let name = entry.map_err(doing)?.file_name();
            accounts.extend(name.to_str().and_then(|name| name.strip_suffix(".json")).map(str::to_owned));
        }
        accounts.sort();
        Ok(accounts)
    }

    /// What an account had when it listed its folders last.
    pub(super) fn get(&self, account: &str) -> Result<Vec<Listed>, Fault> {
        let path = self.path(account);
        let doing = |error| {
            fault("reading the folders in", &path, error).advise("remove it; the account's next run makes it again")
        };
        serde_json::from_slice(&fs::read(&path).map_err(doing)?).map_err(|error| doing(error.into()))
    }

    /// Remembers what an account has.
    pub(super) fn put(&self, account: &str, folders: &[Listed]) -> Result<(), Fault> {
        let path = self.path(account);
        let doing = |error| fault("writing the folders into", &path, error);
        let text = serde_json::to_vec(folders).map_err(|error| doing(error.into()))?;
        file::replace(&path, &text, file::OWN).map(drop).map_err(doing)
    }

    /// Forgets an account.
    pub(super) fn remove(&self, account: &str) -> Result<(), Fault> {
        let path = self.path(account);
        fs::remove_file(&path).map_err(|error| fault("removing", &path, error))
    }
}

fn place(metadata: &Path) -> PathBuf {
    metadata.join("mbnames")
}

fn fault(doing: &str, path: &Path, error: io::Error) -> Fault {
    Fault::new(Reach::Account, FaultKind::Disk, format!("{doing} {}", path.display()), error)
}
