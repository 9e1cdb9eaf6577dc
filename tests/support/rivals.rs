//! Clients at work on both of two servers, while the program keeps these the same, is killed and cut off.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fastrand::Rng;

use crate::dovecot::Dovecot;
use crate::fray::Fray;
use crate::killing::killed_after;
use crate::pair::Pair;
use crate::working::Working;
use crate::world::Run;

/// How many runs it may take until nothing is left to do when nobody disturbs any more.
const SETTLING: u32 = 6;
/// How long a run may take that nobody kills.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether the clients are still at work.
const GLANCE: Duration = Duration::from_millis(100);
/// When a run that watches has said nothing for so long, nothing is left to do.
const SILENCE: Duration = Duration::from_millis(1500);

/// A client at work.
struct Rival {
    child: Child,
    record: String,
}

/// One on each side.
struct Rivals {
    actors: Vec<Rival>,
}

/// What goes on besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// The clients are at work: what must come of it is known exactly.
    Fair,
    /// Folders are renamed and removed, runs are killed and cut off, and servers number their messages anew.
    Foul,
    /// As in fair weather, and one run goes on all the time and watches.
    Watched,
}

/// What has happened so far.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub rounds: u64,
    pub runs: u64,
    pub kills: u64,
    pub cuts: u64,
    pub operations: u64,
}

/// Two servers on ways that can be cut, and chance.
pub struct Contest {
    pub pair: Pair,
    pub tally: Tally,
    pub random: Rng,
    frays: [Fray; 2],
}

impl Contest {
    /// Between servers that name folders differently, if chance wants so.
    pub fn new(mut random: Rng) -> Self {
        let otherwise = random.bool();
        let more = if otherwise { "namespace inbox {\n  prefix = INBOX.\n  separator = .\n}\n" } else { "" };
        let mut pair = Pair::with(Dovecot::start_with(more));
        if otherwise {
            pair.naming = vec![".".into(), "INBOX.".into()];
            pair.world.remote = "nametrans = lambda name: name if name == 'INBOX' else 'INBOX/' + name\n".into();
            pair.local = "nametrans = lambda name: re.sub(r'^INBOX\\.', '', name)\n".into();
        }
        let frays = pair.ports.map(Fray::new);
        pair.ports = [frays[0].port, frays[1].port];
        Self { pair, tally: Tally::default(), random, frays }
    }

    /// Something to begin with, for a new user.
    pub fn begin(&mut self, user: &str, folders: u32, messages: u32) {
        user.clone_into(&mut self.pair.world.user);
        self.pair.world.fill(folders, messages);
        self.run();
        self.pair.same();
    }

    /// Lets both clients work, so many operations each, while the program runs again and again. What is wrong when all has
    /// come to rest.
    pub fn round(&mut self, weather: Weather, operations: u32) -> Option<String> {
        self.pair.world.account = if self.random.bool() { "syncfolderdeletes = yes\n".into() } else { String::new() };
        let foul = weather == Weather::Foul;
        let mut rivals = Rivals::start(&self.pair, self.random.u64(0..1_000_000), operations, foul);
        let bad =
            if weather == Weather::Watched { self.watch(&mut rivals) } else { self.again_and_again(&mut rivals, foul) };
        self.tally.rounds += 1;
        self.tally.operations += u64::from(operations) * 2;
        let settled = self.settle();
        let wrong = [(!bad.is_empty()).then_some(bad), settled.err(), self.pair.differences()];
        let wrong: Vec<String> = wrong.into_iter().flatten().chain(rivals.wrong(&self.pair, foul)).collect();
        // What the runs did, also those that were killed.
        let story = fs::read_to_string(self.log()).unwrap_or_default();
        let _ = fs::remove_file(self.log());
        (!wrong.is_empty()).then(|| format!("{weather:?}:\n{story}\n{}", wrong.join("\n")))
    }

    /// Runs while the clients work; what was said when that went wrong.
    fn again_and_again(&mut self, rivals: &mut Rivals, foul: bool) -> String {
        let mut bad = String::new();
        while rivals.go_on() {
            if foul {
                self.disturb();
            }
            let run = self.run();
            // A folder may have gone between two looks at it, or a server.
            if run.code != Some(0) && !foul || run.text.contains("panicked") {
                bad.push_str(&run.text);
            }
        }
        bad
    }

    /// Watches while the clients work.
    fn watch(&mut self, rivals: &mut Rivals) -> String {
        self.tally.runs += 1;
        self.pair.world.account.push_str("autorefresh = 600\n");
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(self.pair.world.file(&self.pair.config())).args(["-u", "basic"]);
        let mut working = Working::of(self.logged(&mut command));
        while rivals.go_on() {
            working.lives_for(GLANCE);
        }
        working.falls_silent(SILENCE);
        let said = working.ends().join("\n");
        if said.contains("panicked") { said } else { String::new() }
    }

    fn run(&mut self) -> Run {
        self.tally.runs += 1;
        let mut command = self.pair.world.program(&self.pair.config());
        Run::from(&self.logged(&mut command).output().unwrap())
    }

    fn log(&self) -> PathBuf {
        self.pair.world.dovecot.dir.join(format!("log-{}", self.pair.world.user))
    }

    /// The program, about to run and to write down what it does.
    fn logged<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        // On a busy machine so much may have happened since the last run that it looks like a mistake.
        command.args(["--allow-deletes", "-d", "plan", "-l"]).arg(self.log())
    }

    /// A run that is killed or cut off, or a server that numbers anew, or nothing of that kind.
    fn disturb(&mut self) {
        let side = self.random.usize(0..2);
        match self.random.u32(0..10) {
            0..=4 => {
                let moment = Duration::from_millis(self.random.u64(20..500));
                self.killed(moment);
            }
            5..=7 => {
                self.frays[side].cut_after(self.random.u64(0..60_000));
                self.killed(PATIENCE);
                self.tally.cuts += u64::from(self.frays[side].mend());
            }
            _ => {}
        }
    }

    fn killed(&mut self, moment: Duration) {
        let mut command = self.pair.world.program(&self.pair.config());
        self.tally.runs += 1;
        self.tally.kills += u64::from(killed_after(self.logged(&mut command), moment).code.is_none());
    }

    /// Runs until nothing is left to do.
    fn settle(&mut self) -> Result<(), String> {
        let mut said = String::new();
        for _ in 0..SETTLING {
            let run = self.run();
            if run.code == Some(0) && run.text.contains("nothing new") {
                return Ok(());
            }
            said.push_str(&run.text);
        }
        Err(format!("it does not come to rest:\n{said}"))
    }
}

impl Rivals {
    fn start(pair: &Pair, seed: u64, operations: u32, wild: bool) -> Self {
        let actor = |side: &str, server: &Dovecot, naming: [&str; 2]| {
            let record = pair.world.dovecot.dir.join(format!("{side}-{}", pair.world.user));
            let record = record.to_str().unwrap().to_owned();
            let (seed, operations) = (seed.to_string(), operations.to_string());
            let config = server.dir.join("dovecot.conf");
            let args = [&naming[..], &["work", side, &seed, &operations, &record]].concat();
            let mut command = pair.python_command("rivals.py", server.port, &args);
            command.args(wild.then_some(config));
            Rival { child: command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap(), record }
        };
        let here = naming(pair);
        Self {
            actors: vec![
                actor("there", &pair.world.dovecot, ["/", ""]),
                actor("here", &pair.here, [&here[0], &here[1]]),
            ],
        }
    }

    fn go_on(&mut self) -> bool {
        self.actors.iter_mut().any(|actor| actor.child.try_wait().unwrap().is_none())
    }

    fn wrong(self, pair: &Pair, loose: bool) -> Option<String> {
        let (naming, port) = (naming(pair), pair.here.port.to_string());
        let mut args = vec![naming[0].clone(), naming[1].clone(), "check".into(), port];
        args.push(if loose { "loose" } else { "exact" }.into());
        for actor in self.actors {
            let run = Run::from(&actor.child.wait_with_output().unwrap());
            if run.code != Some(0) {
                return Some(run.text);
            }
            args.push(actor.record);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, said) = pair.python("rivals.py", pair.world.dovecot.port, &args);
        (code != Some(0)).then_some(said)
    }
}

/// How the local server names folders.
fn naming(pair: &Pair) -> [String; 2] {
    match &pair.naming[..] {
        [separator, prefix] => [separator.clone(), prefix.clone()],
        _ => ["/".to_owned(), String::new()],
    }
}
