//! Commands as they come from the wire, taken apart by imap-codec, and by hand where it has no word for something.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use imap_codec::CommandCodec;
use imap_codec::decode::Decoder;
use imap_codec::imap_types::IntoStatic;
use imap_codec::imap_types::command::{Command, CommandBody};

use super::gmail::words::{Gmail, Item, take_out};

/// Bytes of a line; more is no command.
const LONGEST_LINE: u64 = 1024 * 1024;
/// Bytes of a literal; more is refused.
pub(super) const LARGEST_LITERAL: u64 = 200 * 1024 * 1024;

/// A command with its literals, as it came.
#[derive(Debug, Default)]
pub(super) struct Raw {
    bytes: Vec<u8>,
    literals: Vec<Range<usize>>,
}

/// What was read.
pub(super) enum Read1 {
    Command(Raw),
    /// A literal that is too large was announced by the command of this tag; whether the client waits to send it.
    TooLarge {
        tag: String,
        waits: bool,
    },
    /// The client has gone.
    End,
}

/// What a client asks for beyond what imap-codec knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extras {
    /// The options of LIST's or SEARCH's RETURN, in capitals.
    pub(super) returns: Option<Vec<String>>,
    /// The further messages of a MULTIAPPEND, each as an APPEND of its own.
    pub(super) more: Vec<CommandBody<'static>>,
    /// What it says in Gmail's words.
    pub(super) gmail: Option<Gmail>,
}

impl Extras {
    /// Gmail's attributes that a FETCH asks for.
    pub(super) fn asked(&self) -> &[Item] {
        match &self.gmail {
            Some(Gmail::Fetch(items)) => items,
            _ => &[],
        }
    }
}

/// Reads one command. `go_ahead` is called before each literal that the client waits to send.
pub(super) fn read(input: &mut impl BufRead, mut go_ahead: impl FnMut() -> io::Result<()>) -> io::Result<Read1> {
    let mut raw = Raw::default();
    loop {
        let start = raw.bytes.len();
        if input.take(LONGEST_LINE).read_until(b'\n', &mut raw.bytes)? == 0 || !raw.bytes.ends_with(b"\n") {
            return Ok(Read1::End);
        }
        let Some((size, waits)) = literal(&raw.bytes[start..]) else {
            return Ok(Read1::Command(raw));
        };
        if size > LARGEST_LITERAL {
            return Ok(Read1::TooLarge { tag: raw.tag(), waits });
        }
        if waits {
            go_ahead()?;
        }
        let begin = raw.bytes.len();
        if input.take(size).read_to_end(&mut raw.bytes)? as u64 != size {
            return Ok(Read1::End);
        }
        raw.literals.push(begin..raw.bytes.len());
    }
}

/// The literal that a line ends with: its size, and whether the client waits.
fn literal(line: &[u8]) -> Option<(u64, bool)> {
    let line = line.strip_suffix(b"\r\n")?.strip_suffix(b"}")?;
    let brace = line.iter().rposition(|&byte| byte == b'{')?;
    let digits = &line[brace + 1..];
    let (digits, waits) = digits.strip_suffix(b"+").map_or((digits, true), |digits| (digits, false));
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, waits))
}

impl Raw {
    /// The tag, or `*` for a line that has none.
    pub(super) fn tag(&self) -> String {
        let word = self.bytes.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        if word.is_empty() { "*".to_owned() } else { String::from_utf8_lossy(word).into_owned() }
    }

    /// The size of the largest literal that came without waiting.
    pub(super) fn largest_unasked_literal(&self) -> Option<u64> {
        let unasked = self.literals.iter().filter(|range| self.bytes[..range.start].ends_with(b"+}\r\n"));
        unasked.map(|range| range.len() as u64).max()
    }

    /// Whether a literal has a NUL in it, which none may have (RFC 3501, section 4.3).
    pub(super) fn has_nul(&self) -> bool {
        self.literals.iter().any(|range| memchr::memchr(0, &self.bytes[range.clone()]).is_some())
    }

    /// The command, if it can be understood.
    pub(super) fn parse(&self) -> Option<(CommandBody<'static>, Extras)> {
        if let Some(body) = decode(&self.bytes) {
            return Some((body, Extras::default()));
        }
        self.parse_with_return().or_else(|| self.parse_multiappend()).or_else(|| self.parse_gmail())
    }

    /// FETCH, STORE and SEARCH with Gmail's attributes.
    fn parse_gmail(&self) -> Option<(CommandBody<'static>, Extras)> {
        let (bytes, gmail) = take_out(&self.bytes)?;
        Some((decode(&bytes)?, Extras { gmail: Some(gmail), ..Extras::default() }))
    }

    /// `LIST … RETURN (…)` (RFC 5258) and `SEARCH RETURN (…) …` (RFC 4731).
    fn parse_with_return(&self) -> Option<(CommandBody<'static>, Extras)> {
        let text = String::from_utf8_lossy(&self.bytes);
        let upper = text.to_ascii_uppercase();
        let start = upper.find(" RETURN (")?;
        let open = start + " RETURN ".len();
        let close = open + matching(&text.as_bytes()[open..])?;
        let options = upper[open + 1..close].replace(['(', ')'], " ");
        let returns = options.split_whitespace().map(str::to_owned).collect();
        let body = decode(format!("{}{}", &text[..start], &text[close + 1..]).as_bytes())?;
        let fits = matches!(body, CommandBody::List { .. } | CommandBody::Search { .. });
        fits.then_some((body, Extras { returns: Some(returns), ..Extras::default() }))
    }

    /// MULTIAPPEND (RFC 3502): what follows the first message is read as though it followed the name of a mailbox.
    fn parse_multiappend(&self) -> Option<(CommandBody<'static>, Extras)> {
        let mut ends = self.literals.iter().map(|range| range.end);
        let (first, mut at) = ends.by_ref().take(2).find_map(|end| {
            let body = decode(&[&self.bytes[..end], b"\r\n"].concat())?;
            matches!(body, CommandBody::Append { .. }).then_some((body, end))
        })?;
        let mut more = Vec::new();
        for end in ends {
            more.push(decode(&[b"x APPEND INBOX", &self.bytes[at..end], b"\r\n"].concat())?);
            at = end;
        }
        (self.bytes[at..] == *b"\r\n").then_some((first, Extras { more, ..Extras::default() }))
    }
}

/// Where the parenthesis that `text` begins with is closed.
fn matching(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    text.iter().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

fn decode(bytes: &[u8]) -> Option<CommandBody<'static>> {
    match CommandCodec::default().decode(bytes) {
        Ok(([], Command { body, .. })) => Some(body.into_static()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &[u8]) -> Raw {
        match read(&mut io::Cursor::new(text), || Ok(())).unwrap() {
            Read1::Command(raw) => raw,
            _ => panic!("no command"),
        }
    }

    #[test]
    fn literals_are_part_of_their_command() {
        let raw = raw(b"a APPEND {5}\r\nINBOX (\\Seen) {3+}\r\nabc\r\nb NOOP\r\n");
        assert_eq!(raw.largest_unasked_literal(), Some(3));
        assert_eq!(raw.tag(), "a");
        assert!(matches!(raw.parse(), Some((CommandBody::Append { .. }, _))));
    }

    #[test]
    fn what_the_codec_lacks_is_understood() {
        let (body, extras) =
            raw(b"a LIST \"\" \"*\" RETURN (SUBSCRIBED STATUS (MESSAGES UIDNEXT))\r\n").parse().unwrap();
        assert!(matches!(body, CommandBody::List { .. }));
        assert_eq!(extras.returns.unwrap(), ["SUBSCRIBED", "STATUS", "MESSAGES", "UIDNEXT"]);
        let (body, extras) = raw(b"a UID SEARCH RETURN (ALL) UNSEEN\r\n").parse().unwrap();
        assert!(matches!(body, CommandBody::Search { uid: true, .. }));
        assert_eq!(extras.returns.unwrap(), ["ALL"]);
    }

    #[test]
    fn several_messages_come_in_one_append() {
        let text = b"a APPEND INBOX {1+}\r\na (\\Seen) {1+}\r\nb \"01-Jan-2020 00:00:00 +0000\" {1+}\r\nc\r\n";
        let (_, extras) = raw(text).parse().unwrap();
        assert_eq!(extras.more.len(), 2);
        assert!(raw(b"a APPEND INBOX {1+}\r\na (\\Seen) {1+}\r\nb nonsense\r\n").parse().is_none());
    }

    #[test]
    fn a_client_that_goes_in_the_middle_said_nothing() {
        assert!(matches!(read(&mut io::Cursor::new(b"a APPEND x {9+}\r\nabc"), || Ok(())), Ok(Read1::End)));
        assert!(matches!(read(&mut io::Cursor::new(b"a NOO"), || Ok(())), Ok(Read1::End)));
    }
}
