//! An account at Gmail's double: its messages are in several folders at once, somebody labels them there and a mail reader files
//! them here, while runs are killed, cut off and told to come back later.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use blinkensync::demo::{Extensions, Options, Server};
use blinkensync::model::flags::{Flags, System};
use blinkensync::model::message::InternalDate;
use fastrand::Rng;
use tempfile::TempDir;

use crate::killing::killed_after;
use crate::local;
use crate::world::Run;

/// Where labels are given and taken away.
const FOLDERS: [&str; 3] = ["INBOX", "Work", "Fish"];
const ALL_MAIL: &str = "[Gmail]/All Mail";
/// How many runs it may take until nothing is left to do.
const SETTLING: u32 = 8;
/// How long a run may take that nobody kills.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is known of a message: the folders that it has to be in; nothing when it was moved or deleted somewhere, so that it only
/// has to be somewhere.
type Known = Option<BTreeSet<&'static str>>;

struct Stage {
    server: Server,
    root: TempDir,
    random: Rng,
    known: BTreeMap<String, Known>,
    /// Written here since all was in step, and those of them that were deleted here: nobody else may ever have had them.
    unsent: [BTreeSet<String>; 2],
    figures: [u64; 4],
}

/// Goes on for so long. What is wrong after it.
pub fn keep(time: Duration, seed: u64) -> Result<String, String> {
    let (end, mut random, mut figures) = (Instant::now() + time, Rng::with_seed(seed), [0; 4]);
    println!("soak: Gmail for {} minutes, seed {seed}", time.as_secs() / 60);
    while Instant::now() < end {
        let mut stage = Stage::new(random.fork(), figures);
        stage.run(false);
        for _ in 0..10 {
            stage.round()?;
        }
        figures = stage.figures;
    }
    let [rounds, runs, kills, operations] = figures;
    Ok(format!("{rounds} rounds, {runs} runs, {kills} of them killed, {operations} operations of others"))
}

impl Stage {
    fn new(random: Rng, figures: [u64; 4]) -> Self {
        let server = Server::start(Options { extensions: Extensions::GMAIL, ..Options::default() }).unwrap();
        server.with_mailboxes(|mailboxes| {
            for folder in &FOLDERS[1..] {
                mailboxes.create(folder).unwrap();
            }
        });
        Self {
            server,
            root: tempfile::tempdir().unwrap(),
            random,
            known: BTreeMap::new(),
            unsent: Default::default(),
            figures,
        }
    }

    fn mail(&self) -> PathBuf {
        self.root.path().join("mail")
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.mail().join(name.replace('/', "."))
    }

    fn program(&self) -> Command {
        let rc = self.root.path().join("rc");
        let text = format!(
            "[general]\naccounts = Test\nmetadata = {}\n[Account Test]\nlocalrepository = Here\nremoterepository = There\n\
             [Repository Here]\ntype = Maildir\nlocalfolders = {}\n[Repository There]\ntype = Gmail\nremotehost = 127.0.0.1\n\
             remoteport = {}\nremoteuser = {}\nremotepass = {}\nssl = no\nstarttls = no\n",
            self.root.path().join("state").display(),
            self.mail().display(),
            self.server.address().port(),
            self.server.user(),
            self.server.password(),
        );
        fs::write(&rc, text).unwrap();
        fs::set_permissions(&rc, fs::Permissions::from_mode(0o600)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
        command.arg("-c").arg(rc).args(["-o", "-u", "basic", "--allow-deletes"]);
        command
    }

    /// A run, which may be killed or told to come back later.
    fn run(&mut self, disturbed: bool) -> String {
        self.figures[1] += 1;
        if !disturbed {
            return Run::from(&self.program().output().unwrap()).text;
        }
        let limit = "[THROTTLED] (Failure)";
        if self.random.bool() {
            self.server.throttle(self.random.usize(0..60), limit);
            let said = killed_after(&mut self.program(), PATIENCE);
            self.server.throttle(usize::MAX, limit);
            assert!(said.code.is_some());
        } else {
            let moment = Duration::from_millis(self.random.u64(0..400));
            self.figures[2] += u64::from(killed_after(&mut self.program(), moment).code.is_none());
        }
        self.server.wait_until_alone();
        String::new()
    }

    fn round(&mut self) -> Result<(), String> {
        let disturbed = self.random.bool();
        for _ in 0..self.random.u32(1..5) {
            for _ in 0..self.random.u32(1..12) {
                self.something_happens(disturbed);
                self.figures[3] += 1;
            }
            self.run(disturbed);
        }
        self.figures[0] += 1;
        let mut said = String::new();
        let settled = (0..SETTLING).any(|_| {
            let text = self.run(false);
            let over = text.contains("nothing new");
            said.push_str(&text);
            over
        });
        if !settled {
            return Err(format!("it does not come to rest:\n{said}"));
        }
        self.unsent[0].clear();
        self.wrong().map_or(Ok(()), |wrong| Err(format!("{wrong}\n{said}")))
    }

    fn something_happens(&mut self, disturbed: bool) {
        let name = FOLDERS[self.random.usize(0..3)];
        let other = FOLDERS[self.random.usize(0..3)];
        match self.random.u32(0..10) {
            0..=2 => self.arrives(&[name, other]),
            3 => {
                let subject = format!("here{}", self.known.len());
                let text =
                    format!("From: me@example.org\nMessage-ID: <{subject}@example.org>\nSubject: {subject}\n\nx\n");
                local::write(&self.folder(name), &format!("{}.reader", self.known.len()), "S", text.as_bytes());
                self.unsent[0].insert(subject.clone());
                self.known.insert(subject, Some(BTreeSet::from([name, ALL_MAIL])));
            }
            4..=6 => self.labelled(name, other, disturbed),
            _ => self.filed(name, other),
        }
    }

    fn arrives(&mut self, folders: &[&'static str]) {
        let subject = format!("there{}", self.known.len());
        let text =
            format!("From: you@example.org\r\nMessage-ID: <{subject}@example.org>\r\nSubject: {subject}\r\n\r\nx\r\n");
        let date = InternalDate { seconds: 1_000_000_000, offset: 0 };
        let places: BTreeSet<&'static str> = folders.iter().copied().collect();
        self.server.with_mailboxes(|mailboxes| {
            for folder in &places {
                let folder = mailboxes.get_mut(folder).unwrap();
                folder.append(Flags::default(), date, text.clone().into_bytes().into());
            }
        });
        self.known.insert(subject, Some(places.into_iter().chain([ALL_MAIL]).collect()));
    }

    /// Somebody gives a message there another label, or another flag, or takes a label away.
    fn labelled(&mut self, name: &'static str, other: &'static str, disturbed: bool) {
        let (random, known) = (&mut self.random, &mut self.known);
        self.server.with_mailboxes(|mailboxes| {
            let uids: Vec<_> = mailboxes.get(name).unwrap().messages.keys().copied().collect();
            let Some(uid) = uids.get(random.usize(0..uids.len().max(1))).copied() else { return };
            let message = mailboxes.get(name).unwrap().messages[&uid].clone();
            let entry = known.get_mut(&subject(&message.body)).unwrap();
            match random.u32(0..3) {
                0 if name != other => {
                    mailboxes.get_mut(other).unwrap().append(message.flags, message.date, message.body);
                    // A label that was taken away elsewhere meanwhile may take it along.
                    if let Some(places) = entry.as_mut().filter(|_| !disturbed) {
                        places.insert(other);
                    } else {
                        *entry = None;
                    }
                }
                1 => mailboxes.get_mut(name).unwrap().set_flags(uid, Flags::of(System::SEEN)),
                _ => {
                    mailboxes.get_mut(name).unwrap().expunge(uid);
                    *entry = None;
                }
            }
        });
    }

    /// The reader deletes, moves or flags a file.
    fn filed(&mut self, name: &'static str, other: &'static str) {
        let files = if self.folder(name).exists() { local::messages(&self.folder(name)) } else { Vec::new() };
        let Some(file) = files.get(self.random.usize(0..files.len().max(1))) else { return };
        let subject = subject(&fs::read(file).unwrap());
        let entry = self.known.get_mut(&subject).unwrap();
        match self.random.u32(0..3) {
            0 if name != other => {
                let base = format!("{}.moved:2,S", self.figures[3]);
                let to = self.root.path().join("mail").join(other);
                local::make(&to);
                fs::rename(file, to.join("cur").join(base)).unwrap();
                *entry = None;
            }
            1 => drop(local::flag(file, "S")),
            _ => {
                fs::remove_file(file).unwrap();
                *entry = None;
                let [unsent, gone] = &mut self.unsent;
                gone.extend(unsent.take(&subject));
            }
        }
    }

    /// What is wrong, as the independent program sees it, and by what is known.
    fn wrong(&self) -> Option<String> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/compare.py");
        let mut command = Command::new("python3");
        command.arg("-B").arg(program).arg(self.server.address().port().to_string());
        command.args([self.server.user(), self.server.password()]).arg(self.mail()).arg(".");
        let run = Run::from(&command.output().unwrap());
        let mut wrong = if run.code == Some(0) { Vec::new() } else { vec![run.text] };
        let places = self.places();
        for (subject, known) in &self.known {
            let found = places.get(subject).cloned().unwrap_or_default();
            let once: BTreeSet<&str> = found.iter().map(String::as_str).collect();
            if once.len() != found.len() {
                wrong.push(format!("{subject} is twice in one folder: {found:?}"));
            }
            let right = known.as_ref().map_or(!found.is_empty() || self.unsent[1].contains(subject), |known| {
                once == known.iter().copied().collect()
            });
            if !right {
                wrong.push(format!("{subject} is in {found:?}, and has to be in {known:?}"));
            }
        }
        (!wrong.is_empty()).then(|| wrong.join("\n"))
    }

    /// Where each message is on the server.
    fn places(&self) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        self.server.with_mailboxes(|mailboxes| {
            for (name, folder) in mailboxes.iter() {
                for message in folder.messages.values() {
                    found.entry(subject(&message.body)).or_default().push(name.clone());
                }
            }
        });
        found
    }
}

fn subject(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap().to_owned()
}
