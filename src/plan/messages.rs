//! The presence table: what becomes of each message.
//!
//! A message is present, absent or not looked at on each side; the ledger has it as synced, as kept, or not at all.
//! With both sides looked at:
//!
//! | remote | local | ledger | result |
//! |--------|-------|--------|--------|
//! | yes | yes | synced or kept | merge flags |
//! | yes | yes | – | adopt: merge flags without a base |
//! | yes | – | – | download |
//! | – | yes | – | upload |
//! | yes | – | synced | delete on the remote side, or keep |
//! | – | yes | synced | delete on the local side, or keep |
//! | – | – | any | forget |
//! | one | – | kept | nothing |
//!
//! Where a side was not looked at, nothing is concluded from its silence. What lies outside of what the user wants to be looked
//! at (too old, or too large) was not looked at on either side, whatever a listing shows of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::extent::Outside;
use crate::model::flags::{Flags, Holds};
use crate::model::ids::{Side, Uid};
use crate::model::message::{Coverage, Look, MessageId};

use super::action::{Action, Plan};
use super::flags::{Change, Merged, follow, merge};

/// What the ledger says of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The flags that both sides agreed on.
    pub flags: Flags,
    /// Gone on one side, and meant to stay on the other.
    pub kept: bool,
}

/// What may be done to a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// Messages may be copied there, and flags changed.
    pub write: bool,
    /// Messages may be deleted there.
    pub delete: bool,
    /// The numbers that messages have on the other side may be noted: in their names, or in a list elsewhere.
    pub number: bool,
}

impl Permission {
    /// Everything is allowed.
    pub const ALL: Self = Self { write: true, delete: true, number: true };
    /// Nothing is.
    pub const NONE: Self = Self { write: false, delete: false, number: false };
}

/// All that a plan depends on.
#[derive(Debug)]
pub struct Situation<'a> {
    /// What the remote side shows.
    pub remote: &'a Look,
    /// What the local side shows, its messages named by remote UIDs where they have one.
    pub local: &'a Look,
    /// What the ledger has, by remote UID.
    pub ledger: &'a BTreeMap<Uid, Entry>,
    /// Messages that aren't looked at, whatever the looks show of them.
    pub outside: &'a Outside,
    /// The flags that both sides can hold.
    pub common: &'a Holds,
    /// The flags that the remote side can hold.
    pub remote_holds: &'a Holds,
    /// What may be done to the remote side.
    pub to_remote: Permission,
    /// What may be done to the local side.
    pub to_local: Permission,
}

enum Presence<'a> {
    Present(&'a Flags),
    Absent,
    NotLooked,
}

struct View<'a> {
    listed: BTreeMap<Uid, &'a Flags>,
    coverage: &'a Coverage,
    outside: &'a Outside,
}

impl<'a> View<'a> {
    fn of(look: &'a Look, outside: &'a Outside) -> Self {
        let listed = look.messages.iter().filter_map(|message| match message.id {
            MessageId::Uid(uid) => Some((uid, &message.flags)),
            MessageId::Fresh(_) => None,
        });
        Self { listed: listed.collect(), coverage: &look.coverage, outside }
    }

    fn presence(&self, uid: Uid, entry: Option<&'a Entry>, none: &'a Flags) -> Presence<'a> {
        if self.outside.has(uid) {
            return Presence::NotLooked;
        }
        if let Some(flags) = self.listed.get(&uid) {
            return Presence::Present(flags);
        }
        match self.coverage {
            Coverage::Partial => Presence::NotLooked,
            Coverage::Changes { vanished } if vanished.contains(uid) => Presence::Absent,
            Coverage::Changes { .. } => match entry {
                // Unchanged since both had it.
                Some(entry) if !entry.kept => Presence::Present(&entry.flags),
                // It is on one side only, and which one is not said.
                Some(_) => Presence::NotLooked,
                // It was not there at the watermark, since the ledger would know it, and has not come since.
                None => Presence::Absent,
            },
            Coverage::Existing { uids } if uids.contains(uid) => {
                Presence::Present(entry.map_or(none, |entry| &entry.flags))
            }
            Coverage::Whole | Coverage::Existing { .. } => Presence::Absent,
        }
    }
}

/// Decides what has to be done.
pub fn messages(situation: &Situation<'_>) -> Plan {
    let outside = situation.outside;
    let (remote, local) = (View::of(situation.remote, outside), View::of(situation.local, outside));
    let none = Flags::default();
    let mut uids: BTreeSet<Uid> = situation.ledger.keys().copied().collect();
    uids.extend(remote.listed.keys().chain(local.listed.keys()));
    let mut batches = Batches::default();
    for uid in uids {
        let entry = situation.ledger.get(&uid);
        let sides = (remote.presence(uid, entry, &none), local.presence(uid, entry, &none));
        if let Some(action) = decide(situation, uid, entry, &sides) {
            batches.add(action);
        }
    }
    if may_upload(situation) {
        let fresh = |id: MessageId| matches!(id, MessageId::Fresh(_)) && !outside.contains(id);
        for message in situation.local.messages.iter().filter(|message| fresh(message.id)) {
            batches.add(upload(situation, message.id, &message.flags));
        }
    }
    batches.plan()
}

/// Of an upload the local side notes the UID that the message got.
fn may_upload(situation: &Situation<'_>) -> bool {
    situation.to_remote.write && situation.to_local.number
}

fn upload(situation: &Situation<'_>, id: MessageId, flags: &Flags) -> Action {
    Action::Upload { id, flags: flags.within(situation.remote_holds) }
}

fn decide(
    situation: &Situation<'_>,
    uid: Uid,
    entry: Option<&Entry>,
    sides: &(Presence<'_>, Presence<'_>),
) -> Option<Action> {
    use Presence::{Absent, NotLooked, Present};
    match (sides, entry) {
        ((Present(remote), Present(local)), _) => merge_both(situation, uid, entry, remote, local),
        ((Present(_), Absent), None) => situation.to_local.write.then_some(Action::Download { uid }),
        ((Absent, Present(local)), None) => {
            may_upload(situation).then(|| upload(situation, MessageId::Uid(uid), local))
        }
        ((Present(_), Absent), Some(entry)) if !entry.kept => {
            Some(delete(Side::Remote, situation.to_remote, uid, entry))
        }
        ((Absent, Present(_)), Some(entry)) if !entry.kept => Some(delete(Side::Local, situation.to_local, uid, entry)),
        ((Absent, Absent), Some(_)) => Some(Action::Forget { uid }),
        ((Present(_), Absent) | (Absent, Present(_)), Some(_))
        | ((Absent, Absent), None)
        | ((NotLooked, _) | (_, NotLooked), _) => None,
    }
}

fn delete(side: Side, permission: Permission, uid: Uid, entry: &Entry) -> Action {
    if permission.delete { Action::Delete { side, uid } } else { Action::Keep { uid, flags: entry.flags.clone() } }
}

fn merge_both(
    situation: &Situation<'_>,
    uid: Uid,
    entry: Option<&Entry>,
    remote: &Flags,
    local: &Flags,
) -> Option<Action> {
    let base = entry.map(|entry| &entry.flags);
    let common = situation.common;
    let merged = match (situation.to_remote.write, situation.to_local.write) {
        (true, true) => merge(base, remote, local, common),
        (false, true) => {
            let (flags, local) = follow(base, remote, local, common);
            Merged { flags, local, remote: Change::default() }
        }
        (true, false) => {
            let (flags, remote) = follow(base, local, remote, common);
            Merged { flags, remote, local: Change::default() }
        }
        (false, false) => return None,
    };
    let known = entry.is_some_and(|entry| !entry.kept && entry.flags == merged.flags);
    let settled = known && merged.remote.is_nothing() && merged.local.is_nothing();
    (!settled).then(|| Action::Merge { uid, merged: Box::new(merged) })
}

#[derive(Default)]
struct Batches {
    copies: Vec<Action>,
    flags: Vec<Action>,
    deletions: Vec<Action>,
}

impl Batches {
    fn add(&mut self, action: Action) {
        match action {
            Action::Download { .. } | Action::Upload { .. } => self.copies.push(action),
            Action::Merge { .. } => self.flags.push(action),
            Action::Delete { .. } | Action::Keep { .. } | Action::Forget { .. } => self.deletions.push(action),
        }
    }

    fn plan(self) -> Plan {
        let mut actions = self.copies;
        actions.extend(self.flags);
        actions.extend(self.deletions);
        Plan { actions }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
