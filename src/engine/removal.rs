//! Deletes one folder on the server, on a person's word.

use super::account::{Shared, Task};
use super::errand::Errand;
use super::line::Keys;
use super::lock::AccountLock;
use super::worker::Worker;
use crate::model::fault::{Exit, Fault, FaultKind, Reach};
use crate::model::folder::FolderInfo;
use crate::model::ids::Side;
use crate::model::mark::{Mark, ServerMark};
use crate::model::question::{Answer, Ask};
use crate::model::utf7;
use crate::plan::folders::translate;
use crate::plan::naming::Naming;
use crate::store::Repository;
use crate::store::imap::ImapRepository;
use crate::store::ledger::Ledger;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};

/// A folder that is to be deleted on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    /// Its name there.
    pub name: String,
    /// How many messages are in it, as far as the server tells.
    pub messages: Option<u32>,
    /// The folders below it, which stay.
    pub below: Vec<String>,
    /// What synchronisations do about it afterwards.
    pub afterwards: Afterwards,
}

/// What the next synchronisation does about a folder that was deleted on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Afterwards {
    /// Nothing: there is no such folder on the local side.
    NotHere,
    /// Nothing: the folder of this name takes no part, or may not be made on the server.
    Stays(String),
    /// It makes the folder on the server again, with the mail of the one of this name here.
    MadeAgain(String),
    /// It deletes the folder of this name here as well, if nothing is in it that was not on both sides.
    DeletedToo(String),
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// In a dry run: this would be asked about.
    Pretended(Doomed),
    /// Nobody agreed.
    Declined,
    /// It is gone.
    Done(Doomed),
    /// It could not be done.
    Failed(Fault),
}

impl Errand {
    /// Deletes the folder of this name (as it stands on the wire, or as people read it) on the server of each account, once a
    /// person has agreed; twice where messages are in it.
    pub fn delete_folder(self, name: &str, tell: &mut dyn FnMut(Removal)) -> Exit {
        let done = self.for_each_account(|task, worker| {
            let result = remove(task, worker, name);
            let removal = result.unwrap_or_else(|fault| Removal::Failed(worker.checkpoint().err().unwrap_or(fault)));
            let exit = match &removal {
                Removal::Failed(fault) => fault.kind.into(),
                _ => Exit::Success,
            };
            tell(removal);
            exit
        });
        done.unwrap_or_else(|fault| {
            let exit = fault.kind.into();
            tell(Removal::Failed(fault));
            exit
        })
    }
}

fn remove(task: &Task, worker: &Worker, name: &str) -> Result<Removal, Fault> {
    let _lock = AccountLock::take_for(task)?;
    let shared = Shared::new(task, ledger_path(&task.settings.metadata, task.account().as_str()));
    let doing = format!("deleting the folder {name} of the account {}", worker.account());
    let refuse = |cause: String, advice: &str| {
        Fault::new(Reach::Folder, FaultKind::Refused, doing.clone(), cause).advise(advice.to_owned())
    };
    if shared.account.remote.common.read_only {
        return Err(refuse("the remote repository is read-only".into(), "nothing was deleted; see readonly"));
    }
    let mut remote = shared.connect(worker, Side::Remote, &mut Keys::default())?;
    let folders = remote.folders()?;
    let folder = find(&folders, name).map_err(|cause| refuse(cause, "nothing was deleted"))?;
    if folder.name == "INBOX" {
        return Err(refuse(
            "new mail is delivered there".into(),
            "nothing was deleted; no server lets go of its INBOX",
        ));
    }
    let separator = remote.separator()?;
    let doomed = Doomed {
        name: folder.name.clone(),
        messages: mark(folder).map(|mark| mark.messages),
        below: below(&folders, &folder.name, separator),
        afterwards: afterwards(&shared, worker, separator, &folder.name)?,
    };
    if task.options.pretend {
        remote.log_out();
        return Ok(Removal::Pretended(doomed));
    }
    let agreed = agreed(&shared, worker, name, &doomed)?;
    worker.checkpoint()?;
    if !agreed {
        remote.log_out();
        return Ok(Removal::Declined);
    }
    // Something may have come while it was asked.
    if !is_still(&mut remote, folder)? {
        return Err(refuse(
            "it changed while you were asked".into(),
            "nothing was deleted; look at it, and run this again",
        ));
    }
    remote.remove(&doomed.name)?;
    remote.log_out();
    Ok(Removal::Done(doomed))
}

/// The folder that is meant by this name, or why there is none.
fn find<'a>(folders: &'a [FolderInfo], name: &str) -> Result<&'a FolderInfo, String> {
    let wanted = if name.eq_ignore_ascii_case("INBOX") { "INBOX" } else { name };
    let read: Vec<&FolderInfo> = folders.iter().filter(|folder| utf7::decode(&folder.name) == name).collect();
    let folder = match (folders.iter().find(|folder| folder.name == wanted), &read[..]) {
        (Some(folder), _) => folder,
        (None, [folder]) => *folder,
        (None, []) => {
            let near = folders.iter().filter(|folder| is_near(&folder.name, name));
            let near: Vec<String> = near.map(|folder| utf7::decode(&folder.name)).collect();
            let hint = if near.is_empty() { String::new() } else { format!(", but there is {}", near.join(", ")) };
            return Err(format!("the server has no folder of this name{hint}"));
        }
        (None, several) => {
            let several: Vec<&str> = several.iter().map(|folder| folder.name.as_str()).collect();
            return Err(format!("several folders are read like this: {}", several.join(", ")));
        }
    };
    if folder.selectable {
        Ok(folder)
    } else {
        Err("it is only a name that others are below, and holds no mail".into())
    }
}

/// Whether somebody who typed `name` may have meant this folder: the same in other case, or the last part of its name.
fn is_near(folder: &str, name: &str) -> bool {
    let (folder, name) = (utf7::decode(folder).to_lowercase(), name.to_lowercase());
    let end = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '.']))
    };
    let alike = |text: &str| text.replace('.', "/");
    !name.is_empty() && (end(&folder, &name) || end(&name, &folder) || alike(&folder) == alike(&name))
}

fn mark(folder: &FolderInfo) -> Option<ServerMark> {
    match folder.mark {
        Some(Mark::Server(mark)) => Some(mark),
        _ => None,
    }
}

fn below(folders: &[FolderInfo], name: &str, separator: Option<char>) -> Vec<String> {
    let Some(separator) = separator else { return Vec::new() };
    let prefix = format!("{name}{separator}");
    folders.iter().filter(|folder| folder.name.starts_with(&prefix)).map(|folder| folder.name.clone()).collect()
}

/// Whether the folder is as it was when it was listed, as far as that can be told.
fn is_still(remote: &mut ImapRepository, folder: &FolderInfo) -> Result<bool, Fault> {
    let now = remote.folders()?;
    let now = now.iter().find(|one| one.name == folder.name).and_then(mark);
    let counted = |mark: ServerMark| (mark.uid_validity, mark.uid_next, mark.messages);
    Ok(now.map(counted) == mark(folder).map(counted))
}

fn agreed(shared: &Shared<'_>, worker: &Worker, name: &str, doomed: &Doomed) -> Result<bool, Fault> {
    let ask = |by_name: bool| {
        let (account, folder, host) = (worker.account(), name.into(), shared.account.remote.host.clone());
        let ask = Ask::Removal { account, folder, host, consequence: consequence(doomed), by_name };
        worker.ask(ask).map(|answer| answer == Some(Answer::Agreed))
    };
    Ok(ask(false)? && (doomed.messages == Some(0) || ask(true)?))
}

/// What would be deleted, and what not, as sentences.
fn consequence(doomed: &Doomed) -> String {
    let mut text = match doomed.messages {
        Some(0) => "It holds no message.".to_owned(),
        Some(1) => "It holds 1 message, which would be gone for good.".to_owned(),
        Some(messages) => format!("It holds {messages} messages, which would be gone for good."),
        None => "The server doesn't say how many messages it holds; they would be gone for good.".to_owned(),
    };
    if !doomed.below.is_empty() {
        text.push_str(" The folders below it stay.");
    }
    text
}

/// What synchronisations do about it.
fn afterwards(shared: &Shared<'_>, worker: &Worker, separator: Option<char>, name: &str) -> Result<Afterwards, Fault> {
    let (mut there, mut here) = shared.names()?;
    if shared.account.local.maildir().is_some_and(|maildir| !maildir.root.is_dir()) {
        return Ok(Afterwards::NotHere);
    }
    let mut local = shared.local(worker, &mut Keys::default())?;
    let part = there.takes_part(name)?;
    let called = translate(&there.visible(name)?, separator, local.separator()?);
    let is_here = local.folders()?.iter().any(|folder| folder.name == called);
    if let Some(server) = local.into_server() {
        server.log_out();
    }
    if !is_here {
        return Ok(Afterwards::NotHere);
    }
    let policy = shared.policy();
    let known = SqliteLedger::open_read_only(&shared.ledger_path)?.folders()?;
    let was_there =
        known.iter().any(|record| record.local == called && record.remote == name && record.uid_validity.is_some());
    let followed = policy.folder_deletes && was_there && policy.to_local.write && policy.to_local.delete;
    Ok(if !part || !here.takes_part(&called)? {
        Afterwards::Stays(called)
    } else if followed {
        Afterwards::DeletedToo(called)
    } else if policy.create_remote {
        Afterwards::MadeAgain(called)
    } else {
        Afterwards::Stays(called)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(names: &[&str]) -> Vec<FolderInfo> {
        let info = |name: &&str| FolderInfo {
            name: (*name).to_owned(),
            selectable: *name != "Bare",
            subscribed: true,
            mark: None,
        };
        names.iter().map(info).collect()
    }

    #[test]
    fn a_folder_is_found_by_its_name_there_or_as_people_read_it() {
        let folders = listed(&["INBOX", "Lists/a", "Lists/a/b", "Entw&APw-rfe", "Bare"]);
        for (name, found) in
            [("Lists/a", "Lists/a"), ("Entwürfe", "Entw&APw-rfe"), ("Entw&APw-rfe", "Entw&APw-rfe"), ("inbox", "INBOX")]
        {
            assert_eq!(find(&folders, name).unwrap().name, found);
        }
        for (name, words) in [
            ("Lists.a", "there is Lists/a"),
            ("lists/A", "there is Lists/a"),
            ("b", "Lists/a/b"),
            ("Bare", "only a name"),
        ] {
            assert!(find(&folders, name).unwrap_err().contains(words), "{name}");
        }
        assert!(find(&folders, "x").unwrap_err().ends_with("of this name"));
        assert!(find(&folders, "").is_err());
        assert_eq!(below(&folders, "Lists/a", Some('/')), ["Lists/a/b"]);
        assert_eq!(below(&folders, "Lists", None), [""; 0]);
    }
}
