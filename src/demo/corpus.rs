//! Mail to look at: generated, varied, and always the same for the same seed.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use fastrand::Rng;

use super::mailbox::Mailboxes;
use crate::model::flags::Flags;
use crate::model::message::InternalDate;

/// The folders, with `/` between the parts of their names, how many messages each holds, and its special use.
const FOLDERS: [(&str, usize, Option<&str>); 11] = [
    ("INBOX", 64, None),
    ("Archive", 40, Some("\\Archive")),
    ("Archive/2019", 90, None),
    ("Archive/2020", 110, None),
    ("Drafts", 6, Some("\\Drafts")),
    ("Entw&APw-rfe/L&APY-sungen", 14, None),
    ("Family &- Friends", 48, None),
    ("Lists/rust", 130, None),
    ("Lists/gardening", 70, None),
    ("Sent", 60, Some("\\Sent")),
    ("Trash", 12, Some("\\Trash")),
];

const PEOPLE: [&str; 10] = [
    "Ada Bishop <ada@example.org>",
    "Bruno Castillo <bruno@example.net>",
    "Chiyo Tanaka <chiyo@example.com>",
    "\"Dr. D. Evers\" <evers@example.org>",
    "Eirik Foss <eirik@example.net>",
    "Farida Gul <farida@example.com>",
    "Grace Hollis <grace@example.org>",
    "=?utf-8?q?J=C3=BCrgen_K=C3=B6hler?= <juergen@example.net>",
    "Lin Mei <lin@example.com>",
    "The Greenhouse <news@example.org>",
];

const SUBJECTS: [&str; 14] = [
    "Lunch on Thursday?",
    "Minutes of the last meeting",
    "Re: the leaking tap",
    "Your order has been dispatched",
    "Photos from the lake",
    "[rust] A borrow checker walks into a bar",
    "[rust] Release notes, and what comes next",
    "Tomatoes: when to plant out",
    "=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=",
    "Invoice 2048 for the piano tuner",
    "Re: Re: which train do we take",
    "A question about your talk",
    "The key is under the third flower pot",
    "Blinkenlights in the machine room",
];

const LINES: [&str; 12] = [
    "I looked at it again this morning, and it still works.",
    "Could you bring the blue folder when you come?",
    "The weather has been kind to the beans; the peas sulk.",
    "There are three ways to do it, and we have tried two.",
    "Nobody has seen the cat since Tuesday, but the milk is gone.",
    "Please keep your hands in your pockets and watch the lights.",
    "If the train is late, start without me.",
    "Somebody left an umbrella at our place. It is not ours.",
    "The numbers add up now; I had counted the header twice.",
    "We could meet at the old bakery, they have opened again.",
    "Attached is what I promised, rather later than I promised.",
    "Grüße an alle, und bis bald – naïve Café-Pläne inklusive.",
];

const FLAGS: [&str; 9] = [
    "\\Seen",
    "\\Seen",
    "\\Seen \\Answered",
    "\\Seen \\Flagged",
    "",
    "\\Seen $Forwarded",
    "\\Seen NonJunk",
    "",
    "\\Seen \\Answered $Label1",
];

/// Fills mailboxes with some hundred messages.
pub(super) fn fill(mailboxes: &mut Mailboxes, separator: char, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let is_gmail = mailboxes.gmail().is_some();
    for (name, count, special_use) in FOLDERS {
        let name = name.replace('/', separator.encode_utf8(&mut [0; 4]));
        for (end, _) in name.match_indices(separator) {
            mailboxes.create(&name[..end]);
        }
        mailboxes.create(&name);
        let Some(mailbox) = mailboxes.get_mut(&name) else { continue };
        mailbox.subscribed = true;
        // Gmail's folders of these uses are others, and these are labels like any.
        mailbox.special_use = special_use.filter(|_| !is_gmail);
        for number in 0..count {
            let days = i64::try_from(count - number).unwrap_or(0) * 3;
            let seconds = 1_767_000_000 - days * 86_400 - rng.i64(0..80_000);
            let flags = if name == "Drafts" { "\\Draft \\Seen" } else { rng.choice(FLAGS).unwrap_or_default() };
            let date = InternalDate { seconds, offset: 3600 * rng.i32(-5..6) };
            let size = size(&mut rng, number);
            let body = message(&mut rng, seconds, size);
            mailbox.append(Flags::from_imap(flags.split_whitespace()), date, body.into());
        }
    }
    mailboxes.wake();
}

/// Most messages are small, some are not, and now and then one is a photograph.
fn size(rng: &mut Rng, number: usize) -> usize {
    match number % 37 {
        17 => rng.usize(1_000_000..2_400_000),
        5 | 23 => rng.usize(60_000..250_000),
        _ => rng.usize(300..9_000),
    }
}

/// A message of about `size` bytes, sent at `seconds` since 1970.
pub(super) fn message(rng: &mut Rng, seconds: i64, size: usize) -> Vec<u8> {
    let date: DateTime<Utc> = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let from = rng.choice(PEOPLE).unwrap_or_default();
    let to = rng.choice(PEOPLE).unwrap_or_default();
    let subject = rng.choice(SUBJECTS).unwrap_or_default();
    let mut text = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {}\r\nMessage-ID: <{:016x}@demo.example.org>\r\n\
         MIME-Version: 1.0\r\n",
        date.to_rfc2822(),
        rng.u64(..),
    );
    if size > 30_000 {
        attachment(rng, &mut text, size);
    } else {
        text.push_str("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
        prose(rng, &mut text, size);
    }
    text.into_bytes()
}

fn prose(rng: &mut Rng, text: &mut String, size: usize) {
    while text.len() < size {
        text.push_str(rng.choice(LINES).unwrap_or_default());
        // Every now and then somebody writes paragraphs without a line end.
        text.push_str(if rng.u8(..) < 200 { "\r\n" } else { " " });
    }
    text.push_str("\r\n");
}

fn attachment(rng: &mut Rng, text: &mut String, size: usize) {
    let boundary = format!("=_{:x}", rng.u64(..));
    // Writing to a String can't fail.
    let _ = write!(
        text,
        "Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\r\n--{boundary}\r\n\
         Content-Type: image/jpeg; name=\"lake.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"lake.jpg\"\r\n\r\n",
        rng.choice(LINES).unwrap_or_default(),
    );
    let mut picture = vec![0; 57];
    while text.len() < size {
        rng.fill(&mut picture);
        text.push_str(&STANDARD.encode(&picture));
        text.push_str("\r\n");
    }
    let _ = write!(text, "--{boundary}--\r\n");
}
