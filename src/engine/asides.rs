//! What a person wants of messages that could not be copied: to have them tried again, or left alone.
//!
//! A wish is written down at once, beside whatever run is under way, and once more when the next one begins: a run that was
//! just trying such a message may have written over it.

use super::account::Task;
use super::known::Caller;
use crate::model::command::Aside;
use crate::model::fault::Fault;
use crate::store::ledger::{Entry, Ledger, Quarantined};

/// A wish about messages that could not be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Try them again now.
    Retry(Aside),
    /// Leave them alone from now on.
    Ignore(Aside),
}

impl Wish {
    /// The messages that it is about.
    pub(super) fn aside(&self) -> &Aside {
        match self {
            Self::Retry(aside) | Self::Ignore(aside) => aside,
        }
    }

    /// What comes of it, for so many messages.
    pub(super) fn outcome(&self, messages: usize) -> String {
        let count = match messages {
            0 => return "nothing is left out there any more".to_owned(),
            1 => "1 message".to_owned(),
            several => format!("{several} messages"),
        };
        match self {
            Self::Retry(_) => format!("{count} will be tried again"),
            Self::Ignore(_) => format!("{count} will be left alone until somebody wants to try again"),
        }
    }

    fn entry(&self, one: &Quarantined) -> Entry {
        let (side, name) = (one.side, one.name.clone());
        match self {
            Self::Retry(_) => Entry::Retry { side, name },
            Self::Ignore(_) => Entry::Ignore { side, name },
        }
    }

    fn is_about(&self, one: &Quarantined) -> bool {
        self.aside().message.as_ref().is_none_or(|(side, name)| (*side, name) == (one.side, &one.name))
    }
}

/// Writes a wish down, and says how many messages it is about.
pub(super) fn grant(wish: &Wish, ledger: &mut dyn Ledger, caller: &mut Caller<'_>) -> Result<usize, Fault> {
    let mut messages = 0;
    for record in ledger.folders()? {
        let aside = ledger.quarantined(record.id)?;
        let entries: Vec<Entry> = aside.iter().filter(|one| wish.is_about(one)).map(|one| wish.entry(one)).collect();
        if !entries.is_empty() && caller.names(&record).shown == wish.aside().folder {
            ledger.record(record.id, &entries)?;
            messages += entries.len();
        }
    }
    Ok(messages)
}

/// Writes down once more what was wished since the last run began.
pub(super) fn grant_all(task: &Task, ledger: &mut dyn Ledger) -> Result<(), Fault> {
    let mut caller = Caller::new(&task.settings.accounts[task.place], task.python.as_ref());
    task.wishes.iter().try_for_each(|wish| grant(wish, ledger, &mut caller).map(drop))
}
