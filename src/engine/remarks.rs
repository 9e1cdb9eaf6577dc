//! What is said of a server's list of folders as a whole.

use super::worker::Worker;
use crate::config::settings::Listing;
use crate::model::event::EventKind;
use crate::model::folder::FolderInfo;
use crate::model::patterns::Patterns;
use crate::model::utf7;
use crate::plan::folders::Paired;
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

/// Remarks on rules that leave out every folder, and on a command line (`only`) that names none of those that take part; with
/// `failed` nobody knows yet which ones do.
pub(super) fn on_pairs(worker: &Worker, only: Option<&Patterns>, there: &[FolderInfo], pairs: &[Paired], failed: bool) {
    let account = Some(worker.account());
    let lists = there.iter().any(|folder| folder.selectable && folder.subscribed);
    if pairs.is_empty() && lists && !failed {
        let text = "none of the server's folders takes part, so nothing is synchronised; see folderfilter and \
                    folderpatterns, where letters count as they are, INBOX for example";
        worker.publish(EventKind::Warned { account, folder: None, text: text.to_owned() });
    } else if only.is_some_and(|only| !pairs.is_empty() && !pairs.iter().any(|pair| is_named(only, pair))) {
        let text = "-f names no folder that takes part; --info shows all of them".to_owned();
        worker.publish(EventKind::Noted { account, folder: None, text });
    }
}

/// Whether the command line names a folder, by any of its names.
pub(super) fn is_named(only: &Patterns, pair: &Paired) -> bool {
    only.decide(&[&pair.names.shown, &pair.names.remote, &pair.names.local]).0
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::unbounded;

    use super::*;
    use crate::engine::worker::Publisher;
    use crate::model::ids::{AccountName, LampId};
    use crate::store::ledger::FolderId;

    /// What is said of these folders.
    fn said(listing: &Listing, known: &[FolderRecord], names: &[&str], subscribed: bool) -> Vec<String> {
        let (events, seen) = unbounded();
        let ((_orders, obeyed), (questions, _)) = (unbounded(), unbounded());
        let worker = Worker::new(AccountName::new("t"), LampId(1), Publisher::new(events), obeyed, questions);
        let info = |name: &&str| FolderInfo { name: (*name).into(), selectable: true, subscribed, mark: None };
        on_list(&worker, listing, known, &names.iter().map(info).collect::<Vec<_>>());
        let text = |kind| match kind {
            EventKind::Noted { text, .. } | EventKind::Warned { text, .. } => Some(text),
            _ => None,
        };
        seen.try_iter().filter_map(|event| text(event.kind)).collect()
    }

    #[test]
    fn names_that_cannot_be_decoded_are_told_once() {
        let listing = Listing { decode: true, ..Listing::default() };
        let names = ["INBOX", "&AGE-", "Entw&APw-rfe", "A & B"];
        assert_eq!(
            said(&listing, &[], &names, true),
            ["names that are no proper modified UTF-7 stay as they are: &AGE-, A & B"]
        );
        let record = |name: &str| FolderRecord {
            id: FolderId(0),
            remote: name.to_owned(),
            local: name.to_owned(),
            uid_validity: None,
            remote_mark: None,
            local_mark: None,
            doubt: None,
        };
        assert_eq!(said(&listing, &names.map(record), &names, true), [""; 0]);
        assert_eq!(said(&Listing::default(), &[], &names, true), [""; 0]);
        let many: Vec<String> = (0..6).map(|number| format!("& {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(said(&listing, &[], &many, true)[0].ends_with(": 6"));
    }

    #[test]
    fn a_list_in_which_nothing_counts_is_told() {
        let listing = Listing { subscribed_only: true, ..Listing::default() };
        assert_eq!(said(&listing, &[], &["INBOX"], false).len(), 1);
        assert_eq!(said(&listing, &[], &["INBOX"], true), [""; 0]);
        assert_eq!(said(&listing, &[], &[], false), [""; 0]);
    }
}
