//! The program watches an account in which something happens all the time, on a server that is restarted and over a line that
//! is cut; what it needs must not grow.

use std::fs;
use std::time::{Duration, Instant};

use crossbeam_channel::after;
use fastrand::Rng;
use rustix::process::Signal;

use crate::fray::Fray;
use crate::local;
use crate::working::Working;
use crate::world::World;

/// Between two samples.
const SAMPLE: Duration = Duration::from_secs(2);
/// Between two things that happen.
const STEP: Duration = Duration::from_millis(100);
/// No folder gets fuller than this.
const FULL: usize = 60;
/// Memory that may come on top, in KiB: caches, and what the allocator doesn't give back.
const MORE_MEMORY: u64 = 6 * 1024;
/// Open files that may come on top.
const MORE_FILES: usize = 4;
/// Samples without which there is no trend.
const FEWEST: usize = 20;

/// Memory in KiB, open files and threads.
type Sample = (u64, usize, usize);

/// Everything that takes part.
struct Stage {
    world: World,
    fray: Fray,
    random: Rng,
    done: u64,
}

/// Watches for so long. What is wrong after it.
pub fn watch(time: Duration, seed: u64) -> Result<String, String> {
    let mut stage = Stage::new(seed);
    let config = stage.world.config();
    let mut working = Working::start(&stage.world.file(&config));
    working.says("the server tells of changes in all folders");
    let (end, mut samples) = (Instant::now() + time, Vec::new());
    while Instant::now() < end {
        let next = Instant::now() + SAMPLE;
        while Instant::now() < next {
            stage.step(&working);
            working.lives_for(STEP);
        }
        samples.push(working.figures());
        // What it has said is of no interest, as long as there is not much of it.
        working.said.clear();
    }
    working.lives_for(Duration::from_secs(15));
    working.ends();
    let run = stage.world.sync();
    let (code, said) = stage.world.compare(&[]);
    if run.code != Some(0) || code != Some(0) {
        return Err(format!("{}\n{said}", run.text));
    }
    let figures = figures(&samples, stage.done);
    if grows(&samples) { Err(figures) } else { Ok(figures) }
}

impl Stage {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        let fray = Fray::new(world.dovecot.imaps);
        world.remote = world.remote.replace(&world.dovecot.imaps.to_string(), &fray.port.to_string());
        world.account = "autorefresh = 1\n".to_owned();
        world.fill(5, 10);
        Self { world, fray, random: Rng::with_seed(seed), done: 0 }
    }

    /// Something happens.
    fn step(&mut self, working: &Working) {
        self.done += 1;
        let names = ["INBOX", "Archive", "Archive/2023"];
        let name = names[self.random.usize(0..names.len())];
        let folder = self.world.maildir().join(name.replace('/', "."));
        let files = local::messages(&folder);
        match self.random.u32(0..300) {
            0 => self.restart(),
            1..=4 => {
                self.fray.cut_after(0);
                let _ = after(STEP).recv();
                self.fray.mend();
            }
            5..=6 => working.signal(Signal::USR1),
            7..=120 if files.len() < FULL => {
                self.world.client(&["append", name, &format!("there-{}", self.done)]);
            }
            121..=180 if files.len() < FULL => {
                local::deliver(&folder, &format!("here-{}", self.done), "S");
            }
            number if !files.is_empty() => {
                let file = &files[self.random.usize(0..files.len())];
                let base = file.file_name().unwrap().to_str().unwrap().split(":2,").next().unwrap().to_owned();
                let letters = ["S", "FS", "RS", ""][self.random.usize(0..4)];
                // The program may have renamed it since.
                let _ = match number {
                    181..=240 => fs::rename(file, folder.join("cur").join(format!("{base}:2,{letters}"))),
                    _ => fs::remove_file(file),
                };
            }
            _ => {}
        }
    }

    fn restart(&mut self) {
        if self.random.bool() {
            self.world.dovecot.stop()
        } else {
            self.world.dovecot.crash()
        }
        self.world.dovecot.start_again();
    }
}

/// The least that was needed in the first and in the last third, after it has warmed up: what leaks is never given back.
fn thirds<T: Ord + Copy>(samples: &[Sample], figure: impl Fn(&Sample) -> T) -> (T, T) {
    let warm = &samples[samples.len() / 5..];
    let third = warm.len().div_ceil(3);
    let least = |part: &[Sample]| part.iter().map(&figure).min().unwrap();
    (least(&warm[..third]), least(&warm[warm.len() - third..]))
}

fn grows(samples: &[Sample]) -> bool {
    if samples.len() < FEWEST {
        return false;
    }
    let (memory, files, threads) = (thirds(samples, |s| s.0), thirds(samples, |s| s.1), thirds(samples, |s| s.2));
    memory.1 > memory.0 + MORE_MEMORY || files.1 > files.0 + MORE_FILES || threads.1 > threads.0 + MORE_FILES
}

fn figures(samples: &[Sample], done: u64) -> String {
    let line = |what: &str, figure: fn(&Sample) -> u64| {
        let all: Vec<u64> = samples.iter().map(figure).collect();
        let (early, late) = thirds(samples, figure);
        format!(
            "{what}: first {}, last {}, most {}, least in the first third {early} and in the last {late}",
            all[0],
            all[all.len() - 1],
            all.iter().max().unwrap()
        )
    };
    let head = format!("{done} things happened, {} samples", samples.len());
    [head, line("memory in KiB", |s| s.0), line("open files", |s| s.1 as u64), line("threads", |s| s.2 as u64)]
        .join("\n")
}
