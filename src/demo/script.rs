//! A life of its own: mail arrives, is read, flagged, moved and thrown away, as though somebody else used the account.

use std::time::Duration;

use chrono::Utc;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use fastrand::Rng;

use super::Shared;
use super::corpus;
use super::mailbox::Mailboxes;
use crate::model::flags::{Flags, System};
use crate::model::ids::Uid;
use crate::model::message::InternalDate;

/// Lives until the server ends.
pub(super) fn live(shared: &Shared, pace: Duration, ended: &Receiver<()>) {
    let mut rng = Rng::with_seed(shared.options.seed ^ 0x5eed);
    while ended.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
        let mut mailboxes = shared.mailboxes();
        happen(&mut mailboxes, &mut rng);
        mailboxes.wake();
    }
}

/// One thing happens.
fn happen(mailboxes: &mut Mailboxes, rng: &mut Rng) {
    let names: Vec<String> = mailboxes.iter().map(|(name, _)| name.clone()).collect();
    let somewhere = rng.choice(&names).cloned().unwrap_or_default();
    match rng.u8(0..20) {
        0..=7 => arrive(mailboxes, rng, "INBOX", 1),
        8..=9 => arrive(mailboxes, rng, &somewhere, 3),
        10 => arrive(mailboxes, rng, &somewhere, 40),
        11..=14 => change_flags(mailboxes, rng, &somewhere),
        15..=16 => change_flags(mailboxes, rng, "INBOX"),
        17..=18 => throw_away(mailboxes, rng, "INBOX"),
        _ => throw_away(mailboxes, rng, &somewhere),
    }
}

fn arrive(mailboxes: &mut Mailboxes, rng: &mut Rng, name: &str, count: usize) {
    let seconds = Utc::now().timestamp();
    let Some(mailbox) = mailboxes.get_mut(name) else { return };
    for _ in 0..count {
        let size = if rng.u8(..) < 16 { rng.usize(200_000..900_000) } else { rng.usize(400..8_000) };
        let body = corpus::message(rng, seconds, size);
        mailbox.append(Flags::default(), InternalDate { seconds, offset: 0 }, body.into());
    }
}

fn some_messages(mailboxes: &Mailboxes, rng: &mut Rng, name: &str, most: usize) -> Vec<Uid> {
    let Some(mailbox) = mailboxes.get(name) else { return Vec::new() };
    let all: Vec<Uid> = mailbox.messages.keys().copied().collect();
    (0..rng.usize(1..=most)).filter_map(|_| rng.choice(&all).copied()).collect()
}

fn change_flags(mailboxes: &mut Mailboxes, rng: &mut Rng, name: &str) {
    let chosen = some_messages(mailboxes, rng, name, 6);
    let flag = rng.choice([System::SEEN, System::SEEN, System::FLAGGED, System::ANSWERED]).unwrap_or_default();
    let Some(mailbox) = mailboxes.get_mut(name) else { return };
    for uid in chosen {
        let Some(message) = mailbox.messages.get(&uid) else { continue };
        let flag = Flags::of(flag);
        let changed = message.flags.union(&flag);
        let flags = if changed == message.flags { message.flags.minus(&flag) } else { changed };
        mailbox.set_flags(uid, flags);
    }
}

fn throw_away(mailboxes: &mut Mailboxes, rng: &mut Rng, name: &str) {
    for uid in some_messages(mailboxes, rng, name, 3) {
        let thrown = mailboxes.get_mut(name).and_then(|mailbox| mailbox.expunge(uid));
        if let (Some(message), Some(trash)) = (thrown, mailboxes.get_mut("Trash").filter(|_| name != "Trash")) {
            trash.append(message.flags, message.date, message.body);
        }
    }
}
