//! Labels in the ledger.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use super::FolderId;
use super::rows::uid;
use crate::model::ids::Uid;
use crate::model::labels::Labels;
use crate::store::labels::{Labelling, Recorded};

/// What is recorded of a folder. Many messages have the same labels, which are in memory once.
pub(super) fn read(connection: &Connection, folder: FolderId) -> rusqlite::Result<Labelling> {
    let mut sets: HashMap<String, Labels> = HashMap::new();
    let mut statement =
        connection.prepare_cached("SELECT remote, labels, stamp, manner FROM label WHERE folder = ?1")?;
    let mut rows = statement.query([folder.0])?;
    let mut recorded = Labelling::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str()?;
        let labels = match sets.get(text) {
            Some(labels) => labels.clone(),
            None => sets.entry(text.to_owned()).or_insert_with(|| Labels::from_text(text)).clone(),
        };
        let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
        recorded.insert(uid(row, 0)?, Recorded { labels, stamp: number(2)?, manner: number(3)? });
    }
    Ok(recorded)
}

/// Records the labels of a message.
pub(super) fn write(
    transaction: &Transaction<'_>,
    folder: FolderId,
    uid: Uid,
    recorded: &Recorded,
) -> rusqlite::Result<usize> {
    let sql = "INSERT OR REPLACE INTO label (folder, remote, labels, stamp, manner) VALUES (?1, ?2, ?3, ?4, ?5)";
    let (stamp, manner) = (recorded.stamp.cast_signed(), recorded.manner.cast_signed());
    let values = params![folder.0, uid.get(), recorded.labels.text(), stamp, manner];
    transaction.prepare_cached(sql)?.execute(values)
}
