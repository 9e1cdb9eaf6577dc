//! The table that remembers that mail was written without a flush.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Unflushed;

/// The note, if there is one.
pub fn read(connection: &Connection) -> rusqlite::Result<Option<Unflushed>> {
    let note = |row: &rusqlite::Row<'_>| Ok(Unflushed { boot: row.get(0)?, since: row.get(1)? });
    connection.query_row("SELECT boot, since FROM unflushed", [], note).optional()
}

/// Replaces the note.
pub fn write(transaction: &Transaction<'_>, note: Option<&Unflushed>) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM unflushed", [])?;
    if let Some(note) = note {
        transaction.execute("INSERT INTO unflushed (boot, since) VALUES (?1, ?2)", params![note.boot, note.since])?;
    }
    Ok(())
}

/// Turns the note into doubt about every folder. A doubt that is older stays.
pub fn doubt(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let sql = "UPDATE folder SET doubt = COALESCE(doubt, (SELECT since FROM unflushed)),
               remote_mark = NULL, local_mark = NULL WHERE EXISTS (SELECT 1 FROM unflushed)";
    transaction.execute(sql, [])?;
    write(transaction, None)
}
