use std::fs;

use rusqlite::Connection;

use super::*;

const PLAIN: &str = "OFFLINEIMAP LocalStatus CACHE DATA - DO NOT MODIFY - FORMAT 2\n";

struct Metadata(tempfile::TempDir);

impl Metadata {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for directory in ["Account-A/LocalStatus-sqlite", "Account-A/LocalStatus", "Repository-R/FolderValidity"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        Self(root)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn sqlite(&self, name: &str, script: &str) -> Vec<u8> {
        let path = self.0.path().join(name);
        Connection::open(&path).unwrap().execute_batch(script).unwrap();
        fs::read(path).unwrap()
    }

    fn read(&self, folder: &str) -> Result<Option<Cache>, String> {
        Caches::new(self.0.path(), "A", "R").read(folder, &folder.replace('/', "."))
    }
}

fn shown(cache: &Cache) -> String {
    let messages = cache.messages.iter().map(|(uid, flags)| format!("{uid}({flags})")).collect::<Vec<_>>().join(" ");
    format!("{} {messages}", cache.validity.0)
}

#[test]
fn both_versions_of_the_tables_are_read_and_left_as_they_are() {
    let metadata = Metadata::new();
    metadata.write("Repository-R/FolderValidity/A.B", "77\n");
    metadata.write("Repository-R/FolderValidity/INBOX", "78\n");
    let before = metadata.sqlite(
        "Account-A/LocalStatus-sqlite/A.B",
        "CREATE TABLE metadata (key VARCHAR(50) PRIMARY KEY, value VARCHAR(128));
         INSERT INTO metadata VALUES('db_version', '1');
         CREATE TABLE status (id INTEGER PRIMARY KEY, flags VARCHAR(50));
         INSERT INTO status VALUES (5, 'FS'), (-1, ''), (9, NULL);",
    );
    metadata.sqlite(
        "Account-A/LocalStatus-sqlite/INBOX",
        "CREATE TABLE metadata (key VARCHAR(50) PRIMARY KEY, value VARCHAR(128));
         INSERT INTO metadata VALUES('db_version', '2');
         CREATE TABLE status (id INTEGER PRIMARY KEY, flags VARCHAR(50), mtime INTEGER, labels VARCHAR(256));
         INSERT INTO status VALUES (7, 'T', 0, ''), (8, '', 5, 'Caf&AOk-, Sea food, \\Inbox'), (9, '', 5, NULL), (-1, '', 5, 'x');",
    );
    metadata.write("Account-A/LocalStatus/INBOX", &format!("{PLAIN}1||0|\n"));
    assert_eq!(shown(&metadata.read("A/B").unwrap().unwrap()), "77 5(\\Flagged \\Seen) 9()");
    let inbox = metadata.read("INBOX").unwrap().unwrap();
    assert_eq!((shown(&inbox).as_str(), inbox.plain), ("78 7(\\Deleted) 8() 9()", false));
    assert_eq!(inbox.labels, [(Uid::new(8).unwrap(), Labels::from_iter(["Café", "Sea food", "\\Inbox"]))]);
    let directory = metadata.0.path().join("Account-A/LocalStatus-sqlite");
    assert_eq!(fs::read(directory.join("A.B")).unwrap(), before);
    assert_eq!(fs::read_dir(directory).unwrap().count(), 2, "nothing appeared beside them");
}

#[test]
fn a_plain_cache_is_taken_where_there_is_no_other() {
    let metadata = Metadata::new();
    metadata.write("Repository-R/FolderValidity/INBOX", "1");
    metadata.write("Account-A/LocalStatus/INBOX", &format!("{PLAIN}3|S|0|\n"));
    let cache = metadata.read("INBOX").unwrap().unwrap();
    assert_eq!((shown(&cache).as_str(), cache.plain), ("1 3(\\Seen)", true));
}

#[test]
fn what_is_not_there_is_none_and_what_is_damaged_is_said() {
    let metadata = Metadata::new();
    assert_eq!(metadata.read("INBOX"), Ok(None));
    metadata.write("Repository-R/FolderValidity/INBOX", "1\n");
    assert_eq!(metadata.read("INBOX"), Ok(None));
    metadata.write("Account-A/LocalStatus-sqlite/INBOX", "no database");
    assert!(metadata.read("INBOX").unwrap_err().contains("LocalStatus-sqlite/INBOX"));
    metadata.write("Repository-R/FolderValidity/Bad", "\n");
    assert!(metadata.read("Bad").unwrap_err().contains("UIDVALIDITY"));
}

#[test]
fn what_was_being_written_when_it_was_cut_off_is_read_as_it_was_before() {
    let metadata = Metadata::new();
    let directory = metadata.0.path().join("Account-A/LocalStatus-sqlite");
    metadata.write("Repository-R/FolderValidity/Half", "1\n");
    let mut working = Connection::open(directory.join("working")).unwrap();
    let table = "PRAGMA cache_size = 2; CREATE TABLE status (id INTEGER PRIMARY KEY, flags TEXT)";
    working.execute_batch(table).unwrap();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)";
    working.execute(&format!("INSERT INTO status {numbers} SELECT i, 'S' FROM n"), []).unwrap();
    let half = working.transaction().unwrap();
    half.execute("UPDATE status SET flags = 'ST'", []).unwrap();
    half.execute("DELETE FROM status WHERE id < 1000", []).unwrap();
    for end in ["", "-journal"] {
        fs::copy(directory.join(format!("working{end}")), directory.join(format!("Half{end}"))).unwrap();
    }
    let files = || ["", "-journal"].map(|end| fs::read(directory.join(format!("Half{end}"))).unwrap());
    let before = files();
    let read = metadata.read("Half").unwrap().unwrap().messages;
    assert!(read.len() == 5000 && read.iter().all(|(_, own)| *own == flags("S")), "{}", read.len());
    assert!(files() == before, "the files were touched");
}

#[test]
fn folders_go_by_the_names_that_files_can_have() {
    for (folder, file) in [("INBOX", "INBOX"), ("A/B", "A.B"), ("", "dot"), (".", "dot"), ("/", "dot"), ("a.", "a.")] {
        assert_eq!(file_name(folder), file);
    }
}
