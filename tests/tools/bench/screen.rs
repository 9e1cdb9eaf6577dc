//! What the lights take: of the processor, of the terminal's line, and of whoever tells them what happens.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// How often the processor's time is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How long the lights are watched while nothing happens.
const WATCHED: Duration = Duration::from_secs(10);
/// Events of a flood, and how many come in a second where it has a pace.
const FLOOD: (usize, usize) = (100_000, 10_000);
/// Events of a flood that comes as fast as it is taken.
const TORRENT: usize = 2_000_000;

/// What was seen of a run.
#[derive(Default)]
struct Seen {
    /// Seconds that it was watched.
    wall: f64,
    /// Seconds of processor: of the interface's own thread, and of all.
    cpu: (f64, f64),
    /// Bytes that the terminal got.
    bytes: usize,
    /// Seconds that the flood took, as whoever sent it says.
    flood: f64,
}

/// Measures and prints all of it.
pub fn run() {
    println!("{:36} {:>10} {:>10} {:>12} {:>12}", "", "interface", "all", "terminal", "events");
    for size in [(100, 30), (300, 100)] {
        let idle = watch(&["--hold", &scene("idle")], size, Some(WATCHED));
        tell(&format!("nothing happens, {}x{}", size.0, size.1), &idle, 0);
        for rate in [FLOOD.1 / 10, FLOOD.1] {
            let events = rate * FLOOD.0 / FLOOD.1;
            let (events_text, rate_text) = (events.to_string(), rate.to_string());
            let arguments = ["--flood", &events_text, "--rate", &rate_text, &scene("first-sync")];
            let seen = watch(&arguments, size, None);
            tell(&format!("{rate} events a second, {}x{}", size.0, size.1), &seen, events);
        }
    }
    for interface in ["quiet", "basic", "blinkenlights"] {
        let torrent = TORRENT.to_string();
        let seen = watch(&["--ui", interface, "--flood", &torrent, &scene("first-sync")], (100, 30), None);
        tell(&format!("as fast as taken, -u {interface}"), &seen, TORRENT);
    }
}

fn tell(what: &str, seen: &Seen, events: usize) {
    let percent = |cpu: f64| format!("{:.1} %", 100.0 * cpu / seen.wall);
    let written = format!("{:.1} KB/s", seen.bytes as f64 / seen.wall / 1000.0);
    let rate = if events == 0 { String::new() } else { format!("{:.0}/s", events as f64 / seen.flood) };
    println!("{what:36} {:>10} {:>10} {written:>12} {rate:>12}", percent(seen.cpu.0), percent(seen.cpu.1));
}

fn scene(name: &str) -> String {
    format!("{}/tests/screen/scenes/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

/// The program that plays scenes, built beside this one.
fn player() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples/scene")
}

/// Plays a scene in a terminal and watches it, to its end or for a while.
fn watch(arguments: &[&str], (cols, rows): (u16, u16), for_a_while: Option<Duration>) -> Seen {
    let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(player());
    command.args(arguments);
    for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LC_ALL", "C.UTF-8")] {
        command.env(name, value);
    }
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let (output, mut keys) = (listen(pty.master.try_clone_reader().unwrap()), pty.master.take_writer().unwrap());
    let process = child.process_id().unwrap();
    let (mut seen, mut all) = (Seen::default(), Vec::new());
    // Where nothing is to happen, the scene itself comes first.
    let settled = Instant::now() + if for_a_while.is_some() { Duration::from_secs(1) } else { Duration::ZERO };
    while output.recv_timeout(settled.saturating_duration_since(Instant::now())).is_ok() {}
    let (begun, before) = (Instant::now(), taken(process).unwrap_or_default());
    loop {
        match output.recv_timeout(LOOK) {
            Ok(bytes) => {
                seen.bytes += bytes.len();
                all.extend(bytes);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if begun.elapsed().as_secs_f64() < seen.wall + LOOK.as_secs_f64() {
            continue;
        }
        if let Some(now) = taken(process) {
            (seen.wall, seen.cpu) = (begun.elapsed().as_secs_f64(), (now.0 - before.0, now.1 - before.1));
        }
        if for_a_while.is_some_and(|time| begun.elapsed() > time) {
            break;
        }
    }
    if for_a_while.is_some() {
        keys.write_all(b"q").unwrap();
        while output.recv().is_ok() {}
    }
    assert!(child.wait().unwrap().success());
    seen.flood = flood(&String::from_utf8_lossy(&all));
    seen
}

/// What whoever sent the flood says of it.
fn flood(said: &str) -> f64 {
    let words = said.rsplit_once("flood: ").and_then(|(_, rest)| rest.split_once(" events in ")?.1.split_once(" s"));
    words.and_then(|(seconds, _)| seconds.parse().ok()).unwrap_or(f64::NAN)
}

fn listen(mut from: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    output
}

/// Seconds of processor that a process has taken: its first thread, and all of them. `None` when it has ended.
fn taken(process: u32) -> Option<(f64, f64)> {
    let of = |path: &Path| {
        let text = fs::read_to_string(path.join("stat")).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        // In hundredths of a second, as proc(5) has it.
        Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
    };
    let all = PathBuf::from(format!("/proc/{process}"));
    Some((of(&all.join("task").join(process.to_string()))?, of(&all)?))
}
