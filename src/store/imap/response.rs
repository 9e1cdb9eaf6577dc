//! What servers say, as data (RFC 3501, section 7, and the extensions that we ask for).
//!
//! What isn't understood is [`Untagged::Other`] or left out; nothing here fails.

mod fetched;

use chrono::DateTime;

pub(super) use fetched::Fetched;
use fetched::fetched;

use super::about::{self, About};
use super::status::{Status, Word, status};
use super::token::{Token, Tokens, to_text};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::InternalDate;
use crate::model::uidset::UidSet;

/// Keywords of one message or mailbox; more are passed over.
const MOST_KEYWORDS: usize = 10_000;
/// Bytes of a keyword.
const LONGEST_KEYWORD: usize = 1000;
/// Capabilities.
const MOST_WORDS: usize = 1000;

/// A folder in a LIST response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListItem {
    /// Whether it can be opened.
    pub(super) selectable: bool,
    /// Whether it says that it is subscribed to (RFC 5258, section 3.4).
    pub(super) subscribed: bool,
    pub(super) separator: Option<char>,
    pub(super) name: String,
    /// What it is for (RFC 6154), as far as that matters here.
    pub(super) special: Option<Special>,
}

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    /// All messages are in it.
    All,
    /// Unwanted messages are in it.
    Junk,
    /// Deleted messages are in it.
    Trash,
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

/// An untagged response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Untagged {
    Status(Status),
    Capability(Vec<String>),
    List(ListItem),
    /// The name of a folder that is subscribed to, and needn't be there.
    Subscribed(String),
    StatusOf(StatusItems),
    Flags(Flags),
    Exists(u32),
    /// The message of this number is gone.
    Expunge(u32),
    Vanished {
        uids: UidSet,
        /// They went before the mailbox was selected.
        earlier: bool,
    },
    Fetch(Fetched),
    /// UIDs that a search found, from SEARCH or ESEARCH.
    Found(UidSet),
    /// What the server says of itself.
    About(About),
    Other,
}

/// A whole response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Response {
    /// `+`: the server waits for more; what it says to that.
    Continue(String),
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
        let words = response.trim_ascii_start().get(1..).unwrap_or_default().trim_ascii();
        return Response::Continue(String::from_utf8_lossy(words).into_owned());
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
        "LIST" => list_item(tokens).map_or(Untagged::Other, Untagged::List),
        "LSUB" => list_item(tokens).map_or(Untagged::Other, |item| Untagged::Subscribed(item.name)),
        "STATUS" => status_items(tokens).map_or(Untagged::Other, Untagged::StatusOf),
        "FLAGS" => Untagged::Flags(flags(&mut tokens)),
        "VANISHED" => vanished(tokens),
        "SEARCH" => found(tokens).map_or(Untagged::Other, Untagged::Found),
        "ESEARCH" => esearch(tokens),
        name => about::parse(name, tokens).map_or(Untagged::Other, Untagged::About),
    }
}

fn numbered(number: u64, mut tokens: Tokens<'_>) -> Untagged {
    match tokens.next() {
        Some(word) if word.is("FETCH") => Untagged::Fetch(fetched(tokens)),
        Some(word) if word.is("EXPUNGE") => u32::try_from(number).map_or(Untagged::Other, Untagged::Expunge),
        Some(word) if word.is("EXISTS") => u32::try_from(number).map_or(Untagged::Other, Untagged::Exists),
        _ => Untagged::Other,
    }
}

fn list_item(mut tokens: Tokens<'_>) -> Option<ListItem> {
    let (mut selectable, mut subscribed, mut special) = (true, false, None);
    let uses = [("\\All", Special::All), ("\\Junk", Special::Junk), ("\\Trash", Special::Trash)];
    tokens.each_member(|attribute| {
        special = special.or_else(|| uses.iter().find(|(name, _)| attribute.is(name)).map(|(_, special)| *special));
        selectable &= !attribute.is("\\Noselect") && !attribute.is("\\NonExistent");
        subscribed |= attribute.is("\\Subscribed");
    });
    let separator = tokens.next()?;
    let separator = if separator.is("NIL") { None } else { separator.text().chars().next() };
    let name = tokens.next()?.text();
    Some(ListItem { selectable, subscribed, separator, name, special })
}

fn status_items(mut tokens: Tokens<'_>) -> Option<StatusItems> {
    let mut items = StatusItems { name: tokens.next()?.text(), ..StatusItems::default() };
    let mut before = Token::Close;
    tokens.each_member(|token| {
        let number = token.number();
        let short = number.and_then(|n| u32::try_from(n).ok());
        match &before {
            name if name.is("MESSAGES") => items.messages = short,
            name if name.is("UIDNEXT") => items.uid_next = short,
            name if name.is("UIDVALIDITY") => items.uid_validity = short,
            name if name.is("HIGHESTMODSEQ") => items.highest_modseq = number,
            _ => {}
        }
        before = token;
    });
    Some(items)
}

fn vanished(mut tokens: Tokens<'_>) -> Untagged {
    let mut next = tokens.next();
    let earlier = next == Some(Token::Open);
    if earlier {
        next = tokens.find(|token| *token == Token::Close).and_then(|_| tokens.next());
    }
    let uids = next.and_then(|token| UidSet::parse(&token.text()));
    uids.map_or(Untagged::Other, |uids| Untagged::Vanished { uids, earlier })
}

/// What a search found; `None` when some of it can't be read, since what is missing would count as not found.
fn found(tokens: Tokens<'_>) -> Option<UidSet> {
    let mut broken = false;
    let uids = tokens.take_while(|token| *token != Token::Open).map_while(|token| {
        let uid = uid(&token);
        broken |= uid.is_none();
        uid
    });
    let uids: UidSet = uids.collect();
    (!broken).then_some(uids)
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

/// What a FETCH response that begins like this says of its message.
pub(super) fn so_far(beginning: &[u8]) -> Fetched {
    match parse(beginning) {
        Response::Untagged(Untagged::Fetch(fetched)) => fetched,
        _ => Fetched::default(),
    }
}

/// A date as APPEND wants it; `None` for one that IMAP can't write.
pub(super) fn write_date(date: InternalDate) -> Option<String> {
    let zone = chrono::FixedOffset::east_opt(date.offset)?;
    let local = DateTime::from_timestamp(date.seconds, 0)?.with_timezone(&zone);
    let text = local.format("%d-%b-%Y %H:%M:%S %z").to_string();
    (text.len() == "01-Jan-2000 00:00:00 +0000".len()).then_some(text)
}

/// The flags of a list. Keywords are limited in number and length.
pub(super) fn flags(tokens: &mut Tokens<'_>) -> Flags {
    let mut flags = Flags::default();
    tokens.each_member(|member| {
        let name = &member.bytes()[..member.bytes().len().min(LONGEST_KEYWORD)];
        if name.starts_with(b"\\") || flags.keywords().len() < MOST_KEYWORDS {
            flags.insert_imap(&to_text(name));
        }
    });
    flags
}

/// The words of a list of capabilities, as many as are believed.
pub(super) fn words(tokens: Tokens<'_>) -> Vec<String> {
    tokens.map(|token| token.text().to_ascii_uppercase()).filter(|word| !word.is_empty()).take(MOST_WORDS).collect()
}

pub(super) fn uid(token: &Token<'_>) -> Option<Uid> {
    token.number().and_then(|number| u32::try_from(number).ok()).and_then(Uid::new)
}

pub(super) fn small(token: Option<Token<'_>>) -> Option<u32> {
    token?.number().and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests;
