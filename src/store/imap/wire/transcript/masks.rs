//! What is shown of lines that hold more than may be shown.

use super::super::super::status::Word;
use super::super::super::token::Tokens;
use super::MASK;

/// Bytes of the longest quoted string that is shown.
const LONGEST_STRING: usize = 200;
/// Names in a FETCH response that are followed by contents of a message.
const CONTENTS: [&str; 5] = ["RFC822", "RFC822.HEADER", "RFC822.TEXT", "PREVIEW", "SNIPPET"];

/// The tag of the log-in that a command opens, if it does.
pub(super) fn opened(command: &[u8]) -> Option<String> {
    let mut words = words(command);
    let (tag, name) = (words.next()?, words.next()?);
    let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
    (is("LOGIN") || is("AUTHENTICATE")).then(|| shown(tag))
}

/// A command that opens a log-in: its name and its mechanism, without what proves who logs in.
pub(super) fn log_in(command: &[u8]) -> String {
    let known = |name: &[u8]| if name.eq_ignore_ascii_case(b"AUTHENTICATE") { 3 } else { 2 };
    let known = words(command).nth(1).map_or(0, known);
    let mut text = words(command).take(known).map(shown).collect::<Vec<_>>().join(" ");
    if words(command).nth(known).is_some() {
        text = format!("{text} {MASK}");
    }
    text
}

/// What the server says while a log-in is under way. Of challenges only that there are some, and of its sentences only the
/// code, since they may repeat what it was told.
pub(super) fn during_log_in(response: &[u8]) -> String {
    let mut tokens = Tokens::new(response);
    let first = words(response).next().map(shown).unwrap_or_default();
    if first.starts_with('+') {
        return if response.len() > 1 { format!("+ {MASK}") } else { "+".to_owned() };
    }
    let name = tokens.nth(1);
    if name.as_ref().is_some_and(|name| name.is("CAPABILITY")) {
        return shown(response);
    }
    if name.as_ref().and_then(Word::parse).is_none() {
        return format!("* {MASK}");
    }
    let rest = tokens.rest();
    let code = rest.starts_with(b"[").then(|| memchr::memchr(b']', rest)).flatten().map(|end| &rest[..=end]);
    let word = name.map(|name| shown(name.bytes())).unwrap_or_default();
    let after = rest[code.map_or(0, <[u8]>::len)..].trim_ascii();
    let mut text = format!("{first} {word}");
    if let Some(code) = code {
        text = format!("{text} {}", code_of(code));
    }
    if after.is_empty() { text } else { format!("{text} {MASK}") }
}

/// A code as it is shown during a log-in: what the server can do, else its name alone.
fn code_of(code: &[u8]) -> String {
    let text = shown(code);
    match text.split_once(' ') {
        Some((name, _)) if !name.eq_ignore_ascii_case("[CAPABILITY") => format!("{name} {MASK}]"),
        _ => text,
    }
}

/// A response in which sizes stand for the strings that are, or might be, contents of a message.
pub(super) fn without_contents(response: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(response.len());
    let mut rest = response;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        text.extend_from_slice(&rest[..quote]);
        let string = &rest[quote + 1..];
        let end = end_of(string);
        let length = end.unwrap_or(string.len());
        if length > LONGEST_STRING || precedes_contents(&text) {
            text.extend_from_slice(format!("{{{length} bytes}}").as_bytes());
        } else {
            text.extend_from_slice(&rest[quote..=(quote + length + usize::from(end.is_some()))]);
        }
        rest = end.map_or(b"".as_slice(), |end| &string[end + 1..]);
    }
    text.extend_from_slice(rest);
    text
}

/// Where the quote stands that ends a string.
fn end_of(string: &[u8]) -> Option<usize> {
    let mut escaped = false;
    string.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })
}

/// Whether a string after this is a part of a message: `BODY[…]`, `BODY[…]<0>`, `RFC822` and the like.
fn precedes_contents(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let last = before.rsplit(|byte| byte.is_ascii_whitespace() || *byte == b'(').next().unwrap_or_default();
    before.ends_with(b"]")
        || before.ends_with(b">")
        || CONTENTS.iter().any(|name| last.eq_ignore_ascii_case(name.as_bytes()))
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
