//! Windows that widen and narrow at random, on a real server, while both sides change.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;

/// Each message's flags, by its subject; and once.
type Mail = BTreeMap<String, String>;

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

struct Game {
    world: World,
    random: fastrand::Rng,
    /// How old each message is, in days.
    ages: BTreeMap<String, u32>,
    deleted: Vec<String>,
    window: u32,
}

impl Game {
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
            let age = self.random.u32(..100);
            let name = format!("there-{}", self.ages.len());
            self.ages.insert(name.clone(), age);
            return Some(format!("append {name} {age}"));
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
            let age = self.random.u32(..100);
            let written = SystemTime::now() - Duration::from_secs(u64::from(age) * 86400);
            let seconds = written.duration_since(UNIX_EPOCH).unwrap().as_secs();
            let name = format!("{seconds}.here-{}", self.ages.len());
            let file = deliver(&inbox(&self.world), &name, "");
            // It goes to the server with this date.
            fs::File::options().write(true).open(file).unwrap().set_modified(written).unwrap();
            self.ages.insert(name, age);
            return;
        }
        let names: Vec<String> = here(&self.world).into_keys().collect();
        let Some(name) = self.one_of(&names) else { return };
        if what == 1 {
            let flags = if self.random.bool() { "S" } else { "" };
            local::flag(&local::find(&inbox(&self.world), &name).unwrap(), flags);
        } else {
            delete_here(&self.world, &name);
            self.deleted.push(name);
        }
    }

    /// Runs; what is gone was deleted by somebody, and what is too old by more than a day or two is untouched.
    fn run(&mut self) {
        let before = (there(&self.world), here(&self.world));
        self.world.sync_allowing_deletes().ends_with(0);
        let after = (there(&self.world), here(&self.world));
        for (before, after) in [(before.0, after.0), (before.1, after.1)] {
            for (name, flags) in &before {
                let now = after.get(name);
                assert!(now.is_some() || self.deleted.contains(name), "{name} is gone");
                let old = self.ages[name] > self.window + 2;
                assert!(
                    !old || now == Some(flags),
                    "{name} was {flags}, and is {now:?}, with maxage = {}",
                    self.window
                );
            }
            let came = after.keys().filter(|name| !before.contains_key(*name));
            came.for_each(|name| {
                assert!(self.ages[name] <= self.window + 2, "{name} came, with maxage = {}", self.window);
            });
        }
    }

    fn end(mut self) {
        self.window = 1000;
        self.world.account.clear();
        self.run();
        nothing_new(&self.world);
        self.world.same(&["dates"]);
        let there = there(&self.world);
        let lost: Vec<_> =
            self.ages.keys().filter(|name| !self.deleted.contains(name) && !there.contains_key(*name)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

#[test]
fn windows_that_come_and_go_lose_and_double_nothing() {
    let seed = fastrand::u64(..1_000_000);
    println!("seed {seed}");
    let random = fastrand::Rng::with_seed(seed);
    let (ages, deleted) = (BTreeMap::new(), Vec::new());
    let mut game = Game { world: World::new(), random, ages, deleted, window: 1000 };
    local::make(&inbox(&game.world));
    for round in 0..6 {
        game.changes(if round == 0 { 30 } else { 8 });
        if round % 3 != 0 {
            game.window = game.random.u32(1..100);
            game.world.account = format!("maxage = {}\n", game.window);
        }
        game.run();
    }
    game.end();
}
