//! The list of all folders, written in a thread of its own: Python may have a say in it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::super::mbnames;
use super::super::python::Python;
use super::super::supervisor::Lists;
use super::super::worker::Publisher;
use super::{Options, Report, Runtime};
use crate::config::settings::Settings;
use crate::model::event::EventKind;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::ids::LampId;
use crate::store::python::Value;

/// When the list is written in a run like this.
pub(super) fn lists(settings: &Settings, options: Options) -> Lists {
    match &settings.mailbox_list {
        Some(list) if !options.pretend && list.incremental => Lists::AfterEach,
        Some(_) if !options.pretend => Lists::AtRest,
        _ => Lists::Never,
    }
}

impl Runtime {
    /// Begins to write the list; a report follows.
    pub(super) fn list(&mut self) {
        if self.settings.mailbox_list.as_ref().is_some_and(|list| list.sort_keyfunc.is_some()) {
            self.need_python();
        }
        let (settings, publisher, reports) = (self.settings.clone(), self.publisher.clone(), self.reports.clone());
        let python = self.python.as_ref().map(|(python, _)| python.clone());
        let failed = {
            let publisher = publisher.clone();
            move |fault: Fault| {
                let exit = if fault.is_stop() { Exit::Success } else { Exit::Partial };
                if !fault.is_stop() {
                    publisher.publish(LampId::CONTROL, EventKind::Failed { account: None, folder: None, fault });
                }
                Report::Listed { exit }
            }
        };
        let report = failed.clone();
        let spawned = thread::Builder::new().name("list of folders".into()).spawn(move || {
            let written = catch_unwind(AssertUnwindSafe(|| write(&settings, python.as_ref(), &publisher)));
            let written = written.unwrap_or_else(|_| Err(mistake("a mistake in this program")));
            // The runtime outlives its threads, unless the program is over already.
            let _ = reports.send(written.map_or_else(report, |()| Report::Listed { exit: Exit::Success }));
        });
        if let Err(error) = spawned {
            let _ = self.reports.send(failed(mistake(&error.to_string())));
        }
    }
}

fn write(settings: &Settings, python: Option<&Python>, publisher: &Publisher) -> Result<(), Fault> {
    let Some(list) = &settings.mailbox_list else { return Ok(()) };
    let order = |code: String, items: Vec<Value>| match python {
        Some(python) => python.ask(move |python| mbnames::order(python, &code, &items)),
        None => Err(mistake("a mistake in this program")),
    };
    if let Some(count) = mbnames::write(list, &settings.metadata, Box::new(order))? {
        let text = mbnames::wrote(list, count);
        publisher.publish(LampId::CONTROL, EventKind::Noted { account: None, folder: None, text });
    }
    Ok(())
}

fn mistake(cause: &str) -> Fault {
    Fault::new(Reach::Account, FaultKind::Internal, "writing the list of folders", cause)
}
