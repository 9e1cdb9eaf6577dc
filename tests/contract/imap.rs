//! The suite on IMAP: our own server with each of its extensions switched off, and Dovecot.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use blinkensync::config::settings::ImapSettings;
use blinkensync::demo::{Extensions, Message, Options, Server};
use blinkensync::model::fault::Reach;
use blinkensync::model::ids::{AccountName, Uid};
use blinkensync::store::imap::{Credentials, Greeted, ImapRepository};
use blinkensync::store::{Delivered, Mailbox, Repository, Stored};

use crate::dovecot::{Dovecot, PASSWORD};
use crate::mailbox::{Side, Traits, head, listed, send, suite, uid};

const LIMIT: Duration = Duration::from_secs(60);

/// What IMAP itself allows, with all its extensions. Small messages wait for others, to be sent together.
pub const IMAP: Traits = Traits { takes_empty: false, opens_late: true, foreign: "B&APw-cher", ..Traits::OWN };

pub fn connect(address: SocketAddr, user: &str, password: &str) -> ImapRepository {
    let settings = ImapSettings { compress: true, ..ImapSettings::plain("remote", address, user, password) };
    let greeted = Greeted::connect(&settings, &AccountName::new("test"), LIMIT, &mut |_| {}).unwrap();
    greeted.log_in(&Credentials::of_password(password)).unwrap()
}

fn on_our_server(extensions: Extensions, check: fn(&Side<'_>)) {
    let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
    let Extensions { uidplus, move_, multiappend, .. } = extensions;
    let (tells_uid, deletes_single, takes_back) = (uidplus, uidplus, multiappend);
    let traits = Traits { tells_uid, deletes_single, moves: move_, takes_back, shows_at_once: !multiappend, ..IMAP };
    check(&Side { traits, open: &|| Box::new(connect(server.address(), server.user(), server.password())) });
}

fn with_some_extensions(check: fn(&Side<'_>)) {
    let some = Extensions::variations().map(|(_, extensions)| extensions);
    some.filter(|some| ![Extensions::ALL, Extensions::NONE].contains(some)).for_each(|some| on_our_server(some, check));
}

fn on_dovecot(check: fn(&Side<'_>)) {
    if !Path::new("/usr/sbin/dovecot").exists() {
        return;
    }
    let dovecot = Dovecot::start();
    let address = SocketAddr::from(([127, 0, 0, 1], dovecot.port));
    let traits = Traits { keeps_last_cr: false, ..IMAP };
    check(&Side { traits, open: &|| Box::new(connect(address, "me", PASSWORD)) });
}

suite!(with_all_extensions, |check| on_our_server(Extensions::ALL, check));
suite!(without_extensions, |check| on_our_server(Extensions::NONE, check));
suite!(with_each_extension_switched_off, with_some_extensions);
suite!(on_a_dovecot, on_dovecot);

/// Delivers messages, numbered from 1 on, and gives what became of them.
fn deliver(mailbox: &mut dyn Mailbox, bodies: &[Vec<u8>]) -> Vec<Delivered> {
    let mut delivery = mailbox.deliver().unwrap();
    for (number, body) in (1..).zip(bodies) {
        send(&mut *delivery, &head(uid(number), &[]), body);
    }
    let mut report = delivery.commit().unwrap();
    report.sort_by_key(|one| one.source);
    report
}

/// What a look from elsewhere shows, in the order of its UIDs.
fn shown(server: &Server) -> Vec<Vec<u8>> {
    let bodies = |message: &Message| message.body.to_vec();
    server.with_mailboxes(|mailboxes| mailboxes.get("INBOX").unwrap().messages.values().map(bodies).collect())
}

#[test]
fn whatever_goes_together_is_told_of_one_by_one() {
    // More than go in a command, by their number and by their size, and some that go alone among them.
    let large = [1, 40, 90, 91].map(|place| (place, 70_000));
    let sizes: HashMap<usize, usize> = (100..120).map(|place| (place, 60_000)).chain(large).collect();
    let body = |place: usize| {
        let size = sizes.get(&place).copied().unwrap_or(10);
        [format!("A: {place}\r\n\r\n").into_bytes(), vec![b'x'; size]].concat()
    };
    let bodies: Vec<Vec<u8>> = (0..150).map(body).collect();
    for (name, extensions) in Extensions::variations() {
        let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
        let mut repository = connect(server.address(), server.user(), server.password());
        let mut mailbox = repository.open("INBOX", true).unwrap();
        let report = deliver(&mut *mailbox, &bodies);
        assert_eq!(report.len(), bodies.len(), "{name}");
        for (one, number) in report.iter().zip(1..) {
            assert_eq!(one.source, uid(number), "{name}");
            let told = one.result.as_ref().unwrap().uid.map(Uid::get);
            assert_eq!(told, extensions.uidplus.then_some(number), "{name}");
        }
        assert!(shown(&server) == bodies, "{name}");
    }
}

#[test]
fn of_what_goes_together_only_that_is_left_out_which_is_refused() {
    let body = |place: usize| match place {
        3 | 70 | 71 => b"A: \0\r\n\r\n".to_vec(),
        _ => format!("A: {place}\r\n\r\n").into_bytes(),
    };
    let bodies: Vec<Vec<u8>> = (0..200).map(body).collect();
    let refused = |place: &usize| [3, 70, 71].contains(place);
    let rest: Vec<Vec<u8>> = (0..200).filter(|place| !refused(place)).map(body).collect();
    for (name, extensions) in Extensions::variations() {
        let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
        let mut repository = connect(server.address(), server.user(), server.password());
        let mut mailbox = repository.open("INBOX", true).unwrap();
        let report = deliver(&mut *mailbox, &bodies);
        assert_eq!(report.len(), bodies.len(), "{name}");
        for (place, one) in report.iter().enumerate() {
            let reach = one.result.as_ref().err().map(|fault| fault.reach);
            assert_eq!(reach, refused(&place).then_some(Reach::Message), "{name}, {place}");
            if let Ok(Stored { uid: Some(uid), .. }) = one.result {
                let stored =
                    server.with_mailboxes(|mailboxes| mailboxes.get("INBOX").unwrap().messages[&uid].body.clone());
                assert_eq!(*stored, *bodies[place], "{name}, {place}");
            }
        }
        let mut there = shown(&server);
        there.sort();
        let mut expected = rest.clone();
        expected.sort();
        assert!(there == expected, "{name}");
        assert_eq!(listed(&mut *mailbox).len(), rest.len(), "{name}");
    }
}
