//! What is said of a server's list of folders as a whole.

use super::worker::Worker;
use crate::config::settings::Listing;
use crate::model::event::EventKind;
use crate::model::folder::FolderInfo;
use crate::model::utf7;
use crate::store::ledger::FolderRecord;

/// So many names are told; of more, their number.
const MOST_NAMES: usize = 5;

/// Remarks on names that can't be decoded, when they are seen for the first time, and on a list in which nothing counts.
pub(super) fn on_list(worker: &Worker, listing: &Listing, known: &[FolderRecord], there: &[FolderInfo]) {
    let account = Some(worker.account());
    if listing.subscribed_only && !there.is_empty() && there.iter().all(|folder| !folder.subscribed) {
        let text = "none of the server's folders is subscribed to, so with subscribedonly nothing is synchronised";
        worker.publish(EventKind::Warned { account: account.clone(), folder: None, text: text.to_owned() });
    }
    let is_new = |folder: &&FolderInfo| !known.iter().any(|record| record.remote == folder.name);
    let odd = there.iter().filter(|folder| listing.decode && folder.subscribed && utf7::read(&folder.name).is_none());
    let odd: Vec<&str> = odd.filter(is_new).map(|folder| folder.name.as_str()).collect();
    if !odd.is_empty() {
        let names = if odd.len() > MOST_NAMES { odd.len().to_string() } else { odd.join(", ") };
        let text = format!("names that are no proper modified UTF-7 stay as they are: {names}");
        worker.publish(EventKind::Noted { account, folder: None, text });
    }
}
