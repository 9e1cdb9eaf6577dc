//! The ledger in an `SQLite` file, one an account. Several connections may use it at once, one a thread.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{Uid, UidValidity};
use crate::model::mark::Mark;

use super::entries::record;
use super::file::{copy, doing, fault, open_beside, open_empty, open_for_reading, open_for_writing, prepare_file};
use super::rows::{folder_record, identity_row, intent_row, message_row, quarantine_row};
use super::{
    Entry, FolderId, FolderRecord, Intent, Labelling, Ledger, Quarantined, Row, Scope, Unflushed, labels, schema,
    scope, unflushed,
};

const CACHED_STATEMENTS: usize = 32;

/// One connection to an account's ledger.
#[derive(Debug)]
pub struct SqliteLedger {
    connection: Connection,
    path: PathBuf,
}

/// Where an account's ledger is, below the metadata directory.
pub fn ledger_path(metadata: &Path, account: &str) -> PathBuf {
    metadata.join(format!("Account-{account}")).join("blinkensync.sqlite")
}

impl SqliteLedger {
    /// Opens the ledger, and makes it and its directories when they aren't there. A damaged file, or one that a newer
    /// version wrote, is left as it is; every fault reaches the account.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        prepare_file(path).map_err(|error| {
            Fault::new(Reach::Account, FaultKind::Ledger, doing("creating", path), error)
                .advise("check the permissions of the metadata directory, and that its disk isn't full")
        })?;
        Self::checked(path, open_for_writing(path))
    }

    /// Opens the ledger without ever writing to it. One that isn't there is empty.
    pub fn open_read_only(path: &Path) -> Result<Self, Fault> {
        Self::checked(path, if path.exists() { open_for_reading(path) } else { open_empty() })
    }

    /// Opens the ledger to read it while others write to it. One that isn't there is empty.
    pub fn open_beside(path: &Path) -> Result<Self, Fault> {
        Self::checked(path, if path.exists() { open_beside(path) } else { open_empty() })
    }

    /// Copies a ledger to another place, for runs that must not change it; one that isn't there makes no copy.
    pub fn copy(path: &Path, to: &Path) -> Result<(), Fault> {
        copy(path, to).map_err(|error| fault("copying", path, &error))
    }

    /// Binds the ledger to a server's mailboxes, once and for all: UIDs of one mean nothing on another. A ledger that is
    /// bound to others is a fault of the account.
    pub fn bind(&mut self, origin: &str) -> Result<(), Fault> {
        let bound: String = self.write(|transaction| {
            transaction.execute_batch("CREATE TABLE IF NOT EXISTS origin (name TEXT NOT NULL)")?;
            let known = transaction.query_row("SELECT name FROM origin", [], |row| row.get(0)).optional()?;
            if let Some(name) = known {
                return Ok(name);
            }
            transaction.execute("INSERT INTO origin (name) VALUES (?1)", [origin])?;
            Ok(origin.to_owned())
        })?;
        if bound == origin {
            return Ok(());
        }
        let cause = format!("it was made with {bound}, and the account is {origin} now");
        let advice = "give another server or user an account of its own; if it is the same mail under a new name, delete this \
                      file, and it is made anew from the names of the local files";
        Err(Fault::new(Reach::Account, FaultKind::Refused, doing("opening", &self.path), cause).advise(advice))
    }

    fn checked(path: &Path, opened: rusqlite::Result<Connection>) -> Result<Self, Fault> {
        let connection = opened.map_err(|error| fault("opening", path, &error))?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        let version = schema::version(&connection).map_err(|error| fault("opening", path, &error))?;
        if version == schema::VERSION {
            return Ok(Self { connection, path: path.to_path_buf() });
        }
        let cause = format!("it has format {version}, and this program knows format {}", schema::VERSION);
        Err(Fault::new(Reach::Account, FaultKind::Ledger, doing("opening", path), cause)
            .advise("use the newer version of the program that wrote it"))
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Fault> {
        work(&self.connection).map_err(|error| fault("reading", &self.path, &error))
    }

    pub(super) fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, Fault> {
        let done = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).and_then(
            |transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            },
        );
        done.map_err(|error| fault("writing", &self.path, &error))
    }
}

impl Ledger for SqliteLedger {
    fn folders(&mut self) -> Result<Vec<FolderRecord>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("{FOLDERS} ORDER BY local"))?;
            statement.query_map([], folder_record)?.collect()
        })
    }

    fn folder(&mut self, remote: &str, local: &str) -> Result<FolderRecord, Fault> {
        let known = |connection: &Connection| {
            find_folder(connection, local).map(|known| known.filter(|record| record.remote == remote))
        };
        if let Some(record) = self.read(known)? {
            return Ok(record);
        }
        self.write(|transaction| {
            // Another connection may have made it in the meantime.
            if let Some(record) = known(transaction)? {
                return Ok(record);
            }
            forget(transaction, local)?;
            transaction.execute("INSERT INTO folder (local, remote) VALUES (?1, ?2)", [local, remote])?;
            find_folder(transaction, local)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
        })
    }

    fn rows(&mut self, folder: FolderId) -> Result<Vec<Row>, Fault> {
        self.read(|connection| {
            let sql = "SELECT remote, local, flags, keywords, kept, key FROM message WHERE folder = ?1 ORDER BY remote";
            connection.prepare_cached(sql)?.query_map([folder.0], message_row)?.collect()
        })
    }

    fn identities(&mut self, folder: FolderId) -> Result<HashMap<Uid, u64>, Fault> {
        self.read(|connection| {
            let sql = "SELECT remote, identity FROM identity WHERE folder = ?1";
            connection.prepare_cached(sql)?.query_map([folder.0], identity_row)?.collect()
        })
    }

    fn labels(&mut self, folder: FolderId) -> Result<Labelling, Fault> {
        self.read(|connection| labels::read(connection, folder))
    }

    fn counts(&mut self) -> Result<HashMap<FolderId, u64>, Fault> {
        self.read(|connection| {
            let sql = "SELECT folder, COUNT(*) FROM message WHERE kept = 0 GROUP BY folder";
            let count = |row: &rusqlite::Row<'_>| Ok((FolderId(row.get(0)?), row.get::<_, i64>(1)?.cast_unsigned()));
            connection.prepare_cached(sql)?.query_map([], count)?.collect()
        })
    }

    fn intents(&mut self, folder: FolderId) -> Result<Vec<Intent>, Fault> {
        self.read(|connection| {
            let sql = "SELECT local_name, size, header, uid_next, flags, keywords FROM intent WHERE folder = ?1 ORDER BY local_name";
            connection.prepare_cached(sql)?.query_map([folder.0], intent_row)?.collect()
        })
    }

    fn record(&mut self, folder: FolderId, entries: &[Entry]) -> Result<(), Fault> {
        if entries.is_empty() {
            return Ok(());
        }
        self.write(|transaction| entries.iter().try_for_each(|entry| record(transaction, folder, entry)))
    }

    fn restart(&mut self, folder: FolderId, validity: UidValidity, rows: &[Row]) -> Result<(), Fault> {
        self.write(|transaction| {
            for table in ["message", "intent", "identity", "label", "scope"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE folder = ?1"), [folder.0])?;
            }
            // The names of these are UIDs, which mean nothing any more.
            transaction.execute("DELETE FROM quarantine WHERE folder = ?1 AND side = 'remote'", [folder.0])?;
            let sql = "UPDATE folder SET uid_validity = ?2, remote_mark = NULL, local_mark = NULL, doubt = NULL
                       WHERE id = ?1";
            transaction.execute(sql, params![folder.0, validity.0])?;
            rows.iter().try_for_each(|row| record(transaction, folder, &Entry::Put(row.clone())))
        })
    }

    fn quarantined(&mut self, folder: FolderId) -> Result<Vec<Quarantined>, Fault> {
        self.read(|connection| {
            let sql = "SELECT side, name, subject, reason, tried, ignored FROM quarantine WHERE folder = ?1
                       ORDER BY side DESC, name";
            connection.prepare_cached(sql)?.query_map([folder.0], quarantine_row)?.collect()
        })
    }

    fn scope(&mut self, folder: FolderId) -> Result<Option<Scope>, Fault> {
        self.read(|connection| scope::read(connection, folder))
    }

    fn rename_folder(&mut self, old: &str, new: &str) -> Result<(), Fault> {
        self.write(|transaction| {
            forget(transaction, new)?;
            let sql = "UPDATE folder SET local = ?2, remote_mark = NULL, local_mark = NULL WHERE local = ?1";
            transaction.execute(sql, [old, new]).map(drop)
        })
    }

    fn forget_folder(&mut self, local: &str) -> Result<(), Fault> {
        self.write(|transaction| forget(transaction, local))
    }

    fn unflushed(&mut self) -> Result<Option<Unflushed>, Fault> {
        self.read(unflushed::read)
    }

    fn set_unflushed(&mut self, note: Option<&Unflushed>) -> Result<(), Fault> {
        self.write(|transaction| unflushed::write(transaction, note))
    }

    fn doubt(&mut self) -> Result<(), Fault> {
        self.write(unflushed::doubt)
    }

    fn look_again(&mut self) -> Result<(), Fault> {
        self.write(|transaction| {
            transaction.execute("UPDATE folder SET remote_mark = NULL, local_mark = NULL", []).map(drop)
        })
    }

    fn set_marks(&mut self, folder: FolderId, remote: Option<Mark>, local: Option<Mark>) -> Result<(), Fault> {
        let (remote, local) = (mark_text(remote)?, mark_text(local)?);
        self.write(|transaction| {
            let sql = "UPDATE folder SET remote_mark = ?2, local_mark = ?3 WHERE id = ?1";
            transaction.prepare_cached(sql)?.execute(params![folder.0, remote, local]).map(drop)
        })
    }
}

const FOLDERS: &str = "SELECT id, remote, local, uid_validity, remote_mark, local_mark, doubt FROM folder";

fn find_folder(connection: &Connection, local: &str) -> rusqlite::Result<Option<FolderRecord>> {
    let mut statement = connection.prepare_cached(&format!("{FOLDERS} WHERE local = ?1"))?;
    statement.query_row([local], folder_record).optional()
}

fn forget(transaction: &Transaction<'_>, local: &str) -> rusqlite::Result<()> {
    for table in ["message", "intent", "identity", "label", "quarantine", "scope"] {
        let sql = format!("DELETE FROM {table} WHERE folder IN (SELECT id FROM folder WHERE local = ?1)");
        transaction.execute(&sql, [local])?;
    }
    transaction.execute("DELETE FROM folder WHERE local = ?1", [local]).map(drop)
}

fn mark_text(mark: Option<Mark>) -> Result<Option<String>, Fault> {
    mark.map(|mark| serde_json::to_string(&mark))
        .transpose()
        .map_err(|error| Fault::new(Reach::Account, FaultKind::Internal, "writing down a watermark", error))
}
