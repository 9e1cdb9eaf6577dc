//! Moving files from one folder of a tree to another.

use std::io;

use crate::model::fault::{Fault, Reach};
use crate::model::message::MessageId;
use crate::store::bytes::file_key;
use crate::store::{Delivered, Relocation, Stored};

use super::fault::disk;
use super::folder::{Attempt, Folder};
use super::listing::Slot;
use super::name;

/// Renames the files of these messages into another folder, under the UIDs they have there. Files that are gone are passed
/// over. The new names are durable before the old ones are known to be gone.
pub fn relocate(from: &mut Folder<'_>, to: &mut Folder<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
    let mut moved = Vec::with_capacity(messages.len());
    let failed = from.for_each(
        messages,
        |message| MessageId::Uid(message.uid),
        |from, message, slot| {
            let named = message.number.map(|uid| name::with_uid(&slot.name, uid, &to.digest, to.manner.form));
            let target = Slot { place: slot.place, name: named.unwrap_or_else(|| name::without_uid(&slot.name)) };
            let path = slot.path(&from.path);
            match from.disk.rename_new(&path, &target.path(&to.path)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => return Ok(Attempt::Missed),
                Err(error) => return Err(disk(Reach::Message, "moving", &path, &error)),
            }
            from.touch(slot.place);
            to.touch(target.place);
            from.listing()?.forget(MessageId::Uid(message.uid));
            let stored = Stored { uid: message.number, key: file_key(name::unique(&target.name)) };
            moved.push(Delivered { source: MessageId::Uid(message.uid), result: Ok(stored) });
            Ok(Attempt::Done)
        },
    );
    to.flush_touched()?;
    from.flush_touched()?;
    moved.extend(failed?.into_iter().map(|(source, fault)| Delivered { source, result: Err(fault) }));
    Ok(moved)
}
