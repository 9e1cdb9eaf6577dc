//! Takes responses apart: a tokenizer that forgives whatever can be forgiven.
//!
//! It never recurses, so no nesting can overflow the stack, and it never fails: what makes no sense becomes an atom.

use std::borrow::Cow;

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
}

impl<'a> Tokens<'a> {
    /// The tokens of `text`, a response or a part of one; a literal in it stands with its `{n}` and line end.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
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

    /// A list's simple members: everything to the parenthesis that closes it, nested lists left out. A value that isn't a
    /// list counts as a list of one.
    pub(super) fn list(&mut self) -> Vec<Token<'a>> {
        let mut members = Vec::new();
        let mut depth = 0_usize;
        for token in self.by_ref() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth = depth.saturating_sub(1),
                token if depth <= 1 => members.push(token),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        members
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
        let end = atom_end(self.rest);
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
fn atom_end(text: &[u8]) -> usize {
    let mut place = 1;
    if text[0] == b'[' {
        place = 0;
    }
    while let Some(&byte) = text.get(place) {
        match byte {
            b'[' => place += memchr::memchr(b']', &text[place..]).unwrap_or(0),
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
    let close = open + memchr::memchr(b'}', text.get(open..)?)?;
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn atoms(text: &str) -> Vec<String> {
        Tokens::new(text.as_bytes())
            .map(|token| match token {
                Token::Open => "(".into(),
                Token::Close => ")".into(),
                Token::Atom(_) => token.text(),
                Token::Text(_) => format!("'{}'", token.text()),
            })
            .collect()
    }

    #[test]
    fn takes_apart_what_servers_say() {
        for (text, tokens) in [
            ("* 1 FETCH (UID 7 FLAGS (\\Seen $x))", "* 1 FETCH ( UID 7 FLAGS ( \\Seen $x ) )"),
            ("a  b\t c\r\n", "a b c"),
            ("\"a b\" \"\" \"q\\\"b\\\\\"", "'a b' '' 'q\"b\\'"),
            ("\"never closed", "'never closed'"),
            ("{3}\r\na)b NIL", "'a)b' NIL"),
            ("{3+}\na b x", "'a b' x"),
            ("~{2}\r\nxy z", "'xy' z"),
            ("{99}\r\nshort", "{99} short"),
            ("BODY[HEADER.FIELDS (DATE TO)] NIL", "BODY[HEADER.FIELDS (DATE TO)] NIL"),
            ("BODY[]<0> x", "BODY[]<0> x"),
            ("(foo[bar] [x] a[)", "( foo[bar] [x] a[ )"),
            ("(a)(b)", "( a ) ( b )"),
        ] {
            assert_eq!(atoms(text).join(" "), tokens, "{text:?}");
        }
    }

    #[test]
    fn values_are_skipped_whole() {
        let mut tokens = Tokens::new(b"(a (b c) d) e (f (g) \"h\") i");
        tokens.skip_value();
        assert!(tokens.next().unwrap().is("E"));
        let members: Vec<_> = tokens.list().iter().map(Token::text).collect();
        assert_eq!(members, ["f", "h"]);
        assert_eq!(tokens.rest(), b"i");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_kept() {
        assert_eq!(Token::Atom(b"Entw\xfcrfe").text(), "Entwürfe");
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut tokens = Tokens::new(&bytes);
            let mut left = bytes.len() + 1;
            loop {
                let before = tokens.rest().len();
                if tokens.next().is_none() { break; }
                prop_assert!(tokens.rest().len() < before || before == 0);
                left -= 1;
                prop_assert!(left > 0);
            }
        }
    }
}
