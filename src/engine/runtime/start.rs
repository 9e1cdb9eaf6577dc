//! A run's beginning: what it needs, and a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::super::account::{self, Outcome, Task};
use super::super::asides::Wish;
use super::super::python::Python;
use super::super::supervisor::{Depth, Hope, Trouble};
use super::super::worker::{Orders, Worker};
use super::{Options, Report, Runtime};
use crate::config::settings::MailboxList;
use crate::model::event::EventKind;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::ids::{AccountName, LampId};
use crate::model::topic::Topic;
use crate::store::python::Interpreter;

impl Runtime {
    /// Makes a way to Python, if there is none.
    pub(super) fn need_python(&mut self) {
        if self.python.is_none() {
            let pythonfile = self.settings.pythonfile.clone();
            let interpreter = self.interpreter.take().unwrap_or_else(|| Interpreter::new(pythonfile));
            match Python::start(interpreter) {
                Ok(python) => self.python = Some(python),
                Err(error) => {
                    let fault = Fault::new(Reach::Program, FaultKind::Internal, "starting a thread for Python", error);
                    self.publish(EventKind::Failed { account: None, folder: None, fault });
                }
            }
        }
    }

    pub(super) fn start(&mut self, account: &AccountName, depth: Depth, wishes: Vec<Wish>) {
        let Some(place) = self.settings.accounts.iter().position(|settings| settings.name == *account) else {
            return;
        };
        let filter = |list: &MailboxList| list.folderfilter.is_some();
        if self.settings.accounts[place].needs_python() || self.settings.mailbox_list.as_ref().is_some_and(filter) {
            self.need_python();
        }
        let python = self.python.as_ref().map(|(python, _)| python.clone());
        let task = Task {
            settings: self.settings.clone(),
            place,
            options: Options { quick: depth == Depth::Quick, ..self.options },
            thorough: depth == Depth::Thorough,
            glance: self.glance(account, depth),
            held: self.held(account, place),
            wishes,
            first_lamp: LampId::of(place, 0),
            publisher: self.publisher_of(account),
            questions: self.questions.clone(),
            reports: self.reports.clone(),
            keys: self.credentials.get(account).cloned().unwrap_or_default(),
            trusted: self.trusted.get(account).cloned().unwrap_or_default(),
            tokens: self.keepers.both(&self.settings, place, python.as_ref()),
            python,
        };
        self.publisher.detail(LampId::CONTROL, Some(account), Topic::Thread, || "starts its thread".to_owned());
        let (name, reports) = (account.clone(), self.reports.clone());
        let thread = thread::Builder::new().name(format!("account {name}"));
        let spawned = thread.spawn(move || {
            let outcome = guarded(&task);
            // The runtime outlives its threads, unless the program is over already.
            let _ = reports.send(Report::Finished { account: name, outcome });
        });
        if let Err(error) = spawned {
            let fault =
                Fault::new(Reach::Account, FaultKind::Internal, format!("starting a thread for {account}"), error);
            self.publish(EventKind::Failed { account: Some(account.clone()), folder: None, fault });
            let outcome = Outcome { exit: Exit::Internal, trouble: None };
            let _ = self.reports.send(Report::Finished { account: account.clone(), outcome });
        }
    }
}

/// Runs an account; a panic in it stays there.
fn guarded(task: &Task) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| account::run(task))).unwrap_or_else(|_| {
        let account = task.account().clone();
        let doing = format!("synchronising the account {account}");
        let fault = Fault::new(Reach::Account, FaultKind::Internal, doing, "a mistake in this program")
            .advise("nothing is lost; please report it");
        task.publisher.publish(task.first_lamp, EventKind::Failed { account: Some(account), folder: None, fault });
        Outcome {
            exit: Exit::Internal,
            trouble: Some(Trouble { words: "a mistake in this program".into(), hope: Hope::Unknown }),
        }
    })
}

impl Task {
    /// The account's name.
    pub(in crate::engine) fn account(&self) -> &AccountName {
        &self.settings.accounts[self.place].name
    }

    /// Enlists the calling thread as the account's worker number `number`.
    pub(in crate::engine) fn enlist(&self, number: u32) -> Worker {
        let lamp = LampId::of(self.place, number);
        let (orders, obeyed) = Orders::new();
        let _ = self.reports.send(Report::Worker { account: self.account().clone(), lamp, orders });
        Worker::new(self.account().clone(), lamp, self.publisher.clone(), obeyed, self.questions.clone())
    }
}
