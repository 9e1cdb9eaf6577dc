//! Secrets stay where they belong: however the program gets them, whatever it shows, and whatever it leaves behind.

mod ways;

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, JoinHandle};

use blinkensync::config::{self, Request};

use crate::local;
use crate::terminal::Terminal;
use crate::world::Run;
use ways::{TYPED, Ways, forms};

/// Ends what a syslog daemon hears.
const END: &[u8] = b"the end";

/// Fails if a secret is in this, which is called `what`.
#[track_caller]
fn discreet(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for form in forms() {
        if let Some(place) = text.find(&form) {
            let before = text[..place].rfind('\n').map_or(0, |line| line + 1);
            let line = text[before..].lines().next().unwrap_or_default();
            panic!("{form} is in {what}, in this line:\n{line}");
        }
    }
}

/// Fails if a secret is in a file below this directory, or in its name, but for tokens that are kept there.
#[track_caller]
fn all_discreet(root: &Path) -> usize {
    let files: Vec<PathBuf> = local::tree(root).into_iter().filter(|path| path.is_file()).collect();
    for path in &files {
        discreet("the name of a file", path.to_str().unwrap().as_bytes());
        if path.extension().is_none_or(|extension| extension != "token") {
            discreet(path.to_str().unwrap(), &fs::read(path).unwrap());
        }
    }
    files.len()
}

/// Where one run leaves what it tells.
struct Records {
    dir: PathBuf,
}

impl Records {
    fn new(ways: &Ways, name: &str) -> Self {
        Self { dir: ways.world().dovecot.dir.join("records").join(name) }
    }

    fn arguments(&self) -> String {
        fs::create_dir_all(&self.dir).unwrap();
        let dir = self.dir.display();
        format!("-o -d ALL -l {dir}/log -P {dir}/trace")
    }

    /// Fails if a secret is in them, or if they aren't there.
    #[track_caller]
    fn are_discreet(&self, ways: &Ways) -> String {
        assert!(all_discreet(&self.dir) > 3);
        assert!(all_discreet(&ways.world().metadata()) > 10);
        fs::read_to_string(self.dir.join("log")).unwrap()
    }
}

fn program(ways: &Ways, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    command.arg("-c").arg(ways.world().file(&ways.config())).args(arguments.split(' '));
    command.env("HOME", ways.home()).env("DBUS_SESSION_BUS_ADDRESS", &ways.bus);
    command
}

/// What a run leaves on both outputs.
fn run(command: &mut Command) -> Run {
    let run = Run::from(&command.output().unwrap());
    discreet("the output", run.text.as_bytes());
    run
}

/// Listens as a syslog daemon does.
fn daemon(path: &Path) -> JoinHandle<String> {
    let socket = UnixDatagram::bind(path).unwrap();
    thread::spawn(move || {
        let (mut heard, mut buffer) = (String::new(), vec![0; 100_000]);
        loop {
            let count = socket.recv(&mut buffer).unwrap();
            if &buffer[..count] == END {
                return heard;
            }
            heard += std::str::from_utf8(&buffer[..count]).unwrap();
            heard.push('\n');
        }
    })
}

#[test]
fn no_secret_shows_where_nobody_is_asked_for_it() {
    let ways = Ways::new();
    local::deliver(&ways.mail("given").join("INBOX"), "mine", "S");
    let records = Records::new(&ways, "basic");
    let all = run(&mut program(&ways, &format!("-u basic {}", records.arguments())));
    all.ends_with(3).says("given: INBOX: 1 uploaded").says("no such *** (***)").says("nobody to ask for it");
    all.says("AUTHENTICATE PLAIN ***").says("AUTHENTICATE XOAUTH2 ***").says("oauth: synchronised");
    // All but the one that is typed and the one that is wrong.
    assert_eq!(all.text.matches(": synchronised").count(), 8, "{}", all.text);
    let log = records.are_discreet(&ways);
    assert!(log.contains("no such *** (***)") && log.contains("AUTHENTICATE XOAUTH2 ***"));
    let records = Records::new(&ways, "quiet");
    let quiet = run(&mut program(&ways, &format!("-u quiet {}", records.arguments())));
    quiet.ends_with(3).says("no such *** (***)");
    records.are_discreet(&ways);
    for ui in ["machineui", "jsonui"] {
        let records = Records::new(&ways, ui);
        let said = run(&mut program(&ways, &format!("-u {ui} {}", records.arguments())));
        let plain = percent_encoding::percent_decode_str(&said.text.replace('+', " ")).decode_utf8_lossy().into_owned();
        discreet(ui, plain.as_bytes());
        assert!(said.code == Some(3) && plain.contains("AUTHENTICATE PLAIN ***"), "{plain}");
        records.are_discreet(&ways);
    }
    let (records, socket) = (Records::new(&ways, "syslog"), ways.world().dovecot.dir.join("syslog"));
    let heard = daemon(&socket);
    let mut command = program(&ways, &format!("-u syslog {}", records.arguments()));
    run(command.env("BLINKENSYNC_SYSLOG", &socket)).ends_with(3);
    UnixDatagram::unbound().unwrap().send_to(END, &socket).unwrap();
    let heard = heard.join().unwrap();
    discreet("syslog", heard.as_bytes());
    assert!(heard.contains("no such *** (***)") && heard.contains("AUTHENTICATE PLAIN ***"));
    records.are_discreet(&ways);
    run(&mut program(&ways, "-u basic --info -d ALL")).says("from Python (remotepasseval)").says("no such *** (***)");
    let dry = run(&mut program(&ways, "-u basic --dry-run -d ALL"));
    dry.ends_with(3).says("no such *** (***)").says("AUTHENTICATE PLAIN ***");
    run(&mut program(&ways, "--check-config")).ends_with(0);
    all_discreet(&ways.world().metadata());
}

/// A terminal in which all these accounts are synchronised, by somebody who knows what is asked for.
fn by_hand(ways: &Ways, ui: &str, records: &Records) -> Terminal {
    let mut terminal = Terminal::open(100, 30);
    let (home, file) = (ways.home(), ways.world().file(&ways.config()));
    terminal.press(&format!("export HOME={} DBUS_SESSION_BUS_ADDRESS={}\n", home.display(), ways.bus));
    terminal.start(&format!("-c {} -u {ui} {}", file.display(), records.arguments()));
    for times in 1..=2 {
        if ui == "ttyui" {
            terminal.wrote(": password of ", times);
            terminal.press(&format!("{TYPED}\n"));
        } else {
            terminal.shows("> ▏");
            terminal.press(TYPED);
            terminal.shows(&format!("> {}▏", "•".repeat(TYPED.chars().count())));
            terminal.press("\r");
        }
    }
    terminal.ends_with(0);
    terminal
}

#[test]
fn no_secret_shows_where_one_is_typed() {
    let ways = Ways::new();
    for ui in ["ttyui", "blinkenlights"] {
        let records = Records::new(&ways, ui);
        let terminal = by_hand(&ways, ui, &records);
        discreet("the terminal", &terminal.shown);
        let log = records.are_discreet(&ways);
        assert_eq!(log.matches(": synchronised").count(), 10);
        if ui == "ttyui" {
            terminal_says(&terminal, "The server says: [AUTHENTICATIONFAILED] no such *** (***)");
        }
    }
}

#[track_caller]
fn terminal_says(terminal: &Terminal, words: &str) {
    let shown = String::from_utf8_lossy(&terminal.shown);
    assert!(shown.contains(words), "no {words} in:\n{shown}");
}

#[test]
fn no_secret_is_in_what_a_crash_could_report() {
    let ways = Ways::new();
    let request = Request { file: Some(ways.world().file(&ways.config())), ..Request::default() };
    let loaded = config::load(&request, &|_, option, _| Err(format!("{option} is worked out later"))).unwrap();
    let report = thread::spawn(move || panic!("{loaded:#?}")).join().unwrap_err();
    let report = report.downcast::<String>().unwrap();
    assert!(report.contains("Command(") && report.contains("logs_in"), "{report}");
    discreet("the report", report.as_bytes());
}
