//! What only a Maildir can show: names, directories, and other programs at work in them.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use blinkensync::model::fault::Reach;
use blinkensync::model::flags::Flags;
use blinkensync::model::ids::Uid;
use blinkensync::model::mark::Mark;
use blinkensync::model::message::{Coverage, InternalDate, MessageId};
use blinkensync::model::uidset::UidSet;
use blinkensync::store::bytes::md5_hex;
use blinkensync::store::maildir::Maildir;
use blinkensync::store::{FlagChange, Known, Repository};

use crate::mailbox::{Collected, fetch, head, listed, maildir, store, uid};

fn files(root: &Path) -> Vec<String> {
    let inbox = root.join("INBOX");
    let mut names = Vec::new();
    for part in ["cur", "new", "tmp"] {
        for entry in fs::read_dir(inbox.join(part)).unwrap() {
            names.push(format!("{part}/{}", entry.unwrap().file_name().to_string_lossy()));
        }
    }
    names.sort();
    names
}

fn put(root: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = root.join("INBOX").join(name);
    fs::write(&path, content).unwrap();
    path
}

fn seen(id: MessageId) -> FlagChange {
    FlagChange { id, add: Flags::from_imap(["\\Seen"]), remove: Flags::default() }
}

#[test]
fn a_file_is_named_dated_and_placed_as_offlineimap_does() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    let mut mailbox = repository.open("INBOX", true).unwrap();
    store(&mut *mailbox, &head(uid(7), &[]), b"a\r\nbare\nb\r\n");
    store(&mut *mailbox, &head(uid(8), &["\\Seen", "\\Flagged"]), b"x");
    let names = files(root.path());
    let tail = |number, letters| format!(",U={number},FMD5={}:2,{letters}", md5_hex(b"INBOX"));
    assert!(names[0].starts_with("cur/") && names[0].ends_with(&tail(8, "FS")), "{names:?}");
    assert!(names[1].starts_with("new/") && names[1].ends_with(&tail(7, "")), "{names:?}");
    let path = root.path().join("INBOX").join(&names[1]);
    assert_eq!(fs::read(&path).unwrap(), b"a\nbare\nb\n");
    let about = path.metadata().unwrap();
    assert_eq!((about.mtime(), about.permissions().mode() & 0o777), (1_000_000_000, 0o600));
}

#[test]
fn a_date_beyond_all_reason_does_not_keep_a_message_out() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    let mut mailbox = repository.open("INBOX", true).unwrap();
    for (number, seconds) in [(1, i64::MAX), (2, i64::MIN), (3, -5)] {
        let mut head = head(uid(number), &[]);
        head.date = Some(InternalDate { seconds, offset: 0 });
        store(&mut *mailbox, &head, b"x");
    }
    assert_eq!(listed(&mut *mailbox).len(), 3);
    assert_eq!(fetch(&mut *mailbox, uid(3)).unwrap().0.date.unwrap().seconds, -5);
}

#[test]
fn what_mail_readers_move_is_found_again() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    let old = put(root.path(), "new/1_0.2.host", b"hello\n");
    let twin = put(root.path(), "cur/2_0.2.host:2,S", b"twin\n");
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let (id, other) = (MessageId::Fresh(0), MessageId::Fresh(1));
    assert_eq!(listed(&mut *mailbox), [(id, String::new()), (other, "\\Seen".into())]);
    fs::rename(&old, root.path().join("INBOX/cur/1_0.2.host:2,Ra")).unwrap();
    assert_eq!(fetch(&mut *mailbox, id).unwrap().1, b"hello\r\n");
    fs::rename(root.path().join("INBOX/cur/1_0.2.host:2,Ra"), root.path().join("INBOX/cur/1_0.2.host:2,a")).unwrap();
    assert!(mailbox.change_flags(&[seen(id)]).unwrap().is_empty());
    fs::remove_file(twin).unwrap();
    assert!(mailbox.number(&[(id, Uid::new(5).unwrap()), (other, Uid::new(6).unwrap())]).unwrap().is_empty());
    let expected = format!("cur/1_0.2.host,U=5,FMD5={}:2,Sa", md5_hex(b"INBOX"));
    assert_eq!(files(root.path()), [expected]);
    assert_eq!(fetch(&mut *mailbox, uid(5)).unwrap().1, b"hello\r\n");
    assert!(mailbox.delete(&[uid(5)]).unwrap().is_empty());
    assert!(files(root.path()).is_empty());
}

#[test]
fn a_local_name_is_found_after_the_file_got_its_uid() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    put(root.path(), "cur/1_0.2.host,S=9:2,S", b"hello\n");
    let mut mailbox = repository.open("INBOX", true).unwrap();
    listed(&mut *mailbox);
    let name = mailbox.local_name(MessageId::Fresh(0)).unwrap();
    assert_eq!(name, "1_0.2.host,S=9");
    mailbox.number(&[(MessageId::Fresh(0), Uid::new(5).unwrap())]).unwrap();
    drop(mailbox);
    let mut again = repository.open("INBOX", true).unwrap();
    assert_eq!(again.find_local_name(&name).unwrap(), Some(uid(5)));
    assert_eq!(again.find_local_name("gone").unwrap(), None);
}

#[test]
fn another_folders_number_and_a_second_file_of_one_uid_are_new_here() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    let digest = md5_hex(b"INBOX");
    put(root.path(), &format!("cur/a,U=5,FMD5={}:2,", md5_hex(b"Other")), b"moved here");
    put(root.path(), &format!("cur/b,U=6,FMD5={digest}:2,"), b"first");
    put(root.path(), &format!("cur/c,U=6,FMD5={digest}:2,"), b"second");
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let ids: Vec<_> = listed(&mut *mailbox).into_iter().map(|row| row.0).collect();
    assert_eq!(ids, [uid(6), MessageId::Fresh(0), MessageId::Fresh(1)]);
    assert!(mailbox.delete(&[uid(6)]).unwrap().is_empty());
    assert_eq!(fetch(&mut *mailbox, MessageId::Fresh(1)).unwrap().1, b"second");
    assert_eq!(mailbox.number(&[(MessageId::Fresh(0), Uid::new(5).unwrap())]).unwrap().len(), 0);
    assert_eq!(mailbox.number(&[(MessageId::Fresh(1), Uid::new(5).unwrap())]).unwrap().len(), 1, "5 is taken");
}

#[test]
fn a_message_with_nul_is_refused_and_the_others_go_on() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    put(root.path(), "cur/a", b"A: b\n\nnul \0");
    let mut large = vec![b'x'; 2 << 20];
    large[1_500_000] = 0;
    put(root.path(), "cur/b", &large);
    put(root.path(), "cur/c", b"fine");
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let ids: Vec<_> = listed(&mut *mailbox).into_iter().map(|row| row.0).collect();
    let mut collected = Collected::default();
    let failed = mailbox.fetch(&ids, &mut collected).unwrap();
    assert_eq!(
        failed.iter().map(|(id, fault)| (*id, fault.reach)).collect::<Vec<_>>(),
        [(ids[0], Reach::Message), (ids[1], Reach::Message)]
    );
    assert_eq!(collected.0.len(), 1);
}

#[test]
fn a_quiet_folder_is_not_scanned_and_can_still_be_written() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '.', true);
    put(root.path(), &format!("cur/b,U=6,FMD5={}:2,", md5_hex(b"INBOX")), b"first");
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let look = mailbox.look(None).unwrap();
    let Some(Mark::Maildir(mark)) = look.mark else { panic!("a whole look has a mark") };
    assert!(mark.racy, "the folder changed a moment ago");
    let uids = UidSet::default();
    let racy = Mark::Maildir(mark);
    assert_eq!(mailbox.look(Some(Known { mark: &racy, uids: &uids })).unwrap().coverage, Coverage::Whole);
    drop(mailbox);
    let mut calm = mark;
    calm.racy = false;
    let calm = Mark::Maildir(calm);
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let look = mailbox.look(Some(Known { mark: &calm, uids: &uids })).unwrap();
    assert_eq!((look.coverage, look.messages.len()), (Coverage::Changes { vanished: UidSet::default() }, 0));
    assert!(mailbox.change_flags(&[seen(uid(6))]).unwrap().is_empty());
    assert_eq!(mailbox.look(Some(Known { mark: &calm, uids: &uids })).unwrap().messages.len(), 1);
}

#[test]
fn what_changes_nothing_leaves_no_trace() {
    let root = tempfile::tempdir().unwrap();
    let mut repository = maildir(root.path(), '/', true);
    repository.create("A/B").unwrap();
    let name = format!("cur/b,U=6,FMD5={}:2,S", md5_hex(b"INBOX"));
    put(root.path(), &name, b"first");
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000);
    let all = ["", "A", "A/B", "A/B/cur", "INBOX", "INBOX/cur", "INBOX/new", "INBOX/tmp"];
    for directory in all {
        fs::File::open(root.path().join(directory)).unwrap().set_modified(past).unwrap();
    }
    repository.create("A/B").unwrap();
    repository.create_root().unwrap();
    repository.folders().unwrap();
    let mut mailbox = repository.open("INBOX", true).unwrap();
    listed(&mut *mailbox);
    mailbox.change_flags(&[seen(uid(6))]).unwrap();
    mailbox.deliver().unwrap().commit().unwrap();
    for directory in all {
        assert_eq!(root.path().join(directory).metadata().unwrap().modified().unwrap(), past, "{directory}");
    }
}

#[test]
fn folders_are_what_has_cur_new_and_tmp() {
    let root = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let mut nested = Maildir::open(root.path(), '/', false);
    for name in ["INBOX", "Lists/Rust", ".Sent", "a.b"] {
        nested.create(name).unwrap();
    }
    Maildir::open(outside.path(), '/', false).create("Secret").unwrap();
    std::os::unix::fs::symlink(outside.path().join("Secret"), root.path().join("link")).unwrap();
    fs::create_dir_all(root.path().join("half/cur")).unwrap();
    let names =
        |repository: &mut Maildir| repository.folders().unwrap().into_iter().map(|f| f.name).collect::<Vec<_>>();
    assert_eq!(names(&mut nested), [".Sent", "INBOX", "Lists/Rust", "a.b"]);
    assert_eq!(names(&mut Maildir::open(root.path(), '.', false)), [".Sent", "INBOX", "a.b"]);
    assert_eq!(nested.create("link").unwrap_err().reach, Reach::Folder);
    for bad in ["../x", "a/../../x", "a//b", "/etc", "a/", "x\0y", ".", "INBOX/cur", "a/tmp/b"] {
        assert_eq!(nested.create(bad).unwrap_err().reach, Reach::Folder, "{bad:?}");
        assert_eq!(nested.open(bad, true).err().unwrap().reach, Reach::Folder, "{bad:?}");
    }
    assert_eq!(Maildir::open(root.path(), '.', false).create("a/b").unwrap_err().reach, Reach::Folder);
}

#[test]
fn a_missing_root_is_a_fault_of_the_account_until_it_is_made() {
    let above = tempfile::tempdir().unwrap();
    let mut repository = Maildir::open(&above.path().join("not/mounted"), '.', true);
    assert_eq!(repository.folders().unwrap_err().reach, Reach::Account);
    assert_eq!(repository.create("INBOX").unwrap_err().reach, Reach::Account);
    repository.create_root().unwrap();
    assert_eq!(repository.folders().unwrap(), []);
}

#[test]
fn no_link_on_the_way_to_a_folder_is_followed() {
    let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut repository = maildir(root.path(), '/', true);
    maildir(elsewhere.path(), '/', true).create("a").unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), root.path().join("link")).unwrap();
    let place = |name| blinkensync::store::Place { name, validity: blinkensync::model::ids::UidValidity(0) };
    for name in ["link", "link/a"] {
        assert!(repository.open(name, true).is_err_and(|fault| fault.reach == Reach::Folder), "{name}");
        assert!(repository.create(name).is_err() && repository.rename("INBOX", &format!("{name}/b")).is_err());
        assert!(repository.relocate(place("INBOX"), place(name), &[]).is_err());
        assert!(repository.remove(name).is_err());
    }
    assert!(elsewhere.path().join("a/cur").is_dir() && root.path().join("INBOX/cur").is_dir());
}
