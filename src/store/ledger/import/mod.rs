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

use rusqlite::Connection;

use crate::model::flags::{Flags, System};
use crate::model::ids::{Uid, UidValidity};
use crate::model::labels::Labels;
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
    /// Gmail's labels that both sides had on them, as far as they had any.
    pub labels: Vec<(Uid, Labels)>,
    /// Whether they came from a plain text cache, in which labels aren't looked for.
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
        if let Some((messages, labels)) = sqlite(&self.account.join("LocalStatus-sqlite").join(&file))? {
            return Ok(Some(Cache { validity, messages, labels, plain: false }));
        }
        let path = self.account.join("LocalStatus").join(&file);
        let Some(bytes) = optional(&path, fs::read(&path))? else { return Ok(None) };
        let messages = plain::read(&bytes).map_err(|why| format!("{}: {why}", path.display()))?;
        Ok(Some(Cache { validity, messages, labels: Vec::new(), plain: true }))
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

/// The flags and the labels of messages.
type Remembered = (Vec<(Uid, Flags)>, Vec<(Uid, Labels)>);

/// What is in both versions of the tables, of which only the second one has labels. What OfflineIMAP was cut off in the middle of
/// writing is left out.
fn sqlite(path: &Path) -> Result<Option<Remembered>, String> {
    if !path.is_file() {
        return Ok(None);
    }
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    let journal = Path::new(&journal);
    let opened = if journal.exists() { open_as_it_was(path, journal) } else { open_file_read_only(path) };
    let read = opened.and_then(|connection| {
        let has_labels = connection.prepare("SELECT labels FROM status").is_ok();
        let labels = if has_labels { column(&connection, "labels")? } else { Vec::new() };
        Ok((column(&connection, "flags")?, labels))
    });
    let (letters, names) = read.map_err(|error| format!("{}: {error}", path.display()))?;
    let messages = letters.into_iter().map(|(uid, letters)| (uid, flags(&letters))).collect();
    let labels = names.into_iter().filter(|(_, names)| !names.is_empty()).map(|(uid, names)| (uid, labels(&names)));
    Ok(Some((messages, labels.collect())))
}

/// One column of all messages that were on both sides: the UIDs of others are below 1.
fn column(connection: &Connection, name: &str) -> rusqlite::Result<Vec<(Uid, String)>> {
    let mut statement = connection.prepare(&format!("SELECT id, {name} FROM status"))?;
    let row =
        |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default()));
    let rows = statement.query_map([], row)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let uid = |id| u32::try_from(id).ok().and_then(Uid::new);
    Ok(rows.into_iter().filter_map(|(id, value)| Some((uid(id)?, value))).collect())
}

/// Labels as they were on the wire, with commas in between.
fn labels(names: &str) -> Labels {
    names.split(',').map(|name| utf7::decode(name.trim())).collect()
}

/// Flags as the letters of Maildir names.
fn flags(letters: &str) -> Flags {
    let all = letters.chars().filter_map(System::from_letter).fold(System::NONE, |all, flag| all | flag);
    Flags::of(all)
}

#[cfg(test)]
mod tests;
