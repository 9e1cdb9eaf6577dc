//! What has to be done in a folder of 100,000 messages.

use std::collections::BTreeMap;

use divan::Bencher;
use divan::counter::ItemsCount;

use blinkensync::model::extent::Outside;
use blinkensync::model::flags::{Flags, Holds};
use blinkensync::model::ids::Uid;
use blinkensync::model::message::{Coverage, Listed, Look, MessageId};
use blinkensync::model::uidset::UidSet;
use blinkensync::plan::messages::{Entry, Permission, Situation, messages};

use super::MANY;

fn flags(number: u32) -> Flags {
    let all: [&[&str]; 4] = [&["\\Seen"], &["\\Seen", "\\Answered"], &[], &["\\Seen", "$Label1"]];
    Flags::from_imap(all[number as usize % 4].iter().copied())
}

fn uids() -> impl Iterator<Item = Uid> {
    (1..=MANY).filter_map(Uid::new)
}

/// A look at everything, in which some messages have other flags than the ledger says.
fn whole(is_changed: impl Fn(u32) -> bool) -> Look {
    let flags = |uid: Uid| if is_changed(uid.get()) { Flags::from_imap(["\\Flagged"]) } else { flags(uid.get()) };
    let messages = uids().map(|uid| Listed { id: MessageId::Uid(uid), flags: flags(uid) }).collect();
    Look { messages, coverage: Coverage::Whole, mark: None }
}

fn nothing(coverage: Coverage) -> Look {
    Look { messages: Vec::new(), coverage, mark: None }
}

fn known() -> BTreeMap<Uid, Entry> {
    uids().map(|uid| (uid, Entry { flags: flags(uid.get()), kept: false })).collect()
}

fn plan(bencher: Bencher<'_, '_>, remote: &Look, local: &Look, ledger: &BTreeMap<Uid, Entry>, steps: usize) {
    let (common, remote_holds) = (&Holds::ALL, &Holds::ALL);
    let (to_remote, to_local) = (Permission::ALL, Permission::ALL);
    let outside = &Outside::default();
    let situation = Situation { remote, local, ledger, outside, common, remote_holds, to_remote, to_local };
    assert_eq!(messages(&situation).actions.len(), steps);
    bencher.counter(ItemsCount::new(MANY)).bench_local(|| messages(&situation));
}

#[divan::bench]
fn first_sync(bencher: Bencher<'_, '_>) {
    plan(bencher, &whole(|_| false), &nothing(Coverage::Whole), &BTreeMap::new(), MANY as usize);
}

#[divan::bench]
fn nothing_changed(bencher: Bencher<'_, '_>) {
    plan(bencher, &whole(|_| false), &whole(|_| false), &known(), 0);
}

/// What a server with QRESYNC says of a folder in which only files have changed.
#[divan::bench]
fn nothing_changed_says_the_server(bencher: Bencher<'_, '_>) {
    let changes = nothing(Coverage::Changes { vanished: UidSet::default() });
    plan(bencher, &changes, &whole(|_| false), &known(), 0);
}

#[divan::bench]
fn one_in_a_hundred_changed(bencher: Bencher<'_, '_>) {
    plan(bencher, &whole(|uid| uid % 100 == 0), &whole(|_| false), &known(), MANY as usize / 100);
}
