//! FETCH responses (RFC 3501, section 7.4.2).

use chrono::DateTime;

use super::super::token::{Token, Tokens};
use super::{flags, uid};
use crate::model::flags::Flags;
use crate::model::ids::Uid;
use crate::model::message::InternalDate;

/// Labels of one message; Gmail allows fewer.
const MOST_LABELS: usize = 10_000;

/// What a FETCH response says of a message. The body isn't here: it went to the handler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Fetched {
    pub(in super::super) uid: Option<Uid>,
    pub(in super::super) flags: Option<Flags>,
    pub(in super::super) date: Option<InternalDate>,
    pub(in super::super) size: Option<u64>,
    pub(in super::super) header: Option<Vec<u8>>,
    /// What Gmail calls the message in whatever folder it is (X-GM-MSGID).
    pub(in super::super) identity: Option<u64>,
    /// The labels that Gmail has put on it (X-GM-LABELS), each as it stands on the wire, quotes and backslashes undone.
    pub(in super::super) labels: Option<Vec<String>>,
    /// Whether the body was asked for and named, streamed or not.
    pub(in super::super) body: bool,
    /// A body that came as a quoted string, and so was not streamed.
    pub(in super::super) inline: Option<Vec<u8>>,
}

/// Reads a FETCH response, from its list on.
pub(super) fn fetched(mut tokens: Tokens<'_>) -> Fetched {
    let mut message = Fetched::default();
    let mut contradicted = false;
    if tokens.next() != Some(Token::Open) {
        return message;
    }
    while let Some(name) = tokens.next().filter(|token| *token != Token::Close) {
        match name.text().to_ascii_uppercase().as_str() {
            "UID" => {
                let uid = tokens.next().and_then(|token| uid(&token));
                contradicted |= message.uid.is_some() && message.uid != uid;
                message.uid = uid;
            }
            "FLAGS" => message.flags = Some(flags(&mut tokens)),
            "X-GM-MSGID" => message.identity = tokens.next().and_then(|token| token.number()),
            "X-GM-LABELS" => message.labels = Some(labels(&mut tokens)),
            "INTERNALDATE" => message.date = tokens.next().and_then(|token| internal_date(&token)),
            "RFC822.SIZE" => message.size = tokens.next().and_then(|token| token.number()),
            "BODY[HEADER]" | "BODY.PEEK[HEADER]" | "RFC822.HEADER" => {
                message.header = tokens.next().map(|token| token.bytes().to_vec());
            }
            "BODY[]" | "BODY.PEEK[]" | "RFC822" | "BINARY[]" => {
                message.body = true;
                if let Some(Token::Text(text)) = tokens.next() {
                    message.inline = Some(text.into_owned());
                }
            }
            _ => tokens.skip_value(),
        }
    }
    // What names two messages says nothing of either.
    message.uid = message.uid.filter(|_| !contradicted);
    message
}

fn internal_date(token: &Token<'_>) -> Option<InternalDate> {
    let date = DateTime::parse_from_str(token.text().trim(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(InternalDate { seconds: date.timestamp(), offset: date.offset().local_minus_utc() })
}

/// The labels of a list: atoms, quoted strings and literals. What they mean is not looked at, so that nothing is lost.
fn labels(tokens: &mut Tokens<'_>) -> Vec<String> {
    let mut labels = Vec::new();
    tokens.each_member(|member| {
        if labels.len() < MOST_LABELS {
            labels.push(member.text());
        }
    });
    labels
}
