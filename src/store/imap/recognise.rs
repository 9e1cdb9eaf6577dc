//! What messages are recognised by: their sizes, and digests of their headers.

use std::collections::{BTreeMap, HashSet};

use super::connection::Connection;
use super::mailbox::SET_LENGTH;
use super::refusal::refused;
use super::response::{Fetched, Untagged};
use super::status::Word;
use crate::model::fault::{Fault, Reach};
use crate::model::ids::Uid;
use crate::model::message::{Fingerprint, MessageId};
use crate::model::uidset::UidSet;
use crate::store::fingerprint::{FingerprintBuilder, TUID_LINE};
use crate::store::left_out::{Names, Without};

/// Commands that are under way at once.
const WINDOW: usize = 4;
/// Messages whose headers are asked for in one command.
const HEADERS: usize = 250;

/// What each of these messages can be recognised by. With `sizes`, the headers of others are not even asked for. Messages
/// that are gone or refused are left out.
pub(super) fn fingerprints(
    connection: &mut Connection,
    wanted: &UidSet,
    sizes: Option<&HashSet<u64>>,
) -> Result<Vec<(MessageId, Fingerprint)>, Fault> {
    let left_out = connection.left_out.clone();
    let candidates = match sizes {
        Some(sizes) if left_out.is_empty() => of_size(connection, wanted, sizes)?,
        // What they would be without fields that are left out, only their headers tell.
        _ => wanted.clone(),
    };
    let groups = groups_of(&candidates);
    let mut found = BTreeMap::new();
    let items = "(UID RFC822.SIZE BODY.PEEK[HEADER])";
    ask(connection, groups, items, &mut |fetched| {
        let Fetched { uid: Some(uid), size: Some(size), header: Some(header), .. } = fetched else { return false };
        if candidates.contains(uid) {
            let print = print(&header, size, &left_out);
            if sizes.is_none_or(|sizes| sizes.contains(&print.size)) {
                found.insert(uid, print);
            }
        }
        true
    })?;
    Ok(found.into_iter().map(|(uid, print)| (MessageId::Uid(uid), print)).collect())
}

/// What Gmail calls each of these messages in whatever folder it is. Those that are gone are left out.
pub(super) fn identities(connection: &mut Connection, wanted: &UidSet) -> Result<Vec<(Uid, u64)>, Fault> {
    let mut found = Vec::new();
    ask(connection, wanted.pieces(SET_LENGTH).into_iter(), "(UID X-GM-MSGID)", &mut |fetched| {
        let told = fetched.uid.filter(|uid| wanted.contains(*uid)).zip(fetched.identity);
        found.extend(told);
        told.is_some()
    })?;
    Ok(found)
}

/// The labels that Gmail has put on each of these messages, as they stand on the wire. Those that are gone are left out.
pub(super) fn labels(connection: &mut Connection, wanted: &UidSet) -> Result<Vec<(Uid, Vec<String>)>, Fault> {
    let mut found = Vec::new();
    ask(connection, wanted.pieces(SET_LENGTH).into_iter(), "(UID X-GM-LABELS)", &mut |fetched| {
        let told = fetched.uid.filter(|uid| wanted.contains(*uid)).zip(fetched.labels);
        let is_told = told.is_some();
        found.extend(told);
        is_told
    })?;
    Ok(found)
}

/// The headers of these messages. Those that are gone are left out.
pub(super) fn headers(
    connection: &mut Connection,
    wanted: &UidSet,
    each: &mut dyn FnMut(Uid, &[u8]),
) -> Result<(), Fault> {
    ask(connection, groups_of(wanted), "(UID BODY.PEEK[HEADER])", &mut |fetched| {
        let told = fetched.uid.filter(|uid| wanted.contains(*uid)).zip(fetched.header);
        if let Some((uid, header)) = &told {
            each(*uid, header);
        }
        told.is_some()
    })
}

/// As many of them at once as may be asked for their headers.
fn groups_of(wanted: &UidSet) -> impl Iterator<Item = UidSet> + use<> {
    let uids: Vec<Uid> = wanted.iter().collect();
    let groups: Vec<UidSet> = uids.chunks(HEADERS).map(|group| group.iter().copied().collect()).collect();
    groups.into_iter().flat_map(|group| group.pieces(SET_LENGTH))
}

/// What a message of this size with this header is recognised by.
fn print(header: &[u8], size: u64, left_out: &Names) -> Fingerprint {
    let (mut without, mut rest) = (Without::new(left_out), Vec::with_capacity(header.len()));
    without.feed(header, &mut rest);
    without.finish(&mut rest);
    let mut builder = FingerprintBuilder::default();
    builder.feed(&rest);
    let print = builder.finish();
    let less = header.len() as u64 - print.size;
    Fingerprint { size: size.saturating_sub(less), ..print }
}

fn of_size(connection: &mut Connection, wanted: &UidSet, sizes: &HashSet<u64>) -> Result<UidSet, Fault> {
    let mut matching = UidSet::default();
    if sizes.is_empty() {
        return Ok(matching);
    }
    ask(connection, wanted.pieces(SET_LENGTH).into_iter(), "(UID RFC822.SIZE)", &mut |fetched| {
        let asked = fetched.uid.filter(|uid| wanted.contains(*uid));
        let has_one = |size: u64| sizes.contains(&size) || sizes.contains(&size.saturating_sub(TUID_LINE));
        if let (Some(uid), Some(true)) = (asked, fetched.size.map(has_one)) {
            matching.insert(uid);
        }
        asked.is_some() && fetched.size.is_some()
    })?;
    Ok(matching)
}

/// Fetches `items` of the messages, some commands ahead. `each` says whether it was told all that it needs of a message.
/// Those of which the server said nothing, or nothing that could be read, are asked for once more: what is concluded from
/// their absence may send a message again.
fn ask(
    connection: &mut Connection,
    groups: impl Iterator<Item = UidSet>,
    items: &str,
    each: &mut dyn FnMut(Fetched) -> bool,
) -> Result<(), Fault> {
    let groups: Vec<UidSet> = groups.collect();
    let mut silent = UidSet::default();
    for window in groups.chunks(WINDOW) {
        silent.insert_all(&ask_once(connection, window, items, each)?);
    }
    for window in silent.pieces(SET_LENGTH).chunks(WINDOW) {
        ask_once(connection, window, items, each)?;
    }
    Ok(())
}

/// Asks once; the messages of which the server said nothing, though it did not refuse them.
fn ask_once(
    connection: &mut Connection,
    window: &[UidSet],
    items: &str,
    each: &mut dyn FnMut(Fetched) -> bool,
) -> Result<UidSet, Fault> {
    let (mut came, mut answered) = (false, UidSet::default());
    let commands: Vec<String> = window.iter().map(|group| format!("UID FETCH {group} {items}")).collect();
    let statuses = connection.run(&commands, &mut |untagged| {
        if let Untagged::Fetch(fetched) = untagged {
            came = true;
            let uid = fetched.uid;
            answered.extend(uid.filter(|_| each(fetched)));
        }
        Ok(())
    });
    let statuses = statuses.map_err(|trouble| connection.lost("looking at messages", &trouble))?;
    // One message that can't be read is left out. That none of many can be says nothing about the messages.
    let refusal = statuses.iter().zip(window).find(|(status, group)| status.word != Word::Ok && group.len() > 1);
    if let Some((status, _)) = refusal.filter(|_| !came) {
        return Err(refused(status, Reach::Folder, format!("looking at messages on {}", connection.peer)));
    }
    let well = statuses.iter().zip(window).filter(|(status, _)| status.word == Word::Ok);
    Ok(well.flat_map(|(_, group)| group.iter()).filter(|uid| !answered.contains(*uid)).collect())
}
