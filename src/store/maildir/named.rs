//! Finding a file again by the name that it had in an earlier session.

use super::listing::Listing;
use super::name;
use crate::model::message::MessageId;

/// The file whose name up to its flags was this; else one that has got a UID since.
pub fn named(listing: &Listing, wanted: &str) -> Option<MessageId> {
    let unique = wanted.split(',').next().unwrap_or(wanted);
    let mut numbered = None;
    for id in listing.ids() {
        let Some(slot) = listing.get(id) else { continue };
        if name::to_text(name::base(&slot.name)) == wanted {
            return Some(id);
        }
        if matches!(id, MessageId::Uid(_)) && name::to_text(name::unique(&slot.name)) == unique {
            numbered = Some(id);
        }
    }
    numbered
}
