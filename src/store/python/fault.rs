//! What went wrong with the user's code, said so that its writer can mend it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::leftovers;
use super::process::Trouble;
use crate::model::fault::{Fault, FaultKind, Reach};

/// Characters of an exception that are shown.
const SHOWN: usize = 300;
/// Options whose value is a secret; the code of one may be a password that lacks its quotes.
const SECRET: [&str; 3] = ["pass", "secret", "token"];

/// An exception, as the co-process describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Raised {
    /// The name of its type; empty where the text is a sentence of our own.
    pub(super) kind: String,
    /// Its text.
    pub(super) text: String,
    place: String,
    line: usize,
    /// The line that is no Python, for a syntax error.
    pub(super) source: String,
    /// Whether the value itself raised it, and nothing that the value called.
    direct: bool,
}

/// What is being asked, for messages.
#[derive(Debug, Clone)]
pub(super) struct Matter<'a> {
    /// The option.
    pub(super) option: &'a str,
    /// Its value.
    pub(super) code: &'a str,
    /// What a function of it is asked about; empty where the value itself is worked out.
    pub(super) about: String,
    /// How far a mistake of the user's code reaches.
    pub(super) reach: Reach,
    /// The file that is run first.
    pub(super) pythonfile: Option<Arc<Path>>,
}

impl Matter<'_> {
    fn doing(&self) -> String {
        let about = if self.about.is_empty() { String::new() } else { format!(" for {}", clean(&self.about)) };
        format!("working out {}{about}", self.option)
    }

    /// The user's code raised an exception.
    pub(super) fn raised(&self, raised: &Raised) -> Fault {
        let what = if raised.kind.is_empty() {
            clean(&raised.text)
        } else if self.may_show_secret(raised) {
            format!("{} (its text is not shown, since it may be the secret itself)", raised.kind)
        } else {
            clean(format!("{}: {}", raised.kind, raised.text).trim_end_matches(": "))
        };
        let place = match (raised.place.as_str(), &self.pythonfile) {
            ("pythonfile", Some(path)) => format!(" (line {} of {})", raised.line, path.display()),
            ("value", _) if self.code.trim().contains('\n') => format!(" (line {} of the value)", raised.line),
            _ => String::new(),
        };
        let fault = self.fault(self.reach, &(what + &place));
        match leftovers::advice(&raised.kind, &raised.text, &raised.source) {
            Some(advice) => fault.advise(advice),
            None if self.may_show_secret(raised) => fault.advise("text stands in quotes there"),
            None => fault,
        }
    }

    fn may_show_secret(&self, raised: &Raised) -> bool {
        let option = self.option.to_lowercase();
        raised.direct && raised.kind == "NameError" && SECRET.iter().any(|word| option.contains(word))
    }

    /// The pythonfile raised an exception, or can't be read.
    pub(super) fn unloaded(&self, raised: &Raised) -> Fault {
        let fault = self.raised(raised).reaching(Reach::Account);
        let path = self.pythonfile.as_ref().map_or_else(String::new, |path| format!(" {}", path.display()));
        Fault { doing: format!("running the pythonfile{path}, which {} needs", self.option), ..fault }
    }

    /// What the user's code gave can't be used.
    pub(super) fn mismatch(&self, mismatch: &str) -> Fault {
        self.fault(self.reach, mismatch)
    }

    /// There is no python3, or it can't be started.
    pub(super) fn unstarted(&self, error: &io::Error) -> Fault {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let cause = if missing {
            "this is Python, and there is no python3 on this machine".to_owned()
        } else {
            format!("python3 can't be started: {error}")
        };
        self.fault(Reach::Account, &cause).advise(
            "install python3, or do without it: folderpatterns says what folderfilter does, namemap what nametrans does, \
             and remotepasscmd what remotepasseval does",
        )
    }

    /// The co-process took too long or died, or was cut.
    pub(super) fn troubled(&self, trouble: &Trouble, starting: bool, limit: Duration) -> Fault {
        let cause = match trouble {
            Trouble::Cut => return Fault::stopped(),
            Trouble::Silent => {
                let seconds = limit.as_secs_f64();
                let unit = if limit == Duration::from_secs(1) { "second" } else { "seconds" };
                format!("its Python did not answer within {seconds} {unit} and was ended")
            }
            Trouble::Ended(how) => format!("the python3 that runs it died twice: {}", clean(how)),
        };
        let fault = self.fault(Reach::Account, &cause);
        match &self.pythonfile {
            Some(path) if starting => Fault {
                doing: format!("running the pythonfile {}, which {} needs", path.display(), self.option),
                ..fault
            },
            _ => fault,
        }
    }

    fn fault(&self, reach: Reach, cause: &str) -> Fault {
        Fault::new(reach, FaultKind::Config, self.doing(), cause)
    }
}

/// Foreign text as one short line.
fn clean(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if line.chars().count() > SHOWN { short + "…" } else { short }
}
