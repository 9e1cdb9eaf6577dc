//! How long a change takes to the other side while an account is watched.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::after;

use super::client::Client;
use super::working::Working;
use super::world::World;

/// How often each is measured.
const TIMES: usize = 50;
/// How often it is looked whether it is there.
const GLANCE: Duration = Duration::from_millis(4);
/// Between two changes, so that each begins from rest.
const REST: Duration = Duration::from_millis(1500);
/// Longer than anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures from the server's OK to a message until its file is there, and from a flag in a file's name until the server has it.
pub fn run() {
    let mut world = World::new();
    world.account = "autorefresh = 600\n".to_owned();
    world.fill(20, 50);
    let mut working = Working::start(&world.file(&world.config()));
    working.says("the server tells of changes in all folders");
    working.lives_for(REST);
    let mut client = Client::new(world.dovecot.port, "me");
    client.command("SELECT INBOX");
    let mut down = Vec::new();
    let mut up = Vec::new();
    for number in 0..TIMES {
        let subject = format!("Subject: push {number}\r\n\r\ntext\r\n");
        client.append("INBOX", &[("", subject.clone().into_bytes())]);
        let (file, time) = until(|| file(&world, &subject.replace("\r\n", "\n")));
        down.push(time);
        working.lives_for(REST);
        let name = file.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(&file, world.maildir().join("INBOX/cur").join(format!("{name}:2,S"))).unwrap();
        let search = format!("SEARCH SEEN SUBJECT \"push {number}\"");
        let found = |lines: &[String]| {
            lines.iter().any(|line| line.trim_end().len() > "* SEARCH".len() && line.starts_with("* SEARCH"))
        };
        up.push(until(|| found(&client.command(&search)).then_some(())).1);
        working.lives_for(REST);
    }
    working.ends();
    println!("{TIMES} times each, in milliseconds");
    println!("{:<40} {:>8} {:>8} {:>8}", "", "least", "median", "most");
    report("from APPEND's OK to the file", down);
    report("from the flag here to the flag there", up);
}

/// Waits for something, and says how long that took.
fn until<T>(mut seen: impl FnMut() -> Option<T>) -> (T, Duration) {
    let begun = Instant::now();
    loop {
        if let Some(found) = seen() {
            return (found, begun.elapsed());
        }
        assert!(begun.elapsed() < PATIENCE, "it never came");
        let _ = after(GLANCE).recv();
    }
}

/// The file of a message that has just come.
fn file(world: &World, text: &str) -> Option<PathBuf> {
    let files = fs::read_dir(world.maildir().join("INBOX/new")).unwrap().map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| fs::read_to_string(path).is_ok_and(|found| found == text));
    files.next()
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let [least, median, most] = [0, times.len() / 2, times.len() - 1].map(|place| times[place].as_millis());
    println!("{what:<40} {least:>8} {median:>8} {most:>8}");
}
