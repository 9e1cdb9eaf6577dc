//! Rounds of kills, cuts, churn and odd servers at random, each ending in a clean run and a comparison, for as many minutes as
//! one likes.

// A round that meets the unexpected has failed; what is found is told on the terminal; not all of the support is used.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, dead_code, missing_docs)]

#[path = "../../support/churn.rs"]
mod churning;
#[path = "../../support/dovecot.rs"]
mod dovecot;
#[path = "../../support/fray.rs"]
mod fray;
#[path = "../../support/killing.rs"]
mod killing;
#[path = "../../support/local.rs"]
mod local;
#[path = "../../support/odd/mod.rs"]
mod odd;
#[path = "../../support/pair.rs"]
mod pair;
#[path = "../../support/rivals.rs"]
mod rivals;
#[path = "../../support/trial.rs"]
mod trial;
#[path = "../../support/windows.rs"]
mod windows;
#[path = "../../support/working.rs"]
mod working;
#[path = "../../support/world.rs"]
mod world;

mod gmail;
mod servers;
mod watching;

use std::fs;
use std::time::{Duration, Instant};

use fastrand::Rng;

use churning::Churn;
use fray::Fray;
use killing::{Ending, killed_after};
use odd::fuzz::{self, Kind};
use trial::{Prepared, Task};
use windows::Game;
use world::{Run, World};

/// How long a run may take that nobody disturbs.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many conversations with odd servers make a round.
const CONVERSATIONS: u64 = 20;

const USAGE: &str = "tests/soak MINUTES [SEED [ROUND]], or tests/soak watch|servers|gmail|part MINUTES [SEED]";

/// What was done so far.
#[derive(Default)]
struct Figures {
    rounds: u64,
    kills: u64,
    cuts: u64,
    operations: u64,
    conversations: u64,
    peak: u64,
}

struct Soak {
    world: World,
    fray: Fray,
    random: Rng,
    figures: Figures,
}

impl Soak {
    fn new() -> Self {
        let mut world = World::new();
        let fray = Fray::new(world.dovecot.imaps);
        world.remote = world.remote.replace(&world.dovecot.imaps.to_string(), &fray.port.to_string());
        Self { world, fray, random: Rng::new(), figures: Figures::default() }
    }

    /// One round, which chance chooses. What is wrong after it.
    fn round(&mut self) -> Option<String> {
        let task = Task::ALL[self.random.usize(0..3)];
        match self.random.u32(0..7) {
            0 | 1 => self.kills(task),
            2 | 3 => self.cuts(task),
            4 => self.churn(),
            _ => self.odd_servers(),
        }
    }

    fn run(&mut self, moment: Duration) -> Ending {
        let mut command = self.world.program(&self.world.config());
        // What others do between two runs that were killed may look like a mistake.
        let ending = killed_after(command.arg("--allow-deletes"), moment);
        self.figures.peak = self.figures.peak.max(ending.peak);
        self.figures.kills += u64::from(ending.code.is_none());
        ending
    }

    fn kills(&mut self, task: Task) -> Option<String> {
        let prepared = self.prepare(task);
        for _ in 0..self.random.u32(2..12) {
            let moment = Duration::from_millis(self.random.u64(0..150));
            self.run(moment);
        }
        self.comes_right(&prepared)
    }

    fn cuts(&mut self, task: Task) -> Option<String> {
        let prepared = self.prepare(task);
        for _ in 0..self.random.u32(2..6) {
            // Half of them early: much happens in the first bytes.
            let most = if self.random.bool() { 20_000 } else { 600_000 };
            self.fray.cut_after(self.random.u64(0..most));
            self.run(PATIENCE);
            self.figures.cuts += u64::from(self.fray.mend());
        }
        self.comes_right(&prepared)
    }

    /// Others are at work while the program runs, is killed and is cut off.
    fn churn(&mut self) -> Option<String> {
        self.world.fill(5, 30);
        self.world.sync().ends_with(0);
        let (seed, operations) = (self.random.u64(..), 400);
        let mut churn = Churn::start(&self.world, seed, operations, operations);
        while churn.goes_on() {
            match self.random.u32(0..4) {
                0 => self.fray.cut_after(self.random.u64(0..60_000)),
                1 => {
                    let moment = Duration::from_millis(self.random.u64(0..150));
                    self.run(moment);
                }
                _ => {}
            }
            self.run(PATIENCE);
            self.figures.cuts += u64::from(self.fray.mend());
        }
        self.figures.operations += u64::from(operations) * 2;
        let run = self.world.sync_allowing_deletes();
        let wrong = churn.wrong(&self.world, "check-places").or_else(|| self.differs(&run));
        wrong.map(|wrong| format!("{}\n{wrong}", run.text))
    }

    /// Servers that say what no server should.
    fn odd_servers(&mut self) -> Option<String> {
        for _ in 0..CONVERSATIONS {
            let (kind, seed) = (Kind::ALL[self.random.usize(0..Kind::ALL.len())], self.random.u64(..));
            self.figures.conversations += 1;
            if let Err(wrong) = fuzz::round(kind, seed) {
                return Some(format!("{kind:?}, seed {seed}: {wrong}"));
            }
        }
        None
    }

    fn differs(&self, run: &Run) -> Option<String> {
        let (code, said) = self.world.compare(&["dates"]);
        (run.code != Some(0) || code != Some(0)).then_some(said)
    }

    fn prepare(&mut self, task: Task) -> Prepared {
        self.world.prepare(task, self.random.u64(0..1_000_000))
    }

    fn comes_right(&mut self, prepared: &Prepared) -> Option<String> {
        let run = self.world.sync();
        self.world.wrong(&run, prepared)
    }

    fn tidy(&self) {
        let mail = self.world.dovecot.dir.join("mail").join(&self.world.user);
        for directory in [mail, self.world.maildir(), self.world.metadata()] {
            let _ = fs::remove_dir_all(directory);
        }
    }
}

/// Says where it happened, also when a round panics.
struct Place {
    form: &'static str,
    seed: u64,
    round: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("soak: failed; to see it again: tests/soak {}1 {} {}", self.form, self.seed, self.round);
        }
    }
}

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let form = words.first().filter(|word| word.parse::<u64>().is_err()).cloned();
    words.drain(..usize::from(form.is_some()));
    let numbers: Vec<u64> = words.iter().map(|word| word.parse().unwrap()).collect();
    let Some(minutes) = numbers.first() else { panic!("{USAGE}") };
    let seed = numbers.get(1).copied().unwrap_or_else(|| fastrand::u64(0..1_000_000_000));
    let time = Duration::from_secs(minutes * 60);
    match form.as_deref() {
        None => rounds(time, seed, numbers.get(2).copied().unwrap_or(1)),
        Some("watch") => told("watch", seed, watching::watch(time, seed)),
        Some("gmail") => told("gmail", seed, gmail::keep(time, seed)),
        Some("part") => told("part", seed, part(time, seed)),
        Some("servers") => told("servers", seed, servers::keep(time, seed)),
        Some(_) => panic!("{USAGE}"),
    }
}

/// Only a part of the mail is looked at, and always another one.
fn part(time: Duration, seed: u64) -> Result<String, String> {
    let (end, mut random, mut figures) = (Instant::now() + time, Rng::with_seed(seed), (0, 0));
    println!("soak: mail in part for {} minutes, seed {seed}", time.as_secs() / 60);
    while Instant::now() < end {
        let mut game = Game::new(random.fork());
        let _place = Place { form: "part ", seed, round: figures.0 };
        game.rounds(20);
        figures = (figures.0 + 20, figures.1 + game.operations);
    }
    Ok(format!("{} rounds, {} operations of others", figures.0, figures.1))
}

/// What came of another form than the rounds.
fn told(form: &str, seed: u64, result: Result<String, String>) {
    match result {
        Ok(figures) => println!("soak: all right: {figures}"),
        Err(wrong) => panic!("soak: failed; to see it again: tests/soak {form} 1 {seed}\n{wrong}"),
    }
}

/// Rounds that chance chooses.
fn rounds(time: Duration, seed: u64, first: u64) {
    let end = Instant::now() + time;
    println!("soak: {} minutes, seed {seed}", time.as_secs() / 60);
    let mut soak = Soak::new();
    let mut place = Place { form: "", seed, round: first };
    while Instant::now() < end {
        soak.random = Rng::with_seed(seed.wrapping_add(place.round));
        soak.world.user = format!("round{}", place.round);
        if let Some(wrong) = soak.round() {
            panic!("{wrong}");
        }
        soak.tidy();
        soak.figures.rounds += 1;
        place.round += 1;
    }
    let Figures { rounds, kills, cuts, operations, conversations, peak } = soak.figures;
    println!(
        "soak: all right: {rounds} rounds, {kills} kills, {cuts} cuts, {operations} operations of others, \
         {conversations} conversations with odd servers, \
         at most {} MB of memory",
        peak.div_ceil(1024)
    );
}
