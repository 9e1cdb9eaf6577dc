//! The words of a `.netrc`: quotes, backslashes, comments and macros.

use zeroize::Zeroizing;

/// What is left to read.
pub(super) struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        // A byte-order mark is nobody's name.
        Self { rest: text.trim_start_matches('\u{feff}') }
    }

    /// The next word that says what follows. A `#` where it would begin makes the rest of the line a comment.
    pub(super) fn next(&mut self) -> Option<Zeroizing<String>> {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return self.value();
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    /// The next word, without its quotes. In quotes everything stands for itself but `\`, which takes what follows as it is;
    /// without them, white space ends a word.
    pub(super) fn value(&mut self) -> Option<Zeroizing<String>> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return None;
        }
        let quoted = self.rest.starts_with('"');
        let mut word = Zeroizing::new(String::with_capacity(64));
        let mut letters = self.rest.char_indices().skip(usize::from(quoted));
        let end = loop {
            match letters.next() {
                None => break self.rest.len(),
                Some((at, '"')) if quoted => break at + 1,
                Some((at, letter)) if !quoted && letter.is_whitespace() => break at,
                Some((_, '\\')) => word.extend(letters.next().map(|(_, letter)| letter)),
                Some((_, letter)) => word.push(letter),
            }
        };
        self.rest = &self.rest[end..];
        Some(word)
    }

    /// Passes over a macro, which ends with an empty line.
    pub(super) fn skip_macro(&mut self) {
        while let Some((_, rest)) = self.rest.split_once('\n') {
            self.rest = rest;
            if rest.starts_with('\n') || rest.starts_with("\r\n") {
                return;
            }
        }
        self.rest = "";
    }
}
