//! The ledger's file: making it, opening it, and what can be wrong with it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::model::fault::{Fault, FaultKind, Reach};

use super::schema;

/// How long one connection waits for another to finish its transaction.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens the file, with its tables.
pub fn open_for_writing(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    if schema::version(&connection)? < schema::VERSION {
        schema::prepare(&mut connection)?;
    }
    Ok(connection)
}

/// Opens the file without writing to it; one that has no tables yet is as good as none.
pub fn open_for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open_file_read_only(path)?;
    connection.busy_timeout(PATIENCE)?;
    match schema::version(&connection)? {
        0 => open_empty(),
        1..schema::VERSION => open_copy(&connection),
        _ => Ok(connection),
    }
}

/// Opens the file to read it while other connections write to it.
pub fn open_beside(path: &Path) -> rusqlite::Result<Connection> {
    // Only a connection that could write leaves nothing behind when it is the last one to close.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    match schema::version(&connection)? {
        0 => return open_empty(),
        1..schema::VERSION => return open_copy(&connection),
        _ => connection.pragma_update(None, "query_only", true)?,
    }
    Ok(connection)
}

/// Copies what the file holds to another place, without writing to it; one that isn't there makes no copy.
pub fn copy(path: &Path, to: &Path) -> rusqlite::Result<()> {
    if path.exists() {
        open_file_read_only(path)?.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    }
    Ok(())
}

/// A copy in which tables of an older version can be brought up to this one, gone when it is closed.
fn open_copy(of: &Connection) -> rusqlite::Result<Connection> {
    let directory = tempfile::tempdir().map_err(unusable)?;
    let path = directory.path().join("copy.sqlite");
    of.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
    // The file is open, so it lives on without a name.
    open_for_writing(&path)
}

/// Opens a copy of a file that somebody was cut off while writing to, with what was not finished undone; it is gone when it is
/// closed. Nobody may be writing to the file.
pub fn open_as_it_was(path: &Path, journal: &Path) -> rusqlite::Result<Connection> {
    let copied = || {
        let directory = tempfile::tempdir()?;
        let copy = directory.path().join("copy.sqlite");
        fs::copy(path, &copy)?;
        fs::copy(journal, directory.path().join("copy.sqlite-journal"))?;
        Ok((directory, copy))
    };
    let (_directory, copy) = copied().map_err(unusable)?;
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Only the first reader undoes it, and the files are without a name afterwards.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(connection)
}

fn unusable(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

/// Makes the file before `SQLite` does, so that only its owner may read it.
pub fn prepare_file(path: &Path) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    let mode: rusqlite::Result<String> = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
    match mode {
        // The file system can't share memory, or another connection is just doing the same: the mode is the file's, and
        // either one is safe.
        Err(error) if !is_damage(&error) => {}
        other => drop(other?),
    }
    connection.pragma_update(None, "synchronous", "FULL")
}

/// A ledger without a file, that knows nothing.
pub fn open_empty() -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    schema::prepare(&mut connection)?;
    Ok(connection)
}

/// A file without an unfinished write-ahead log is read as it is, so that nothing appears beside it.
pub fn open_file_read_only(path: &Path) -> rusqlite::Result<Connection> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Some(name) = path.to_str().filter(|_| !Path::new(&log).exists()) else {
        return Connection::open_with_flags(path, flags);
    };
    let escaped = name.chars().fold(String::new(), |mut text, c| {
        match c {
            '%' => text.push_str("%25"),
            '?' => text.push_str("%3f"),
            '#' => text.push_str("%23"),
            other => text.push(other),
        }
        text
    });
    Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

/// What is being done with the ledger.
pub fn doing(verb: &str, path: &Path) -> String {
    format!("{verb} the ledger {}", path.display())
}

/// What `SQLite` said, as a person wants to hear it.
pub fn fault(verb: &str, path: &Path, error: &rusqlite::Error) -> Fault {
    let fault = Fault::new(Reach::Account, FaultKind::Ledger, doing(verb, path), error);
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => fault.advise(
            "the file is damaged: restore it from a backup, or move it away and run again to rebuild it from the \
             names of the mail files and the server",
        ),
        Some(ErrorCode::DiskFull) => fault.advise("free some space there and run again"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            fault.advise("another program is using it: end that one and run again")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            fault.advise("check the owner and the permissions of the file and its directory")
        }
        _ => fault,
    }
}
