//! The connection is cut at every byte: nothing is lost, and nothing is there twice.

use std::net::SocketAddr;

use super::*;
use crate::config::settings::ImapSettings;
use crate::cut::{Cut, Way};
use crate::demo::{self, Extensions, Server};
use crate::model::fault::FaultKind;
use crate::model::message::InternalDate;
use crate::store::imap::{Credentials, Greeted, ImapRepository};

/// How long anything of the server may take; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Text and flags of each message, sorted.
type Mail = Vec<(String, String)>;

/// The demonstration's server, a real Maildir, and a ledger that survives.
struct CutWorld {
    server: Server,
    directory: tempfile::TempDir,
    ledger: MemoryLedger,
    names: FolderPair,
}

impl CutWorld {
    fn new(extensions: Extensions) -> Self {
        // In memory where there is such a place: there are thousands of these.
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let server = Server::start(demo::Options { extensions, ..demo::Options::default() }).unwrap();
        Maildir::open(directory.path(), '.', false).create("INBOX").unwrap();
        let names = FolderPair { shown: "INBOX".into(), remote: "INBOX".into(), local: "INBOX".into() };
        Self { server, directory, ledger: MemoryLedger::default(), names }
    }

    fn connect(&self, address: SocketAddr) -> Result<ImapRepository, Fault> {
        let settings = ImapSettings {
            compress: true,
            ..ImapSettings::plain("remote", address, self.server.user(), self.server.password())
        };
        let greeted = Greeted::connect(&settings, &AccountName::new("t"), PATIENCE, &mut |_| {})?;
        greeted.log_in(&Credentials::of_password(self.server.password())).map_err(|refusal| refusal.fault)
    }

    fn run(&self, remote: &mut ImapRepository) -> Done {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let (questions, _asked) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
        let job = Job::new(&worker, &self.names, POLICY);
        let mut local = Maildir::open(self.directory.path(), '.', false);
        synchronise(&job, remote, &mut local, &mut self.ledger.clone())
    }

    /// Runs over a connection that is cut; whether it was.
    fn run_cut(&self, way: Way, after: u64) -> bool {
        let cut = Cut::new(self.server.address(), way, after);
        let fault = match self.connect(cut.address()) {
            Ok(mut remote) => self.run(&mut remote).fatal,
            Err(fault) => Some(fault),
        };
        assert!(fault.as_ref().is_none_or(|fault| fault.kind == FaultKind::Network), "{way:?} {after}: {fault:?}");
        let was_cut = cut.was_cut();
        self.server.wait_until_alone();
        was_cut
    }

    fn inbox<T>(&self, action: impl FnOnce(&mut demo::Mailbox) -> T) -> T {
        self.server.with_mailboxes(|mailboxes| action(mailboxes.get_mut("INBOX").unwrap()))
    }

    fn arrive(&self, text: &str, flags: &[&str]) {
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        let body = written(text).replace('\n', "\r\n").into_bytes();
        self.inbox(|inbox| inbox.append(Flags::from_imap(flags.iter().copied()), date, body.into())).unwrap();
    }

    fn path(&self) -> std::path::PathBuf {
        self.directory.path().join("INBOX")
    }

    fn there(&self) -> Mail {
        let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap().replace("\r\n", "\n");
        let told = |message: &demo::Message| (text(&message.body), message.flags.to_string());
        let mut mail: Mail = self.inbox(|inbox| inbox.messages.values().map(told).collect());
        mail.sort();
        mail
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        let places = ["cur", "new"].map(|place| fs::read_dir(self.path().join(place)).unwrap());
        places.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    fn here(&self) -> Mail {
        let told = |path: std::path::PathBuf| {
            let described = described(&path);
            let flags = described.split_once('(').unwrap().1.trim_end_matches(')').to_owned();
            (fs::read_to_string(path).unwrap(), flags)
        };
        let mut mail: Mail = self.files().into_iter().map(told).collect();
        mail.sort();
        mail
    }

    fn find(&self, text: &str) -> std::path::PathBuf {
        self.files().into_iter().find(|path| fs::read_to_string(path).unwrap() == written(text)).unwrap()
    }
}

fn written(text: &str) -> String {
    format!("Subject: {text}\n\nThis is the message called {text}.\n")
}

/// A folder that was in step, and has changed on both sides since.
fn changed(extensions: Extensions) -> CutWorld {
    let world = CutWorld::new(extensions);
    for text in ["stays", "gone there", "gone here", "flagged there", "flagged here", "flagged on both"] {
        world.arrive(text, &[]);
    }
    let done = world.run(&mut world.connect(world.server.address()).unwrap());
    assert!(done.fatal.is_none() && done.failures == 0, "{done:?}");
    world.server.wait_until_alone();
    let uid = |number| Uid::new(number).unwrap();
    world.inbox(|inbox| {
        inbox.expunge(uid(2)).unwrap();
        inbox.set_flags(uid(4), Flags::from_imap(["\\Seen"]));
        inbox.set_flags(uid(6), Flags::from_imap(["\\Seen"]));
    });
    world.arrive("new there", &["\\Flagged"]);
    world.arrive("twin", &[]);
    fs::remove_file(world.find("gone here")).unwrap();
    for text in ["flagged here", "flagged on both"] {
        let file = world.find(text);
        let name = file.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(&file, world.path().join("cur").join(format!("{name}:2,F"))).unwrap();
    }
    for (name, text) in [("1.here:2,S", "new here"), ("2.here:2,", "twin"), ("3.here:2,", "twin")] {
        fs::write(world.path().join("cur").join(name), written(text)).unwrap();
    }
    world
}

/// What both sides have in the end. Gmail keeps one of what is the same, and so does everybody who follows it.
fn expected(extensions: Extensions) -> Mail {
    let rows = [
        ("stays", ""),
        ("flagged there", "\\Seen"),
        ("flagged here", "\\Flagged"),
        ("flagged on both", "\\Flagged \\Seen"),
        ("new there", "\\Flagged"),
        ("new here", "\\Seen"),
        ("twin", ""),
        ("twin", ""),
        ("twin", ""),
    ];
    let mut mail: Mail = rows.iter().map(|(text, flags)| (written(text), (*flags).to_owned())).collect();
    mail.sort();
    if extensions.gmail {
        mail.dedup();
    }
    mail
}

/// Cuts one session after another, each after so many bytes, and then lets one pass. Whether the last one was cut.
fn cut_at(extensions: Extensions, cuts: &[(Way, u64)]) -> bool {
    let world = changed(extensions);
    let cut = cuts.iter().fold(false, |_, (way, after)| world.run_cut(*way, *after));
    let mut remote = world.connect(world.server.address()).unwrap();
    let done = world.run(&mut remote);
    let place = format!("cut at {cuts:?}, {extensions:?}");
    assert!(done.fatal.is_none() && done.failures == 0, "{place}: {done:?}");
    assert_eq!(world.there(), expected(extensions), "on the server, {place}");
    assert_eq!(world.here(), expected(extensions), "on disk, {place}");
    let done = world.run(&mut remote);
    assert!(done.counts.is_nothing() && done.failures == 0, "{place}: a third run did something: {done:?}");
    cut
}

/// Cuts at every byte that goes this way.
fn at_every_byte(extensions: Extensions, way: Way) {
    let bytes = (0..100_000).find(|after| !cut_at(extensions, &[(way, *after)])).unwrap();
    assert!(bytes > 250, "only {bytes} bytes went {way:?}");
}

/// All in clear text: what is compressed breaks off between whole answers only.
const CLEAR: Extensions = Extensions { compress: false, ..Extensions::ALL };
const WITHOUT_UIDPLUS: Extensions = Extensions { uidplus: false, ..CLEAR };
const WITHOUT_UNASKED_LITERALS: Extensions = Extensions { literal_plus: false, ..CLEAR };

#[test]
fn at_every_byte_to_the_server() {
    at_every_byte(CLEAR, Way::Up);
}

#[test]
fn at_every_byte_from_the_server() {
    at_every_byte(CLEAR, Way::Down);
}

#[test]
fn at_every_byte_of_a_compressed_conversation() {
    at_every_byte(Extensions::ALL, Way::Up);
    at_every_byte(Extensions::ALL, Way::Down);
}

#[test]
fn at_every_byte_without_uidplus() {
    at_every_byte(WITHOUT_UIDPLUS, Way::Up);
    at_every_byte(WITHOUT_UIDPLUS, Way::Down);
}

#[test]
fn at_every_byte_when_each_message_waits_for_the_go_ahead() {
    at_every_byte(WITHOUT_UNASKED_LITERALS, Way::Up);
    at_every_byte(WITHOUT_UNASKED_LITERALS, Way::Down);
}

#[test]
fn at_every_byte_without_any_extension() {
    at_every_byte(Extensions::NONE, Way::Up);
    at_every_byte(Extensions::NONE, Way::Down);
}

#[test]
fn again_and_again_at_random_bytes() {
    let mut random = fastrand::Rng::new();
    let variations: Vec<Extensions> = Extensions::variations().map(|(_, extensions)| extensions).collect();
    for _ in 0..500 {
        let extensions = variations[random.usize(0..variations.len())];
        let cuts: Vec<(Way, u64)> = (0..random.usize(2..5))
            .map(|_| if random.bool() { (Way::Up, random.u64(0..900)) } else { (Way::Down, random.u64(0..2700)) })
            .collect();
        cut_at(extensions, &cuts);
    }
}
