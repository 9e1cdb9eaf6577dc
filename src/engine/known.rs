//! What the ledger knows of an account's folders, for people to see.

use chrono::DateTime;

use super::naming::Names;
use super::python::Python;
use crate::config::settings::AccountSettings;
use crate::model::fault::Fault;
use crate::model::folder::{FolderPair, KnownFolder, LeftOut};
use crate::model::utf7;
use crate::plan::folders::{Terms, remembered};
use crate::store::ledger::{FolderRecord, Ledger, Quarantined};

/// What folders that the ledger knows are called, by the account's rules as they are now.
pub(super) struct Caller<'a> {
    /// None where the rules don't work.
    names: Option<Names<'a>>,
    decode: bool,
}

impl<'a> Caller<'a> {
    pub(super) fn new(account: &'a AccountSettings, python: Option<&'a Python>) -> Self {
        let decode = account.remote.listing.decode;
        Self { names: Names::new(&account.remote.common, decode, python).ok(), decode }
    }

    /// The names of a folder. Where the rules fail on it, people know it by the server's name.
    pub(super) fn names(&mut self, record: &FolderRecord) -> FolderPair {
        let FolderRecord { remote, local, .. } = record;
        let terms = Terms { decode: self.decode, ..Terms::default() };
        let by_rules = self.names.as_mut().and_then(|names| remembered(remote, local, names, terms).ok());
        by_rules.unwrap_or_else(|| FolderPair {
            shown: utf7::decode(remote).into(),
            remote: remote.clone(),
            local: local.clone(),
        })
    }
}

/// All folders, INBOX first, the rest by name without regard to case.
pub(super) fn folders(ledger: &mut dyn Ledger, caller: &mut Caller<'_>) -> Result<Vec<KnownFolder>, Fault> {
    let counts = ledger.counts()?;
    let mut folders = Vec::new();
    for record in ledger.folders()? {
        let aside = ledger.quarantined(record.id)?.into_iter().map(left_out).collect();
        let messages = counts.get(&record.id).copied().unwrap_or_default();
        folders.push(KnownFolder { names: caller.names(&record), messages, aside });
    }
    folders.sort_by_cached_key(|folder| {
        let shown = folder.names.shown.to_lowercase();
        (shown != "inbox", shown, folder.names.local.clone())
    });
    Ok(folders)
}

fn left_out(one: Quarantined) -> LeftOut {
    let Quarantined { side, name, subject, reason, tried, ignored } = one;
    LeftOut { side, name, subject, reason, tried: DateTime::from_timestamp(tried, 0).unwrap_or_default(), ignored }
}
