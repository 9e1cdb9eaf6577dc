//! The tables' rows as what they mean.

use rusqlite::Row as SqlRow;

use crate::model::flags::{Flags, System};
use crate::model::ids::{FileKey, Side, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::Fingerprint;

use super::{FolderId, FolderRecord, Intent, Quarantined, Row, State};

pub(super) fn folder_record(row: &SqlRow<'_>) -> rusqlite::Result<FolderRecord> {
    let mark = |column| -> rusqlite::Result<Option<Mark>> {
        // A mark that can't be read only means another look.
        Ok(row.get::<_, Option<String>>(column)?.and_then(|text| serde_json::from_str(&text).ok()))
    };
    Ok(FolderRecord {
        id: FolderId(row.get(0)?),
        remote: row.get(1)?,
        local: row.get(2)?,
        uid_validity: row.get::<_, Option<u32>>(3)?.map(UidValidity),
        remote_mark: mark(4)?,
        local_mark: mark(5)?,
        doubt: row.get(6)?,
    })
}

pub(super) fn uid(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Uid> {
    let number: u32 = row.get(column)?;
    Uid::new(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, 0))
}

pub(super) fn identity_row(row: &SqlRow<'_>) -> rusqlite::Result<(Uid, u64)> {
    Ok((uid(row, 0)?, row.get::<_, i64>(1)?.cast_unsigned()))
}

pub(super) fn message_row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let flags = flags(row, 2)?;
    let state = state(row.get(4)?);
    let key = FileKey::new(row.get::<_, i64>(5)?.cast_unsigned());
    Ok(Row { remote: uid(row, 0)?, local: uid(row, 1)?, flags, state, key })
}

/// How a state is written down.
pub(super) fn kept(state: State) -> u8 {
    match state {
        State::Synced => 0,
        State::Kept => 1,
        State::Outside => 2,
    }
}

fn state(kept: u8) -> State {
    match kept {
        0 => State::Synced,
        2 => State::Outside,
        _ => State::Kept,
    }
}

/// Flags as they are kept in two columns, of which the first is this one.
fn flags(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Flags> {
    let mut flags = Flags::of(System::from_bits(row.get(column)?));
    for keyword in row.get_ref(column + 1)?.as_str()?.split(' ').filter(|keyword| !keyword.is_empty()) {
        flags.insert_keyword(keyword.into());
    }
    Ok(flags)
}

pub(super) fn quarantine_row(row: &SqlRow<'_>) -> rusqlite::Result<Quarantined> {
    let side = if row.get_ref(0)?.as_str()? == side_text(Side::Remote) { Side::Remote } else { Side::Local };
    let (name, subject, reason) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Quarantined { side, name, subject, reason, tried: row.get(4)?, ignored: row.get(5)? })
}

pub(super) fn side_text(side: Side) -> &'static str {
    match side {
        Side::Remote => "remote",
        Side::Local => "local",
    }
}

pub(super) fn intent_row(row: &SqlRow<'_>) -> rusqlite::Result<Intent> {
    let size: i64 = row.get(1)?;
    let fingerprint = Fingerprint { size: u64::try_from(size).unwrap_or(0), header: row.get(2)? };
    let flags = flags(row, 4)?;
    Ok(Intent { local_name: row.get(0)?, fingerprint, flags, uid_next: row.get(3)? })
}
