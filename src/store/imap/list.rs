//! Folders: listed in one turn with their watermarks where the server can do that, and made.

use std::collections::HashMap;

use super::ImapRepository;
use super::connection::{Connection, quote};
use super::reader::Ignore;
use super::refusal::refused;
use super::response::{ListItem, StatusItems, Untagged};
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::FolderInfo;
use crate::model::ids::{ModSeq, UidValidity};
use crate::model::mark::{Mark, ServerMark};

/// Bytes of folder names, or of their statuses, that are kept: enough for a hundred thousand folders.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Bytes that a folder takes besides its name, about.
const FOLDER_BYTES: usize = 250;

/// The hierarchy separator, as far as the server has told it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Separator {
    Unknown,
    /// `None`: a server without hierarchy.
    Known(Option<char>),
}

/// Everything that a listing brought.
#[derive(Default)]
struct Seen {
    items: Vec<ListItem>,
    statuses: HashMap<String, StatusItems>,
    /// About how many bytes the folders and the statuses take.
    bytes: (usize, usize),
}

impl Seen {
    fn take(&mut self, untagged: Untagged) -> Result<(), Fault> {
        match untagged {
            Untagged::List(item) => {
                self.bytes.0 += FOLDER_BYTES + item.name.len();
                if self.bytes.0 > MOST_BYTES {
                    let cause = "the server lists more folders than anybody has";
                    return Err(Fault::new(Reach::Account, FaultKind::Server, "listing the folders", cause));
                }
                self.items.push(item);
            }
            // A status that is not kept only means that its folder is looked at.
            Untagged::StatusOf(status) if self.bytes.1 < MOST_BYTES => {
                self.bytes.1 += FOLDER_BYTES + status.name.len();
                self.statuses.insert(canonical(&status.name), status);
            }
            _ => {}
        }
        Ok(())
    }

    fn run(&mut self, connection: &mut Connection, commands: &[String]) -> Result<Vec<Status>, Fault> {
        let statuses = connection.run(commands, &mut |untagged| self.take(untagged));
        statuses.map_err(|trouble| connection.lost("listing the folders", &trouble))
    }
}

/// The hierarchy separator, asked for if no listing has told it yet.
pub(super) fn separator(repository: &mut ImapRepository) -> Result<Option<char>, Fault> {
    if let Separator::Known(known) = repository.separator {
        return Ok(known);
    }
    let mut seen = Seen::default();
    seen.run(&mut repository.connection, &["LIST \"\" \"\"".to_owned()])?;
    let separator = seen.items.first().and_then(|item| item.separator);
    repository.separator = Separator::Known(separator);
    Ok(separator)
}

/// All folders. With LIST-STATUS (RFC 5819) they come with their watermarks in one turn; else STATUS is asked of each, all
/// together in a second turn.
pub(super) fn folders(repository: &mut ImapRepository) -> Result<Vec<FolderInfo>, Fault> {
    let connection = &mut repository.connection;
    let items = if connection.capabilities.condstore() {
        "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"
    } else {
        "(MESSAGES UIDNEXT UIDVALIDITY)"
    };
    let mut seen = Seen::default();
    let in_one_turn = connection.capabilities.has("LIST-STATUS");
    let list =
        if in_one_turn { format!("LIST \"\" \"*\" RETURN (STATUS {items})") } else { "LIST \"\" \"*\"".to_owned() };
    let statuses = seen.run(connection, &[list])?;
    if let Some(status) = statuses.iter().find(|status| status.word != Word::Ok) {
        return Err(refused(status, Reach::Account, format!("listing the folders on {}", connection.peer)));
    }
    if !in_one_turn {
        let asked: Vec<_> =
            seen.items.iter().filter(|item| item.selectable).filter_map(|item| quote(&item.name)).collect();
        let commands: Vec<_> = asked.iter().map(|name| format!("STATUS {name} {items}")).collect();
        // A folder whose status is refused is looked at like any other, only without a watermark.
        seen.run(connection, &commands)?;
    }
    if let Some(separator) = seen.items.iter().find_map(|item| item.separator) {
        repository.separator = Separator::Known(Some(separator));
    }
    Ok(infos(&seen))
}

fn infos(seen: &Seen) -> Vec<FolderInfo> {
    let mut infos: Vec<FolderInfo> = Vec::with_capacity(seen.items.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(seen.items.len());
    for item in seen.items.iter().filter(|item| !item.name.is_empty()) {
        let name = canonical(&item.name);
        if let Some(place) = places.get(&name) {
            // Of a folder that is listed twice, one that can be opened counts.
            infos[*place].selectable |= item.selectable;
            continue;
        }
        places.insert(name.clone(), infos.len());
        let mark = seen.statuses.get(&name).and_then(mark);
        infos.push(FolderInfo { name, selectable: item.selectable, mark });
    }
    infos
}

/// INBOX is INBOX in whatever case (RFC 3501, section 5.1); all other names stand as they are.
fn canonical(name: &str) -> String {
    if name.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { name.to_owned() }
}

fn mark(status: &StatusItems) -> Option<Mark> {
    Some(Mark::Server(ServerMark {
        uid_validity: UidValidity(status.uid_validity?),
        uid_next: status.uid_next.unwrap_or(0),
        messages: status.messages?,
        highest_modseq: status.highest_modseq.filter(|&modseq| modseq > 0).map(ModSeq),
    }))
}

/// Removes a folder and its subscription. One that is gone already is as good.
pub(super) fn remove(repository: &mut ImapRepository, name: &str) -> Result<(), Fault> {
    let connection = &mut repository.connection;
    let doing = format!("removing the folder {name} on {}", connection.peer);
    let Some(quoted) = quote(name) else {
        return Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, "its name holds a line end"));
    };
    // Some servers hang up when the mailbox that is selected goes; every user has an INBOX to go to instead.
    let commands = ["EXAMINE INBOX".to_owned(), format!("DELETE {quoted}"), format!("UNSUBSCRIBE {quoted}")];
    let statuses = connection.run(&commands, &mut |_| Ok(()));
    let statuses = statuses.map_err(|trouble| connection.lost("removing a folder", &trouble))?;
    match statuses.get(1) {
        Some(status) if status.word != Word::Ok && status.code != Code::Other("NONEXISTENT".into()) => {
            Err(refused(status, Reach::Folder, doing))
        }
        _ => Ok(()),
    }
}

/// Makes a folder and subscribes to it. One that is there already is as good.
pub(super) fn create(repository: &mut ImapRepository, name: &str) -> Result<(), Fault> {
    let connection = &mut repository.connection;
    let doing = format!("making the folder {name} on {}", connection.peer);
    let Some(quoted) = quote(name).filter(|_| name.is_ascii()) else {
        let cause = "its name holds characters that IMAP can't carry";
        return Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, cause)
            .advise("rename the local folder; letters beyond ASCII are written in modified UTF-7"));
    };
    let made = connection.run(&[format!("CREATE {quoted}")], &mut Ignore);
    let made = made.map_err(|trouble| connection.lost("making a folder", &trouble))?;
    if let Some(status) = made.iter().find(|status| status.word != Word::Ok && !is_there_already(status)) {
        return Err(refused(status, Reach::Folder, doing));
    }
    // A folder that can't be subscribed to is still a folder.
    let subscribed = connection.run(&[format!("SUBSCRIBE {quoted}")], &mut Ignore);
    subscribed.map(drop).map_err(|trouble| connection.lost("subscribing to a folder", &trouble))
}

/// Whether a refusal says that the folder exists, by its code (RFC 5530, section 3) or in words.
fn is_there_already(status: &Status) -> bool {
    let words = status.text.to_ascii_lowercase().replace(' ', "");
    status.code == Code::Other("ALREADYEXISTS".into()) || words.contains("alreadyexists")
}
