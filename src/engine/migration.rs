//! Gives files in Maildirs the folder digest that counts now, where they carry the one that OfflineIMAP made before 6.3.5.

use super::account::{Shared, Task};
use super::errand::Errand;
use super::lock::AccountLock;
use super::naming::Names;
use super::root::check_root;
use super::worker::Worker;
use crate::model::fault::{Exit, Fault, Reach};
use crate::model::ids::AccountName;
use crate::plan::naming::Naming;
use crate::store::Repository;
use crate::store::ledger::Ledger;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};
use crate::store::maildir::{Called, Redigested};

/// What was done, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migrated {
    /// In a folder of this name, whose digest is made from that name now.
    Folder {
        /// The account.
        account: AccountName,
        /// The folder's name on the disk.
        folder: String,
        /// The name that the digest is made from.
        visible: String,
        /// What became of its files.
        files: Redigested,
    },
    /// Something could not be done; the rest goes on.
    Failed(Fault),
    /// All folders of the account have been looked at.
    Account {
        /// The account.
        account: AccountName,
        /// How many folders have another name on the other side.
        folders: u64,
        /// How many files were renamed; in a dry run, would be.
        renamed: u64,
    },
}

impl Errand {
    /// Renames, in the Maildirs of all accounts, files whose digest is that of the folder's name before `nametrans`. `tell`
    /// learns what is done while it is.
    pub fn migrate_digests(self, tell: &mut dyn FnMut(Migrated)) -> Exit {
        let done = self.for_each_account(|task, worker| {
            let mut exit = Exit::Success;
            let mut note = |migrated: Migrated| {
                if let Migrated::Failed(fault) = &migrated {
                    exit = exit.and(fault.kind.into());
                    if fault.is_stop() {
                        return;
                    }
                }
                tell(migrated);
            };
            if let Err(fault) = migrate(task, worker, &mut note) {
                note(Migrated::Failed(fault));
            }
            exit
        });
        done.unwrap_or_else(|fault| {
            let exit = fault.kind.into();
            tell(Migrated::Failed(fault));
            exit
        })
    }
}

fn migrate(task: &Task, worker: &Worker, tell: &mut dyn FnMut(Migrated)) -> Result<(), Fault> {
    let _lock = AccountLock::take_for(task)?;
    let account = worker.account();
    let shared = Shared::new(task, ledger_path(&task.settings.metadata, account.as_str()));
    let known = SqliteLedger::open_read_only(&shared.ledger_path)?.folders()?;
    let (mut folders, mut renamed) = (0, 0);
    let settings = shared.account.local.maildir();
    let there = settings.map_or(Ok(None), |settings| Ok(check_root(&settings.root, &known)?.then_some(settings)))?;
    if let Some(settings) = there {
        let mut local = shared.maildir(worker, settings);
        let mut names = Names::new(&settings.common, false, task.python.as_ref())?;
        let called = called(&mut names, &mut local, tell)?;
        let _ = shared.called.set(called.iter().cloned().collect::<Called>());
        folders = called.len() as u64;
        for (folder, visible) in called {
            worker.checkpoint()?;
            match local.redigest(&folder, task.options.pretend) {
                Ok(files) => {
                    renamed += files.renamed;
                    tell(Migrated::Folder { account: account.clone(), folder, visible, files });
                }
                Err(fault) if fault.reach <= Reach::Folder => tell(Migrated::Failed(fault)),
                Err(fault) => return Err(fault),
            }
        }
    }
    tell(Migrated::Account { account, folders, renamed });
    Ok(())
}

/// The local folders that take part and are called otherwise on the other side, with that name.
fn called(
    names: &mut Names<'_>,
    local: &mut dyn Repository,
    tell: &mut dyn FnMut(Migrated),
) -> Result<Vec<(String, String)>, Fault> {
    let mut called = Vec::new();
    if !names.translates() {
        return Ok(called);
    }
    for folder in local.folders()? {
        let visible =
            names.takes_part(&folder.name).and_then(|part| part.then(|| names.visible(&folder.name)).transpose());
        match visible {
            Ok(Some(visible)) if visible != folder.name => called.push((folder.name, visible)),
            Ok(_) => {}
            Err(fault) if fault.reach <= Reach::Folder => tell(Migrated::Failed(fault)),
            Err(fault) => return Err(fault),
        }
    }
    Ok(called)
}
