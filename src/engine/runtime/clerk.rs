//! Who reads and writes ledgers for people, beside the runs, so that neither those nor the supervisor are held up: a thread of
//! its own, which does one thing after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::super::asides::{self, Wish};
use super::super::known::{self, Caller};
use super::super::python::Python;
use super::super::worker::Publisher;
use super::Runtime;
use crate::config::settings::Settings;
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::KnownFolder;
use crate::model::ids::{AccountName, LampId};
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};

/// How long the program waits in the end for what was asked last, which takes some milliseconds.
const PATIENCE: Duration = Duration::from_millis(500);

/// What there is to do.
#[derive(Debug)]
pub(super) enum Errand {
    /// Tell what the ledger knows.
    Tell,
    /// Write a wish down, and tell what the ledger knows then.
    Grant(Wish),
}

/// Something to do for an account.
struct Job {
    place: usize,
    errand: Errand,
    python: Option<Python>,
}

/// The way to the clerk.
pub(super) struct Clerk {
    jobs: Sender<Job>,
    /// Ends when the clerk does.
    gone: Receiver<()>,
}

impl Clerk {
    fn start(desk: Desk) -> std::io::Result<Self> {
        let ((jobs, asked), (here, gone)) = (unbounded::<Job>(), bounded(0));
        thread::Builder::new().name("ledgers".into()).spawn(move || {
            let _here: Sender<()> = here;
            for job in asked {
                let account = desk.settings.accounts[job.place].name.clone();
                if catch_unwind(AssertUnwindSafe(|| desk.see_to(&job))).is_err() {
                    desk.failed(account, doing("a mistake in this program"));
                }
            }
        })?;
        Ok(Self { jobs, gone })
    }

    /// Lets it finish what it was asked to do.
    pub(super) fn dismiss(self) {
        drop(self.jobs);
        // It never says anything here; that it ends is enough.
        let _ = self.gone.recv_timeout(PATIENCE);
    }
}

impl Runtime {
    /// Has something done with an account's ledger.
    pub(super) fn clerk(&mut self, account: &AccountName, errand: Errand) {
        let Some(place) = self.settings.accounts.iter().position(|settings| settings.name == *account) else {
            return;
        };
        let needs_python = self.settings.accounts[place].needs_python();
        if needs_python {
            self.need_python();
        }
        let python = self.python.as_ref().filter(|_| needs_python).map(|(python, _)| python.clone());
        if self.clerk.is_none() {
            let (settings, publisher) = (self.settings.clone(), self.publisher.clone());
            match Clerk::start(Desk { settings, publisher, pretend: self.options.pretend }) {
                Ok(clerk) => self.clerk = Some(clerk),
                Err(error) => {
                    let (account, fault) = (Some(account.clone()), doing(error));
                    return self.publish(EventKind::Failed { account, folder: None, fault });
                }
            }
        }
        if let Some(clerk) = &self.clerk {
            let _ = clerk.jobs.send(Job { place, errand, python });
        }
    }
}

fn doing(cause: impl std::fmt::Display) -> Fault {
    Fault::new(Reach::Account, FaultKind::Internal, "looking into the ledger", cause)
}

/// What the clerk works with.
struct Desk {
    settings: Arc<Settings>,
    publisher: Publisher,
    /// Nothing is written.
    pretend: bool,
}

impl Desk {
    fn see_to(&self, job: &Job) {
        let account = &self.settings.accounts[job.place];
        let mut caller = Caller::new(account, job.python.as_ref());
        if let Errand::Grant(wish) = &job.errand {
            match self.grant(wish, &account.name, &mut caller) {
                Ok(text) => {
                    let (account, folder) = (Some(account.name.clone()), Some(wish.aside().folder.clone()));
                    self.publish(EventKind::Noted { account, folder, text });
                }
                Err(fault) => self.failed(account.name.clone(), fault),
            }
        }
        match self.folders(&account.name, &mut caller) {
            Ok(folders) => self.publish(EventKind::FoldersKnown { account: account.name.clone(), folders }),
            // A run has more to say of it.
            Err(fault) => {
                let (account, text) = (Some(account.name.clone()), fault.to_string());
                self.publish(EventKind::Warned { account, folder: None, text });
            }
        }
    }

    fn grant(&self, wish: &Wish, account: &AccountName, caller: &mut Caller<'_>) -> Result<String, Fault> {
        let path = ledger_path(&self.settings.metadata, account.as_str());
        if self.pretend {
            return Ok("nothing is written down in a dry run".to_owned());
        }
        let granted = if path.exists() { asides::grant(wish, &mut SqliteLedger::open(&path)?, caller)? } else { 0 };
        Ok(wish.outcome(granted))
    }

    fn folders(&self, account: &AccountName, caller: &mut Caller<'_>) -> Result<Vec<KnownFolder>, Fault> {
        let path = ledger_path(&self.settings.metadata, account.as_str());
        let mut ledger =
            if self.pretend { SqliteLedger::open_read_only(&path)? } else { SqliteLedger::open_beside(&path)? };
        known::folders(&mut ledger, caller)
    }

    fn failed(&self, account: AccountName, fault: Fault) {
        self.publish(EventKind::Failed { account: Some(account), folder: None, fault });
    }

    fn publish(&self, kind: EventKind) {
        self.publisher.publish(LampId::CONTROL, kind);
    }
}
