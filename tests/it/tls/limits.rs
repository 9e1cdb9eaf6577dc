//! Servers that keep us waiting.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Meeting;
use super::office::Office;
use super::overheard::Manner;

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
        let waited = |count: std::io::Result<usize>| count.is_err() || count.is_ok_and(|count| count > 0);
        while waited(socket.read(&mut hello)) && socket.write_all(&[2]).is_ok() {}
    });
    let general = "socktimeout = 1\n".to_owned();
    let begun = Instant::now();
    let out = Meeting { general, ..Meeting::new(&office) }.program(&office, port).output().unwrap();
    let run = crate::world::Run::from(&out);
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
