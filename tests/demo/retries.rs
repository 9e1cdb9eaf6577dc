//! What becomes of a folder when connections are lost while it is fetched, and how many it gets.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use blinkensync::config::settings::Settings;
use blinkensync::demo::{Options, Server};
use blinkensync::model::event::EventKind;
use blinkensync::model::fault::Exit;
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;
use blinkensync::ui::lines::Style;
use blinkensync::ui::quiet::Quiet;

use crate::engine::{on_disk, on_the_server, run_with, settings};

/// A bad line to a server: of each connection only so many bytes arrive.
struct Line {
    address: SocketAddr,
    /// What has arrived over each.
    arrived: Arc<Mutex<Vec<usize>>>,
}

impl Line {
    /// `most` says it for each connection, counted from 0.
    fn to(server: &Server, most: fn(usize) -> usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, server) = (listener.local_addr().unwrap(), server.address());
        let arrived: Arc<Mutex<Vec<usize>>> = Arc::default();
        let seen = arrived.clone();
        thread::spawn(move || {
            for (number, client) in listener.incoming().flatten().enumerate() {
                let (seen, most) = (seen.clone(), most(number));
                seen.lock().unwrap().push(0);
                let note = move |count| seen.lock().unwrap()[number] += count;
                thread::spawn(move || pass(&client, &TcpStream::connect(server).unwrap(), most, note));
            }
        });
        Self { address, arrived }
    }

    fn connections(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }
}

fn pass(client: &TcpStream, server: &TcpStream, most: usize, note: impl FnMut(usize)) {
    thread::scope(|scope| {
        scope.spawn(|| copy(client, server, usize::MAX, |_| {}));
        copy(server, client, most, note);
        for end in [client, server] {
            let _ = end.shutdown(Shutdown::Both);
        }
    });
}

fn copy(mut from: &TcpStream, mut to: &TcpStream, mut left: usize, mut note: impl FnMut(usize)) {
    let mut buffer = [0; 4096];
    while left > 0 {
        let room = left.min(buffer.len());
        match from.read(&mut buffer[..room]) {
            Ok(count @ 1..) if to.write_all(&buffer[..count]).is_ok() => {
                left -= count;
                note(count);
            }
            _ => return,
        }
    }
}

/// A server with so many messages of so many bytes.
fn server(messages: usize, size: usize) -> Server {
    let server = Server::start(Options::default()).unwrap();
    let date = InternalDate { seconds: 0, offset: 0 };
    server.with_mailboxes(|mailboxes| {
        let inbox = mailboxes.get_mut("INBOX").unwrap();
        for number in 0..messages {
            let text = format!("Subject: {number}\r\n\r\n{}\r\n", "x".repeat(size));
            inbox.append(Flags::default(), date, text.into_bytes().into()).unwrap();
        }
    });
    server
}

fn over(line: &Line, server: &Server, root: &Path, retries: u64) -> Settings {
    let mut settings = settings(server, line.address, root);
    let remote = &mut settings.accounts[0].remote;
    (remote.compress, remote.max_connections, remote.fetching.retries) = (false, 1, retries);
    settings
}

#[test]
fn over_a_bad_line_everything_arrives_as_long_as_it_goes_on() {
    let server = server(12, 30_000);
    for (retries, wanted) in [(0, Exit::Partial), (1, Exit::Success)] {
        let root = tempfile::tempdir().unwrap();
        let line = Line::to(&server, |_| 100_000);
        let (exit, events) = run_with(over(&line, &server, root.path(), retries));
        assert_eq!(exit, wanted, "{events:#?}");
        assert_eq!(on_disk(root.path()) == on_the_server(&server), retries > 0);
        assert_eq!(line.connections() > 3, retries > 0, "{}", line.connections());
        let told = |kind: &EventKind| matches!(kind, EventKind::Noted { text, .. } if text.contains("trying again"));
        assert_eq!(events.iter().any(|event| told(&event.kind)), retries > 0);
        // What was made good is nothing to wake anybody for.
        let mut quiet = Quiet::new(Vec::new());
        for event in &events {
            quiet.show(event).unwrap();
        }
        assert_eq!(quiet.into_inner().is_empty(), retries > 0);
    }
}

#[test]
fn what_brings_nothing_is_tried_so_often_and_no_more() {
    let server = server(1, 200_000);
    for retries in 0..3 {
        let root = tempfile::tempdir().unwrap();
        let line = Line::to(&server, |_| 100_000);
        let (exit, events) = run_with(over(&line, &server, root.path(), retries));
        assert_eq!((exit, on_disk(root.path()).len()), (Exit::Partial, 0), "{events:#?}");
        assert_eq!(line.connections() as u64, 1 + retries);
    }
}

#[test]
fn what_a_helper_could_not_fetch_is_fetched_all_the_same() {
    let server = server(2500, 100);
    for (retries, wanted) in [(0, Exit::Partial), (1, Exit::Success)] {
        let root = tempfile::tempdir().unwrap();
        // Enough to log in, to open the folder and to begin.
        let line = Line::to(&server, |number| if number == 1 { 10_000 } else { usize::MAX });
        let mut settings = over(&line, &server, root.path(), retries);
        settings.accounts[0].remote.max_connections = 2;
        let (exit, events) = run_with(settings);
        assert_eq!(exit, wanted, "{events:#?}");
        assert_eq!(on_disk(root.path()) == on_the_server(&server), retries > 0);
    }
}

#[test]
fn a_folder_has_only_one_connection_where_that_is_wished() {
    let server = server(4500, 100);
    let date = InternalDate { seconds: 0, offset: 0 };
    server.with_mailboxes(|mailboxes| {
        let small = mailboxes.create("Small").unwrap();
        small.append(Flags::default(), date, b"Subject: alone\r\n\r\n".to_vec().into()).unwrap();
    });
    for alone in [true, false] {
        let root = tempfile::tempdir().unwrap();
        let line = Line::to(&server, |_| usize::MAX);
        let mut settings = over(&line, &server, root.path(), 0);
        let remote = &mut settings.accounts[0].remote;
        (remote.max_connections, remote.fetching.alone) = (4, alone);
        assert_eq!(run_with(settings).0, Exit::Success);
        assert_eq!(on_disk(root.path()), on_the_server(&server));
        // The other folder's connection fetches one message, or helps when it has done so.
        let arrived = line.arrived.lock().unwrap();
        assert!(arrived.len() == 2 || !alone, "{arrived:?}");
        assert_eq!(arrived.iter().filter(|count| **count > 50_000).count() == 1, alone, "{arrived:?}");
    }
}
