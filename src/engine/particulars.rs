//! What is told of the work to programs that read along. Nothing is put together unless somebody listens.

use std::sync::Arc;

use super::folder::Job;
use super::worker::Worker;
use crate::config::settings::AccountSettings;
use crate::model::flags::System;
use crate::model::ids::{Side, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Look, MessageId};
use crate::model::particular::Particular;
use crate::store::FlagChange;

/// Which repositories are kept the same.
pub(super) fn repositories(worker: &Worker, account: &AccountSettings) {
    worker.particular(|| Particular::Repositories {
        remote: account.remote.common.name.clone(),
        remote_type: "IMAP".into(),
        local: account.local.common().name.clone(),
        local_type: if account.local.imap().is_some() { "IMAP" } else { "Maildir" }.into(),
    });
}

/// A command of the user's begins.
pub(super) fn hook_started(worker: &Worker, option: &str) {
    worker.particular(|| Particular::HookStarted { hook: option.into() });
}

/// A command of the user's has ended; without a code it was ended.
pub(super) fn hook_ended(worker: &Worker, option: &str, code: Option<i32>) {
    worker.particular(|| Particular::HookEnded { hook: option.into(), code });
}

impl Job<'_> {
    fn particular(&self, what: impl FnOnce(Arc<str>) -> Particular) {
        self.worker.particular(|| what(self.names.shown.clone()));
    }

    /// Work on it begins.
    pub(super) fn named(&self) {
        let names = self.names;
        self.particular(|folder| Particular::FolderNamed {
            folder,
            remote: names.remote.clone(),
            local: names.local.clone(),
        });
    }

    /// Its messages are listed.
    pub(super) fn listed(&self, side: Side, look: &Look) {
        self.particular(|folder| Particular::Listed { folder, side, messages: messages(look) });
    }

    /// The server has numbered its messages anew.
    pub(super) fn renumbered(&self, before: UidValidity, now: UidValidity) {
        self.particular(|folder| Particular::Renumbered { folder, before: before.0, now: now.0 });
    }

    /// A message is being copied.
    pub(super) fn copying(&self, to: Side, id: Option<MessageId>) {
        self.particular(|folder| Particular::Copying { folder, to, uid: id.and_then(MessageId::uid) });
    }

    /// Messages are being deleted.
    pub(super) fn deleting(&self, side: Side, uids: &[Uid]) {
        self.particular(|folder| Particular::Deleting { folder, side, uids: uids.to_vec() });
    }

    /// Messages are being given flags, and losing some.
    pub(super) fn flagging(&self, side: Side, changes: &[FlagChange]) {
        self.worker.each_particular(|tell| {
            for (adding, flag, uids) in by_flag(changes) {
                tell(Particular::Flagging { folder: self.names.shown.clone(), side, adding, flag, uids });
            }
        });
    }
}

/// How many messages a look is about, whether it shows all of them or only what changed.
fn messages(look: &Look) -> u64 {
    match (&look.coverage, look.mark) {
        (Coverage::Existing { uids }, _) => uids.len(),
        (Coverage::Changes { .. }, Some(Mark::Server(mark))) => mark.messages.into(),
        _ => look.messages.len() as u64,
    }
}

/// The changes flag by flag, those that are added first: whether it is added, its IMAP name, and the messages.
fn by_flag(changes: &[FlagChange]) -> Vec<(bool, String, Vec<Uid>)> {
    let mut groups: Vec<(bool, String, Vec<Uid>)> = Vec::new();
    let ways = [true, false].into_iter().flat_map(|adding| changes.iter().map(move |change| (adding, change)));
    for (adding, change) in ways {
        let flags = if adding { &change.add } else { &change.remove };
        let system = System::TABLE.iter().filter(|row| flags.system.contains(row.0)).map(|row| row.2);
        for name in system.chain(flags.keywords().iter().map(AsRef::as_ref)) {
            let uid = change.id.uid();
            match groups.iter_mut().find(|group| group.0 == adding && group.1.eq_ignore_ascii_case(name)) {
                Some(group) => group.2.extend(uid),
                None => groups.push((adding, name.to_owned(), uid.into_iter().collect())),
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flags::Flags;

    #[test]
    fn changes_are_told_flag_by_flag() {
        let change = |uid, add: &[&str], remove: &[&str]| FlagChange {
            id: MessageId::Uid(Uid::new(uid).unwrap()),
            add: Flags::from_imap(add.iter().copied()),
            remove: Flags::from_imap(remove.iter().copied()),
        };
        let changes = [change(1, &["\\Seen", "Junk"], &["\\Flagged"]), change(2, &["\\Seen", "junk"], &[])];
        let told: Vec<(bool, String, Vec<u32>)> = by_flag(&changes)
            .into_iter()
            .map(|(adding, flag, uids)| (adding, flag, uids.into_iter().map(Uid::get).collect()))
            .collect();
        let group = |adding, flag: &str, uids: &[u32]| (adding, flag.to_owned(), uids.to_vec());
        assert_eq!(
            told,
            [group(true, "\\Seen", &[1, 2]), group(true, "Junk", &[1, 2]), group(false, "\\Flagged", &[1])]
        );
    }
}
