//! The suite of `Ledger`.

// What only the one in a file can show.
mod file;

use blinkensync::model::flags::Flags;
use blinkensync::model::ids::{FileKey, ModSeq, Side, Uid, UidValidity};
use blinkensync::model::mark::{DirStamp, MaildirMark, Mark, ServerMark};
use blinkensync::model::message::Fingerprint;
use blinkensync::model::uidset::UidSet;
use blinkensync::store::labels::Recorded;
use blinkensync::store::ledger::sqlite::{SqliteLedger, ledger_path};
use blinkensync::store::ledger::{Entry, Intent, Ledger, Quarantined, Row, Scope, State, Unflushed};

use crate::faulty::{FaultyLedger, Fuse};
use crate::memory::MemoryLedger;

fn row(number: u32, flags: &[&str], state: State) -> Row {
    let uid = Uid::new(number).unwrap();
    let (flags, key) = (Flags::from_imap(flags.iter().copied()), FileKey::new(u64::MAX - u64::from(number)));
    Row { remote: uid, local: uid, flags, state, key: key.filter(|_| number != 9) }
}

fn aside(side: Side, name: &str) -> Quarantined {
    let (subject, reason) = ("Grüße".into(), "too big".into());
    Quarantined { side, name: name.into(), subject, reason, tried: -1, ignored: false }
}

fn intent(name: &str) -> Intent {
    let fingerprint = Fingerprint { size: 5_000_000_000, header: "abc".into() };
    let flags = Flags::from_imap(["\\Seen", "b"]);
    Intent { local_name: name.into(), fingerprint, flags, uid_next: u32::MAX }
}

fn marks() -> (Mark, Mark) {
    let stamp = DirStamp { mtime: -5, ctime: i64::MAX, device: u64::MAX, inode: 1 };
    let server = ServerMark {
        uid_validity: UidValidity(u32::MAX),
        uid_next: 7,
        messages: 3,
        highest_modseq: Some(ModSeq(u64::MAX)),
    };
    (Mark::Server(server), Mark::Maildir(MaildirMark { cur: stamp, new: stamp, racy: true, manner: 3, files: 5 }))
}

fn entries_come_back(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let other = ledger.folder("Other", "Other").unwrap().id;
    let rows = [
        row(7, &[], State::Synced),
        row(8, &[], State::Outside),
        row(u32::MAX, &["\\Seen", "$Forwarded", "b"], State::Kept),
    ];
    let put: Vec<_> = rows.iter().rev().cloned().map(Entry::Put).collect();
    ledger.record(folder, &put).unwrap();
    assert_eq!(ledger.rows(folder).unwrap(), rows);
    assert_eq!(ledger.rows(other).unwrap(), []);
    let changed = row(7, &["\\Flagged"], State::Synced);
    ledger
        .record(
            folder,
            &[
                Entry::Put(changed.clone()),
                Entry::Forget(rows[1].remote),
                Entry::Forget(rows[2].remote),
                Entry::Forget(Uid::new(3).unwrap()),
            ],
        )
        .unwrap();
    assert_eq!(ledger.rows(folder).unwrap(), [changed]);
}

fn what_was_looked_at_is_remembered_until_all_is(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let set = |text| UidSet::parse(text).unwrap();
    let scope = |terms: &str, ignored, since| Scope {
        terms: terms.into(),
        since,
        first: u32::MAX,
        ignored,
        outside: set("1:5,4294967295"),
        count: 7,
    };
    assert_eq!(ledger.scope(folder).unwrap(), None);
    for scope in [scope("older", set("3"), None), scope("", UidSet::default(), Some(-5))] {
        ledger.record(folder, &[Entry::Confine(Some(scope.clone()))]).unwrap();
        assert_eq!(ledger.scope(folder).unwrap(), Some(scope));
    }
    ledger.record(folder, &[Entry::Confine(None)]).unwrap();
    assert_eq!(ledger.scope(folder).unwrap(), None);
    for forget in 0..2 {
        let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
        ledger.record(folder, &[Entry::Confine(Some(scope("x", set("1"), None)))]).unwrap();
        if forget == 0 {
            ledger.restart(folder, UidValidity(3), &[]).unwrap();
        } else {
            ledger.forget_folder("INBOX").unwrap();
        }
        let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
        assert_eq!(ledger.scope(folder).unwrap(), None);
    }
}

fn what_messages_are_called_is_forgotten_with_them(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let uid = |number| Uid::new(number).unwrap();
    let called = |number, identity| Entry::Identify { uid: uid(number), identity };
    ledger.record(folder, &[called(1, 7), called(2, u64::MAX), called(3, 7), called(1, 8)]).unwrap();
    assert_eq!(ledger.identities(folder).unwrap(), [(uid(1), 8), (uid(2), u64::MAX), (uid(3), 7)].into());
    ledger.record(folder, &[Entry::Forget(uid(1))]).unwrap();
    assert_eq!(ledger.identities(folder).unwrap(), [(uid(2), u64::MAX), (uid(3), 7)].into());
    let other = ledger.folder("Other", "Other").unwrap().id;
    ledger.record(other, &[called(1, 1)]).unwrap();
    ledger.restart(folder, UidValidity(1), &[row(1, &[], State::Synced)]).unwrap();
    assert_eq!(ledger.identities(folder).unwrap(), [].into());
    ledger.forget_folder("Other").unwrap();
    let other = ledger.folder("Other", "Other").unwrap().id;
    assert_eq!(ledger.identities(other).unwrap(), [].into());
}

fn labels_are_forgotten_with_their_messages(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let uid = |number| Uid::new(number).unwrap();
    let recorded = |labels: &str, stamp| Recorded { labels: labels.split(',').collect(), stamp, manner: u64::MAX - 1 };
    let label = |number, labels, stamp| Entry::Label { uid: uid(number), recorded: recorded(labels, stamp) };
    ledger.record(folder, &[label(1, "a", 1), label(2, "two words,é", u64::MAX), label(3, "", 0)]).unwrap();
    ledger.record(folder, &[label(1, "b,\\Inbox", 2), Entry::Forget(uid(3))]).unwrap();
    let wanted = [(uid(1), recorded("\\Inbox,b", 2)), (uid(2), recorded("é,two words", u64::MAX))];
    assert_eq!(ledger.labels(folder).unwrap(), wanted.into());
    let other = ledger.folder("Other", "Other").unwrap().id;
    ledger.record(other, &[label(1, "a", 1)]).unwrap();
    ledger.restart(folder, UidValidity(1), &[row(1, &[], State::Synced)]).unwrap();
    assert_eq!(ledger.labels(folder).unwrap(), [].into());
    ledger.forget_folder("Other").unwrap();
    let other = ledger.folder("Other", "Other").unwrap().id;
    assert_eq!(ledger.labels(other).unwrap(), [].into());
}

fn intents_are_kept_until_they_are_settled(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    ledger.record(folder, &[Entry::Intend(intent("a")), Entry::Intend(intent("b"))]).unwrap();
    ledger.record(folder, &[Entry::Put(row(1, &[], State::Synced)), Entry::Settle { local_name: "a".into() }]).unwrap();
    assert_eq!(ledger.intents(folder).unwrap(), [intent("b")]);
}

fn a_folder_is_known_by_its_local_name(ledger: &mut dyn Ledger) {
    let first = ledger.folder("INBOX", "INBOX").unwrap();
    assert_eq!((first.uid_validity, first.remote_mark, first.local_mark), (None, None, None));
    assert_eq!(ledger.folder("INBOX", "INBOX").unwrap(), first);
    ledger.restart(first.id, UidValidity(1), &[row(1, &[], State::Synced)]).unwrap();
    let other = ledger.folder("Other", "INBOX").unwrap();
    assert_eq!((other.uid_validity, other.remote.as_str()), (None, "Other"));
    assert_eq!(ledger.rows(other.id).unwrap(), []);
    ledger.folder("A", "a").unwrap();
    assert_eq!(
        ledger.folders().unwrap().iter().map(|folder| folder.local.as_str()).collect::<Vec<_>>(),
        ["INBOX", "a"]
    );
}

fn a_restart_leaves_only_what_it_is_given(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let (remote, local) = marks();
    ledger.restart(folder, UidValidity(u32::MAX), &[]).unwrap();
    ledger.record(folder, &[Entry::Put(row(1, &[], State::Synced)), Entry::Intend(intent("x"))]).unwrap();
    let both = [aside(Side::Remote, "5"), aside(Side::Local, "x")];
    ledger.record(folder, &both.map(Entry::Quarantine)).unwrap();
    ledger.set_marks(folder, Some(remote), Some(local)).unwrap();
    let record = ledger.folder("INBOX", "INBOX").unwrap();
    assert_eq!(
        (record.uid_validity, record.remote_mark, record.local_mark),
        (Some(UidValidity(u32::MAX)), Some(remote), Some(local))
    );
    ledger.record(folder, &[Entry::Forget(Uid::new(1).unwrap()), Entry::LookAgain]).unwrap();
    let record = ledger.folder("INBOX", "INBOX").unwrap();
    assert_eq!((record.remote_mark, record.local_mark), (None, None));
    ledger.set_marks(folder, Some(remote), Some(local)).unwrap();
    let rows = [row(7, &["\\Seen"], State::Synced), row(9, &[], State::Kept)];
    ledger.restart(folder, UidValidity(2), &rows).unwrap();
    let record = ledger.folder("INBOX", "INBOX").unwrap();
    assert_eq!((record.uid_validity, record.remote_mark, record.local_mark), (Some(UidValidity(2)), None, None));
    assert_eq!(ledger.rows(folder).unwrap(), rows);
    assert_eq!(ledger.intents(folder).unwrap(), []);
    assert_eq!(ledger.quarantined(folder).unwrap(), [aside(Side::Local, "x")]);
}

fn what_is_put_aside_stays_until_it_is_released(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let all = [aside(Side::Remote, "7"), aside(Side::Local, "7"), aside(Side::Local, "a%20b")];
    let entries: Vec<Entry> = all.iter().rev().cloned().map(Entry::Quarantine).collect();
    ledger.record(folder, &entries).unwrap();
    assert_eq!(ledger.quarantined(folder).unwrap(), all);
    let again = Quarantined { tried: i64::MAX, ..all[1].clone() };
    let release = Entry::Release { side: Side::Remote, name: "7".into() };
    ledger.record(folder, &[Entry::Quarantine(again.clone()), release]).unwrap();
    assert_eq!(ledger.quarantined(folder).unwrap(), [again, all[2].clone()]);
    ledger.forget_folder("INBOX").unwrap();
    let anew = ledger.folder("INBOX", "INBOX").unwrap().id;
    assert_eq!(ledger.quarantined(anew).unwrap(), []);
}

fn what_is_ignored_stays_so_until_it_is_to_be_tried_again(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "INBOX").unwrap().id;
    let all = [aside(Side::Remote, "7"), aside(Side::Local, "7")];
    ledger.record(folder, &all.clone().map(Entry::Quarantine)).unwrap();
    let (side, name) = (Side::Remote, "7".to_owned());
    let nobody = Entry::Ignore { side, name: "8".into() };
    ledger.record(folder, &[Entry::Ignore { side, name: name.clone() }, nobody]).unwrap();
    let ignored = Quarantined { ignored: true, ..all[0].clone() };
    assert_eq!(ledger.quarantined(folder).unwrap(), [ignored.clone(), all[1].clone()]);
    // Whoever was just trying it didn't know.
    let tried = Quarantined { tried: 9, reason: "still too big".into(), ..all[0].clone() };
    ledger.record(folder, &[Entry::Quarantine(tried.clone())]).unwrap();
    let ignored = Quarantined { ignored: true, ..tried.clone() };
    assert_eq!(ledger.quarantined(folder).unwrap(), [ignored, all[1].clone()]);
    let nobody = Entry::Retry { side, name: "8".into() };
    ledger.record(folder, &[Entry::Retry { side, name: name.clone() }, nobody]).unwrap();
    let due = Quarantined { tried: 0, ..tried.clone() };
    assert_eq!(ledger.quarantined(folder).unwrap(), [due, all[1].clone()]);
    ledger.record(folder, &[Entry::Quarantine(tried.clone()), Entry::Ignore { side, name: name.clone() }]).unwrap();
    ledger.record(folder, &[Entry::Release { side, name }, Entry::Quarantine(tried.clone())]).unwrap();
    assert_eq!(ledger.quarantined(folder).unwrap(), [tried, all[1].clone()], "what was copied is another matter");
}

fn messages_on_both_sides_are_counted(ledger: &mut dyn Ledger) {
    let folders = ["A", "B", "C"].map(|name| ledger.folder(name, name).unwrap().id);
    assert!(ledger.counts().unwrap().is_empty());
    let rows = |count: u32| (1..=count).map(|number| Entry::Put(row(number, &["\\Seen", "b"], State::Synced)));
    ledger.record(folders[0], &rows(7).collect::<Vec<_>>()).unwrap();
    ledger.record(folders[1], &rows(3).collect::<Vec<_>>()).unwrap();
    let kept = [1, 8].map(|number| Entry::Put(row(number, &[], State::Kept)));
    for folder in [folders[0], folders[2]] {
        ledger.record(folder, &kept).unwrap();
    }
    ledger.record(folders[1], &[Entry::Forget(Uid::new(2).unwrap()), Entry::Intend(intent("x"))]).unwrap();
    ledger.record(folders[2], &[Entry::Quarantine(aside(Side::Local, "y"))]).unwrap();
    assert_eq!(ledger.counts().unwrap(), [(folders[0], 6), (folders[1], 2)].into());
    ledger.forget_folder("A").unwrap();
    assert_eq!(ledger.counts().unwrap(), [(folders[1], 2)].into());
}

fn all_watermarks_are_forgotten_at_once(ledger: &mut dyn Ledger) {
    let folders = ["A", "B"].map(|name| ledger.folder(name, name).unwrap().id);
    let (remote, local) = marks();
    for folder in folders {
        ledger.restart(folder, UidValidity(7), &[row(1, &[], State::Synced)]).unwrap();
        ledger.set_marks(folder, Some(remote), Some(local)).unwrap();
    }
    ledger.look_again().unwrap();
    for record in ledger.folders().unwrap() {
        let validity = Some(UidValidity(7));
        assert_eq!((record.uid_validity, record.remote_mark, record.local_mark), (validity, None, None));
        assert_eq!(ledger.rows(record.id).unwrap().len(), 1);
    }
}

fn a_folder_may_get_another_local_name(ledger: &mut dyn Ledger) {
    let folder = ledger.folder("INBOX", "old").unwrap().id;
    ledger.restart(folder, UidValidity(3), &[row(7, &["\\Seen"], State::Synced)]).unwrap();
    ledger.record(folder, &[Entry::Intend(intent("x")), Entry::Quarantine(aside(Side::Remote, "5"))]).unwrap();
    let (remote, local) = marks();
    ledger.set_marks(folder, Some(remote), Some(local)).unwrap();
    let other = ledger.folder("Other", "new").unwrap().id;
    ledger.restart(other, UidValidity(4), &[row(1, &[], State::Synced)]).unwrap();
    ledger.rename_folder("old", "new").unwrap();
    let record = ledger.folder("INBOX", "new").unwrap();
    assert_eq!((record.id, record.uid_validity, record.remote.as_str()), (folder, Some(UidValidity(3)), "INBOX"));
    assert_eq!((record.remote_mark, record.local_mark), (None, None));
    assert_eq!(ledger.rows(folder).unwrap(), [row(7, &["\\Seen"], State::Synced)]);
    assert_eq!((ledger.intents(folder).unwrap().len(), ledger.quarantined(folder).unwrap().len()), (1, 1));
    let names: Vec<String> = ledger.folders().unwrap().into_iter().map(|folder| folder.local).collect();
    assert!(!names.contains(&"old".to_owned()), "{names:?}");
    ledger.rename_folder("nobody", "knows").unwrap();
}

fn a_forgotten_folder_begins_anew(ledger: &mut dyn Ledger) {
    let (gone, other) = (ledger.folder("A", "a").unwrap().id, ledger.folder("B", "b").unwrap().id);
    for folder in [gone, other] {
        ledger.restart(folder, UidValidity(7), &[]).unwrap();
        let entries = [Entry::Put(row(1, &[], State::Synced)), Entry::Intend(intent("x"))];
        ledger.record(folder, &entries).unwrap();
    }
    ledger.forget_folder("a").unwrap();
    let anew = ledger.folder("A", "a").unwrap();
    assert_eq!((anew.uid_validity, anew.remote_mark, anew.local_mark), (None, None, None));
    assert_eq!((ledger.rows(anew.id).unwrap().len(), ledger.intents(anew.id).unwrap().len()), (0, 0));
    assert_eq!((ledger.rows(other).unwrap().len(), ledger.intents(other).unwrap().len()), (1, 1));
}

fn a_time_without_a_flush_that_nobody_ended_leaves_doubt(ledger: &mut dyn Ledger) {
    let one = ledger.folder("A", "a").unwrap().id;
    ledger.folder("B", "b").unwrap();
    let (remote, local) = marks();
    let states = |ledger: &mut dyn Ledger| -> Vec<_> {
        ledger
            .folders()
            .unwrap()
            .iter()
            .map(|folder| (folder.doubt, folder.remote_mark.or(folder.local_mark)))
            .collect()
    };
    ledger.set_marks(one, Some(remote), Some(local)).unwrap();
    ledger.doubt().unwrap();
    assert_eq!(states(ledger), [(None, Some(remote)), (None, None)], "nothing was written without a flush");
    let note = |since| Unflushed { boot: "boot".into(), since };
    ledger.set_unflushed(Some(&note(4))).unwrap();
    ledger.set_unflushed(Some(&note(5))).unwrap();
    assert_eq!(ledger.unflushed().unwrap(), Some(note(5)));
    ledger.doubt().unwrap();
    assert_eq!(ledger.unflushed().unwrap(), None);
    assert_eq!(states(ledger), [(Some(5), None), (Some(5), None)]);
    ledger.record(one, &[Entry::Trust]).unwrap();
    ledger.set_unflushed(Some(&note(7))).unwrap();
    ledger.doubt().unwrap();
    assert_eq!(states(ledger), [(Some(7), None), (Some(5), None)], "an older doubt stays");
    ledger.restart(one, UidValidity(1), &[]).unwrap();
    ledger.forget_folder("b").unwrap();
    ledger.folder("B", "b").unwrap();
    assert_eq!(states(ledger), [(None, None), (None, None)]);
}

macro_rules! suite {
    ($($check:ident)*) => {
        mod in_a_file {
            $(#[test]
            fn $check() {
                let directory = tempfile::tempdir().unwrap();
                let path = super::ledger_path(directory.path(), "Work");
                super::$check(&mut super::SqliteLedger::open(&path).unwrap());
            })*
        }
        mod in_memory {
            $(#[test]
            fn $check() {
                super::$check(&mut super::MemoryLedger::default());
            })*
        }
        mod that_could_fail {
            $(#[test]
            fn $check() {
                let (inner, fuse) = (super::MemoryLedger::default(), super::Fuse::of(u64::MAX));
                super::$check(&mut super::FaultyLedger { inner, fuse });
            })*
        }
    };
}

suite!(entries_come_back labels_are_forgotten_with_their_messages what_messages_are_called_is_forgotten_with_them what_was_looked_at_is_remembered_until_all_is intents_are_kept_until_they_are_settled a_folder_is_known_by_its_local_name
    a_restart_leaves_only_what_it_is_given what_is_put_aside_stays_until_it_is_released a_forgotten_folder_begins_anew
    a_folder_may_get_another_local_name what_is_ignored_stays_so_until_it_is_to_be_tried_again
    messages_on_both_sides_are_counted all_watermarks_are_forgotten_at_once
    a_time_without_a_flush_that_nobody_ended_leaves_doubt);
