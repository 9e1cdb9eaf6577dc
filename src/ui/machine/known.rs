//! What a program is told by other names than those in the events: threads, repositories, folders.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::ids::{AccountName, LampId, Side};
use crate::model::particular::Particular;

/// The main thread, as programs know it.
pub const MAIN: &str = "MainThread";

/// One side of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The repository's name.
    pub name: String,
    /// Its type.
    pub kind: String,
}

/// All names that have been told.
#[derive(Debug, Default)]
pub struct Known {
    threads: HashMap<LampId, AccountName>,
    places: HashMap<AccountName, (Place, Place)>,
    folders: HashMap<(AccountName, Arc<str>), (String, String)>,
}

impl Known {
    /// Learns names.
    pub fn learn(&mut self, account: &AccountName, what: &Particular) {
        match what {
            Particular::Repositories { remote, remote_type, local, local_type } => {
                let place = |name: &String, kind: &String| Place { name: name.clone(), kind: kind.clone() };
                let places = (place(remote, remote_type), place(local, local_type));
                self.places.insert(account.clone(), places);
            }
            Particular::FolderNamed { folder, remote, local } => {
                self.folders.insert((account.clone(), folder.clone()), (remote.clone(), local.clone()));
            }
            _ => {}
        }
    }

    /// This account has a thread behind this lamp now.
    pub fn thread_started(&mut self, lamp: LampId, account: &AccountName) {
        self.threads.insert(lamp, account.clone());
    }

    /// The name of the thread behind a lamp.
    pub fn thread(&self, lamp: LampId) -> String {
        match (self.threads.get(&lamp), lamp.number()) {
            (None, _) => MAIN.to_owned(),
            (Some(account), 0) => account_thread(account),
            (Some(account), number) => format!("Folder worker {number} [acc: {account}]"),
        }
    }

    /// The repository on one side of an account.
    pub fn place(&self, account: &AccountName, side: Side) -> Place {
        let both = self.places.get(account).cloned().unwrap_or_default();
        if side == Side::Remote { both.0 } else { both.1 }
    }

    /// What a folder is called on one side.
    pub fn folder<'a>(&'a self, account: &AccountName, folder: &'a Arc<str>, side: Side) -> &'a str {
        match self.folders.get(&(account.clone(), folder.clone())) {
            Some((remote, _)) if side == Side::Remote => remote,
            Some((_, local)) => local,
            None => folder,
        }
    }
}

/// The name of an account's own thread.
pub fn account_thread(account: &AccountName) -> String {
    format!("Account sync {account}")
}
