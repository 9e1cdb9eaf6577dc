//! Folders: listed in one turn with their watermarks where the server can do that, and made.

use std::collections::{HashMap, HashSet};

use super::ImapRepository;
use super::connection::Connection;
use super::quote::quote;
use super::reader::Ignore;
use super::refusal::refused;
use super::response::{ListItem, StatusItems, Untagged};
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::folder::FolderInfo;
use crate::model::ids::{ModSeq, UidValidity};
use crate::model::mark::{Mark, ServerMark};

/// Bytes of folder names that are kept: enough for a hundred thousand folders.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of statuses that are kept. The map of so many has not yet had to grow to the next power of two, which would take twice as
/// much.
const MOST_STATUSES: usize = 27 * 1024 * 1024;
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
    subscribed: HashSet<String>,
    /// About how many bytes the folders and the statuses take.
    bytes: (usize, usize),
}

impl Seen {
    fn take(&mut self, untagged: Untagged) -> Result<(), Fault> {
        match untagged {
            Untagged::List(item) => {
                self.make_room(item.name.len())?;
                self.items.push(item);
            }
            Untagged::Subscribed(name) => {
                self.make_room(name.len())?;
                self.subscribed.insert(canonical(&name));
            }
            // A status that is not kept only means that its folder is looked at.
            Untagged::StatusOf(status) if self.bytes.1 < MOST_STATUSES => {
                self.bytes.1 += FOLDER_BYTES + status.name.len();
                self.statuses.insert(canonical(&status.name), status);
            }
            _ => {}
        }
        Ok(())
    }

    fn make_room(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes.0 += FOLDER_BYTES + bytes;
        if self.bytes.0 <= MOST_BYTES {
            return Ok(());
        }
        let cause = "the server lists more folders than anybody has";
        Err(Fault::new(Reach::Account, FaultKind::Server, "listing the folders", cause))
    }

    fn run(&mut self, connection: &mut Connection, commands: &[String]) -> Result<Vec<Status>, Fault> {
        let statuses = connection.run(commands, &mut |untagged| self.take(untagged));
        statuses.map_err(|trouble| connection.lost("listing the folders", &trouble))
    }

    /// Asks for the STATUS of folders; gives those that are there. One whose status is refused is looked at like any other,
    /// only without a watermark.
    fn ask(&mut self, connection: &mut Connection, names: &[String], items: &str) -> Result<HashSet<String>, Fault> {
        let (names, quoted): (Vec<_>, Vec<_>) = names.iter().filter_map(|name| Some((name, quote(name)?))).unzip();
        let commands: Vec<_> = quoted.iter().map(|name| format!("STATUS {name} {items}")).collect();
        if commands.is_empty() {
            return Ok(HashSet::new());
        }
        let statuses = self.run(connection, &commands)?;
        let there = names.into_iter().zip(statuses).filter(|(_, status)| status.word == Word::Ok);
        Ok(there.map(|(name, _)| name.clone()).collect())
    }
}

/// The hierarchy separator, asked for if no listing has told it yet.
pub(super) fn separator(repository: &mut ImapRepository) -> Result<Option<char>, Fault> {
    if let Separator::Known(known) = repository.separator {
        return Ok(known);
    }
    let mut seen = Seen::default();
    let mut commands = vec!["LIST \"\" \"\"".to_owned()];
    // Other places may have other separators; but one that isn't there has none to tell.
    if !repository.listing.reference.is_empty() {
        commands.insert(0, format!("LIST {} \"\"", reference(repository)?));
    }
    seen.run(&mut repository.connection, &commands)?;
    let separator = seen.items.first().and_then(|item| item.separator);
    repository.separator = Separator::Known(separator);
    Ok(separator)
}

/// Where the folders begin, in quotes.
fn reference(repository: &ImapRepository) -> Result<String, Fault> {
    let doing = || format!("listing the folders on {}", repository.connection.peer);
    quote(&repository.listing.reference)
        .ok_or_else(|| Fault::new(Reach::Account, FaultKind::Config, doing(), "reference holds a line end"))
}

/// All folders. With LIST-STATUS (RFC 5819) they come with their watermarks in one turn; else STATUS is asked of each, all
/// together in a second turn. A folder that isn't subscribed to is listed all the same, so that it isn't taken for one that
/// is gone.
pub(super) fn folders(repository: &mut ImapRepository) -> Result<Vec<FolderInfo>, Fault> {
    let begin = reference(repository)?;
    let ImapRepository { connection, listing, includes, .. } = repository;
    let items = if connection.capabilities.condstore() {
        "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"
    } else {
        "(MESSAGES UIDNEXT UIDVALIDITY)"
    };
    let mut seen = Seen::default();
    let in_one_turn = connection.capabilities.has("LIST-STATUS");
    // Some servers forget the one way for an INBOX that nobody has opened yet, some don't know the other any more.
    let mut commands = vec![match (in_one_turn, listing.subscribed_only) {
        (true, false) => format!("LIST {begin} \"*\" RETURN (STATUS {items})"),
        (true, true) => format!("LIST {begin} \"*\" RETURN (SUBSCRIBED STATUS {items})"),
        (false, _) => format!("LIST {begin} \"*\""),
    }];
    commands.extend(listing.subscribed_only.then(|| format!("LSUB {begin} \"*\"")));
    let statuses = seen.run(connection, &commands)?;
    let needed = statuses.iter().take(if in_one_turn { 1 } else { 2 });
    if let Some(status) = needed.into_iter().find(|status| status.word != Word::Ok) {
        return Err(refused(status, Reach::Account, format!("listing the folders on {}", connection.peer)));
    }
    let mut infos = infos(&seen, |item, name| {
        let wanted = item.subscribed || seen.subscribed.contains(name) || includes.iter().any(|one| one == name);
        !listing.subscribed_only || wanted
    });
    let named: HashSet<&str> = infos.iter().map(|info| info.name.as_str()).collect();
    let unnamed: Vec<String> = includes.iter().filter(|name| !named.contains(name.as_str())).cloned().collect();
    let asked = infos.iter().filter(|info| !in_one_turn && info.selectable && info.subscribed);
    let asked: Vec<String> = asked.map(|info| info.name.clone()).chain(unnamed.iter().cloned()).collect();
    let there = seen.ask(connection, &asked, items)?;
    for name in unnamed.into_iter().filter(|name| there.contains(name)) {
        infos.push(FolderInfo { name, selectable: true, subscribed: true, mark: None });
    }
    for info in &mut infos {
        info.mark = seen.statuses.get(&info.name).and_then(mark);
    }
    if let Some(separator) = seen.items.iter().find_map(|item| item.separator) {
        repository.separator = Separator::Known(Some(separator));
    }
    Ok(infos)
}

/// The folders that were listed, each once; of one that is listed twice, the better half counts.
fn infos(seen: &Seen, subscribed: impl Fn(&ListItem, &str) -> bool) -> Vec<FolderInfo> {
    let mut infos: Vec<FolderInfo> = Vec::with_capacity(seen.items.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(seen.items.len());
    for item in seen.items.iter().filter(|item| !item.name.is_empty()) {
        let name = canonical(&item.name);
        let subscribed = subscribed(item, &name);
        if let Some(place) = places.get(&name) {
            infos[*place].selectable |= item.selectable;
            infos[*place].subscribed |= subscribed;
            continue;
        }
        places.insert(name.clone(), infos.len());
        infos.push(FolderInfo { name, selectable: item.selectable, subscribed, mark: None });
    }
    infos
}

/// INBOX is INBOX in whatever case (RFC 3501, section 5.1); all other names stand as they are.
pub(super) fn canonical(name: &str) -> String {
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
    let subscribed = connection.run(&[format!("SUBSCRIBE {quoted}")], &mut Ignore);
    let subscribed = subscribed.map_err(|trouble| connection.lost("subscribing to a folder", &trouble))?;
    match subscribed.iter().find(|status| status.word != Word::Ok) {
        // The next run would not look at it.
        Some(status) if repository.listing.subscribed_only => {
            let doing = format!("subscribing to the folder {name} on {}", connection.peer);
            let advice = "with subscribedonly, it is left alone until it is subscribed to";
            Err(refused(status, Reach::Folder, doing).advise(advice))
        }
        // A folder that can't be subscribed to is still a folder.
        _ => Ok(()),
    }
}

/// Whether a refusal says that the folder exists, by its code (RFC 5530, section 3) or in words.
fn is_there_already(status: &Status) -> bool {
    let words = status.text.to_ascii_lowercase().replace(' ', "");
    status.code == Code::Other("ALREADYEXISTS".into()) || words.contains("alreadyexists")
}
