//! The tables, and which version of them a file holds.

use rusqlite::{Connection, TransactionBehavior};

/// The version this program writes, in `PRAGMA user_version`; 0 is an empty file.
pub const VERSION: u32 = 10;

/// What takes a file from each version to the next.
///
/// Marks are JSON, keywords are separated by spaces (no keyword may hold one), flags are bits as in `System::bits`; a key of 0
/// is unknown; `kept` is 0 for what both sides had, 1 for what stays on one of them, and 2 for what isn't looked at any more.
const STEPS: [&str; VERSION as usize] = [
    "
CREATE TABLE folder (
    id INTEGER PRIMARY KEY,
    local TEXT NOT NULL UNIQUE,
    remote TEXT NOT NULL,
    uid_validity INTEGER,
    remote_mark TEXT,
    local_mark TEXT
);
CREATE TABLE message (
    folder INTEGER NOT NULL,
    remote INTEGER NOT NULL,
    local INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    keywords TEXT NOT NULL,
    kept INTEGER NOT NULL,
    PRIMARY KEY (folder, remote)
) WITHOUT ROWID;
CREATE TABLE intent (
    folder INTEGER NOT NULL,
    local_name TEXT NOT NULL,
    size INTEGER NOT NULL,
    header TEXT NOT NULL,
    uid_next INTEGER NOT NULL,
    PRIMARY KEY (folder, local_name)
) WITHOUT ROWID;
",
    "
ALTER TABLE message ADD COLUMN key INTEGER NOT NULL DEFAULT 0;
CREATE TABLE quarantine (
    folder INTEGER NOT NULL,
    side TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    tried INTEGER NOT NULL,
    PRIMARY KEY (folder, side, name)
) WITHOUT ROWID;
",
    "
ALTER TABLE folder ADD COLUMN doubt INTEGER;
CREATE TABLE unflushed (
    boot TEXT NOT NULL,
    since INTEGER NOT NULL
);
",
    "
ALTER TABLE intent ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
",
    "
ALTER TABLE quarantine ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
",
    "
CREATE TABLE scope (
    folder INTEGER PRIMARY KEY,
    terms TEXT NOT NULL,
    since INTEGER,
    first INTEGER NOT NULL,
    ignored TEXT NOT NULL,
    outside TEXT NOT NULL,
    count INTEGER NOT NULL
);
",
    // Of Gmail's messages alone, so that it takes no room elsewhere.
    "
CREATE TABLE identity (
    folder INTEGER NOT NULL,
    remote INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    PRIMARY KEY (folder, remote)
) WITHOUT ROWID;
",
    // Of accounts with two servers.
    "
CREATE TABLE mapped (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    uid_validity INTEGER NOT NULL
);
CREATE TABLE number (
    mapped INTEGER NOT NULL,
    remote INTEGER NOT NULL,
    local INTEGER NOT NULL,
    PRIMARY KEY (mapped, remote)
) WITHOUT ROWID;
CREATE UNIQUE INDEX number_of ON number (mapped, local);
CREATE TABLE expected (
    mapped INTEGER NOT NULL,
    remote INTEGER NOT NULL,
    uid_next INTEGER NOT NULL,
    PRIMARY KEY (mapped, remote)
) WITHOUT ROWID;
",
    // Of accounts whose labels are kept the same. Labels are separated by line ends.
    "
CREATE TABLE label (
    folder INTEGER NOT NULL,
    remote INTEGER NOT NULL,
    labels TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    PRIMARY KEY (folder, remote)
) WITHOUT ROWID;
",
    // Of labels that were recorded before, nobody knows in which field they were.
    "
ALTER TABLE label ADD COLUMN manner INTEGER NOT NULL DEFAULT 0;
",
];

/// The version of the tables in this file.
pub fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Makes the tables in an empty file, or brings older ones up to this version. Others may be about to do the same.
pub fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let steps = STEPS.get(version(&transaction)? as usize..).unwrap_or_default();
    for step in steps {
        transaction.execute_batch(step)?;
    }
    if !steps.is_empty() {
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}
