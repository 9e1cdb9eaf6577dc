//! Moving messages to another folder of the same server (RFC 6851), or copying them where it can't move.

use std::collections::HashMap;

use super::connection::Connection;
use super::mailbox::{ImapMailbox, SET_LENGTH};
use super::quote::quote;
use super::refusal::refused;
use super::response::Untagged;
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{Uid, UidValidity};
use crate::model::message::MessageId;
use crate::model::uidset::UidSet;
use crate::store::{Delivered, Mailbox, Place, Stored};

/// What the server told of copies so far.
#[derive(Default)]
struct Copies {
    /// Whether it told anything; only servers with UIDPLUS do.
    told: bool,
    uids: HashMap<Uid, (UidValidity, Uid)>,
}

impl Copies {
    /// Notes where those of `wanted` went.
    fn note(&mut self, code: &Code, wanted: &UidSet) {
        if let Code::CopyUid { validity, from, to } = code {
            self.told = true;
            let ours = from.iter().copied().zip(to).filter(|(uid, _)| wanted.contains(*uid));
            self.uids.extend(ours.map(|(uid, new)| (uid, (*validity, *new))));
        }
    }
}

/// Moves the messages `uids`. Without MOVE they are copied, and stay where they are as well.
pub(super) fn relocate(
    connection: &mut Connection,
    from: Place<'_>,
    to: Place<'_>,
    uids: &UidSet,
) -> Result<Vec<Delivered>, Fault> {
    let doing = format!("moving messages from {} to {} on {}", from.name, to.name, connection.peer);
    let Some(target) = quote(to.name) else {
        return Err(Fault::new(Reach::Folder, FaultKind::Refused, doing, "the folder's name holds a line end"));
    };
    let mut mailbox = ImapMailbox::new(connection, from.name, true)?;
    mailbox.ensure_writable("moving messages from")?;
    if mailbox.uid_validity() != Some(from.validity) {
        let cause = "the server has numbered its messages anew meanwhile (UIDVALIDITY changed)";
        return Err(Fault::new(Reach::Folder, FaultKind::Server, doing, cause).advise("the next run looks again"));
    }
    let verb = if connection.capabilities.has("MOVE") { "MOVE" } else { "COPY" };
    let pieces = uids.pieces(SET_LENGTH);
    let commands: Vec<String> = pieces.iter().map(|piece| format!("UID {verb} {piece} {target}")).collect();
    let mut copies = Copies::default();
    let statuses = connection.run(&commands, &mut |untagged| {
        // A move tells them before it removes anything (RFC 6851, section 4.3).
        if let Untagged::Status(status) = untagged {
            copies.note(&status.code, uids);
        }
        Ok(())
    });
    let statuses = statuses.map_err(|trouble| connection.lost("moving messages", &trouble))?;
    for status in &statuses {
        copies.note(&status.code, uids);
    }
    Ok(statuses.iter().zip(&pieces).flat_map(|(status, piece)| outcome(status, piece, &copies, to, &doing)).collect())
}

/// What became of the messages of one command.
fn outcome(status: &Status, piece: &UidSet, copies: &Copies, to: Place<'_>, doing: &str) -> Vec<Delivered> {
    let result = |uid: Uid| match copies.uids.get(&uid) {
        Some((validity, new)) => Some(Ok(Stored { uid: (*validity == to.validity).then_some(*new), key: None })),
        None if status.word != Word::Ok => Some(Err(refused(status, Reach::Message, doing.to_owned()))),
        // It was gone.
        None if copies.told => None,
        None => Some(Ok(Stored { uid: None, key: None })),
    };
    piece.iter().filter_map(|uid| Some(Delivered { source: MessageId::Uid(uid), result: result(uid)? })).collect()
}
