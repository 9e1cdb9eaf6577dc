//! The connection to a server on the local side is cut anywhere: nothing is lost, and nothing is there twice.

use std::net::SocketAddr;

use crossbeam_channel::unbounded;

use super::super::worker::Publisher;
use super::tests::POLICY;
use super::*;
use crate::config::settings::ImapSettings;
use crate::cut::{Cut, Way};
use crate::demo::{self, Extensions, Server};
use crate::model::fault::FaultKind;
use crate::model::flags::Flags;
use crate::model::ids::{AccountName, LampId, Uid};
use crate::model::message::InternalDate;
use crate::store::imap::{Credentials, Greeted, ImapRepository};
use crate::store::ledger::sqlite::SqliteLedger;
use crate::store::mapped::MappedRepository;

/// How long anything of a server may take; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Text, flags and date of each message, sorted.
type Mail = Vec<(String, String, i64)>;

/// Two of the demonstration's servers, and a ledger on the disk.
struct World {
    remote: Server,
    local: Server,
    directory: tempfile::TempDir,
    names: FolderPair,
}

fn connect(server: &Server, address: SocketAddr) -> Result<ImapRepository, Fault> {
    let settings = ImapSettings::plain("server", address, server.user(), server.password());
    let greeted = Greeted::connect(&settings, &AccountName::new("t"), PATIENCE, &mut |_| {})?;
    greeted.log_in(&Credentials::of_password(server.password())).map_err(|refusal| refusal.fault)
}

fn append(server: &Server, text: &str, flags: &[&str]) -> Uid {
    let date = InternalDate { seconds: 1_000_000_000 + i64::try_from(text.len()).unwrap(), offset: 3600 };
    let body = format!("Subject: {text}\r\n\r\nThis is the message called {text}.\r\n").into_bytes();
    server
        .with_mailboxes(|mailboxes| {
            let inbox = mailboxes.get_mut("INBOX").unwrap();
            inbox.append(Flags::from_imap(flags.iter().copied()), date, body.into())
        })
        .unwrap()
}

fn mail(server: &Server) -> Mail {
    let told = |message: &demo::Message| {
        (String::from_utf8(message.body.to_vec()).unwrap(), message.flags.to_string(), message.date.seconds)
    };
    let mut mail: Mail =
        server.with_mailboxes(|mailboxes| mailboxes.get_mut("INBOX").unwrap().messages.values().map(told).collect());
    mail.sort();
    mail
}

impl World {
    fn new(extensions: Extensions) -> Self {
        // In memory where there is such a place: there are many of these.
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let start = |extensions| Server::start(demo::Options { extensions, ..demo::Options::default() }).unwrap();
        let names = FolderPair { shown: "INBOX".into(), remote: "INBOX".into(), local: "INBOX".into() };
        Self { remote: start(Extensions::ALL), local: start(extensions), directory, names }
    }

    fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.directory.path().join("ledger")).unwrap()
    }

    fn run(&self, local: ImapRepository) -> Done {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, unbounded().0);
        let job = Job::new(&worker, &self.names, POLICY);
        let mut remote = connect(&self.remote, self.remote.address()).unwrap();
        let mut local = MappedRepository::new(local, self.ledger());
        synchronise(&job, &mut remote, &mut local, &mut self.ledger())
    }

    fn run_cut(&self, way: Way, after: u64) -> bool {
        let cut = Cut::new(self.local.address(), way, after);
        let fault = match connect(&self.local, cut.address()) {
            Ok(local) => self.run(local).fatal,
            Err(fault) => Some(fault),
        };
        assert!(fault.as_ref().is_none_or(|fault| fault.kind == FaultKind::Network), "{way:?} {after}: {fault:?}");
        let was_cut = cut.was_cut();
        self.local.wait_until_alone();
        was_cut
    }

    #[track_caller]
    fn run_well(&self, place: &str) -> Counts {
        let done = self.run(connect(&self.local, self.local.address()).unwrap());
        assert!(done.fatal.is_none() && done.failures == 0, "{place}: {done:?}");
        self.local.wait_until_alone();
        done.counts
    }
}

/// A folder that was in step, and has changed on both sides since.
fn changed(extensions: Extensions) -> World {
    let world = World::new(extensions);
    for text in ["stays", "gone there", "gone here", "flagged there", "flagged here"] {
        append(&world.remote, text, &[]);
    }
    world.run_well("the first run");
    world.run_well("the second run");
    let uid = |number| Uid::new(number).unwrap();
    world.remote.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        inbox.expunge(uid(2)).unwrap();
        inbox.set_flags(uid(4), Flags::from_imap(["\\Seen"]));
    });
    world.local.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        inbox.expunge(uid(3)).unwrap();
        inbox.set_flags(uid(5), Flags::from_imap(["$Work"]));
    });
    append(&world.remote, "new there", &["\\Flagged", "$There"]);
    append(&world.remote, "twin", &[]);
    append(&world.local, "new here", &["\\Seen"]);
    append(&world.local, "twin", &[]);
    append(&world.local, "twin", &[]);
    world
}

/// Gmail keeps one of what is the same.
fn expected(extensions: Extensions) -> Vec<String> {
    let mut texts: Vec<String> =
        ["stays", "flagged there", "flagged here", "new there", "new here", "twin", "twin", "twin"]
            .map(str::to_owned)
            .into();
    texts.sort();
    if extensions.gmail {
        texts.dedup();
    }
    texts
}

/// Cuts one session after another, each after so many bytes, and then lets some pass. Whether the last one was cut.
fn cut_at(extensions: Extensions, cuts: &[(Way, u64)]) -> bool {
    let world = changed(extensions);
    let cut = cuts.iter().fold(false, |_, (way, after)| world.run_cut(*way, *after));
    let place = format!("cut at {cuts:?}, {extensions:?}");
    // A server that doesn't say what becomes of a message is looked at once more.
    world.run_well(&place);
    world.run_well(&place);
    let there = mail(&world.remote);
    assert_eq!(there, mail(&world.local), "{place}");
    let subject = |(text, _, _): &(String, String, i64)| text.lines().next().unwrap()[9..].to_owned();
    let mut texts: Vec<String> = there.iter().map(subject).collect();
    texts.sort();
    assert_eq!(texts, expected(extensions), "{place}");
    let flags: Vec<&str> = there.iter().map(|(_, flags, _)| flags.as_str()).filter(|flags| !flags.is_empty()).collect();
    assert_eq!(flags, ["$Work", "\\Seen", "\\Seen", "\\Flagged $There"], "{place}");
    assert!(world.run_well(&place).is_nothing(), "{place}");
    cut
}

/// Cuts at many bytes that go this way.
fn at_many_bytes(extensions: Extensions, way: Way, step: usize) {
    let last = (0..100_000).step_by(step).find(|after| !cut_at(extensions, &[(way, *after)])).unwrap();
    assert!(last > 250, "only {last} bytes went {way:?}");
}

const CLEAR: Extensions = Extensions { compress: false, ..Extensions::ALL };

#[test]
fn on_the_way_there() {
    at_many_bytes(CLEAR, Way::Up, 3);
}

#[test]
fn on_the_way_back() {
    at_many_bytes(CLEAR, Way::Down, 7);
}

#[test]
fn where_the_server_does_not_say_what_becomes_of_a_message() {
    at_many_bytes(Extensions { uidplus: false, ..CLEAR }, Way::Up, 5);
    at_many_bytes(Extensions { uidplus: false, ..CLEAR }, Way::Down, 17);
}

#[test]
fn where_each_message_has_a_command_of_its_own() {
    at_many_bytes(Extensions { multiappend: false, ..CLEAR }, Way::Up, 11);
}

/// A folder with new messages of which the local server refuses one, cut at this byte of what is sent there. Whether it was.
fn cut_beside_a_refused_one(extensions: Extensions, way: Way, after: u64) -> bool {
    let world = World::new(extensions);
    let (texts, refused) = (["one", "two", "three", "four"], "no\0no");
    for text in [&texts[..2], &[refused], &texts[2..]].concat() {
        append(&world.remote, text, &[]);
    }
    let cut = world.run_cut(way, after);
    let place = format!("cut {way:?} at {after}, {extensions:?}");
    for _ in 0..2 {
        let done = world.run(connect(&world.local, world.local.address()).unwrap());
        assert!(done.fatal.is_none(), "{place}: {done:?}");
        world.local.wait_until_alone();
    }
    let mut expected = mail(&world.remote);
    expected.retain(|(text, _, _)| !text.contains(refused));
    assert_eq!(mail(&world.local), expected, "{place}");
    cut
}

#[test]
fn while_messages_are_refused_together_and_then_sent_one_by_one() {
    for (uidplus, way, step) in
        [(true, Way::Up, 13), (true, Way::Down, 29), (false, Way::Up, 31), (false, Way::Down, 41)]
    {
        let extensions = Extensions { uidplus, ..CLEAR };
        let mut places = (0..100_000).step_by(step);
        let last = places.find(|after| !cut_beside_a_refused_one(extensions, way, *after)).unwrap();
        assert!(last > 250, "only {last} bytes went {way:?}");
    }
}

#[test]
fn again_and_again_whatever_the_server_can_do() {
    let mut random = fastrand::Rng::new();
    for (_, extensions) in Extensions::variations() {
        for _ in 0..4 {
            let cuts: Vec<(Way, u64)> = (0..random.usize(0..4))
                .map(|_| if random.bool() { (Way::Up, random.u64(0..900)) } else { (Way::Down, random.u64(0..2700)) })
                .collect();
            cut_at(extensions, &cuts);
        }
    }
}
