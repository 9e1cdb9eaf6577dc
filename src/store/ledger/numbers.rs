//! Which message on a local server is which on the remote one.
//!
//! A Maildir has its counterparts' UIDs in the names of its files. Where the local side is a server, they are kept here, folder
//! by folder, beside the server's own UIDs, and hold for as long as its UIDVALIDITY does. A message that is about to be sent
//! there is expected first: a run that is cut off between the server's storing and our recording is recognised by that.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::FolderId;
use super::sqlite::SqliteLedger;
use crate::model::fault::Fault;
use crate::model::ids::{Uid, UidValidity};

/// What is known of the messages of one folder on the local server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The local server's UIDVALIDITY under which they hold; `None` for a folder of which nothing is known.
    pub validity: Option<UidValidity>,
    /// The local UIDs of messages, by their remote ones.
    pub here: HashMap<Uid, Uid>,
    /// The remote UIDs of messages, by their local ones.
    pub there: HashMap<Uid, Uid>,
    /// Messages that were about to be sent to the local server, by their remote UIDs, each with the UID that it got there at
    /// least.
    pub expected: BTreeMap<Uid, u32>,
}

impl Numbers {
    /// This message on the remote side is that one on the local side, and no other.
    pub fn put(&mut self, remote: Uid, local: Uid) {
        if let Some(before) = self.here.insert(remote, local) {
            self.there.remove(&before);
        }
        if let Some(before) = self.there.insert(local, remote).filter(|before| *before != remote) {
            self.here.remove(&before);
        }
    }

    /// Nothing is known any more of the counterpart of this message on the remote side.
    pub fn remove(&mut self, remote: Uid) {
        if let Some(local) = self.here.remove(&remote) {
            self.there.remove(&local);
        }
    }
}

impl SqliteLedger {
    /// What is known of the folder with this local name.
    pub fn numbers(&mut self, name: &str) -> Result<Numbers, Fault> {
        self.read(|connection| {
            let mut numbers = Numbers::default();
            let Some((id, validity)) = find(connection, name)? else { return Ok(numbers) };
            numbers.validity = Some(validity);
            let mut statement = connection.prepare_cached("SELECT remote, local FROM number WHERE mapped = ?1")?;
            let pairs = statement.query_map([id], |row| Ok((uid(row, 0)?, uid(row, 1)?)))?;
            for pair in pairs {
                let (remote, local) = pair?;
                numbers.put(remote, local);
            }
            let mut statement = connection.prepare_cached("SELECT remote, uid_next FROM expected WHERE mapped = ?1")?;
            let expected = statement.query_map([id], |row| Ok((uid(row, 0)?, row.get(1)?)))?;
            numbers.expected = expected.collect::<rusqlite::Result<_>>()?;
            Ok(numbers)
        })
    }

    /// Begins to keep the numbers of a folder under this UIDVALIDITY of the local server, unless that is so already. What was
    /// kept under another one is gone.
    pub fn begin_numbers(&mut self, name: &str, validity: UidValidity) -> Result<(), Fault> {
        self.write(|transaction| id_under(transaction, name, validity).map(drop))
    }

    /// Records pairs of remote and local UIDs, of which each takes the place of what was known of either; the remote ones are
    /// not expected any more. All or none; when it returns, they survive a power cut.
    pub fn put_numbers(&mut self, name: &str, validity: UidValidity, pairs: &[(Uid, Uid)]) -> Result<(), Fault> {
        self.write(|transaction| {
            let id = id_under(transaction, name, validity)?;
            for (remote, local) in pairs {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO number (mapped, remote, local) VALUES (?1, ?2, ?3)")?
                    .execute(params![id, remote.get(), local.get()])?;
                settle(transaction, id, *remote)?;
            }
            Ok(())
        })
    }

    /// Forgets what is known of the counterparts of these messages on the remote side.
    pub fn remove_numbers(&mut self, name: &str, remote: &[Uid]) -> Result<(), Fault> {
        self.write(|transaction| {
            let Some((id, _)) = find(transaction, name)? else { return Ok(()) };
            for uid in remote {
                transaction
                    .prepare_cached("DELETE FROM number WHERE mapped = ?1 AND remote = ?2")?
                    .execute(params![id, uid.get()])?;
            }
            Ok(())
        })
    }

    /// Notes that these messages are about to be sent to the local server, where they get this UID or higher ones.
    pub fn expect(&mut self, name: &str, validity: UidValidity, remote: &[Uid], uid_next: u32) -> Result<(), Fault> {
        self.write(|transaction| {
            let id = id_under(transaction, name, validity)?;
            for uid in remote {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO expected (mapped, remote, uid_next) VALUES (?1, ?2, ?3)")?
                    .execute(params![id, uid.get(), uid_next])?;
            }
            Ok(())
        })
    }

    /// These messages are not expected any more.
    pub fn settle(&mut self, name: &str, remote: &[Uid]) -> Result<(), Fault> {
        self.write(|transaction| {
            let Some((id, _)) = find(transaction, name)? else { return Ok(()) };
            remote.iter().try_for_each(|uid| settle(transaction, id, *uid))
        })
    }

    /// Forgets everything about the folder with this local name.
    pub fn forget_numbers(&mut self, name: &str) -> Result<(), Fault> {
        self.write(|transaction| {
            let found = find(transaction, name)?;
            found.map_or(Ok(()), |(id, _)| empty(transaction, id))?;
            transaction.execute("DELETE FROM mapped WHERE name = ?1", [name]).map(drop)
        })
    }
}

/// A message that the ledger forgets has no counterpart any more.
pub(super) fn forget(transaction: &Transaction<'_>, folder: FolderId, remote: Uid) -> rusqlite::Result<()> {
    let sql = "DELETE FROM number WHERE remote = ?2 AND mapped IN
               (SELECT mapped.id FROM mapped JOIN folder ON mapped.name = folder.local WHERE folder.id = ?1)";
    transaction.prepare_cached(sql)?.execute(params![folder.0, remote.get()]).map(drop)
}

fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<(i64, UidValidity)>> {
    let mut statement = connection.prepare_cached("SELECT id, uid_validity FROM mapped WHERE name = ?1")?;
    statement.query_row([name], |row| Ok((row.get(0)?, UidValidity(row.get(1)?)))).optional()
}

/// The folder's number, once all that is kept of it holds under this UIDVALIDITY.
fn id_under(transaction: &Transaction<'_>, name: &str, validity: UidValidity) -> rusqlite::Result<i64> {
    match find(transaction, name)? {
        Some((id, known)) if known == validity => Ok(id),
        Some((id, _)) => {
            empty(transaction, id)?;
            transaction.execute("UPDATE mapped SET uid_validity = ?2 WHERE id = ?1", params![id, validity.0])?;
            Ok(id)
        }
        None => {
            transaction
                .execute("INSERT INTO mapped (name, uid_validity) VALUES (?1, ?2)", params![name, validity.0])?;
            Ok(transaction.last_insert_rowid())
        }
    }
}

fn empty(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    for table in ["number", "expected"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE mapped = ?1"), [id])?;
    }
    Ok(())
}

fn settle(transaction: &Transaction<'_>, id: i64, remote: Uid) -> rusqlite::Result<()> {
    let sql = "DELETE FROM expected WHERE mapped = ?1 AND remote = ?2";
    transaction.prepare_cached(sql)?.execute(params![id, remote.get()]).map(drop)
}

fn uid(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Uid> {
    let number: u32 = row.get(column)?;
    Uid::new(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, i64::from(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flags::Flags;
    use crate::store::ledger::{Entry, Ledger, Row, State};

    fn uid(number: u32) -> Uid {
        Uid::new(number).unwrap()
    }

    fn pairs(ledger: &mut SqliteLedger, name: &str) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> =
            ledger.numbers(name).unwrap().here.iter().map(|(there, here)| (there.get(), here.get())).collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn numbers_are_one_to_one_and_hold_under_one_uidvalidity() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger");
        let mut ledger = SqliteLedger::open(&path).unwrap();
        let (first, second) = (UidValidity(7), UidValidity(8));
        assert_eq!(ledger.numbers("a").unwrap(), Numbers::default());
        ledger.expect("a", first, &[uid(1), uid(2), uid(3)], 11).unwrap();
        ledger.put_numbers("a", first, &[(uid(1), uid(11)), (uid(2), uid(12))]).unwrap();
        ledger.put_numbers("b", second, &[(uid(1), uid(11))]).unwrap();
        let mut again = SqliteLedger::open(&path).unwrap();
        let known = again.numbers("a").unwrap();
        assert_eq!((known.validity, known.there.get(&uid(12))), (Some(first), Some(&uid(2))));
        assert_eq!(known.expected, BTreeMap::from([(uid(3), 11)]));
        // One that takes another's place leaves nothing of it behind, here as in memory.
        let mut memory = known;
        ledger.put_numbers("a", first, &[(uid(3), uid(12)), (uid(1), uid(13))]).unwrap();
        memory.put(uid(3), uid(12));
        memory.put(uid(1), uid(13));
        assert_eq!(pairs(&mut ledger, "a"), [(1, 13), (3, 12)]);
        memory.expected.clear();
        assert_eq!(ledger.numbers("a").unwrap(), memory);
        ledger.expect("a", first, &[uid(4)], 1).unwrap();
        ledger.remove_numbers("a", &[uid(3)]).unwrap();
        assert_eq!(pairs(&mut ledger, "a"), [(1, 13)]);
        ledger.begin_numbers("a", first).unwrap();
        assert_eq!(pairs(&mut ledger, "a"), [(1, 13)]);
        ledger.begin_numbers("a", second).unwrap();
        assert_eq!(ledger.numbers("a").unwrap(), Numbers { validity: Some(second), ..Numbers::default() });
        assert_eq!(pairs(&mut ledger, "b"), [(1, 11)]);
        ledger.forget_numbers("b").unwrap();
        assert_eq!(ledger.numbers("b").unwrap(), Numbers::default());
    }

    #[test]
    fn what_the_ledger_forgets_has_no_number_any_more() {
        let directory = tempfile::tempdir().unwrap();
        let mut ledger = SqliteLedger::open(&directory.path().join("ledger")).unwrap();
        let record = ledger.folder("there", "here").unwrap();
        ledger.put_numbers("here", UidValidity(7), &[(uid(1), uid(11)), (uid(2), uid(12))]).unwrap();
        ledger.put_numbers("there", UidValidity(7), &[(uid(1), uid(11))]).unwrap();
        let row = Row { remote: uid(1), local: uid(1), flags: Flags::default(), state: State::Synced, key: None };
        ledger.record(record.id, &[Entry::Put(row), Entry::Forget(uid(1))]).unwrap();
        assert_eq!(pairs(&mut ledger, "here"), [(2, 12)]);
        assert_eq!(pairs(&mut ledger, "there"), [(1, 11)]);
    }
}
