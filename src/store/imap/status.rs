//! Status responses and their codes (RFC 3501, section 7.1).

use super::response::{flags, small, words};
use super::token::{Token, Tokens, to_text};
use crate::model::flags::Flags;
use crate::model::ids::{ModSeq, Uid, UidValidity};
use crate::model::uidset::UidSet;

/// More copies than this in one answer are not believed.
const MOST_COPIES: u64 = 1_000_000;
/// Bytes of a text for people that are kept.
pub(super) const LONGEST_TEXT: usize = 1000;

/// The five words of status responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

impl Word {
    pub(super) fn parse(token: &Token<'_>) -> Option<Self> {
        let table =
            [("OK", Self::Ok), ("NO", Self::No), ("BAD", Self::Bad), ("BYE", Self::Bye), ("PREAUTH", Self::Preauth)];
        table.into_iter().find(|(name, _)| token.is(name)).map(|(_, word)| word)
    }
}

/// A status: its word, its code and its text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) word: Word,
    pub(super) code: Code,
    pub(super) text: String,
}

/// The code in square brackets before a status' text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    None,
    Capability(Vec<String>),
    UidValidity(UidValidity),
    UidNext(u32),
    HighestModSeq(ModSeq),
    PermanentFlags {
        flags: Flags,
        any: bool,
    },
    ReadOnly,
    Closed,
    /// Messages that were appended, in the order in which they were sent (RFC 4315, section 3).
    AppendUid {
        validity: UidValidity,
        uids: Vec<Uid>,
    },
    /// Copies: each of `from` became the one of `to` in the same place (RFC 4315, section 3).
    CopyUid {
        validity: UidValidity,
        from: Vec<Uid>,
        to: Vec<Uid>,
    },
    Other(String),
}

impl Status {
    /// Whether the server has lost track of what it was to tell (RFC 5465, section 5.8).
    pub(super) fn is_overflow(&self) -> bool {
        matches!(&self.code, Code::Other(name) if name == "NOTIFICATIONOVERFLOW")
    }
}

/// Reads a status, from its word on.
pub(super) fn status(tokens: &mut Tokens<'_>) -> Option<Status> {
    let word = Word::parse(&tokens.next()?)?;
    let rest = tokens.rest().trim_ascii_end();
    let Some(close) = rest.starts_with(b"[").then(|| memchr::memchr(b']', rest)).flatten() else {
        return Some(Status { word, code: Code::None, text: words_of(rest) });
    };
    let text = words_of(rest[close + 1..].trim_ascii());
    Some(Status { word, code: code(Tokens::new(&rest[1..close])), text })
}

/// A text for people, cut short where it is endless.
fn words_of(text: &[u8]) -> String {
    if text.len() <= LONGEST_TEXT {
        return to_text(text);
    }
    let cut = &text[..LONGEST_TEXT];
    match std::str::from_utf8(cut) {
        // Only the last letter is cut in half.
        Err(error) if error.error_len().is_none() => to_text(&cut[..error.valid_up_to()]),
        _ => to_text(cut),
    }
}

fn code(mut tokens: Tokens<'_>) -> Code {
    let Some(name) = tokens.next() else {
        return Code::None;
    };
    let name = name.text().to_ascii_uppercase();
    let known = match name.as_str() {
        "CAPABILITY" => Some(Code::Capability(words(tokens))),
        "UIDVALIDITY" => small(tokens.next()).map(|n| Code::UidValidity(UidValidity(n))),
        "UIDNEXT" => small(tokens.next()).map(Code::UidNext),
        "HIGHESTMODSEQ" => tokens.next().and_then(|t| t.number()).map(|n| Code::HighestModSeq(ModSeq(n))),
        "PERMANENTFLAGS" => {
            let mut any = false;
            tokens.clone().each_member(|token| any |= token.bytes() == b"\\*");
            Some(Code::PermanentFlags { flags: flags(&mut tokens), any })
        }
        "READ-ONLY" => Some(Code::ReadOnly),
        "CLOSED" => Some(Code::Closed),
        "APPENDUID" => append_uid(tokens),
        "COPYUID" => copy_uid(tokens),
        _ => None,
    };
    known.unwrap_or_else(|| Code::Other(words_of(name.as_bytes())))
}

fn append_uid(mut tokens: Tokens<'_>) -> Option<Code> {
    let validity = UidValidity(small(tokens.next())?);
    let uids = in_order(&tokens.next()?.text())?;
    Some(Code::AppendUid { validity, uids })
}

/// `None` for lists of different lengths, which pair nothing with anything.
fn copy_uid(mut tokens: Tokens<'_>) -> Option<Code> {
    let validity = UidValidity(small(tokens.next())?);
    let from = in_order(&tokens.next()?.text())?;
    let to = in_order(&tokens.next()?.text())?;
    (from.len() == to.len()).then_some(Code::CopyUid { validity, from, to })
}

/// UIDs in the order in which they are written. No honest answer names more than we asked for.
fn in_order(text: &str) -> Option<Vec<Uid>> {
    let mut uids = Vec::new();
    for part in text.split(',') {
        let set = UidSet::parse(part)?;
        if uids.len() as u64 + set.len() > MOST_COPIES {
            return None;
        }
        let number = |text: &str| text.parse::<u32>().ok();
        let falling = part.split_once(':').is_some_and(|(first, last)| number(first) > number(last));
        let mut range: Vec<Uid> = set.iter().collect();
        if falling {
            range.reverse();
        }
        uids.append(&mut range);
    }
    Some(uids)
}
