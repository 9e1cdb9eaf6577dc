//! The table that remembers what of a folder was looked at.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{FolderId, Scope};
use crate::model::uidset::UidSet;

/// What was looked at of a folder, if that was not all of it.
pub fn read(connection: &Connection, folder: FolderId) -> rusqlite::Result<Option<Scope>> {
    let sql = "SELECT terms, since, first, ignored, outside, count FROM scope WHERE folder = ?1";
    connection.prepare_cached(sql)?.query_row([folder.0], scope).optional()
}

fn scope(row: &Row<'_>) -> rusqlite::Result<Scope> {
    // A set that can't be read only means that more is looked at than has to be.
    let set =
        |column| -> rusqlite::Result<UidSet> { Ok(UidSet::parse(row.get_ref(column)?.as_str()?).unwrap_or_default()) };
    let count = row.get::<_, i64>(5)?.cast_unsigned();
    Ok(Scope { terms: row.get(0)?, since: row.get(1)?, first: row.get(2)?, ignored: set(3)?, outside: set(4)?, count })
}

/// Replaces it.
pub fn write(transaction: &Transaction<'_>, folder: FolderId, scope: Option<&Scope>) -> rusqlite::Result<usize> {
    let Some(Scope { terms, since, first, ignored, outside, count }) = scope else {
        return transaction.prepare_cached("DELETE FROM scope WHERE folder = ?1")?.execute([folder.0]);
    };
    let sql = "INSERT OR REPLACE INTO scope (folder, terms, since, first, ignored, outside, count)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (ignored, outside, count) = (ignored.to_string(), outside.to_string(), count.cast_signed());
    transaction.prepare_cached(sql)?.execute(params![folder.0, terms, since, first, ignored, outside, count])
}
