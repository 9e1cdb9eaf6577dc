//! What is done once beside synchronising, while a person waits for it, one account after the other.

use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded, never, select};

use super::account::Task;
use super::both::Both;
use super::python::Python;
use super::runtime::{LAMPS_EACH, Options, REPORTS, Report};
use super::token::Keepers;
use super::worker::{Order, Publisher, Worker};
use crate::config::settings::{AccountSettings, Settings};
use crate::model::command::Command;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::ids::LampId;
use crate::model::question::Question;
use crate::store::imap;
use crate::store::python::{Cutter, Interpreter};

/// Everything that an errand is connected to.
#[derive(Debug)]
pub struct Errand {
    /// What the user wants.
    pub settings: Arc<Settings>,
    /// Only say what would be done.
    pub pretend: bool,
    /// The interpreter that the configuration was read with, to go on with.
    pub python: Option<Interpreter>,
    /// Where questions go; those that nobody takes are given up.
    pub questions: Sender<Question>,
    /// Where commands come from, of which a stop counts.
    pub commands: Receiver<Command>,
}

impl Errand {
    /// Does `job` for each account in turn, until a stop is asked for. A fault that can't be any account's is returned.
    pub(super) fn for_each_account(self, mut job: impl FnMut(&Task, &Worker) -> Exit) -> Result<Exit, Fault> {
        let fault = |error| Fault::new(Reach::Program, FaultKind::Internal, "starting a thread", error);
        let (reports, reported) = bounded(REPORTS);
        let needed = self.settings.accounts.iter().any(AccountSettings::needs_python);
        let start = || Python::start(self.python.unwrap_or_else(|| Interpreter::new(self.settings.pythonfile.clone())));
        let python = needed.then(start).transpose().map_err(fault)?;
        let (python, cutter) = python.map_or((None, None), |(python, cutter)| (Some(python), Some(cutter)));
        let commands = self.commands;
        let listen = move || listen(commands, &reported, cutter.as_ref());
        thread::Builder::new().name("errand".into()).spawn(listen).map_err(fault)?;
        let mut exit = Exit::Success;
        let mut keepers = Keepers::default();
        for place in 0..self.settings.accounts.len() {
            let task = Task {
                settings: self.settings.clone(),
                place,
                options: Options { once: true, pretend: self.pretend, ..Options::default() },
                thorough: false,
                glance: None,
                held: Both::default(),
                wishes: Vec::new(),
                first_lamp: LampId(LAMPS_EACH * (u32::try_from(place).unwrap_or(0) + 1)),
                // Nobody watches: what there is to say is the errand's result.
                publisher: Publisher::new(bounded(1).0),
                questions: self.questions.clone(),
                reports: reports.clone(),
                keys: Both::default(),
                trusted: Both::default(),
                tokens: keepers.both(&self.settings, place, python.as_ref()),
                python: python.clone(),
            };
            let worker = task.enlist(0);
            exit = exit.and(job(&task, &worker));
            if worker.checkpoint().is_err() {
                break;
            }
        }
        Ok(exit)
    }
}

/// Ends everything on a stop: orders stay known, and nobody waits for a server or for Python any more. Goes on until nobody
/// reports.
fn listen(mut commands: Receiver<Command>, reported: &Receiver<Report>, python: Option<&Cutter>) {
    let (mut workers, mut cutters, mut stopped) = (Vec::new(), Vec::<imap::Cutter>::new(), false);
    loop {
        select! {
            recv(commands) -> command => match command {
                Ok(Command::Quit | Command::QuitNow | Command::StopAfterSync) => stopped = true,
                Ok(_) => {}
                Err(_) => commands = never(),
            },
            recv(reported) -> report => match report {
                Ok(Report::Worker { orders, .. }) => workers.push(orders),
                Ok(Report::Connected { cutter, .. }) => cutters.push(cutter),
                Ok(_) => {}
                Err(_) => return,
            },
        }
        if stopped {
            for orders in &workers {
                orders.give(Order::Stop);
            }
            for cutter in cutters.drain(..) {
                cutter.cut();
            }
            if let Some(python) = python {
                python.cut();
            }
        }
    }
}
