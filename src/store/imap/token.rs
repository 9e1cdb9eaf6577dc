//! Takes responses apart: a tokenizer that forgives whatever can be forgiven.
//!
//! It never recurses, so no nesting can overflow the stack, and it never fails: what makes no sense becomes an atom.

use std::borrow::Cow;

/// Bytes of the longest `{123+}`.
const LONGEST_BRACES: usize = 24;

/// One piece of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// Anything bare: a name, a number, a flag, `NIL`, `BODY[HEADER.FIELDS (DATE)]`.
    Atom(&'a [u8]),
    /// A quoted string without its quotes and backslashes, or a literal's contents.
    Text(Cow<'a, [u8]>),
}

impl Token<'_> {
    /// Its bytes, whichever way it was written; empty for parentheses.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Open | Self::Close => b"",
            Self::Atom(bytes) => bytes,
            Self::Text(bytes) => bytes,
        }
    }

    /// Whether it is this word, in any case, and bare.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Atom(bytes) if bytes.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Its text; bytes that aren't UTF-8 are taken for Latin-1.
    pub(super) fn text(&self) -> String {
        to_text(self.bytes())
    }

    /// Its number; `None` when it isn't one, or is too large.
    pub(super) fn number(&self) -> Option<u64> {
        let bytes = self.bytes();
        if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(bytes).ok()?.parse().ok()
    }
}

/// Bytes as text: UTF-8 where they are, else Latin-1, so that no byte is lost.
pub(super) fn to_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    }
}

/// Walks over the tokens of a response.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
    /// Whether a `]` may still come; once one was looked for in vain, none is looked for again.
    brackets: bool,
}

impl<'a> Tokens<'a> {
    /// The tokens of `text`, a response or a part of one; a literal in it stands with its `{n}` and line end.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text, brackets: true }
    }

    /// What follows the last token, without leading spaces.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest.trim_ascii_start()
    }

    /// Passes over a whole value: a single token, or a list with everything in it.
    pub(super) fn skip_value(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.next() {
                Some(Token::Open) => depth += 1,
                Some(Token::Close) => depth = depth.saturating_sub(1),
                Some(_) => {}
                None => return,
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Hands on a list's simple members: everything to the parenthesis that closes it, nested lists left out. A value that
    /// isn't a list counts as a list of one, and NIL as an empty one.
    pub(super) fn each_member(&mut self, mut take: impl FnMut(Token<'a>)) {
        let mut depth = 0_usize;
        for token in self.by_ref() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth = depth.saturating_sub(1),
                token if depth == 1 || (depth == 0 && !token.is("NIL")) => take(token),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }

    fn quoted(&mut self) -> Token<'a> {
        let text = &self.rest[1..];
        let mut escaped = false;
        for (place, &byte) in text.iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    self.rest = &text[place + 1..];
                    return Token::Text(unescape(&text[..place]));
                }
                _ => {}
            }
        }
        self.rest = b"";
        Token::Text(unescape(text.trim_ascii_end()))
    }

    fn literal(&mut self) -> Option<Token<'a>> {
        let (size, header) = literal_header(self.rest)?;
        let body = self.rest.get(header..)?;
        let size = usize::try_from(size).ok().filter(|&size| size <= body.len())?;
        self.rest = &body[size..];
        Some(Token::Text(Cow::Borrowed(&body[..size])))
    }

    fn atom(&mut self) -> Token<'a> {
        let end = atom_end(self.rest, &mut self.brackets);
        let (atom, rest) = self.rest.split_at(end);
        self.rest = rest;
        Token::Atom(atom)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.rest = self.rest.trim_ascii_start();
        match *self.rest.first()? {
            b'(' => {
                self.rest = &self.rest[1..];
                Some(Token::Open)
            }
            b')' => {
                self.rest = &self.rest[1..];
                Some(Token::Close)
            }
            b'"' => Some(self.quoted()),
            b'{' | b'~' => Some(self.literal().unwrap_or_else(|| self.atom())),
            _ => Some(self.atom()),
        }
    }
}

/// Where the atom at the beginning of `text` ends, at least after its first byte. Between square brackets everything
/// belongs to it, as in `BODY[HEADER.FIELDS (DATE)]`.
fn atom_end(text: &[u8], brackets: &mut bool) -> usize {
    let mut place = 1;
    if text[0] == b'[' {
        place = 0;
    }
    while let Some(&byte) = text.get(place) {
        match byte {
            b'[' if *brackets => match memchr::memchr(b']', &text[place..]) {
                Some(length) => place += length,
                None => *brackets = false,
            },
            b'(' | b')' | b'"' => return place.max(1),
            byte if byte.is_ascii_whitespace() => return place.max(1),
            _ => {}
        }
        place += 1;
    }
    text.len()
}

fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut escaped = false;
    for &byte in text {
        if byte == b'\\' && !escaped {
            escaped = true;
        } else {
            plain.push(byte);
            escaped = false;
        }
    }
    Cow::Owned(plain)
}

/// Reads `{123}`, `{123+}` or `~{123}` with its line end at the beginning of `text`: the literal's size, and the length
/// of this header.
fn literal_header(text: &[u8]) -> Option<(u64, usize)> {
    let open = usize::from(text.first() == Some(&b'~'));
    let braces = text.get(open..)?;
    let close = open + memchr::memchr(b'}', &braces[..braces.len().min(LONGEST_BRACES)])?;
    let size = literal_size(text.get(open..=close)?)?;
    match text.get(close + 1..)? {
        [b'\r', b'\n', ..] => Some((size, close + 3)),
        [b'\n', ..] => Some((size, close + 2)),
        _ => None,
    }
}

/// The size in `{123}` or `{123+}`.
pub(super) fn literal_size(braces: &[u8]) -> Option<u64> {
    let digits = braces.strip_prefix(b"{")?.strip_suffix(b"}")?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    Token::Atom(digits).number()
}

#[cfg(test)]
mod tests;
