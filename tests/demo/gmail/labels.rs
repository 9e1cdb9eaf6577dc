//! Labels in a field of each message's header: `GmailMaildir`.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use blinkensync::config::settings::{LabelSettings, Settings};
use blinkensync::config::{Environment, Request, parse};
use blinkensync::demo::{Extensions, Names};
use blinkensync::engine::Options;
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;

use super::world::{World, copies, set};
use crate::client::Client;
use crate::engine::{on_disk, on_the_server, run_as, run_with};
use crate::tap::Tap;

pub const ALL: &str = "[Gmail].All Mail";

/// An account whose labels are kept in X-Keywords.
pub fn world(folders: &[&str]) -> World {
    let mut world = World::new(folders);
    world.gmail.labels = Some(LabelSettings { field: "X-Keywords".to_owned(), ignored: [""; 0].iter().collect() });
    world
}

/// The first line of a message's file, which has its labels, and the rest.
#[track_caller]
pub fn file(world: &World, folder: &str, subject: &str) -> (String, String) {
    let text = fs::read_to_string(world.file(folder, subject)).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    (first.to_owned(), rest.to_owned())
}

/// Replaces a message's file, as mail readers and `sed -i` do: by another file of the same name.
#[track_caller]
pub fn replace(world: &World, folder: &str, subject: &str, text: &str) {
    let path = world.file(folder, subject);
    let other = world.root.path().join("other");
    fs::write(&other, text).unwrap();
    // Its date goes with it, so that only its inode is another one.
    let date = fs::metadata(&path).unwrap().modified().unwrap();
    fs::File::options().write(true).open(&other).unwrap().set_modified(date).unwrap();
    fs::rename(other, path).unwrap();
}

/// Gives a message's file this field, in front.
#[track_caller]
pub fn label(world: &World, folder: &str, subject: &str, field: &str) {
    let (first, rest) = file(world, folder, subject);
    let rest = if first.starts_with("X-") { rest } else { format!("{first}\n{rest}") };
    replace(world, folder, subject, &format!("{field}{rest}"));
}

/// What the server says of a message's labels, as told in All Mail.
#[track_caller]
pub fn there(world: &World, subject: &str) -> String {
    world.server.with_mailboxes(|mailboxes| {
        let all = mailboxes.get("[Gmail]/All Mail").unwrap();
        let mark = format!("Subject: {subject}\r\n");
        let is_it = |body: &[u8]| String::from_utf8_lossy(body).contains(&mark);
        let message = all.messages.values().find(|message| is_it(&message.body)).unwrap();
        let mut labels = mailboxes.labels("[Gmail]/All Mail", message.identity);
        labels.sort();
        labels.join(" ")
    })
}

/// Changes a message's labels on the server.
pub fn store(world: &World, subject: &str, change: &str) {
    let mut client = Client::logged_in(world.server.address(), world.server.user(), world.server.password());
    client.run("SELECT \"[Gmail]/All Mail\"");
    let found = client.run(&format!("UID SEARCH SUBJECT {subject}")).remove(0);
    let uid = found.rsplit(' ').next().unwrap();
    let done = client.run(&format!("UID STORE {uid} {change}"));
    assert!(done.last().unwrap().starts_with("OK"), "{done:?}");
}

/// Synchronises until nothing more happens: what is done in one folder comes to the others a run later.
#[track_caller]
pub fn settle(world: &World, what: &str) {
    for _ in 0..3 {
        world.sync();
    }
    assert_eq!(said(&world.sync()), [""; 0], "{what}: it goes on");
    let bare = |mail: Vec<(String, String, String)>| -> Vec<(String, String)> {
        let strip = |body: String| match body.split_once('\n') {
            Some((first, rest)) if first.starts_with("X-Keywords:") || first.starts_with("X-Label:") => rest.to_owned(),
            _ => body,
        };
        mail.into_iter().map(|(folder, body, _)| (folder, strip(body))).collect()
    };
    let (mut there, mut here) = (bare(on_the_server(&world.server)), bare(on_disk(world.root.path())));
    there.sort();
    here.sort();
    assert_eq!(there, here, "{what}");
    let text = |mail: &[(String, String)]| mail.iter().any(|(_, body)| body.contains("X-Keywords:"));
    assert!(!text(&there), "{what}: the field has come to the server");
}

/// What is said of labels.
pub fn said(events: &[Event]) -> Vec<String> {
    let said = events.iter().filter_map(|event| match &event.kind {
        EventKind::Noted { text, .. } | EventKind::Warned { text, .. } if text.contains("label") => Some(text.clone()),
        EventKind::Failed { fault, .. } => Some(fault.to_string()),
        _ => None,
    });
    said.collect()
}

pub fn configured(world: &World, account: &str, local: &str) -> Settings {
    let (root, port) = (world.root.path().display(), world.server.address().port());
    let (user, password) = (world.server.user(), world.server.password());
    let text = format!(
        "[general]\naccounts = test\nmetadata = {root}/metadata\nfsync = no\n\
         [Account test]\nlocalrepository = here\nremoterepository = there\n{account}\
         [Repository here]\ntype = {local}\nlocalfolders = {root}/mail\n\
         [Repository there]\ntype = Gmail\nremotehost = 127.0.0.1\nremoteport = {port}\nssl = no\nstarttls = no\n\
         remoteuser = {user}\nremotepass = {password}\n"
    );
    let environment = Environment {
        home: None,
        variable: &|_| None,
        is_file: &|_| false,
        python: &|_, option, _| Err(format!("no Python for {option}")),
    };
    let loaded = parse(&text, Path::new("rc"), &Request::default(), &environment).unwrap();
    let needs = "that needs a remote repository of type Gmail and a local one of type GmailMaildir";
    assert_eq!(
        loaded.warnings.iter().any(|warning| warning.contains(needs)),
        local == "Maildir",
        "{:?}",
        loaded.warnings
    );
    loaded.settings
}

#[test]
fn labels_come_and_go_both_ways() {
    let world = World::new(&["Work", "Fish"]);
    let options = "synclabels = yes\nlabelsheader = X-Label\nignorelabels = \\Inbox, \\Starred\n";
    let sync = || {
        let (exit, events) = run_with(configured(&world, options, "GmailMaildir"));
        assert_eq!(exit, Exit::Success, "{events:#?}");
        events
    };
    world.arrives("a", &["INBOX", "Work", "Fish"]);
    world.arrives("b", &["INBOX"]);
    sync();
    for (folder, subject, field) in [
        ("INBOX", "a", "X-Label: Fish Work"),
        ("Work", "a", "X-Label: Fish"),
        (ALL, "a", "X-Label: Fish Work"),
        ("INBOX", "b", "X-Label:"),
    ] {
        let (first, rest) = file(&world, folder, subject);
        assert_eq!(
            (first.as_str(), rest),
            (field, format!("Subject: {subject}\n\n{subject}\n")),
            "{subject} in {folder}"
        );
    }
    // Here: as mutt writes it, behind the other fields, and with a label that is ignored.
    replace(&world, "INBOX", "b", "Subject: b\nX-Label: Work \"Sea food\"\n =?utf-8?Q?Caf=C3=A9?= \\Starred\n\nb\n");
    assert_eq!(said(&sync()), ["the labels of 1 message change on the server"]);
    assert_eq!(there(&world, "b"), "Caf&AOk- Sea food Work \\Inbox");
    // There, while another one is changed here.
    store(&world, "a", "-X-GM-LABELS (Fish)");
    label(&world, "INBOX", "a", "X-Label: Work Fish More\n");
    sync();
    assert_eq!(there(&world, "a"), "More Work \\Inbox");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Label: More Work");
    // It has come to other folders, and gone from one, and nothing was sent.
    let copied: (u64, u64) = copies(&sync());
    assert_eq!(copied.1, 0);
    sync();
    assert_eq!(file(&world, "More", "a").0, "X-Label: Work");
    assert_eq!(world.file("Work", "b").parent().unwrap().parent().unwrap(), world.root.path().join("mail/Work"));
    assert!(
        on_disk(world.root.path()).iter().all(|(folder, body, _)| folder != "Fish" || !body.contains("Subject: a"))
    );
    // mutt takes the field away with the last label; what is ignored stays.
    replace(&world, "INBOX", "a", "Subject: a\n\na\n");
    sync();
    assert_eq!(there(&world, "a"), "\\Inbox");
    assert!(file(&world, "INBOX", "b").1.contains("\\Starred"), "{:?}", file(&world, "INBOX", "b"));
    let settings = configured(&world, options, "Maildir");
    assert!(settings.accounts[0].remote.gmail.as_ref().unwrap().labels.is_none());
}

#[test]
fn a_quiet_run_reads_nothing_and_asks_for_nothing() {
    let world = world(&["Work"]);
    for number in 0..20 {
        world.arrives(&format!("m{number}"), &["INBOX", "Work"]);
    }
    settle(&world, "before");
    let tap = Tap::new(world.server.address());
    let tapped = || {
        let mut settings = world.settings();
        settings.accounts[0].remote.port = tap.address().port();
        settings.accounts[0].remote.compress = false;
        settings
    };
    let quiet = || {
        let (exit, events) = run_with(tapped());
        assert_eq!((exit, said(&events)), (Exit::Success, Vec::new()));
        let said = tap.said();
        said.into_iter().filter(|line| line.contains("FETCH") || line.contains("STORE")).collect::<Vec<_>>()
    };
    // So long ago that reading would change it.
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
    let one = world.file("INBOX", "m7");
    fs::File::open(&one).unwrap().set_times(fs::FileTimes::new().set_accessed(long_ago)).unwrap();
    assert_eq!(quiet(), [""; 0]);
    assert_eq!(fs::metadata(&one).unwrap().accessed().unwrap(), long_ago);
    // Of many one has changed there, and one here: no other one is asked about, and no other file is read.
    store(&world, "m3", "+X-GM-LABELS (Other)");
    label(&world, "Work", "m5", "X-Keywords: \\Inbox,Mine\n");
    let (exit, _) = run_with(tapped());
    assert_eq!(exit, Exit::Success);
    let asked = tap.said();
    let asked: Vec<_> = asked.iter().filter(|line| line.contains("(UID X-GM-LABELS)")).collect();
    assert!(
        asked.len() == 3 && asked.iter().all(|line| !line.contains(':') && line.matches(',').count() < 2),
        "{asked:?}"
    );
    assert_eq!(fs::metadata(&one).unwrap().accessed().unwrap(), long_ago);
}

#[test]
fn what_is_written_into_a_file_in_place_is_seen() {
    let world = world(&[]);
    world.arrives("a", &["INBOX"]);
    settle(&world, "before");
    let path = world.file("INBOX", "a");
    fs::write(&path, "X-Keywords: One\nSubject: a\n\na\n").unwrap();
    world.sync();
    assert_eq!(there(&world, "a"), "One \\Inbox");
    // In the same length.
    fs::write(&path, "X-Keywords: Two\nSubject: a\n\na\n").unwrap();
    world.sync();
    assert_eq!(there(&world, "a"), "Two \\Inbox");
    settle(&world, "after");
}

#[test]
fn a_message_that_is_written_here_is_sent_without_the_field_and_gets_its_labels() {
    let world = world(&[]);
    let new = world.root.path().join("mail/INBOX/new/1.mine");
    fs::write(&new, "From: me\nX-Keywords: Work, Sea food\nSubject: mine\nX-Other: x\n\nX-Keywords: body\n").unwrap();
    world.sync();
    let mail = on_the_server(&world.server);
    let body = &mail.iter().find(|(folder, ..)| folder == "INBOX").unwrap().1;
    assert_eq!(body, "From: me\nSubject: mine\nX-Other: x\n\nX-Keywords: body\n");
    assert_eq!(there(&world, "mine"), "Sea food Work \\Inbox");
    world.sync();
    assert_eq!(world.places("mine"), set(&["INBOX", "Work", "Sea food", ALL]));
    assert_eq!(copies(&world.sync()), (0, 0));
}

#[test]
fn cut_at_any_command_labels_come_to_be_the_same() {
    let bye = "BYE [THROTTLED] (Failure)";
    for (extensions, step) in
        [(Extensions::GMAIL, 3), (Extensions { condstore: false, uidplus: false, ..Extensions::GMAIL }, 10)]
    {
        for after in (1..50).step_by(step) {
            let mut world = World::with(extensions, Names::GERMAN, &["Work"]);
            world.gmail.labels =
                Some(LabelSettings { field: "X-Keywords".to_owned(), ignored: [""; 0].iter().collect() });
            let all = Names::GERMAN.all.replace('/', ".");
            world.arrives("a", &["INBOX", "Work"]);
            world.arrives("b", &["INBOX"]);
            world.arrives("c", &["INBOX", "Work"]);
            world.server.throttle(after, bye);
            world.try_sync();
            world.server.throttle(usize::MAX, bye);
            world.sync();
            label(&world, "INBOX", "a", "X-Keywords: Work,Mine\n");
            label(&world, "INBOX", "b", "X-Keywords: Mine\n");
            label(&world, "Work", "c", "X-Keywords:\n");
            world.server.throttle(after, bye);
            world.try_sync();
            world.server.throttle(usize::MAX, bye);
            for _ in 0..4 {
                world.sync();
            }
            let what = format!("cut after {after} commands");
            assert_eq!(said(&world.sync()), [""; 0], "{what}");
            assert_eq!(world.places("a"), set(&["INBOX", "Work", "Mine", &all]), "{what}");
            assert_eq!(world.places("c"), set(&["Work", &all]), "{what}");
            assert_eq!(world.places("b"), set(&["INBOX", "Mine", &all]), "{what}");
            assert_eq!(file(&world, &all, "a").0, "X-Keywords: Mine,Work,\\Inbox", "{what}");
            assert_eq!(file(&world, "INBOX", "b").0, "X-Keywords: Mine", "{what}");
        }
    }
}

#[test]
fn fields_that_are_gone_from_many_files_are_an_accident() {
    let world = world(&[]);
    for number in 0..15 {
        world.arrives(&format!("m{number}."), &["INBOX"]);
        store(&world, &format!("m{number}."), "+X-GM-LABELS (Kept)");
    }
    settle(&world, "before");
    for number in 0..15 {
        let subject = format!("m{number}.");
        let (_, rest) = file(&world, ALL, &subject);
        replace(&world, ALL, &subject, &rest);
    }
    let events = world.sync();
    let said = said(&events);
    assert!(said.iter().any(|text| text.starts_with("15 of its 15 messages have lost the header field")), "{said:?}");
    settle(&world, "after");
    for number in 0..15 {
        assert_eq!(there(&world, &format!("m{number}.")), "Kept \\Inbox");
        assert_eq!(file(&world, ALL, &format!("m{number}.")).0, "X-Keywords: Kept,\\Inbox");
    }
}

#[test]
fn a_dry_run_says_what_would_change_and_changes_nothing() {
    let world = world(&["Work"]);
    world.arrives("a", &["INBOX"]);
    world.arrives("b", &["INBOX"]);
    settle(&world, "before");
    label(&world, "INBOX", "a", "X-Keywords: Work\n");
    store(&world, "b", "+X-GM-LABELS (Fish)");
    let before = (there(&world, "a"), file(&world, "INBOX", "b"), file(&world, ALL, "b"));
    let (exit, events) = run_as(world.settings(), Options { pretend: true, ..Options::default() });
    assert_eq!(exit, Exit::Success);
    let said = said(&events);
    assert_eq!(
        said.iter().filter(|text| *text == "the labels of 1 message would change on the server").count(),
        1,
        "{said:?}"
    );
    assert_eq!(said.iter().filter(|text| *text == "the labels of 1 message would change here").count(), 2, "{said:?}");
    assert_eq!((there(&world, "a"), file(&world, "INBOX", "b"), file(&world, ALL, "b")), before);
}

#[test]
fn switched_on_later_it_transfers_nothing_and_off_again_neither() {
    let mut world = World::new(&["Work"]);
    world.arrives("a", &["INBOX", "Work"]);
    world.sync();
    assert_eq!(file(&world, "INBOX", "a").0, "Subject: a");
    world.gmail.labels = Some(LabelSettings { field: "X-Keywords".to_owned(), ignored: [""; 0].iter().collect() });
    assert_eq!(copies(&world.sync()), (0, 0));
    settle(&world, "on");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Work");
    // While it is off, files are sent as they are: nothing that is there is taken for new.
    let labels = world.gmail.labels.take();
    assert_eq!(copies(&world.sync()), (0, 0));
    store(&world, "a", "+X-GM-LABELS (Fish)");
    world.gmail.labels = labels;
    world.sync();
    settle(&world, "on again");
    assert_eq!(file(&world, "INBOX", "a").0, "X-Keywords: Fish,Work");
}

#[test]
fn a_server_without_labels_is_told_of_once() {
    let server_without = Extensions { gmail: false, ..Extensions::GMAIL };
    let mut world = World::with(server_without, Names::ENGLISH, &[]);
    world.gmail.labels = Some(LabelSettings { field: "X-Keywords".to_owned(), ignored: [""; 0].iter().collect() });
    world.arrives("a", &["INBOX"]);
    let words = "the server has no labels (it doesn't offer X-GM-EXT-1), so synclabels has no effect";
    assert_eq!(said(&world.sync()), [words]);
    assert_eq!(file(&world, "INBOX", "a").0, "Subject: a");
}

#[test]
fn a_side_that_may_only_be_read_keeps_its_labels() {
    for local in [true, false] {
        let world = world(&[]);
        world.arrives("a", &["INBOX"]);
        settle(&world, "before");
        label(&world, "INBOX", "a", "X-Keywords: Here\n");
        store(&world, "a", "+X-GM-LABELS (There)");
        let mut settings = world.settings();
        let account = &mut settings.accounts[0];
        let common = if local { account.local.common_mut() } else { &mut account.remote.common };
        common.read_only = true;
        for _ in 0..2 {
            let (exit, events) = run_with(settings.clone());
            assert_eq!(exit, Exit::Success, "{events:#?}");
        }
        let (labels, first) = (there(&world, "a"), file(&world, "INBOX", "a").0);
        if local {
            assert_eq!((labels.as_str(), first.as_str()), ("Here There \\Inbox", "X-Keywords: Here"));
        } else {
            assert_eq!((labels.as_str(), first.as_str()), ("There \\Inbox", "X-Keywords: Here,There"));
        }
    }
}
