//! Loading and storing what both sides have.

use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use tempfile::TempDir;

use blinkensync::model::flags::Flags;
use blinkensync::model::ids::{FileKey, Uid};
use blinkensync::store::ledger::sqlite::{SqliteLedger, ledger_path};
use blinkensync::store::ledger::{Entry, FolderId, Ledger, Row, State};

use super::MANY;

/// Messages that are recorded in one transaction.
const GROUP: usize = 250;

fn row(uid: Uid) -> Row {
    let flags = Flags::from_imap(
        if uid.get().is_multiple_of(3) { &["\\Seen", "$Label1"][..] } else { &["\\Seen"] }.iter().copied(),
    );
    Row { remote: uid, local: uid, flags, state: State::Synced, key: FileKey::new(u64::from(uid.get()) << 20) }
}

fn groups() -> Vec<Vec<Entry>> {
    let entries: Vec<Entry> = (1..=MANY).filter_map(Uid::new).map(|uid| Entry::Put(row(uid))).collect();
    entries.chunks(GROUP).map(<[Entry]>::to_vec).collect()
}

fn open(metadata: &Path) -> (SqliteLedger, FolderId) {
    let mut ledger = SqliteLedger::open(&ledger_path(metadata, "bench")).unwrap();
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    (ledger, folder)
}

fn store(ledger: &mut SqliteLedger, folder: FolderId, groups: &[Vec<Entry>]) {
    for group in groups {
        ledger.record(folder, group).unwrap();
    }
}

#[divan::bench(sample_count = 20)]
fn load(bencher: Bencher<'_, '_>) {
    let metadata = TempDir::new().unwrap();
    let (mut ledger, folder) = open(metadata.path());
    store(&mut ledger, folder, &groups());
    assert_eq!(ledger.rows(folder).unwrap().len(), MANY as usize);
    bencher.counter(ItemsCount::new(MANY)).bench_local(|| ledger.rows(folder).unwrap());
}

/// Everything that a first run records; each group is on the disk before the next begins.
#[divan::bench(sample_count = 5)]
fn store_in_groups(bencher: Bencher<'_, '_>) {
    let groups = groups();
    bencher
        .counter(ItemsCount::new(MANY))
        .with_inputs(|| {
            let metadata = TempDir::new().unwrap();
            let (ledger, folder) = open(metadata.path());
            (ledger, folder, metadata)
        })
        .bench_local_refs(|(ledger, folder, _)| store(ledger, *folder, &groups));
}

/// Opens a ledger and asks which folders there are, as each run does.
#[divan::bench]
fn open_with_a_hundred_folders(bencher: Bencher<'_, '_>) {
    let metadata = TempDir::new().unwrap();
    let (mut ledger, _) = open(metadata.path());
    for number in 1..100 {
        let name = format!("list{number:03}");
        ledger.folder(&name, &name).unwrap();
    }
    let path = ledger_path(metadata.path(), "bench");
    assert_eq!(ledger.folders().unwrap().len(), 100);
    drop(ledger);
    bencher.bench_local(|| SqliteLedger::open(&path).unwrap().folders().unwrap());
}
