//! A run that only looks at what those who watch have seen change. When something has changed here, the Maildir is looked at
//! before the server is asked: most of it is what runs have written themselves.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::folder::Policy;
use super::pairing::{Candidate, proves};
use super::recheck::recheck;
use super::worker::Worker;
use crate::model::fault::Fault;
use crate::model::folder::FolderPair;
use crate::store::Repository;
use crate::store::ledger::Ledger;

/// The local folders that take no part, as far as glances have seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Strangers(Arc<Mutex<BTreeSet<String>>>);

/// The look at one account.
#[derive(Debug, Clone)]
pub(super) struct Glance {
    /// It is enough to look here, as long as nothing has changed there.
    pub(super) here: bool,
    pub(super) strangers: Strangers,
}

impl Glance {
    /// Whether only the Maildir is in question, and all of it is as the ledger has it.
    pub(super) fn sees_nothing(
        &self,
        worker: &Worker,
        policy: Policy,
        (local, ledger): (&mut dyn Repository, &mut dyn Ledger),
    ) -> Result<bool, Fault> {
        if !self.here {
            return Ok(false);
        }
        let mut known = ledger.folders()?;
        let listed: HashMap<String, _> =
            local.folders()?.into_iter().map(|folder| (folder.name, folder.mark)).collect();
        let strangers: BTreeSet<String> = strangers(&listed, &known);
        if strangers != *self.strangers.0.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(false);
        }
        let mut candidates: Vec<Candidate> = Vec::with_capacity(known.len());
        for record in &known {
            // One that is gone has changed.
            let Some(mark) = listed.get(&record.local) else { return Ok(false) };
            let names = FolderPair {
                shown: record.local.as_str().into(),
                remote: record.remote.clone(),
                local: record.local.clone(),
            };
            let candidate = Candidate { names, remote_mark: record.remote_mark, local_mark: *mark, created: false };
            candidates.push(candidate);
        }
        recheck(worker, policy, (local, ledger), &mut candidates, &mut known)?;
        let same =
            candidates.iter().zip(&known).all(|(candidate, record)| proves(record.local_mark, candidate.local_mark));
        Ok(same)
    }

    /// The server is asked as well; which local folders take no part is seen on this occasion.
    pub(super) fn seen(&self, local: &mut dyn Repository, ledger: &mut dyn Ledger) -> Result<(), Fault> {
        let listed: HashMap<String, _> =
            local.folders()?.into_iter().map(|folder| (folder.name, folder.mark)).collect();
        let strangers = strangers(&listed, &ledger.folders()?);
        *self.strangers.0.lock().unwrap_or_else(PoisonError::into_inner) = strangers;
        Ok(())
    }
}

fn strangers<T>(listed: &HashMap<String, T>, known: &[crate::store::ledger::FolderRecord]) -> BTreeSet<String> {
    let names: BTreeSet<&str> = known.iter().map(|record| record.local.as_str()).collect();
    listed.keys().filter(|name| !names.contains(name.as_str())).cloned().collect()
}
