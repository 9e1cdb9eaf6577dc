//! Changing files: their flags and the UIDs of their counterparts, which are in their names; and removing them.

use std::collections::HashSet;
use std::io;

use crate::model::fault::{Fault, Reach};
use crate::model::ids::Uid;
use crate::model::message::MessageId;
use crate::store::FlagChange;

use super::fault::{disk, refused};
use super::folder::{Attempt, Folder};
use super::listing::{Place, Slot};
use super::name;

/// Changes the flags in a file's name. A file in `new` that gets one moves to `cur`, as mail readers do it.
pub fn flags(folder: &mut Folder<'_>, change: &FlagChange, slot: &Slot) -> Result<Attempt, Fault> {
    let before = folder.manner.flags(&slot.name);
    let flags = before.union(&change.add).minus(&change.remove).within(&folder.manner.holds());
    if flags == before {
        return Ok(Attempt::Done);
    }
    let place = if flags.is_empty() { slot.place } else { Place::Cur };
    let target = Slot { place, name: folder.manner.with_flags(&slot.name, &flags) };
    let attempt = rename(folder, slot, &target)?;
    if let Attempt::Done = attempt {
        folder.listing()?.renamed(change.id, &target);
    }
    Ok(attempt)
}

/// Writes UIDs into names. From now on the messages are addressed by them.
pub fn numbers(folder: &mut Folder<'_>, pairs: &[(MessageId, Uid)]) -> Result<Vec<(MessageId, Fault)>, Fault> {
    let renumbered: HashSet<MessageId> = pairs.iter().map(|pair| pair.0).collect();
    let mut numbered = Vec::new();
    let failed = folder.for_each(
        pairs,
        |pair| pair.0,
        |folder, (id, uid), slot| {
            let owner = MessageId::Uid(*uid);
            if *id != owner && !renumbered.contains(&owner) && folder.listing()?.get(owner).is_some() {
                let doing = format!("numbering {}", slot.path(&folder.path).display());
                return Err(refused(Reach::Message, doing, "another file carries this UID already"));
            }
            let target =
                Slot { place: slot.place, name: name::with_uid(&slot.name, *uid, &folder.digest, folder.manner.form) };
            let attempt = rename(folder, slot, &target)?;
            if let Attempt::Done = attempt {
                folder.listing()?.forget(*id);
                numbered.push(target);
            }
            Ok(attempt)
        },
    );
    folder.appeared(&numbered);
    failed
}

/// Takes the UID out of a file's name.
pub fn disown(folder: &mut Folder<'_>, id: MessageId, slot: &Slot) -> Result<Attempt, Fault> {
    let target = Slot { place: slot.place, name: name::without_uid(&slot.name) };
    let attempt = rename(folder, slot, &target)?;
    if let Attempt::Done = attempt {
        folder.listing()?.forget(id);
    }
    Ok(attempt)
}

/// Removes a file.
pub fn delete(folder: &mut Folder<'_>, id: MessageId, slot: &Slot) -> Result<Attempt, Fault> {
    let path = slot.path(&folder.path);
    match folder.disk.remove(&path) {
        Ok(()) => {
            folder.touch(slot.place);
            folder.listing()?.forget(id);
            Ok(Attempt::Done)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Attempt::Missed),
        Err(error) => Err(disk(Reach::Message, "deleting", &path, &error)),
    }
}

fn rename(folder: &mut Folder<'_>, from: &Slot, to: &Slot) -> Result<Attempt, Fault> {
    if from == to {
        return Ok(Attempt::Done);
    }
    let path = from.path(&folder.path);
    match folder.disk.rename_new(&path, &to.path(&folder.path)) {
        Ok(()) => {
            folder.touch(from.place);
            folder.touch(to.place);
            Ok(Attempt::Done)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Attempt::Missed),
        Err(error) => Err(disk(Reach::Message, "renaming", &path, &error)),
    }
}
