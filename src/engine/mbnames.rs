//! The list of all folders, for mail readers that want one (`[mbnames]`).
//!
//! What each account has is remembered in a file of its own, `<metadata>/mbnames/<account>.json`, which OfflineIMAP's own files
//! are; the list is put together from all of them. So an account that can't be reached, or that isn't synchronised this time,
//! keeps its folders in it. The files of accounts that are gone from the configuration go with `--mbnames-prune`.

mod file;
mod parts;

use std::path::Path;

use self::parts::Parts;
use super::account::{Shared, Total};
use super::pairing::Candidate;
use super::python::Python;
use super::worker::Worker;
use crate::config::settings::{AccountSettings, MailboxList, Settings};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::listed::Listed;
use crate::store::python::{Interpreter, Value};

/// What is said where all is as the configuration has it.
const NOTHING: &str = "there is nothing to forget";

/// Remembers the folders of an account that has listed them all. What goes wrong is reported, and is no reason to stop.
pub(super) fn remember(shared: &Shared<'_>, worker: &Worker, folders: &[Candidate], total: &mut Total) {
    let settings = &shared.task.settings;
    // With -f the others have not gone.
    let Some(list) = settings.mailbox_list.as_ref().filter(|_| settings.only.is_none()) else { return };
    let root = root(shared.account);
    let folder = |folder: &Candidate| Listed {
        account: shared.account.name.to_string(),
        folder: folder.names.local.clone(),
        root: root.clone(),
    };
    let wanted = filtered(list, folders.iter().map(folder).collect(), shared.task.python.as_ref());
    let kept = wanted.and_then(|folders| Parts::open(&settings.metadata)?.put(shared.account.name.as_str(), &folders));
    if let Err(fault) = kept {
        total.failed(worker, &own(fault));
    }
}

/// The list is all that suffers.
fn own(fault: Fault) -> Fault {
    if fault.is_stop() { fault } else { Fault { reach: Reach::Folder, kind: FaultKind::Refused, ..fault } }
}

fn root(account: &AccountSettings) -> String {
    // OfflineIMAP gives nothing here for a server.
    account.local.maildir().map(|maildir| maildir.root.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Those that the filter lets through.
fn filtered(list: &MailboxList, folders: Vec<Listed>, python: Option<&Python>) -> Result<Vec<Listed>, Fault> {
    let Some((code, python)) = list.folderfilter.clone().zip(python) else { return Ok(folders) };
    python.ask(move |python| {
        let filter = python.function("[mbnames] folderfilter", &code)?;
        let mut wanted = Vec::new();
        for folder in folders {
            if python.call_truth(&filter, &[folder.account.as_str().into(), folder.folder.as_str().into()])? {
                wanted.push(folder);
            }
        }
        Ok(wanted)
    })
}

/// What puts folders into the order of a Python function: their places.
type Order<'a> = dyn FnOnce(String, Vec<Value>) -> Result<Vec<usize>, Fault> + 'a;

/// The order that the interpreter says.
pub(super) fn order(python: &mut Interpreter, code: &str, items: &[Value]) -> Result<Vec<usize>, Fault> {
    let function = python.function("[mbnames] sort_keyfunc", code)?;
    python.order(&function, items)
}

/// Puts the list together and writes it, where it differs from what is there. How many folders it has then; `None`: nothing was
/// written. Where no account has ever listed its folders, what may be there is left alone.
pub(super) fn write(list: &MailboxList, metadata: &Path, order: Box<Order<'_>>) -> Result<Option<usize>, Fault> {
    let parts = Parts::open(metadata)?;
    if parts.accounts()?.is_empty() { Ok(None) } else { put_together(list, &parts, order) }
}

fn put_together(list: &MailboxList, parts: &Parts, order: Box<Order<'_>>) -> Result<Option<usize>, Fault> {
    let mut folders = Vec::new();
    for account in parts.accounts()? {
        folders.extend(parts.get(&account)?);
    }
    folders.sort();
    if let Some(code) = &list.sort_keyfunc {
        let text = |text: &str| Value::from(text);
        let item = |folder: &Listed| folder.fields().map(|(name, value)| (name.to_owned(), text(value))).to_vec();
        let items = folders.iter().map(|folder| Value::Map(item(folder))).collect();
        let places = order(code.clone(), items)?;
        folders = places.into_iter().filter_map(|place| folders.get(place).cloned()).collect();
    }
    let written = file::replace(&list.file, list.text(&folders).as_bytes(), file::LIST).map_err(|cause| {
        let doing = format!("writing the list of folders {}", list.file.display());
        Fault::new(Reach::Account, FaultKind::Disk, doing, cause).advise("check filename in the [mbnames] section")
    })?;
    Ok(written.then_some(folders.len()))
}

/// Forgets the folders of accounts that the configuration has no more, and those that an account had in another directory; all of
/// them where no list is wanted. Then the list is written anew. What was done, or would be, line by line.
pub fn prune(settings: &Settings, mut python: Interpreter, pretend: bool) -> Result<Vec<String>, Fault> {
    if !Parts::are_there(&settings.metadata) {
        return Ok(vec![NOTHING.to_owned()]);
    }
    let parts = Parts::open(&settings.metadata)?;
    let mut told = Vec::new();
    for account in parts.accounts()? {
        let known = settings.accounts.iter().find(|known| known.name.as_str() == account);
        let known = known.filter(|_| settings.mailbox_list.is_some());
        let before = if known.is_some() { parts.get(&account)? } else { Vec::new() };
        let stays = |folder: &&Listed| known.is_some_and(|known| folder.root == root(known));
        let after: Vec<Listed> = before.iter().filter(stays).cloned().collect();
        if known.is_some() && before == after {
            continue;
        }
        let gone = if after.is_empty() { "all folders".to_owned() } else { "folders in another directory".to_owned() };
        told.push(format!("{gone} of the account {account} {} forgotten", if pretend { "would be" } else { "are" }));
        match (pretend, after.is_empty()) {
            (true, _) => {}
            (false, true) => parts.remove(&account)?,
            (false, false) => parts.put(&account, &after)?,
        }
    }
    if told.is_empty() {
        told.push(NOTHING.to_owned());
    } else if let Some(list) = settings.mailbox_list.as_ref().filter(|_| !pretend) {
        let order = move |code: String, items: Vec<Value>| order(&mut python, &code, &items);
        if let Some(count) = put_together(list, &parts, Box::new(order))? {
            told.push(wrote(list, count));
        }
    }
    Ok(told)
}

/// That the list was written, in words.
pub(super) fn wrote(list: &MailboxList, count: usize) -> String {
    let folders = if count == 1 { "1 folder".to_owned() } else { format!("{count} folders") };
    format!("wrote the list of {folders} to {}", list.file.display())
}
