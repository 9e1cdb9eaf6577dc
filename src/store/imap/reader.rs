//! Reads one response at a time while it arrives. Bodies are not kept: they are handed on in pieces as they come.

use std::io;

use super::response::{self, Fetched, Response, Untagged, so_far};
use super::tls::plainly;
use super::token::literal_size;
use super::wire::Inner;
use crate::model::fault::Fault;

/// Bytes of a response, bodies not counted. The longest honest ones list the UIDs of a huge mailbox, or hold a header.
const LONGEST_RESPONSE: usize = 32 * 1024 * 1024;
/// Bytes of any other.
const LONGEST_LINE: usize = 1024 * 1024;

/// Why a conversation can't go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The connection failed.
    #[error("{}", explain(.0))]
    Io(#[from] io::Error),
    /// It ended.
    #[error("the server closed the connection")]
    Closed,
    /// The server said good-bye.
    #[error("the server said: {text}")]
    Bye {
        /// Why, in its words.
        text: String,
        /// Whether it may do better later.
        passing: bool,
    },
    /// It broke the protocol beyond repair.
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(String),
    /// Whoever was to receive something could not.
    #[error("{0}")]
    Receiver(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Receiver(fault)
    }
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "the server said nothing within the time limit (socktimeout)".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "the connection was lost".into(),
        _ => plainly(&error.to_string()),
    }
}

/// Takes what a command brings.
pub(super) trait Handler {
    /// A message body of `size` bytes begins; what the server has said of it already. `false`: it isn't wanted.
    fn body(&mut self, size: u64, so_far: Fetched) -> Result<bool, Fault> {
        let _ = (size, so_far);
        Ok(false)
    }

    /// The next bytes of a body that is wanted.
    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        let _ = data;
        Ok(())
    }

    /// An untagged response; the one that a body belongs to comes after the body.
    fn untagged(&mut self, response: Untagged) -> Result<(), Fault>;
}

/// A handler that is only interested in plain responses.
impl<F: FnMut(Untagged) -> Result<(), Fault>> Handler for F {
    fn untagged(&mut self, response: Untagged) -> Result<(), Fault> {
        self(response)
    }
}

/// Takes nothing from an answer but its status.
pub(super) struct Ignore;

impl Handler for Ignore {
    fn untagged(&mut self, _response: Untagged) -> Result<(), Fault> {
        Ok(())
    }
}

/// Reads one whole response. `scratch` is room that is used again and again.
pub(super) fn read(wire: &mut Inner, scratch: &mut Vec<u8>, handler: &mut dyn Handler) -> Result<Response, Trouble> {
    scratch.clear();
    scratch.shrink_to(LONGEST_LINE);
    loop {
        line(wire, scratch)?;
        let Some((size, brace)) = literal_at_end(scratch).filter(|_| may_hold_literals(scratch)) else {
            return Ok(response::parse(scratch));
        };
        if is_body(&scratch[..brace]) {
            scratch.truncate(brace);
            scratch.extend_from_slice(b"NIL");
            body(wire, size, so_far(scratch), handler)?;
        } else {
            keep(wire, size, scratch)?;
        }
    }
}

/// Appends a line, its end included, to `into`.
fn line(wire: &mut Inner, into: &mut Vec<u8>) -> Result<(), Trouble> {
    loop {
        let have = wire.buffered();
        let end = memchr::memchr(b'\n', have).map(|place| place + 1);
        let count = end.unwrap_or(have.len());
        into.extend_from_slice(&have[..count]);
        if into.len() > LONGEST_LINE && into.len() > longest(into) {
            return Err(Trouble::Nonsense("a response without end".into()));
        }
        wire.consume(count);
        if end.is_some() {
            return Ok(());
        }
        more(wire)?;
    }
}

/// Appends a literal that isn't a body to `into`.
fn keep(wire: &mut Inner, size: u64, into: &mut Vec<u8>) -> Result<(), Trouble> {
    let room = longest(into).saturating_sub(into.len());
    let mut left = usize::try_from(size).ok().filter(|left| *left <= room);
    let left = left.as_mut().ok_or_else(|| Trouble::Nonsense("a string without end".into()))?;
    while *left > 0 {
        let have = wire.buffered();
        let count = have.len().min(*left);
        into.extend_from_slice(&have[..count]);
        wire.consume(count);
        *left -= count;
        if *left > 0 {
            more(wire)?;
        }
    }
    Ok(())
}

/// Hands a body on, in pieces as they arrive; or drops it, when it isn't wanted.
fn body(wire: &mut Inner, size: u64, so_far: Fetched, handler: &mut dyn Handler) -> Result<(), Trouble> {
    let wanted = handler.body(size, so_far)?;
    let mut left = size;
    while left > 0 {
        let have = wire.buffered();
        let count = usize::try_from(left).map_or(have.len(), |left| have.len().min(left));
        if wanted && count > 0 {
            handler.chunk(&have[..count])?;
        }
        wire.consume(count);
        left -= count as u64;
        if left > 0 {
            more(wire)?;
        }
    }
    Ok(())
}

fn more(wire: &mut Inner) -> Result<(), Trouble> {
    if wire.fill()? == 0 { Err(Trouble::Closed) } else { Ok(()) }
}

/// How long a response that begins so may be.
fn longest(beginning: &[u8]) -> usize {
    let is_long = match second_word(beginning) {
        Some(word) if word.first().is_some_and(u8::is_ascii_digit) => true,
        Some(word) if is_one_of(word, &["SEARCH", "ESEARCH", "VANISHED"]) => true,
        // A status may tell where many messages were moved to.
        _ => memchr::memmem::find(&beginning[..beginning.len().min(100)], b"[COPYUID ").is_some(),
    };
    if is_long { LONGEST_RESPONSE } else { LONGEST_LINE }
}

/// Whether a response that begins so may hold literals: the texts of statuses hold none, however they end.
pub(super) fn may_hold_literals(beginning: &[u8]) -> bool {
    second_word(beginning).is_some_and(|word| !is_status(word))
}

fn is_status(word: &[u8]) -> bool {
    is_one_of(word, &["OK", "NO", "BAD", "BYE", "PREAUTH"])
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

/// What follows the `*` of an untagged response; nothing in others.
fn second_word(beginning: &[u8]) -> Option<&[u8]> {
    let rest = beginning
        .trim_ascii_start()
        .strip_prefix(b"*")
        .filter(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))?;
    rest.trim_ascii_start().split(u8::is_ascii_whitespace).next()
}

/// The literal that `text` ends with: its size, and where its brace stands.
fn literal_at_end(text: &[u8]) -> Option<(u64, usize)> {
    let line = text.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if !line.ends_with(b"}") {
        return None;
    }
    let brace = memchr::memrchr(b'{', line)?;
    let size = literal_size(&line[brace..])?;
    let tilde = brace > 0 && line[brace - 1] == b'~';
    Some((size, brace - usize::from(tilde)))
}

/// Whether the literal that follows is a message's whole body.
fn is_body(before: &[u8]) -> bool {
    let name = before.trim_ascii_end();
    let start = name.iter().rposition(|byte| byte.is_ascii_whitespace() || *byte == b'(').map_or(0, |place| place + 1);
    let is_message = second_word(before).is_some_and(|word| !word.is_empty() && word.iter().all(u8::is_ascii_digit));
    is_message
        && name.len() < before.len()
        && is_one_of(&name[start..], &["BODY[]", "BODY.PEEK[]", "RFC822", "BINARY[]"])
}

#[cfg(test)]
mod chance;
#[cfg(test)]
mod tests;
