//! Labels: what both kinds of mailboxes that have them promise, and what becomes of files that others work on.

use std::fmt::Debug;
use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use blinkensync::config::settings::{CommonSettings, GmailSettings, ImapSettings, LabelSettings, MaildirSettings};
use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::ids::{AccountName, Uid};
use blinkensync::model::labels::Labels;
use blinkensync::model::message::MessageId;
use blinkensync::model::uidset::UidSet;
use blinkensync::store::imap::{Credentials, Greeted};
use blinkensync::store::labels::{Carried, Labelling, Recorded, Relabel};
use blinkensync::store::maildir::{Disk, Maildir, RealDisk};
use blinkensync::store::{Mailbox, Repository};

use crate::faulty::Fuse;
use crate::forgetful::Forgetful;
use crate::mailbox::{Collected, head, listed, store, uid};

const BODY: &str = "Subject: a\r\nX-Keywords: theirs\r\n\r\nX-Keywords: body\r\n";

fn settings() -> LabelSettings {
    LabelSettings { field: "X-Keywords".to_owned(), ignored: ["left"].iter().collect() }
}

fn tree(root: &Path) -> Maildir {
    fs::create_dir_all(root.join("INBOX/tmp")).unwrap();
    for part in ["cur", "new"] {
        fs::create_dir_all(root.join("INBOX").join(part)).unwrap();
    }
    let plain = MaildirSettings::plain(CommonSettings::open("here"), root.to_path_buf());
    let left_out = vec!["x-keywords".to_owned()];
    let settings = MaildirSettings { labels: Some(settings()), left_out, keep_atime: true, ..plain };
    Maildir::from_settings(&settings, true)
}

fn labels(text: &str) -> Labels {
    text.split(',').collect()
}

fn change(id: MessageId, add: &str, remove: &str) -> Relabel {
    Relabel { uid: id.uid().unwrap(), add: labels(add), remove: labels(remove) }
}

/// What is told of all messages, given what was recorded.
#[track_caller]
fn told(mailbox: &mut dyn Mailbox, recorded: &Labelling) -> Vec<(u32, String)> {
    let all: UidSet = listed(mailbox).into_iter().filter_map(|(id, _)| id.uid()).chain(Uid::new(999)).collect();
    let told = mailbox.labelled().unwrap().labels(&all, recorded).unwrap();
    let text = |carried: Carried| carried.labels.map_or("none".to_owned(), |labels| labels.to_string());
    let mut told: Vec<_> = told.into_iter().map(|(uid, carried)| (uid.get(), text(carried.unwrap()))).collect();
    told.sort();
    told
}

#[track_caller]
fn relabel(mailbox: &mut dyn Mailbox, changes: &[Relabel]) -> Labelling {
    let results = mailbox.labelled().unwrap().relabel(changes).unwrap();
    let recorded = |stamp| Recorded { labels: Labels::default(), stamp, manner: 0 };
    results.into_iter().map(|(uid, stamp)| (uid, recorded(stamp.unwrap()))).collect()
}

/// What both kinds promise; `remembers`: it can tell what has not changed.
fn labels_are_changed_one_by_one(repository: &mut dyn Repository, remembers: bool) {
    let mut mailbox = repository.open("INBOX", true).unwrap();
    let mut ids = Vec::new();
    for number in 1..=3 {
        let mut head = head(uid(number), &[]);
        head.labels = Some(labels("a"));
        ids.push(store(&mut *mailbox, &head, BODY.replace("Subject: a", &format!("Subject: {number}")).as_bytes()));
    }
    let none = Labelling::new();
    // Those of a new message come with it where a file has them; else they are given afterwards.
    relabel(&mut *mailbox, &ids.iter().map(|id| change(*id, "a", "theirs")).collect::<Vec<_>>());
    assert_eq!(told(&mut *mailbox, &none), [1, 2, 3].map(|uid| (uid, "a".to_owned())));
    let odd = "b c,\\Starred,Café,s\"o,left";
    let changes = [change(ids[0], odd, ""), change(ids[1], "", "a,never"), change(uid(999), "x", "")];
    let recorded = relabel(&mut *mailbox, &changes);
    let after = [(1, "Café, \\Starred, a, b c, s\"o".to_owned()), (2, String::new()), (3, "a".to_owned())];
    assert_eq!(told(&mut *mailbox, &none), after);
    let others = told(&mut *mailbox, &recorded);
    assert_eq!(others.len(), if remembers { 1 } else { 3 }, "{others:?}");
    // Again, and taken back; what is ignored is neither told nor touched.
    relabel(&mut *mailbox, &changes[..2]);
    assert_eq!(told(&mut *mailbox, &none), after);
    relabel(&mut *mailbox, &[change(ids[0], "", "b c,\\Starred,Café,s\"o")]);
    assert_eq!(told(&mut *mailbox, &none)[0], (1, "a".to_owned()));
    // What the message itself says there is none of its labels, and its body is its own.
    let mut collected = Collected::default();
    mailbox.fetch(&ids, &mut collected).unwrap();
    assert_eq!(collected.0.len(), 3);
    for (_, body) in collected.0 {
        assert!(body.ends_with(b"\r\n\r\nX-Keywords: body\r\n"), "{}", String::from_utf8_lossy(&body));
    }
    drop(mailbox);
    let mut mailbox = repository.open("INBOX", false).unwrap();
    assert!(mailbox.labelled().unwrap().relabel(&changes).is_err());
}

#[test]
fn files_keep_labels() {
    let root = tempfile::tempdir().unwrap();
    labels_are_changed_one_by_one(&mut tree(root.path()), true);
}

#[test]
fn another_field_or_other_ignored_labels_are_another_state_of_the_files() {
    let root = tempfile::tempdir().unwrap();
    drop(tree(root.path()));
    let mark = |field: &str, ignored: &str| {
        let labels = LabelSettings { field: field.to_owned(), ignored: labels(ignored) };
        let plain = MaildirSettings::plain(CommonSettings::open("here"), root.path().to_path_buf());
        let mut tree = Maildir::from_settings(&MaildirSettings { labels: Some(labels), ..plain }, true);
        let mut mailbox = tree.open("INBOX", true).unwrap();
        mailbox.look(None).unwrap().mark
    };
    let first = mark("X-Keywords", "left");
    assert_eq!(first, mark("x-keywords", "left"));
    assert!(first != mark("X-Label", "left") && first != mark("X-Keywords", "right"));
}

#[test]
fn gmail_keeps_labels() {
    let slow = Extensions { condstore: false, ..Extensions::GMAIL };
    for extensions in [Extensions::GMAIL, slow] {
        let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
        let plain = ImapSettings::plain("remote", server.address(), server.user(), server.password());
        let gmail = GmailSettings { labels: Some(settings()), ..GmailSettings::default() };
        let settings = ImapSettings { gmail: Some(gmail), ..plain };
        let name = AccountName::new("test");
        let greeted = Greeted::connect(&settings, &name, Duration::from_secs(60), &mut |_| {}).unwrap();
        let mut repository = greeted.log_in(&Credentials::of_password(server.password())).unwrap();
        labels_are_changed_one_by_one(&mut repository, false);
    }
}

/// The only file of INBOX.
#[track_caller]
fn only(root: &Path) -> PathBuf {
    let parts = ["cur", "new"].map(|part| fs::read_dir(root.join("INBOX").join(part)).unwrap());
    let mut files: Vec<PathBuf> = parts.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

fn in_tmp(root: &Path) -> usize {
    fs::read_dir(root.join("INBOX/tmp")).unwrap().count()
}

/// A tree with one message, which has a label.
fn one_message(root: &Path) -> Maildir {
    let mut tree = tree(root);
    let head = blinkensync::model::message::Head { labels: Some(labels("a")), ..head(uid(1), &[]) };
    store(&mut *tree.open("INBOX", true).unwrap(), &head, BODY.as_bytes());
    tree
}

#[test]
fn a_file_keeps_its_name_time_permissions_line_ends_and_everything_but_the_field() {
    let root = tempfile::tempdir().unwrap();
    let mut tree = one_message(root.path());
    let path = only(root.path());
    assert_eq!(fs::read_to_string(&path).unwrap(), "X-Keywords: a\nSubject: a\n\nX-Keywords: body\n");
    for (text, wanted) in [
        ("Subject: a\n\nb", "X-Keywords: b\nSubject: a\n\nb"),
        (
            "A: 1\r\nx-keywords: a,\r\n\tb\r\nB: 2\r\n\r\nX-Keywords: a\r\n",
            "X-Keywords: b\r\nA: 1\r\nB: 2\r\n\r\nX-Keywords: a\r\n",
        ),
        ("X-Keywords: left, a", "X-Keywords: b,left\n"),
        ("\nX-Keywords: a\n", "X-Keywords: b\n\nX-Keywords: a\n"),
        ("", "X-Keywords: b\n"),
        (
            &format!("A: {}\nX-Keywords: a\n\n{}", "x".repeat(99_999), "y\n".repeat(99_999)),
            &format!("X-Keywords: b\nA: {}\n\n{}", "x".repeat(99_999), "y\n".repeat(99_999)),
        ),
    ] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_007);
        let times = FileTimes::new().set_modified(date).set_accessed(date - Duration::from_secs(7));
        File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
        let mut mailbox = tree.open("INBOX", true).unwrap();
        relabel(&mut *mailbox, &[change(uid(1), "b", "a")]);
        let about = fs::metadata(only(root.path())).unwrap();
        assert_eq!(about.atime(), 1_000_000_000);
        assert_eq!(only(root.path()), path);
        assert!(fs::read_to_string(&path).unwrap() == wanted, "{:?}", &text[..text.len().min(60)]);
        assert_eq!((about.mtime(), about.permissions().mode() & 0o777), (1_000_000_007, 0o640));
        assert_eq!(in_tmp(root.path()), 0);
    }
}

type Happens = dyn Fn(&Path) + Send + Sync;

/// A disk on which something happens before files change places.
struct Busy {
    happens: Arc<Happens>,
    /// So often it does.
    times: Mutex<u32>,
    /// It knows no exchange, and replaces the second file.
    poor: bool,
}

impl Debug for Busy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Busy")
    }
}

impl Disk for Busy {
    fn create(&self, path: &Path) -> io::Result<File> {
        RealDisk.create(path)
    }
    fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()> {
        RealDisk.write(file, data)
    }
    fn date(&self, file: &File, time: SystemTime) -> io::Result<()> {
        RealDisk.date(file, time)
    }
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename_new(from, to)
    }
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        let mut times = self.times.lock().unwrap();
        if *times > 0 {
            *times -= 1;
            (self.happens)(other);
        }
        if self.poor {
            fs::symlink_metadata(other)?;
            return fs::rename(one, other);
        }
        RealDisk.exchange(one, other)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn make_directory(&self, path: &Path) -> io::Result<()> {
        RealDisk.make_directory(path)
    }
    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_directory(path)
    }
    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_tree(path)
    }
    fn flush_file(&self, file: &File) -> io::Result<()> {
        RealDisk.flush_file(file)
    }
    fn flush_directory(&self, directory: &Path) -> io::Result<()> {
        RealDisk.flush_directory(directory)
    }
    fn flush_file_system(&self, inside: &File) -> io::Result<()> {
        RealDisk.flush_file_system(inside)
    }
}

/// What is in the folder after a label was added while something happened so often, and how many changes failed.
fn while_it_happens(times: u32, poor: bool, happens: impl Fn(&Path) + Send + Sync + 'static) -> (Vec<String>, usize) {
    let root = tempfile::tempdir().unwrap();
    let busy = Busy { happens: Arc::new(happens), times: Mutex::new(times), poor };
    let mut tree = one_message(root.path()).on(Arc::new(busy));
    let mut mailbox = tree.open("INBOX", true).unwrap();
    listed(&mut *mailbox);
    let results = mailbox.labelled().unwrap().relabel(&[change(uid(1), "b", "")]).unwrap();
    drop(mailbox);
    assert_eq!(in_tmp(root.path()), 0);
    let files = ["cur", "new"].map(|part| fs::read_dir(root.path().join("INBOX").join(part)).unwrap());
    let text = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let letters = name.split_once(":2,").map_or("", |(_, letters)| letters).to_owned();
        format!("{letters}|{}", fs::read_to_string(path).unwrap())
    };
    let files = files.into_iter().flatten().map(|entry| text(entry.unwrap().path())).collect();
    (files, results.iter().filter(|(_, result)| result.is_err()).count())
}

/// Renames a file as a mail reader does that has shown it.
fn read(path: &Path) {
    let name = path.file_name().unwrap().to_str().unwrap().split_once(":2,").unwrap().0.to_owned();
    let letters = if path.to_str().unwrap().ends_with(":2,S") { "RS" } else { "S" };
    fs::rename(path, path.parent().unwrap().parent().unwrap().join("cur").join(format!("{name}:2,{letters}"))).unwrap();
}

#[test]
fn a_file_that_is_renamed_meanwhile_gets_its_labels_under_its_new_name() {
    for poor in [false, true] {
        let (files, failed) = while_it_happens(2, poor, read);
        assert_eq!((files, failed), (vec!["RS|X-Keywords: a,b\nSubject: a\n\nX-Keywords: body\n".to_owned()], 0));
    }
}

#[test]
fn a_file_that_is_deleted_meanwhile_stays_deleted() {
    for poor in [false, true] {
        let (files, failed) = while_it_happens(1, poor, |path| fs::remove_file(path).unwrap());
        assert_eq!((files, failed), (vec![], 0));
    }
}

#[test]
fn what_is_written_into_a_file_meanwhile_is_not_lost() {
    let append = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text.replacen("a\n", "a,new\n", 1) + "more\n").unwrap();
    };
    let (files, failed) = while_it_happens(1, false, append);
    let wanted = "|X-Keywords: a,b,new\nSubject: a\n\nX-Keywords: body\nmore\n";
    assert_eq!((files, failed), (vec![wanted.to_owned()], 0));
    // Somebody who never stops: the labels have to wait.
    let (files, failed) = while_it_happens(100, false, append);
    assert!(files.len() == 1 && files[0].ends_with("more\nmore\nmore\n") && !files[0].contains(",b"), "{files:?}");
    assert_eq!(failed, 1);
}

#[test]
fn after_a_power_cut_there_is_one_message_with_the_old_labels_or_the_new() {
    let mut seen = std::collections::BTreeSet::new();
    for cut in 0..14 {
        for seed in 0..8 {
            let root = tempfile::tempdir().unwrap();
            drop(one_message(root.path()));
            let disk = Forgetful::on(Fuse::of(cut));
            let mut tree = tree(root.path()).on(Arc::new(disk.clone()));
            let mut mailbox = tree.open("INBOX", true).unwrap();
            let looked = mailbox.look(None).is_ok();
            let done = looked
                && mailbox.labelled().unwrap().relabel(&[change(uid(1), "b", "")]).is_ok_and(|all| all[0].1.is_ok());
            drop(mailbox);
            disk.power_cut(seed);
            let text = fs::read_to_string(only(root.path())).unwrap();
            let (first, rest) = text.split_once('\n').unwrap();
            assert_eq!(rest, "Subject: a\n\nX-Keywords: body\n", "cut after {cut}");
            assert!(
                ["X-Keywords: a", "X-Keywords: a,b"].contains(&first) && (!done || first.ends_with('b')),
                "{first}"
            );
            seen.insert((first.to_owned(), done));
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}
