//! How a server ends: at once, whatever its clients are doing.

use blinkensync::demo::{Options, Server};
use blinkensync::model::flags::Flags;
use blinkensync::model::message::InternalDate;

use crate::client::Client;

fn logged_in(server: &Server) -> Client {
    Client::logged_in(server.address(), server.user(), server.password())
}

/// A server whose only message would take hours to fetch.
fn slow() -> Server {
    let server = Server::start(Options { bytes_per_second: Some(1), ..Options::default() }).unwrap();
    let date = InternalDate { seconds: 0, offset: 0 };
    server.with_mailboxes(|mailboxes| {
        mailboxes.get_mut("INBOX").unwrap().append(Flags::default(), date, vec![b'x'; 100_000].into()).unwrap();
    });
    server
}

#[test]
fn it_ends_while_clients_idle_and_fetch_and_wait() {
    let server = slow();
    let mut idle = logged_in(&server);
    idle.send("IDLE");
    assert!(idle.line().starts_with('+'));
    let mut waiting = Client::new(server.address());
    let mut cut = logged_in(&server);
    cut.raw("x APPEND INBOX {10}");
    assert!(cut.line().starts_with('+'));
    let fetch = |compressed: bool| {
        let mut fetching = logged_in(&server);
        if compressed {
            fetching.run("COMPRESS DEFLATE");
        }
        fetching.run("SELECT INBOX");
        fetching.send("FETCH 1 BODY.PEEK[]");
        fetching.wait_for_bytes();
        fetching
    };
    let (mut fetching, mut compressed) = (fetch(false), fetch(true));
    let mut packed_idle = logged_in(&server);
    packed_idle.run("COMPRESS DEFLATE");
    packed_idle.send("IDLE");
    assert!(packed_idle.line().starts_with('+'));
    // It joins its threads: this returns only when all have ended.
    drop(server);
    for client in [&mut idle, &mut waiting, &mut cut, &mut fetching, &mut compressed, &mut packed_idle] {
        assert!(client.ends());
    }
}

#[test]
fn cut_connections_end_and_new_ones_are_taken() {
    let server = Server::start(Options::default()).unwrap();
    let mut client = logged_in(&server);
    server.cut_connections();
    assert!(client.ends());
    assert!(logged_in(&server).run("NOOP")[0].starts_with("OK"));
}
