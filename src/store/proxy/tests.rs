use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::thread;
use std::time::Duration;

use super::*;
use crate::config::settings::ProxyUser;
use crate::model::question::Secret;

const LIMIT: Duration = Duration::from_secs(20);

/// One step of what a proxy does: it waits for these bytes, or says those.
enum Step {
    Hears(&'static [u8]),
    Says(&'static [u8]),
}
use Step::{Hears, Says};

/// What comes of a proxy that takes these steps and then closes the connection, and what is left to read after it.
fn meets(kind: ProxyKind, user: Option<&str>, host: &str, steps: Vec<Step>) -> (Result<(), Trouble>, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let mut client = listener.accept().unwrap().0;
        for step in steps {
            match step {
                Hears(wanted) => {
                    let mut heard = vec![0; wanted.len()];
                    client.read_exact(&mut heard).unwrap();
                    assert_eq!(heard, wanted, "{}", String::from_utf8_lossy(&heard));
                }
                // Who has heard enough may be gone.
                Says(words) => drop(client.write_all(words)),
            }
        }
        // What is left unread would take what was said along with it.
        let _ = client.shutdown(Shutdown::Write);
        let _ = client.read_to_end(&mut Vec::new());
    });
    let user = user.map(|name| ProxyUser { name: name.to_owned(), password: Secret::new("hush".to_owned()) });
    let proxy = Proxy { kind, host: "p".to_owned(), port: 1, user };
    let mut socket = TcpStream::connect(address).unwrap();
    let result = ask(&socket, &proxy, (host, 993), LIMIT);
    let mut rest = Vec::new();
    if result.is_ok() {
        socket.read_to_end(&mut rest).unwrap();
    }
    drop(socket);
    serving.join().unwrap();
    (result, rest)
}

#[test]
fn what_is_asked_for_is_what_the_standards_say_and_what_follows_is_left() {
    use ProxyKind::{Http, Socks4, Socks5};
    let connect = b"CONNECT [::1]:993 HTTP/1.1\r\nHost: [::1]:993\r\nProxy-Authorization: Basic bWU6aHVzaA==\r\n\r\n";
    for (kind, user, host, steps) in [
        (
            Socks5,
            None,
            "a.example",
            vec![
                Hears(b"\x05\x01\x00"),
                Says(b"\x05\x00"),
                Hears(b"\x05\x01\x00\x03\x09a.example\x03\xe1"),
                Says(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01* OK"),
            ],
        ),
        (
            Socks5,
            Some("me"),
            "127.0.0.1",
            vec![
                Hears(b"\x05\x02\x00\x02"),
                Says(b"\x05\x02"),
                Hears(b"\x01\x02me\x04hush"),
                Says(b"\x01\x00"),
                Hears(b"\x05\x01\x00\x01\x7f\x00\x00\x01\x03\xe1"),
                Says(b"\x05\x00\x00\x03\x03abc\x00\x01* OK"),
            ],
        ),
        (
            Socks5,
            Some("me"),
            "::1",
            vec![
                Hears(b"\x05\x02\x00\x02"),
                Says(b"\x05\x00"),
                Hears(b"\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x03\xe1"),
                Says(b"\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x01* OK"),
            ],
        ),
        (
            Socks4,
            Some("me"),
            "a.example",
            vec![Hears(b"\x04\x01\x03\xe1\0\0\0\x01me\0a.example\0"), Says(b"\0\x5a\0\0\0\0\0\0* OK")],
        ),
        (Socks4, None, "127.0.0.1", vec![Hears(b"\x04\x01\x03\xe1\x7f\0\0\x01\0"), Says(b"\0\x5a\0\0\0\0\0\0* OK")]),
        (
            Http,
            None,
            "a.example",
            vec![
                Hears(b"CONNECT a.example:993 HTTP/1.1\r\nHost: a.example:993\r\n\r\n"),
                Says(b"HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n* OK"),
            ],
        ),
        (Http, Some("me"), "::1", vec![Hears(connect), Says(b"HTTP/1.1 200\n\n* OK")]),
    ] {
        let (result, rest) = meets(kind, user, host, steps);
        assert!(result.is_ok(), "{kind:?} {host}: {result:?}");
        assert_eq!(rest, b"* OK", "{kind:?} {host}");
    }
}

#[test]
fn a_proxy_that_refuses_hangs_up_or_talks_nonsense_is_told_apart() {
    use ProxyKind::{Http, Socks4, Socks5};
    let asked = b"CONNECT h:993 HTTP/1.1\r\nHost: h:993\r\n\r\n";
    let long: &'static [u8] = Box::leak([b"HTTP/1.1 200 ".to_vec(), vec![b'x'; 1 << 17]].concat().into_boxed_slice());
    for (kind, user, steps, words) in [
        (Socks5, None, vec![Hears(b"\x05"), Says(b"\x05\xff")], "wants a user and a password"),
        (Socks5, Some("me"), vec![Hears(b"\x05"), Says(b"\x05\xff")], "takes no user"),
        (Socks5, Some("me"), vec![Says(b"\x05\x02"), Says(b"\x01\x01")], "refuses the user or the password"),
        (Socks5, None, vec![Says(b"\x05\x02")], "no proxy of this kind"),
        (Socks5, None, vec![Says(b"\x05\x00\x05\x05\x00\x01")], "the server refuses the connection"),
        (Socks5, None, vec![Says(b"\x05\x00\x05\x63\x00\x01")], "for the reason 99"),
        (Socks5, None, vec![Says(b"\x05\x00\x05\x00\x00\x09")], "no proxy of this kind"),
        (Socks5, None, vec![Says(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "no proxy of this kind"),
        (Socks5, None, vec![Hears(b"\x05\x01\x00"), Says(b"\x05\x00\x05")], "closed the connection"),
        (Socks4, None, vec![Says(b"\0\x5b\0\0\0\0\0\0")], "the proxy says: no"),
        (Socks4, Some("me"), vec![Says(b"\0\x5d\0\0\0\0\0\0")], "refuses the user"),
        (Socks4, None, vec![Says(b"* OK hello")], "no proxy of this kind"),
        (Http, None, vec![Hears(asked), Says(b"HTTP/1.1 407 Who\r\n\r\n")], "wants a user and a password"),
        (Http, Some("me"), vec![Says(b"HTTP/1.1 407 Who\r\n\r\n")], "refuses the user or the password"),
        (Http, None, vec![Hears(asked), Says(b"HTTP/1.1 403 Filtered\r\n\r\n")], "the proxy says: 403 Filtered"),
        (Http, None, vec![Hears(asked), Says(b"* OK hello")], "no proxy of this kind"),
        (Http, None, vec![Hears(asked), Says(b"HTTP/1.1 200 fine\r\n")], "closed the connection"),
        (Http, None, vec![Hears(asked), Says(long)], "no proxy of this kind"),
    ] {
        let (result, _) = meets(kind, user, "h", steps);
        let said = result.unwrap_err().to_string();
        assert!(said.contains(words) && !said.contains("hush"), "{kind:?} {user:?}: {said}, not {words}");
    }
}

#[test]
fn however_slowly_a_proxy_speaks_the_time_limit_is_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut client = listener.accept().unwrap().0;
    client.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    // A byte of an answer that never ends, now and then, until nobody listens any more.
    let speaking = thread::spawn(move || {
        let mut words = b"HTTP/1.1 200 ".iter().chain(std::iter::repeat(&b'x'));
        let mut room = [0; 512];
        while client.write_all(&[*words.next().unwrap()]).is_ok() {
            if matches!(client.read(&mut room), Ok(0)) {
                break;
            }
        }
    });
    let proxy = Proxy { kind: ProxyKind::Http, host: "p".to_owned(), port: 1, user: None };
    let trouble = ask(&socket, &proxy, ("h", 993), Duration::from_millis(400)).unwrap_err();
    assert!(trouble.to_string().contains("(socktimeout)"), "{trouble}");
    drop(socket);
    speaking.join().unwrap();
}
