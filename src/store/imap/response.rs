//! What servers say, as data (RFC 3501, section 7, and the extensions that we ask for).
//!
//! What isn't understood is [`Untagged::Other`] or left out; nothing here fails.

use chrono::DateTime;

use super::status::{Status, Word, status};
use super::token::{Token, Tokens};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::InternalDate;
use crate::model::uidset::UidSet;

/// A folder in a LIST response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListItem {
    pub(super) attributes: Vec<String>,
    pub(super) separator: Option<char>,
    pub(super) name: String,
}

/// A STATUS response; what it doesn't say is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct StatusItems {
    pub(super) name: String,
    pub(super) messages: Option<u32>,
    pub(super) uid_next: Option<u32>,
    pub(super) uid_validity: Option<u32>,
    pub(super) highest_modseq: Option<u64>,
}

/// What a FETCH response says of a message. The body isn't here: it went to the handler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fetched {
    pub(super) uid: Option<Uid>,
    pub(super) flags: Option<Flags>,
    pub(super) date: Option<InternalDate>,
    pub(super) size: Option<u64>,
    pub(super) header: Option<Vec<u8>>,
    /// Whether the body was asked for and named, streamed or not.
    pub(super) body: bool,
    /// A body that came as a quoted string, and so was not streamed.
    pub(super) inline: Option<Vec<u8>>,
}

/// An untagged response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Untagged {
    Status(Status),
    Capability(Vec<String>),
    List(ListItem),
    StatusOf(StatusItems),
    Flags(Flags),
    Exists(u32),
    /// A message is gone.
    Expunged,
    Vanished(UidSet),
    Fetch(Fetched),
    /// UIDs that a search found, from SEARCH or ESEARCH.
    Found(UidSet),
    Other,
}

/// A whole response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Response {
    /// `+`: the server waits for more.
    Continue,
    Untagged(Untagged),
    Tagged {
        tag: String,
        status: Status,
    },
}

/// Reads one response, with its literals in place.
pub(super) fn parse(response: &[u8]) -> Response {
    let mut tokens = Tokens::new(response);
    let Some(first) = tokens.next() else {
        return Response::Untagged(Untagged::Other);
    };
    if first.bytes().first() == Some(&b'+') {
        return Response::Continue;
    }
    if first.is("*") {
        return Response::Untagged(untagged(tokens));
    }
    match status(&mut tokens) {
        Some(status) => Response::Tagged { tag: first.text(), status },
        None => Response::Untagged(Untagged::Other),
    }
}

fn untagged(mut tokens: Tokens<'_>) -> Untagged {
    let start = tokens.clone();
    let Some(first) = tokens.next() else {
        return Untagged::Other;
    };
    if let Some(number) = first.number() {
        return numbered(number, tokens);
    }
    if Word::parse(&first).is_some() {
        let mut again = start;
        return status(&mut again).map_or(Untagged::Other, Untagged::Status);
    }
    match first.text().to_ascii_uppercase().as_str() {
        "CAPABILITY" => Untagged::Capability(words(tokens)),
        "LIST" | "LSUB" => list_item(tokens).map_or(Untagged::Other, Untagged::List),
        "STATUS" => status_items(tokens).map_or(Untagged::Other, Untagged::StatusOf),
        "FLAGS" => Untagged::Flags(flags(&tokens.list())),
        "VANISHED" => vanished(tokens),
        "SEARCH" => {
            let uids = tokens.take_while(|token| *token != Token::Open).filter_map(|token| uid(&token));
            Untagged::Found(uids.collect())
        }
        "ESEARCH" => esearch(tokens),
        _ => Untagged::Other,
    }
}

fn numbered(number: u64, mut tokens: Tokens<'_>) -> Untagged {
    match tokens.next() {
        Some(word) if word.is("FETCH") => Untagged::Fetch(fetched(tokens)),
        Some(word) if word.is("EXPUNGE") => Untagged::Expunged,
        Some(word) if word.is("EXISTS") => u32::try_from(number).map_or(Untagged::Other, Untagged::Exists),
        _ => Untagged::Other,
    }
}

fn list_item(mut tokens: Tokens<'_>) -> Option<ListItem> {
    let attributes = tokens.list().iter().map(Token::text).collect();
    let separator = tokens.next()?;
    let separator = if separator.is("NIL") { None } else { separator.text().chars().next() };
    let name = tokens.next()?.text();
    Some(ListItem { attributes, separator, name })
}

fn status_items(mut tokens: Tokens<'_>) -> Option<StatusItems> {
    let mut items = StatusItems { name: tokens.next()?.text(), ..StatusItems::default() };
    for pair in tokens.list().chunks_exact(2) {
        let number = pair[1].number();
        let short = number.and_then(|n| u32::try_from(n).ok());
        match pair[0].text().to_ascii_uppercase().as_str() {
            "MESSAGES" => items.messages = short,
            "UIDNEXT" => items.uid_next = short,
            "UIDVALIDITY" => items.uid_validity = short,
            "HIGHESTMODSEQ" => items.highest_modseq = number,
            _ => {}
        }
    }
    Some(items)
}

fn vanished(mut tokens: Tokens<'_>) -> Untagged {
    let mut next = tokens.next();
    if next == Some(Token::Open) {
        next = tokens.find(|token| *token == Token::Close).and_then(|_| tokens.next());
    }
    next.and_then(|token| UidSet::parse(&token.text())).map_or(Untagged::Other, Untagged::Vanished)
}

fn esearch(mut tokens: Tokens<'_>) -> Untagged {
    while let Some(token) = tokens.next() {
        if token == Token::Open {
            let _ = tokens.find(|token| *token == Token::Close);
        } else if token.is("ALL") {
            let set = tokens.next().and_then(|set| UidSet::parse(&set.text()));
            return set.map_or(Untagged::Other, Untagged::Found);
        }
    }
    // Without ALL, nothing was found (RFC 4731, section 3.1).
    Untagged::Found(UidSet::default())
}

fn fetched(mut tokens: Tokens<'_>) -> Fetched {
    let mut message = Fetched::default();
    if tokens.next() != Some(Token::Open) {
        return message;
    }
    while let Some(name) = tokens.next().filter(|token| *token != Token::Close) {
        match name.text().to_ascii_uppercase().as_str() {
            "UID" => message.uid = tokens.next().and_then(|token| uid(&token)),
            "FLAGS" => message.flags = Some(flags(&tokens.list())),
            "INTERNALDATE" => message.date = tokens.next().and_then(|token| internal_date(&token)),
            "RFC822.SIZE" => message.size = tokens.next().and_then(|token| token.number()),
            "BODY[HEADER]" | "RFC822.HEADER" => {
                message.header = tokens.next().map(|token| token.bytes().to_vec());
            }
            "BODY[]" | "RFC822" | "BINARY[]" => {
                message.body = true;
                if let Some(Token::Text(text)) = tokens.next() {
                    message.inline = Some(text.into_owned());
                }
            }
            _ => tokens.skip_value(),
        }
    }
    message
}

/// The UID of the message whose FETCH response begins like this, if it is named before the body.
pub(super) fn uid_so_far(beginning: &[u8]) -> Option<Uid> {
    let mut tokens = Tokens::new(beginning);
    while let Some(token) = tokens.next() {
        if token.is("UID") {
            return tokens.next().and_then(|token| uid(&token));
        }
    }
    None
}

fn internal_date(token: &Token<'_>) -> Option<InternalDate> {
    let date = DateTime::parse_from_str(token.text().trim(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(InternalDate { seconds: date.timestamp(), offset: date.offset().local_minus_utc() })
}

/// A date as APPEND wants it; `None` for one that IMAP can't write.
pub(super) fn write_date(date: InternalDate) -> Option<String> {
    let zone = chrono::FixedOffset::east_opt(date.offset)?;
    let local = DateTime::from_timestamp(date.seconds, 0)?.with_timezone(&zone);
    let text = local.format("%d-%b-%Y %H:%M:%S %z").to_string();
    (text.len() == "01-Jan-2000 00:00:00 +0000".len()).then_some(text)
}

pub(super) fn flags(members: &[Token<'_>]) -> Flags {
    let mut flags = Flags::default();
    for member in members {
        flags.insert_imap(&member.text());
    }
    flags
}

pub(super) fn words(tokens: Tokens<'_>) -> Vec<String> {
    tokens.map(|token| token.text().to_ascii_uppercase()).filter(|word| !word.is_empty()).collect()
}

fn uid(token: &Token<'_>) -> Option<Uid> {
    token.number().and_then(|number| u32::try_from(number).ok()).and_then(Uid::new)
}

pub(super) fn small(token: Option<Token<'_>>) -> Option<u32> {
    token?.number().and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests;
