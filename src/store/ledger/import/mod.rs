//! What OfflineIMAP remembered: its caches of messages, read and left as they are.
//!
//! | file below the metadata directory | holds |
//! |---|---|
//! | `Account-<account>/LocalStatus-sqlite/<folder>` | UIDs and flags, in `SQLite` |
//! | `Account-<account>/LocalStatus/<folder>` | the same as text |
//! | `Repository-<repository>/FolderValidity/<folder>` | the UIDVALIDITY as text |
//! | `Repository-<repository>/UIDMapping/<folder>` | where the local side is a server: which UID is which |
//!
//! Folders go by their names with `.` between the parts.

mod mapping;
mod plain;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::flags::{Flags, System};
use crate::model::ids::{Uid, UidValidity};
use crate::model::utf7;

use super::file::{open_as_it_was, open_file_read_only};

pub use mapping::Mapping;

/// A folder as OfflineIMAP left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The UIDVALIDITY under which the UIDs hold.
    pub validity: UidValidity,
    /// The messages that both sides had, with the flags that both sides had.
    pub messages: Vec<(Uid, Flags)>,
    /// Whether they came from a plain text cache.
    pub plain: bool,
}

/// Where the caches of one account are.
#[derive(Debug, Clone)]
pub struct Caches {
    account: PathBuf,
    validities: PathBuf,
}

impl Caches {
    /// Those of this account and its remote repository.
    pub fn new(metadata: &Path, account: &str, repository: &str) -> Self {
        let validities = metadata.join(format!("Repository-{repository}")).join("FolderValidity");
        Self { account: metadata.join(format!("Account-{account}")), validities }
    }

    /// Whether OfflineIMAP has ever synchronised this account.
    pub fn exist(&self) -> bool {
        self.validities.is_dir()
    }

    /// The cache of the folder that the server calls `name`, and the local side `visible`, with points between the parts;
    /// `None` where there is none. What can't be read is said in a sentence.
    pub fn read(&self, name: &str, visible: &str) -> Result<Option<Cache>, String> {
        let Some(validity) = validity(&self.validities, name)? else { return Ok(None) };
        let file = file_name(visible);
        let cache = |messages, plain| Cache { validity, messages, plain };
        if let Some(messages) = sqlite(&self.account.join("LocalStatus-sqlite").join(&file))? {
            return Ok(Some(cache(messages, false)));
        }
        let path = self.account.join("LocalStatus").join(&file);
        let Some(bytes) = optional(&path, fs::read(&path))? else { return Ok(None) };
        let messages = plain::read(&bytes).map_err(|why| format!("{}: {why}", path.display()))?;
        Ok(Some(cache(messages, true)))
    }
}

/// The UIDVALIDITY of the folder of this name.
fn validity(directory: &Path, name: &str) -> Result<Option<UidValidity>, String> {
    // With utf8foldernames it went by its decoded name.
    let spelt = [name.to_owned(), utf7::decode(name)].map(|name| directory.join(file_name(&name)));
    let Some(path) = spelt.into_iter().find(|path| path.exists()) else { return Ok(None) };
    let Some(text) = optional(&path, fs::read_to_string(&path))? else { return Ok(None) };
    let number = text.lines().next().and_then(|line| line.trim().parse().ok());
    number.map(|number| Some(UidValidity(number))).ok_or_else(|| format!("{} holds no UIDVALIDITY", path.display()))
}

/// The name of a folder's file.
fn file_name(folder: &str) -> String {
    match folder.replace('/', ".").as_str() {
        "" | "." => "dot".to_owned(),
        name => name.to_owned(),
    }
}

fn optional<T>(path: &Path, read: io::Result<T>) -> Result<Option<T>, String> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Both versions of the tables have these two columns. What OfflineIMAP was cut off in the middle of writing is left out.
fn sqlite(path: &Path) -> Result<Option<Vec<(Uid, Flags)>>, String> {
    if !path.is_file() {
        return Ok(None);
    }
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    let journal = Path::new(&journal);
    let opened = if journal.exists() { open_as_it_was(path, journal) } else { open_file_read_only(path) };
    let rows = opened.and_then(|connection| {
        let mut statement = connection.prepare("SELECT id, flags FROM status")?;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?));
        statement.query_map([], row)?.collect::<rusqlite::Result<Vec<_>>>()
    });
    let rows = rows.map_err(|error| format!("{}: {error}", path.display()))?;
    let message = |(id, letters): (i64, Option<String>)| {
        let uid = u32::try_from(id).ok().and_then(Uid::new)?;
        Some((uid, flags(&letters.unwrap_or_default())))
    };
    Ok(Some(rows.into_iter().filter_map(message).collect()))
}

/// Flags as the letters of Maildir names.
fn flags(letters: &str) -> Flags {
    let all = letters.chars().filter_map(System::from_letter).fold(System::NONE, |all, flag| all | flag);
    Flags::of(all)
}

#[cfg(test)]
mod tests;
