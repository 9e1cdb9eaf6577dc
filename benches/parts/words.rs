//! Words of the protocol that come by the hundred thousand.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use blinkensync::model::flags::Flags;
use blinkensync::model::ids::Uid;
use blinkensync::model::uidset::UidSet;

use super::MANY;

/// Two of three UIDs: sets of as many ranges as there can be of pairs.
fn uids() -> Vec<Uid> {
    (1..=MANY).filter(|number| number % 3 != 0).filter_map(Uid::new).collect()
}

#[divan::bench]
fn a_set_of_uids_from_numbers(bencher: Bencher<'_, '_>) {
    let uids = uids();
    bencher.counter(ItemsCount::new(uids.len())).bench_local(|| uids.iter().copied().collect::<UidSet>());
}

#[divan::bench]
fn a_set_of_uids_from_text(bencher: Bencher<'_, '_>) {
    let text = uids().into_iter().collect::<UidSet>().to_string();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| UidSet::parse(&text));
}

#[divan::bench]
fn whether_uids_are_in_a_set(bencher: Bencher<'_, '_>) {
    let set: UidSet = uids().into_iter().collect();
    let all: Vec<Uid> = (1..=MANY).filter_map(Uid::new).collect();
    bencher.counter(ItemsCount::new(MANY)).bench_local(|| all.iter().filter(|uid| set.contains(**uid)).count());
}

#[divan::bench]
fn a_set_of_uids_in_pieces(bencher: Bencher<'_, '_>) {
    let set: UidSet = uids().into_iter().collect();
    bencher.counter(ItemsCount::new(MANY)).bench_local(|| set.pieces(8000));
}

#[divan::bench]
fn flags() -> Flags {
    Flags::from_imap(divan::black_box(["\\Seen", "\\Answered", "$Forwarded"]))
}
