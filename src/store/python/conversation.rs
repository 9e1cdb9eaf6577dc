//! Questions and answers, with a process that is there when it is needed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::fault::{Matter, Raised};
use super::patience::{Cutter, Patience, Stop};
use super::process::{Process, Trouble};
use super::value::Value;
use crate::model::fault::Fault;

/// What is asked.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ask {
    /// What the code is.
    Value,
    /// Whether the code is a function.
    Function,
    /// What the function gives.
    Call,
    /// In which order the function puts things.
    Order,
}

/// What of the result is wanted.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Want {
    /// All of it.
    Value,
    /// Whether Python takes it for true.
    Truth,
    /// Nothing.
    Nothing,
}

/// The conversation with the co-process, whichever it is at the moment.
pub(super) struct Conversation {
    /// What it runs first.
    pub(super) pythonfile: Option<Arc<Path>>,
    /// Its program.
    pub(super) program: PathBuf,
    /// How long an answer may take.
    pub(super) limit: Duration,
    process: Option<Process>,
    stop: Option<Stop>,
    /// The number of the last question, so that nothing but its answer passes for it.
    number: u64,
    /// What was printed in processes that have ended.
    prints: String,
}

#[derive(Deserialize)]
struct Answer {
    to: u64,
    #[serde(default)]
    value: Json,
    error: Option<Raised>,
}

/// Why there is no process, or no answer.
enum Failure {
    /// It ended; whether while it started.
    Trouble(Trouble, bool),
    /// Another try would not help.
    Final(Fault),
}

impl Conversation {
    /// One that has not begun.
    pub(super) fn new(pythonfile: Option<PathBuf>, program: PathBuf, limit: Duration) -> Self {
        Self {
            pythonfile: pythonfile.map(Arc::from),
            program,
            limit,
            process: None,
            stop: None,
            number: 0,
            prints: String::new(),
        }
    }

    /// Whether there is a process.
    pub(super) fn is_started(&self) -> bool {
        self.process.is_some()
    }

    /// What ends the questions from another thread.
    pub(super) fn cutter(&mut self) -> io::Result<Cutter> {
        match &mut self.stop {
            Some(stop) => stop.cutter(),
            none => none.insert(Stop::new()?).cutter(),
        }
    }

    /// Asks, and asks once more when the process dies of it.
    pub(super) fn request(
        &mut self,
        matter: &Matter<'_>,
        ask: Ask,
        want: Want,
        arguments: &[Value],
    ) -> Result<Value, Fault> {
        let arguments: Vec<Json> = arguments.iter().map(Value::to_json).collect();
        let mut question = json!({
            "ask": ask, "want": want, "option": matter.option, "code": matter.code, "arguments": arguments,
            "limit": self.limit.as_secs_f64(),
        });
        let mut again = true;
        loop {
            self.number += 1;
            question["number"] = json!(self.number);
            match self.attempt(matter, &(question.to_string() + "\n")) {
                Ok(value) => return Ok(value),
                Err(Failure::Final(fault)) => return Err(fault),
                Err(Failure::Trouble(Trouble::Ended(_), _)) if again => again = false,
                Err(Failure::Trouble(trouble, starting)) => return Err(matter.troubled(&trouble, starting, self.limit)),
            }
        }
    }

    /// What was printed since this was asked last.
    pub(super) fn take_prints(&mut self) -> String {
        let now = self.process.as_mut().map(Process::take_words).unwrap_or_default();
        std::mem::take(&mut self.prints) + &now
    }

    fn patience(&self) -> Patience<'_> {
        Patience::new(self.limit, self.stop.as_ref())
    }

    fn attempt(&mut self, matter: &Matter<'_>, question: &str) -> Result<Value, Failure> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.start(matter)?,
        };
        let answer = process.ask(question.as_bytes(), self.patience());
        let answer = answer.and_then(|line| understood(&mut process, &line, self.number));
        match answer {
            Ok(answer) => {
                self.process = Some(process);
                answer.map_err(|raised| Failure::Final(matter.raised(&raised)))
            }
            Err(trouble) => {
                self.keep_prints(&mut process);
                Err(Failure::Trouble(trouble, false))
            }
        }
    }

    fn start(&mut self, matter: &Matter<'_>) -> Result<Process, Failure> {
        let process = Process::start(&self.program, self.pythonfile.as_deref(), self.limit);
        let mut process = process.map_err(|error| Failure::Final(matter.unstarted(&error)))?;
        let hello = process.answer(self.patience());
        match hello.and_then(|line| understood(&mut process, &line, 0)) {
            Ok(Ok(_)) => Ok(process),
            Ok(Err(raised)) => {
                self.keep_prints(&mut process);
                Err(Failure::Final(matter.unloaded(&raised)))
            }
            Err(trouble) => {
                self.keep_prints(&mut process);
                Err(Failure::Trouble(trouble, true))
            }
        }
    }

    fn keep_prints(&mut self, process: &mut Process) {
        // Nobody may ever ask for them, so they don't pile up.
        self.prints = process.take_words();
    }
}

/// What the answer to the question of this number says; one that makes no sense ends the process.
fn understood(process: &mut Process, line: &[u8], number: u64) -> Result<Result<Value, Raised>, Trouble> {
    let answer: Option<Answer> = serde_json::from_slice(line).ok().filter(|answer: &Answer| answer.to == number);
    let sense = answer.and_then(|answer| match answer.error {
        Some(raised) => Some(Err(raised)),
        None => Value::from_json(answer.value).map(Ok),
    });
    sense.ok_or_else(|| process.end(&io::ErrorKind::InvalidData.into()))
}
