//! Files with two names.
//!
//! A rename gives a file its new name and takes the old one away. On a disk without a journal a power cut can come between
//! the two, and both are there afterwards: one message, which must not be taken for two.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::model::message::MessageId;

use super::listing::{Listing, Slot};
use super::name;

/// Takes second names out of the listing and returns them. A name with the UID is kept rather than one without.
pub fn set_apart(folder: &Path, listing: &mut Listing) -> Vec<Slot> {
    let mut fresh: HashMap<Vec<u8>, (MessageId, Slot)> = HashMap::new();
    let mut pairs = Vec::new();
    // Of files that carry the same UID all but one are listed without it: a second name is always among these.
    for (id, slot) in slots(listing).filter(|(id, _)| matches!(id, MessageId::Fresh(_))) {
        let unique = name::unique(&slot.name).to_vec();
        match fresh.get(&unique) {
            Some((_, first)) => pairs.push((id, slot, first.clone())),
            None => drop(fresh.insert(unique, (id, slot))),
        }
    }
    if fresh.is_empty() {
        return Vec::new();
    }
    for (_, numbered) in slots(listing).filter(|(id, _)| matches!(id, MessageId::Uid(_))) {
        if let Some((id, slot)) = fresh.remove(name::unique(&numbered.name)) {
            pairs.push((id, slot, numbered));
        }
    }
    pairs.retain(|(_, second, first)| are_one(folder, second, first));
    let mut seconds = Vec::with_capacity(pairs.len());
    for (id, second, _) in pairs {
        listing.forget(id);
        seconds.push(second);
    }
    seconds
}

fn slots(listing: &Listing) -> impl Iterator<Item = (MessageId, Slot)> + '_ {
    listing.ids().filter_map(|id| Some((id, listing.get(id)?)))
}

/// Whether both names are the same file's. The second one is asked first: had it just been renamed to the first by another
/// program, it would be gone by itself, and removing it would remove nothing.
fn are_one(folder: &Path, second: &Slot, first: &Slot) -> bool {
    let identity = |slot: &Slot| fs::symlink_metadata(slot.path(folder)).map(|about| (about.dev(), about.ino())).ok();
    let second = identity(second);
    second.is_some() && second == identity(first)
}

#[cfg(test)]
mod tests {
    use super::super::listing::Place;
    use super::*;

    #[test]
    fn two_names_of_one_file_are_one_message_and_two_files_are_two() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        let path = |name: &str| folder.path().join(name);
        let link = |from: &str, to: &str| fs::hard_link(path(from), path(to)).unwrap();
        for name in ["new/a", "cur/b,U=5,FMD5=d:2,", "new/c", "cur/e:2,S", "new/e"] {
            fs::write(path(name), "x").unwrap();
        }
        link("new/a", "cur/a:2,S");
        link("cur/b,U=5,FMD5=d:2,", "cur/b,U=5,FMD5=d:2,S");
        link("new/c", "cur/c,U=7,FMD5=d:2,");
        let mut listing =
            super::super::scan::scan(folder.path(), "d", &super::super::manner::Manner::default()).unwrap().listing;
        assert_eq!(listing.iter().count(), 8);
        let second = set_apart(folder.path(), &mut listing);
        assert_eq!(listing.iter().count(), 5);
        assert_eq!(second.len(), 3);
        assert!(second.contains(&Slot { place: Place::New, name: b"c".to_vec() }), "{second:?}");
    }
}
