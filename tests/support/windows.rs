//! Windows that widen and narrow at random, on a real server, while both sides change.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::local;
use crate::world::World;

/// What is larger than it is allowed to be by less than this, or older by less than [`DAYS`], may be judged either way: headers
/// count too, and servers know days only.
const BYTES: usize = 400;
const DAYS: u32 = 2;

/// Each message's flags, by its subject; and once.
type Mail = BTreeMap<String, String>;

fn inbox(world: &World) -> PathBuf {
    world.maildir().join("INBOX")
}

fn there(world: &World) -> Mail {
    let list = world.client(&["list", "INBOX"]);
    let split = |line: &str| {
        let (flags, subject) = line.split_once(' ').unwrap().1.rsplit_once(' ').unwrap();
        (subject.to_owned(), flags.to_owned())
    };
    let mail: Mail = list.lines().map(split).collect();
    assert_eq!(mail.len(), list.lines().count(), "something is there twice: {list}");
    mail
}

fn here(world: &World) -> Mail {
    let files = local::messages(&inbox(world));
    let described = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap().to_owned();
        let letters = file.to_str().unwrap().rsplit_once(":2,").map_or("", |(_, letters)| letters);
        (subject, letters.to_owned())
    };
    let mail: Mail = files.iter().map(described).collect();
    assert_eq!(mail.len(), files.len(), "something is here twice: {files:?}");
    mail
}

/// What of the mail is looked at: so many days, and bytes.
type Window = (u32, usize);
const ALL: Window = (1000, 1_000_000);

pub struct Game {
    pub world: World,
    random: fastrand::Rng,
    /// How old each message is, in days, and how much text it has.
    about: BTreeMap<String, Window>,
    deleted: Vec<String>,
    window: Window,
    /// How much has happened so far.
    pub operations: usize,
}

impl Game {
    pub fn new(random: fastrand::Rng) -> Self {
        let world = World::new();
        local::make(&inbox(&world));
        Self { world, random, about: BTreeMap::new(), deleted: Vec::new(), window: ALL, operations: 0 }
    }

    /// Changes, and runs with other windows, so often. Something wrong is a panic.
    pub fn rounds(&mut self, count: u32) {
        for round in 0..count {
            self.operations += if round == 0 { 30 } else { 8 };
            self.changes(if round == 0 { 30 } else { 8 });
            if round % 3 != 0 {
                self.window = self.another();
            }
            self.run();
        }
        self.end();
    }

    /// Another window, of days or of bytes or of both.
    fn another(&mut self) -> Window {
        let days = self.random.bool().then(|| self.random.u32(1..100));
        let bytes = (days.is_none() || self.random.bool()).then(|| self.random.usize(200..6000));
        let line =
            |key: &str, value: Option<String>| value.map(|value| format!("{key} = {value}\n")).unwrap_or_default();
        self.world.account =
            line("maxage", days.map(|days| days.to_string())) + &line("maxsize", bytes.map(|b| b.to_string()));
        (days.unwrap_or(ALL.0), bytes.unwrap_or(ALL.1))
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let place = self.random.usize(..all.len().max(1));
        all.get(place).cloned()
    }

    /// So much happens on both sides.
    fn changes(&mut self, count: usize) {
        let list = self.world.client(&["list", "INBOX"]);
        let mut there: Vec<(String, String)> = list
            .lines()
            .map(|line| (line.split_once(' ').unwrap().0.to_owned(), line.rsplit_once(' ').unwrap().1.to_owned()))
            .collect();
        let mut commands = Vec::new();
        for _ in 0..count {
            if self.random.bool() {
                commands.extend(self.change_there(&mut there));
            } else {
                self.change_here();
            }
        }
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        self.world.client(&[&["several", "INBOX"], &commands[..]].concat());
    }

    fn change_there(&mut self, there: &mut Vec<(String, String)>) -> Option<String> {
        let what = self.random.u32(..3);
        if what == 0 {
            let about = (self.random.u32(1..100), self.random.usize(1..6000));
            let name = format!("there-{}", self.about.len());
            self.about.insert(name.clone(), about);
            return Some(format!("append {name} {} {}", about.0, about.1));
        }
        let (uid, name) = self.one_of(there)?;
        if what == 1 {
            let sign = if self.random.bool() { "+" } else { "-" };
            return Some(format!("flag {uid} {sign} \\Flagged"));
        }
        there.retain(|(one, _)| *one != uid);
        self.deleted.push(name);
        Some(format!("flag {uid} + \\Deleted"))
    }

    fn change_here(&mut self) {
        let what = self.random.u32(..3);
        if what == 0 {
            let (age, size) = (self.random.u32(1..100), self.random.usize(1..6000));
            let written = SystemTime::now() - Duration::from_secs(u64::from(age) * 86400);
            let seconds = written.duration_since(UNIX_EPOCH).unwrap().as_secs();
            let name = format!("{seconds}.here-{}", self.about.len());
            let text = format!("Message-ID: <{name}@here.example.org>\nSubject: {name}\n\n{}\n", "x".repeat(size));
            let file = local::write(&inbox(&self.world), &name, "", text.as_bytes());
            // It goes to the server with this date.
            fs::File::options().write(true).open(file).unwrap().set_modified(written).unwrap();
            self.about.insert(name, (age, size));
            return;
        }
        let names: Vec<String> = here(&self.world).into_keys().collect();
        let Some(name) = self.one_of(&names) else { return };
        if what == 1 {
            let flags = if self.random.bool() { "S" } else { "" };
            local::flag(&local::find(&inbox(&self.world), &name).unwrap(), flags);
        } else {
            fs::remove_file(local::find(&inbox(&self.world), &name).unwrap()).unwrap();
            self.deleted.push(name);
        }
    }

    /// Whether it is certainly outside of the window.
    fn is_outside(&self, name: &str) -> bool {
        let ((age, size), (days, bytes)) = (self.about[name], self.window);
        age > days + DAYS || size > bytes + BYTES
    }

    /// Runs; what is gone was deleted by somebody, and what is certainly outside is untouched.
    fn run(&mut self) {
        let before = (there(&self.world), here(&self.world));
        self.world.sync_allowing_deletes().ends_with(0);
        let after = (there(&self.world), here(&self.world));
        for (before, after) in [(before.0, after.0), (before.1, after.1)] {
            for (name, flags) in &before {
                let now = after.get(name);
                assert!(now.is_some() || self.deleted.contains(name), "{name} is gone");
                let untouched = !self.is_outside(name) || now == Some(flags);
                assert!(untouched, "{name} was {flags}, and is {now:?}, with {:?}", self.window);
            }
            let came = after.keys().filter(|name| !before.contains_key(*name));
            came.for_each(|name| {
                assert!(!self.is_outside(name), "{name} came, with {:?}", self.window);
            });
        }
    }

    fn end(&mut self) {
        self.window = ALL;
        self.world.account.clear();
        self.run();
        self.world.sync().ends_with(0).says("nothing new");
        self.world.same(&["dates"]);
        let there = there(&self.world);
        let lost: Vec<_> =
            self.about.keys().filter(|name| !self.deleted.contains(name) && !there.contains_key(*name)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}
