//! Looking at Maildirs.

use std::fs::{self, File};
use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use tempfile::TempDir;

use blinkensync::model::message::Look;
use blinkensync::store::Repository;
use blinkensync::store::maildir::Maildir;

use super::MANY;

/// The digest of the name INBOX, as it stands in file names.
const DIGEST: &str = "7e33429f656f1e6e9d79b29c3f82c57e";

fn folder(root: &Path, name: &str) {
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(root.join(name).join(part)).unwrap();
    }
}

fn look(maildir: &mut Maildir) -> Look {
    maildir.open("INBOX", false).unwrap().look(None).unwrap()
}

/// Reads all names of a folder of 100,000 messages.
#[divan::bench(sample_count = 20)]
fn scan(bencher: Bencher<'_, '_>) {
    let root = TempDir::new().unwrap();
    folder(root.path(), "INBOX");
    let cur = root.path().join("INBOX/cur");
    for uid in 1..=MANY {
        let name = format!("1700000000_{uid}.1234.host,U={uid},FMD5={DIGEST}:2,{}", ["S", "RS", ""][uid as usize % 3]);
        File::create(cur.join(name)).unwrap();
    }
    let mut maildir = Maildir::open(root.path(), '.', true);
    assert_eq!(look(&mut maildir).uids().count(), MANY as usize);
    bencher.counter(ItemsCount::new(MANY)).bench_local(|| look(&mut maildir));
}

/// Looks at the directories of 100 folders, as is done when nothing has changed.
#[divan::bench]
fn times_of_a_hundred_folders(bencher: Bencher<'_, '_>) {
    let root = TempDir::new().unwrap();
    for number in 0..100 {
        folder(root.path(), &format!("list{number:03}"));
    }
    let mut maildir = Maildir::open(root.path(), '.', true);
    assert!(maildir.folders().unwrap().iter().all(|folder| folder.mark.is_some()));
    bencher.counter(ItemsCount::new(100_u32)).bench_local(|| maildir.folders().unwrap());
}
