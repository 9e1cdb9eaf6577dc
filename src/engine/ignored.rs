//! Messages on the server that are never copied, by the word of a Python function (`copy_ignore_eval`).

use std::collections::HashMap;
use std::sync::Arc;

use super::account::{Shared, Total};
use super::pairing::Candidate;
use super::worker::Worker;
use crate::config::settings::PythonHook;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::uidset::UidSet;
use crate::store::python::Value;

/// The UIDs of such messages, by the names that people know their folders by.
#[derive(Debug, Default)]
pub(super) struct Ignored(HashMap<Arc<str>, UidSet>);

impl Ignored {
    /// Asks the function about each folder. One that it fails on is reported, and left out.
    pub(super) fn ask(
        shared: &Shared<'_>,
        worker: &Worker,
        folders: &mut Vec<Candidate>,
        total: &mut Total,
    ) -> Result<Self, Fault> {
        let mut all = HashMap::new();
        let Some(hook) = &shared.account.never_copied else { return Ok(Self(all)) };
        let mut failed = Vec::new();
        for name in folders.iter().map(|folder| &folder.names.shown) {
            worker.checkpoint()?;
            match ask(shared, hook, name) {
                Ok(uids) if uids.is_empty() => {}
                Ok(uids) => drop(all.insert(name.clone(), uids)),
                Err(fault) if fault.reach > Reach::Folder => return Err(fault),
                Err(fault) => {
                    total.failed(worker, &Fault { kind: FaultKind::Refused, ..fault });
                    failed.push(name.clone());
                }
            }
        }
        folders.retain(|folder| !failed.contains(&folder.names.shown));
        Ok(Self(all))
    }

    /// Those of this folder; `None` where there are none.
    pub(super) fn of(&self, folder: &str) -> Option<&UidSet> {
        self.0.get(folder)
    }
}

fn ask(shared: &Shared<'_>, hook: &PythonHook, folder: &str) -> Result<UidSet, Fault> {
    let lost =
        || Fault::new(Reach::Account, FaultKind::Internal, "calling copy_ignore_eval", "a mistake in this program");
    let (PythonHook { option, code }, argument) = (hook.clone(), Value::from(folder));
    let numbers = shared.task.python.as_ref().ok_or_else(lost)?.ask(move |python| {
        let function = python.function(&option, &code)?;
        python.call_as(&function, &[argument], Value::numbers)
    })?;
    Ok(numbers.into_iter().filter_map(|number| u32::try_from(number).ok().and_then(Uid::new)).collect())
}
