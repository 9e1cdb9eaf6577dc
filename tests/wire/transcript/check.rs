//! What must come of a transcript.

use std::process::Command;
use std::time::Duration;

use blinkensync::model::fault::{Exit, Fault, FaultKind};

use super::in_words;
use super::rules::begins;
use crate::killing::killed_after;
use crate::odd::account::{Account, Mail, Run};

/// Longer than any run lasts.
const LONG: Duration = Duration::from_secs(120);
/// Commands that change something on a server.
const CHANGES: [&str; 9] =
    ["APPEND", "UID STORE", "UID EXPUNGE", "EXPUNGE", "UID MOVE", "UID COPY", "DELETE", "RENAME", "CLOSE"];

/// What a transcript says must come of it.
#[derive(Default)]
pub struct Expected {
    exit: u8,
    faults: Vec<(String, String)>,
    warnings: Vec<String>,
    contents: Vec<(bool, String, Vec<String>)>,
    folders: Option<Vec<String>>,
    sent: Vec<(bool, String)>,
    pub memory: Option<u64>,
    pub spoilt: bool,
}

/// What came of it.
pub struct Seen<'a> {
    pub account: &'a Account,
    pub outcome: Run,
    pub sent: Vec<String>,
    /// What was here and there before the run.
    pub before: (Mail, Mail),
    /// What was changed before it.
    pub changes: &'a [Vec<String>],
}

impl Seen<'_> {
    /// What the transcript removed on a side.
    fn removed(&self, side: &str) -> Vec<(String, String)> {
        let is_removal = |change: &&Vec<String>| change[0] == side && ["remove", "move"].contains(&change[1].as_str());
        let removals = self.changes.iter().filter(is_removal);
        removals.map(|change| (change[2].replace('/', "."), change[3].clone())).collect()
    }
}

impl Expected {
    /// Reads one line; whether it is understood.
    pub fn understood(&mut self, word: &str, rest: &str) -> Result<bool, String> {
        let number = || rest.parse::<u8>().map_err(|_| format!("not a number: {rest}"));
        let list = |text: &str| text.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        match word {
            "exit" => self.exit = number()?,
            "memory" => self.memory = Some(number()?.into()),
            "spoilt" => self.spoilt = true,
            "fault" => {
                let (reach, words) = rest.split_once(": ").ok_or_else(|| format!("not a fault: {rest}"))?;
                self.faults.push((reach.to_owned(), words.to_owned()));
            }
            "warns:" => self.warnings.push(rest.to_owned()),
            "here" | "there" => {
                let (folder, mail) = rest.split_once(':').ok_or_else(|| format!("no folder: {rest}"))?;
                self.contents.push((word == "here", folder.replace('/', "."), list(mail)));
            }
            "folders:" => self.folders = Some(list(rest)),
            "sent:" => self.sent.push((true, rest.to_owned())),
            "not" if rest.starts_with("sent: ") => self.sent.push((false, rest["sent: ".len()..].to_owned())),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Where it went another way.
    pub fn check(&self, seen: &Seen<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        if seen.outcome.exit.code() != self.exit {
            wrong.push(format!("it ended with {}: {:#?}", seen.outcome.exit.code(), sentences(&seen.outcome.faults)));
        }
        if self.memory.is_none() {
            wrong.extend(self.wrong_faults(&seen.outcome));
        }
        wrong.extend(self.wrong_contents(seen));
        let lost = [
            ("here", lost(&seen.before.0, &seen.account.here(), &seen.removed("there"))),
            ("there", lost(&seen.before.1, &seen.account.there(), &seen.removed("here"))),
        ];
        for (side, lost) in lost {
            wrong.extend(lost.into_iter().map(|what| format!("lost {side}: {what}")));
        }
        wrong.extend(self.wrong_commands(seen));
        wrong
    }

    fn wrong_faults(&self, outcome: &Run) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut left = self.faults.clone();
        // What follows from a connection that was lost.
        let follows = |fault: &Fault| fault.cause.ends_with("because no connection was left");
        for fault in outcome.faults.iter().filter(|fault| !follows(fault)) {
            let sentence = fault.to_string();
            if fault.kind == FaultKind::Internal {
                wrong.push(format!("a mistake of the program: {sentence}"));
            }
            if sentence.chars().count() > 1200 {
                wrong.push(format!("no sentence for a person: {sentence:.1200}"));
            }
            let reach = format!("{:?}", fault.reach).to_lowercase();
            match left.iter().position(|(far, words)| *far == reach && sentence.contains(words)) {
                Some(place) => drop(left.remove(place)),
                None => wrong.push(format!("a fault of this {reach}: {sentence:.2000}")),
            }
        }
        wrong.extend(left.into_iter().map(|(reach, words)| format!("no fault of a {reach}: {words}")));
        for words in self.warnings.iter().filter(|words| !outcome.words.iter().any(|said| said.contains(*words))) {
            wrong.push(format!("it doesn't say {words}: {:#?}", outcome.words));
        }
        wrong
    }

    fn wrong_contents(&self, seen: &Seen<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        for (here, folder, mail) in &self.contents {
            let (now, before) = match here {
                true => (seen.account.here(), &seen.before.0),
                false => (seen.account.there(), &seen.before.1),
            };
            let mut expected: Vec<String> = mail.iter().filter(|one| *one != "*").cloned().collect();
            if expected.len() < mail.len() {
                expected.extend(in_words(before, folder));
            }
            expected.sort();
            let found = in_words(&now, folder);
            if found != expected {
                let side = if *here { "here" } else { "there" };
                wrong.push(format!("{side}, {folder} holds {found:?} instead of {expected:?}"));
            }
        }
        if let Some(folders) = self.folders.as_ref().filter(|folders| **folders != seen.account.folders()) {
            wrong.push(format!("the folders are {:?} instead of {folders:?}", seen.account.folders()));
        }
        wrong
    }

    fn wrong_commands(&self, seen: &Seen<'_>) -> Vec<String> {
        let was_sent = |words: &str| seen.sent.iter().any(|one| begins(one, words));
        let mut wrong: Vec<String> = Vec::new();
        for (wanted, words) in self.sent.iter().filter(|(wanted, words)| was_sent(words) != *wanted) {
            wrong.push(format!("{} sent: {words}", if *wanted { "not" } else { "it was" }));
        }
        if !seen.changes.iter().any(|change| change[0] == "here") {
            wrong.extend(
                CHANGES.iter().filter(|words| was_sent(words)).map(|words| format!("sent without a cause: {words}")),
            );
        }
        wrong
    }
}

/// What was on a side and is missing now, though the transcript didn't remove it on the other.
fn lost(before: &Mail, now: &Mail, removed: &[(String, String)]) -> Vec<String> {
    let missing = before.keys().filter(|key| !now.contains_key(*key) && !removed.contains(key));
    missing.map(|key| format!("{key:?}")).collect()
}

fn sentences(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// Lets the real program run, and looks at the memory it uses.
pub fn as_process(account: &Account, most: u64) -> Result<Run, String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    let ending = killed_after(program.arg("-c").arg(account.configuration()).args(["-o", "-u", "basic"]), LONG);
    let megabytes = ending.peak / 1024;
    if megabytes > most {
        return Err(format!("it used {megabytes} MB of memory"));
    }
    let exit = Exit::TABLE.iter().find(|row| Some(i32::from(row.1)) == ending.code).map(|row| row.0);
    let exit = exit.ok_or_else(|| format!("it ended with {:?}", ending.code))?;
    Ok(Run { exit, faults: Vec::new(), words: Vec::new() })
}
