//! Servers that keep us waiting.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Meeting;
use super::office::Office;
use super::overheard::Manner;
use crate::world::Run;

/// What a wait of a second may come to on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    for (manner, words) in [
        (Manner::Silent, "securing the connection to localhost"),
        (Manner::SilentBeforeGreeting, "waiting for the greeting on localhost"),
        (Manner::SilentAfterConsent, "securing the connection to localhost"),
        (Manner::SilentAfterGreeting, "asking for capabilities on localhost"),
    ] {
        let general = "socktimeout = 1\n".to_owned();
        let begun = Instant::now();
        let (run, _) = Meeting { manner, general, ..Meeting::new(&office) }.run(&office, &paper);
        run.ends_with(1).in_one_sentence().says(words).says("within the time limit (socktimeout)");
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[test]
fn a_server_that_takes_no_connection_is_given_up() {
    let office = Office::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    // Those who wait before us fill the queue.
    let queue = || TcpStream::connect_timeout(&address, Duration::from_millis(500));
    let _waiting: Vec<TcpStream> = std::iter::from_fn(|| queue().ok()).collect();
    let meeting = Meeting { host: "127.0.0.1", general: "socktimeout = 1\n".to_owned(), ..Meeting::new(&office) };
    let begun = Instant::now();
    let run = Run::from(&meeting.program(&office, address.port()).output().unwrap());
    run.ends_with(1).in_one_sentence().says("connecting to 127.0.0.1").says("within the time limit (socktimeout)");
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn a_handshake_that_dribbles_is_given_up() {
    let office = Office::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let dribbling = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        // A record of many bytes, of which one comes now and then.
        let _ = socket.write_all(&[22, 3, 3, 64, 0]);
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut hello = [0; 4096];
        for _ in 0..100 {
            // It has gone, or a while has passed.
            if matches!(socket.read(&mut hello), Ok(0)) || socket.write_all(&[2]).is_err() {
                break;
            }
        }
    });
    let general = "socktimeout = 1\n".to_owned();
    let begun = Instant::now();
    let out = Meeting { general, ..Meeting::new(&office) }.program(&office, port).output().unwrap();
    let run = Run::from(&out);
    run.ends_with(1).in_one_sentence().says("within the time limit (socktimeout)");
    assert!(begun.elapsed() < PATIENCE);
    dribbling.join().unwrap();
}

#[test]
fn a_stop_ends_a_handshake_that_hangs() {
    let office = Office::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = Meeting::new(&office).program(&office, port);
    let mut program = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut socket, _) = listener.accept().unwrap();
    // The program is in the midst of the handshake when its first words are here.
    socket.read_exact(&mut [0; 5]).unwrap();
    let begun = Instant::now();
    kill_process(Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap(), Signal::TERM).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn what_does_not_speak_tls_is_named() {
    let office = Office::new();
    let paper = office.issue("server", "DNS:localhost");
    let (run, heard) =
        Meeting { manner: Manner::Refused, tls: Some(true), ..Meeting::new(&office) }.run(&office, &paper);
    run.ends_with(1).in_one_sentence().says("is not TLS").says("check remoteport");
    assert_eq!(heard.len(), 1);
}
