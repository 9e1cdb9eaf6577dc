//! Changes to the ledger, one by one.

use rusqlite::{Transaction, params};

use super::rows::{kept, side_text};
use super::{Entry, FolderId, Intent, Quarantined, labels, numbers, scope};
use crate::model::ids::FileKey;

/// Makes one change.
pub(super) fn record(transaction: &Transaction<'_>, folder: FolderId, entry: &Entry) -> rusqlite::Result<()> {
    let count = match entry {
        Entry::Put(row) => {
            let sql = "INSERT OR REPLACE INTO message (folder, remote, local, flags, keywords, kept, key)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let (flags, keywords) = (row.flags.system.bits(), row.flags.keywords().join(" "));
            let (kept, key) = (kept(row.state), row.key.map_or(0, FileKey::get).cast_signed());
            let values = params![folder.0, row.remote.get(), row.local.get(), flags, keywords, kept, key];
            transaction.prepare_cached(sql)?.execute(values)
        }
        Entry::Forget(uid) => {
            numbers::forget(transaction, folder, *uid)?;
            let of = params![folder.0, uid.get()];
            transaction.prepare_cached("DELETE FROM identity WHERE folder = ?1 AND remote = ?2")?.execute(of)?;
            transaction.prepare_cached("DELETE FROM label WHERE folder = ?1 AND remote = ?2")?.execute(of)?;
            transaction.prepare_cached("DELETE FROM message WHERE folder = ?1 AND remote = ?2")?.execute(of)
        }
        Entry::Identify { uid, identity } => transaction
            .prepare_cached("INSERT OR REPLACE INTO identity (folder, remote, identity) VALUES (?1, ?2, ?3)")?
            .execute(params![folder.0, uid.get(), identity.cast_signed()]),
        Entry::Label { uid, recorded } => labels::write(transaction, folder, *uid, recorded),
        Entry::Intend(intent) => {
            let sql = "INSERT OR REPLACE INTO intent (folder, local_name, size, header, uid_next, flags, keywords)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let Intent { local_name, fingerprint, flags, uid_next } = intent;
            let size = i64::try_from(fingerprint.size).unwrap_or(i64::MAX);
            let (bits, keywords) = (flags.system.bits(), flags.keywords().join(" "));
            let values = params![folder.0, local_name, size, fingerprint.header, uid_next, bits, keywords];
            transaction.prepare_cached(sql)?.execute(values)
        }
        Entry::Settle { local_name } => transaction
            .prepare_cached("DELETE FROM intent WHERE folder = ?1 AND local_name = ?2")?
            .execute(params![folder.0, local_name]),
        Entry::LookAgain => transaction
            .prepare_cached("UPDATE folder SET remote_mark = NULL, local_mark = NULL WHERE id = ?1")?
            .execute([folder.0]),
        Entry::Confine(scope) => scope::write(transaction, folder, scope.as_ref()),
        Entry::Trust => transaction.prepare_cached("UPDATE folder SET doubt = NULL WHERE id = ?1")?.execute([folder.0]),
        Entry::Quarantine(message) => {
            let sql = "INSERT INTO quarantine (folder, side, name, subject, reason, tried, ignored)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                       ON CONFLICT DO UPDATE SET subject = ?4, reason = ?5, tried = ?6, ignored = MAX(ignored, ?7)";
            let Quarantined { side, name, subject, reason, tried, ignored } = message;
            let values = params![folder.0, side_text(*side), name, subject, reason, tried, ignored];
            transaction.prepare_cached(sql)?.execute(values)
        }
        Entry::Ignore { side, name } => transaction
            .prepare_cached("UPDATE quarantine SET ignored = 1 WHERE folder = ?1 AND side = ?2 AND name = ?3")?
            .execute(params![folder.0, side_text(*side), name]),
        Entry::Retry { side, name } => transaction
            .prepare_cached(
                "UPDATE quarantine SET tried = 0, ignored = 0 WHERE folder = ?1 AND side = ?2 AND name = ?3",
            )?
            .execute(params![folder.0, side_text(*side), name]),
        Entry::Release { side, name } => transaction
            .prepare_cached("DELETE FROM quarantine WHERE folder = ?1 AND side = ?2 AND name = ?3")?
            .execute(params![folder.0, side_text(*side), name]),
    };
    count.map(drop)
}
