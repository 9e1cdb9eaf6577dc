//! Maildirs whose file names come from hell: every file is a message, and nothing that is done to one touches another.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use blinkensync::model::flags::Flags;
use blinkensync::model::ids::Uid;
use blinkensync::model::message::MessageId;
use blinkensync::store::bytes::md5_hex;
use blinkensync::store::{FlagChange, Mailbox, Repository};
use proptest::prelude::*;

use crate::mailbox::{fetch, listed, maildir};

/// A file's name: pieces of names in any order, and bytes that are in none.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let ours = format!(",FMD5={}", md5_hex(b"INBOX"));
    let piece = prop_oneof![
        Just(b":2,".to_vec()),
        Just(b":1,".to_vec()),
        Just(b",U=0".to_vec()),
        Just(b",U=99999999999".to_vec()),
        Just(b",U=4294967295".to_vec()),
        (1u32..4).prop_map(|number| format!(",U={number}").into_bytes()),
        Just(ours.into_bytes()),
        Just(b",FMD5=00".to_vec()),
        Just(b"SSTFaD".to_vec()),
        Just(b"\xFF\xFE\n\x1B[2J".to_vec()),
        Just(vec![b'x'; 150]),
        "[0-9a-zA-Z:,=._]{1,8}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>().prop_filter("not in names", |byte| *byte != b'/' && *byte != 0), 1..6),
    ];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// The contents of all files, which tell them apart.
fn contents(folder: &Path) -> BTreeSet<Vec<u8>> {
    let parts = ["cur", "new"].into_iter().flat_map(|part| fs::read_dir(folder.join(part)).unwrap());
    parts.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

/// Writes the files that the file system takes; how many there are that count as messages.
fn fill(folder: &Path, names: &[(Vec<u8>, bool)]) -> usize {
    let mut messages = 0;
    for (number, (name, new)) in names.iter().enumerate() {
        let path = folder.join(if *new { "new" } else { "cur" }).join(OsStr::from_bytes(name));
        let fits = name.len() <= 255 && *name != b".." && *name != b"." && !path.exists();
        if fits && fs::write(&path, format!("Subject: {number}\n\n{number}\n")).is_ok() {
            messages += usize::from(!name.starts_with(b"."));
        }
    }
    messages
}

fn ids(mailbox: &mut dyn Mailbox) -> Vec<MessageId> {
    listed(mailbox).into_iter().map(|row| row.0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_file_is_a_message_whatever_it_is_called(names in proptest::collection::vec((name(), any::<bool>()), 1..12)) {
        let root = tempfile::tempdir().unwrap();
        let mut repository = maildir(root.path(), '.', false);
        let folder = root.path().join("INBOX");
        let messages = fill(&folder, &names);
        let before = contents(&folder);
        let mut mailbox = repository.open("INBOX", true).unwrap();
        let all = ids(&mut *mailbox);
        prop_assert_eq!(all.len(), messages);
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), messages, "one name for two messages");
        let mut bodies = BTreeMap::new();
        for id in &all {
            prop_assert!(mailbox.fingerprint(*id).unwrap().is_some());
            bodies.insert(*id, fetch(&mut *mailbox, *id).unwrap().1);
        }
        // A name that is too long for one more letter, or that another file has, is that message's fault.
        let change = |id: &MessageId| FlagChange {
            id: *id,
            add: Flags::from_imap(["\\Flagged"]),
            remove: Flags::from_imap(["\\Seen"]),
        };
        let faults = mailbox.change_flags(&all.iter().map(change).collect::<Vec<_>>()).unwrap();
        let unchanged: Vec<&Vec<u8>> = faults.iter().map(|(id, _)| &bodies[id]).collect();
        prop_assert_eq!(contents(&folder), before.clone());
        let flagged = listed(&mut *mailbox);
        for (id, flags) in &flagged {
            let body = fetch(&mut *mailbox, *id).unwrap().1;
            let right = flags.contains("\\Flagged") && !flags.contains("\\Seen");
            prop_assert!(right || unchanged.contains(&&body), "{:?}: {}", id, flags);
        }
        // Numbers for those that have none.
        let fresh = flagged.iter().map(|row| row.0).filter(|id| id.uid().is_none());
        let numbers: Vec<(MessageId, Uid)> = fresh.zip((1000..).filter_map(Uid::new)).collect();
        mailbox.number(&numbers).unwrap();
        prop_assert_eq!(contents(&folder), before.clone());
        // One is deleted, and the others stay.
        let numbered = ids(&mut *mailbox);
        prop_assert_eq!(numbered.len(), messages);
        if let Some(victim) = numbered.first() {
            let body = fetch(&mut *mailbox, *victim).unwrap().1;
            prop_assert!(mailbox.delete(&[*victim]).unwrap().is_empty());
            let gone: Vec<Vec<u8>> = before.difference(&contents(&folder)).cloned().collect();
            prop_assert_eq!(gone.len(), 1);
            prop_assert_eq!(String::from_utf8_lossy(&gone[0]).replace('\n', "\r\n").into_bytes(), body);
            prop_assert_eq!(ids(&mut *mailbox).len(), messages - 1);
        }
    }
}
