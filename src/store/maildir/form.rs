//! Files whose names have the other sign before their flags, since `maildir-windows-compatible` was switched on or off.

use std::path::Path;

use super::disk::Disk;
use super::listing::{Listing, Place};
use super::manner::Manner;
use super::name;

/// Gives them the sign that is used now, and says which directories that changed. What can't be renamed stays as it is: both
/// signs are always understood, so that a run which ends in the middle of this, or another program's names, do no harm.
pub fn renew(folder: &Path, disk: &dyn Disk, listing: &mut Listing, manner: &Manner) -> Vec<Place> {
    let other = |id| {
        let slot = listing.get(id)?;
        let target = name::in_form(&slot.name, manner.form)?;
        Some((id, slot, target))
    };
    let found: Vec<_> = listing.ids().filter_map(other).collect();
    let mut touched = Vec::new();
    for (id, slot, name) in found {
        let target = super::listing::Slot { place: slot.place, name };
        if disk.rename_new(&slot.path(folder), &target.path(folder)).is_ok() {
            touched.push(slot.place);
            listing.renamed(id, &target);
        }
    }
    touched
}
